//! Rules for which page is which.

use super::*;

#[test]
fn comments_land_where_the_rules_say() {
    let garden = Garden::new();
    let file = garden.files.path().join("moved.csv");
    fs::write(
        &file,
        "# old, new\nhttps://garden.example/posts/closed/, https://garden.example/archive/closed/\n",
    )
    .unwrap();
    let rules = ["--map", "/posts/*=/notes/*", "--map-file", file.to_str().unwrap(), "--map", "/none=/such"];
    let foreseen = garden.report("disqus", &fixture("disqus.xml"), &[&["--dry-run"], &rules[..]].concat());
    let pages: Vec<_> =
        foreseen["pages"].as_array().unwrap().iter().map(|one| one["page"].as_str().unwrap()).collect();
    assert_eq!(pages, ["/archive/closed", "/notes/tomatoes", "/notes/tomatoes"]);
    assert_eq!(foreseen["pages"][0]["link"], "https://garden.example/posts/closed/");
    assert_eq!(foreseen["unused_rules"], serde_json::json!(["/none=/such"]));
    garden.report("disqus", &fixture("disqus.xml"), &rules);
    let server = garden.instance.start();
    assert_eq!(tree(&server, "/notes/tomatoes").len(), 6);
    assert_eq!(tree(&server, "/archive/closed"), ["0 Fay"]);
    assert!(tree(&server, "/posts/tomatoes").is_empty());
}

#[test]
fn a_rule_that_cannot_be_read_is_refused_before_anything_is_done() {
    let garden = Garden::new();
    let file = garden.files.path().join("rules.txt");
    fs::write(&file, "/a=/b\n/c /d\n").unwrap();
    for (arguments, expected) in [
        (["--map", "/a"], "is not like OLD=NEW"),
        (["--map", "/a=/b/*"], "no star at its end"),
        (["--map-file", file.to_str().unwrap()], "Line 2: "),
        (["--map-file", "/nowhere"], "cannot be read"),
    ] {
        let refused = garden.import("disqus", &fixture("disqus.xml"), &arguments);
        assert!(!refused.status.success() && words(&refused).contains(expected), "{}", words(&refused));
    }
}
