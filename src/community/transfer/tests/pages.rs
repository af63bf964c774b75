//! The admin's rules for pages.

use super::*;

#[test]
fn pages_go_where_the_rules_send_them_and_the_report_says_so() {
    let garden = Garden::new();
    let mut pages = PageMap::default();
    for rule in ["/posts/tomatoes=/notes/tomatoes", "/posts/*=/old/*", "/nowhere=/x"] {
        pages.add(rule).unwrap();
    }
    let file = fixture("disqus.xml");
    let report = garden.import_with("disqus", &file, true, &pages).unwrap();
    assert_eq!(report.unused_rules, ["/nowhere=/x"]);
    let told: Vec<String> =
        report.pages.iter().map(|page| format!("{} {} {}", page.page, page.comments, page.link)).collect();
    assert_eq!(told.len() as u64, report.threads + report.merged);
    assert!(told[0].starts_with("/notes/tomatoes ") && told[2].starts_with("/old/closed "), "{told:?}");
    assert_eq!(report.pages.iter().map(|page| page.comments).sum::<u64>(), report.imported);
    let text = report.to_string();
    assert!(text.contains("/old/closed  (was https://garden.example/posts/closed/)"), "{text}");
    assert!(text.contains("Rules that fit no page of the file:\n  /nowhere=/x"), "{text}");
    garden.import_with("disqus", &file, false, &pages).unwrap();
    let threads = garden.ask("SELECT page || ' ' || url FROM threads ORDER BY page");
    assert_eq!(
        threads,
        [
            "/notes/tomatoes https://garden.example/notes/tomatoes",
            "/old/closed https://garden.example/old/closed/",
        ]
    );
}
