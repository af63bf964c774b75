use super::*;

#[test]
fn an_artalk_bundle_keeps_nesting_dates_authors_and_status() {
    let garden = Garden::new();
    let report = garden.import("artalk", &fixture("artalk.artrans"), false).unwrap();
    assert_eq!(counts(&report), [11, 7, 0, 4, 2, 2, 1, 0], "{report}");
    assert_eq!((report.held, report.notes.len()), (1, 1));
    let tree: Vec<String> = garden.tree().iter().map(|line| without_times(line)).collect();
    let expected = [
        "1< 0 published Ada Green",
        "2<1 1 published Bo",
        "4<3 1 held Cleo",
        "3< 0 published Anonymous",
        "5< 0 published Dan",
        "6<1 1 published Eve",
    ];
    assert_eq!(tree[..6], expected);
    assert!(tree[6].starts_with("no-id-") && tree[6].ends_with(" 0 published Ivy"), "{tree:?}");
    let bo = garden.ask("SELECT html FROM comments WHERE source_id LIKE '2@%'");
    assert!(
        bo[0].contains("href=\"https://emoji.example/sun.png\"") && bo[0].contains(">my notes</a>"),
        "{bo:?}"
    );
    let pages = garden.ask("SELECT page || ' ' || title || ' ' || locked FROM threads ORDER BY page");
    assert_eq!(pages, ["/posts/tomatoes Tomatoes & basil 0", "post-17 Basil 1"]);
}

#[test]
fn comments_of_two_artalks_with_the_same_numbers_stay_apart() {
    let garden = Garden::new();
    garden.import("artalk", &fixture("artalk.artrans"), false).unwrap();
    let other = garden.folder.path().join("other.artrans");
    let text = std::fs::read_to_string(fixture("artalk.artrans")).unwrap();
    std::fs::write(&other, text.replace("\"2019-", "\"2020-")).unwrap();
    let foreseen = garden.import("artalk", &other, true).unwrap();
    let report = garden.import("artalk", &other, false).unwrap();
    assert_eq!((foreseen.imported, report.imported, report.already), (7, 7, 0), "{report}");
    let again = garden.import("artalk", &other, false).unwrap();
    assert_eq!((again.imported, again.already), (0, 7));
}

#[test]
fn a_waline_database_keeps_nesting_dates_authors_and_status() {
    let garden = Garden::new();
    let report = garden.import("waline", &database(&garden.folder, "waline.sql"), false).unwrap();
    assert_eq!(counts(&report), [9, 7, 0, 2, 2, 1, 1, 0], "{report}");
    assert_eq!((report.held, report.spam), (1, 1));
    let expected = [
        "1< 0 published Ada Green",
        "2<1 1 published Bo",
        "3<2 2 published Cleo",
        "7< 0 published Fay",
        "4< 0 held Dan",
        "5< 0 spam Watches",
        "6<4 1 published Eve",
    ];
    assert_eq!(garden.tree(), expected);
}

#[test]
fn the_two_exports_of_one_waline_are_the_same_comments() {
    let garden = Garden::new();
    let json = garden.import("waline", &fixture("waline.json"), false).unwrap();
    assert_eq!(counts(&json), [4, 3, 0, 1, 2, 0, 0, 0], "{json}");
    let sqlite = garden.import("waline", &database(&garden.folder, "waline.sql"), false).unwrap();
    assert_eq!((sqlite.imported, sqlite.already), (5, 2), "{sqlite}");
}

#[test]
fn a_twikoo_export_keeps_nesting_dates_authors_and_status() {
    let garden = Garden::new();
    let report = garden.import("twikoo", &fixture("twikoo.json"), false).unwrap();
    assert_eq!(counts(&report), [9, 6, 0, 3, 2, 1, 1, 0], "{report}");
    assert_eq!(report.spam, 1);
    let tree = garden.tree();
    assert_eq!(tree[..3], ["a1< 0 published Ada Green", "a2<a1 1 published Bo", "a4<a2 2 published Cleo"]);
    assert!(tree[3].starts_with("a2-no-id-") && tree[3].ends_with("< 0 published Cleo"), "{tree:?}");
    assert_eq!(tree[4..], ["a5< 0 spam Watches", "a6< 0 published Dan"]);
    let html = garden.ask("SELECT html FROM comments WHERE depth < 2 ORDER BY created_at LIMIT 2");
    assert_eq!(html[0], "<p>How often do you <b>water</b>?</p>");
    assert!(html[1].contains(">:sun:</a>"), "a comment that is one picture still says something: {html:?}");
    assert_eq!(garden.ask("SELECT page FROM thread_aliases"), ["/posts/basil?a=1"]);
}

#[test]
fn a_cusdis_database_keeps_nesting_dates_authors_and_status() {
    let garden = Garden::new();
    let report = garden.import("cusdis", &database(&garden.folder, "cusdis.sql"), false).unwrap();
    assert_eq!(counts(&report), [11, 7, 0, 4, 3, 0, 0, 1], "{report}");
    assert_eq!((report.held, report.notes.len()), (1, 1));
    let expected = [
        "c1< 0 published Bo",
        "c2<c1 1 published Ada Green",
        "c3<c2 2 published Cleo",
        "c4< 0 held Dan",
        "c5< 0 deleted ",
        "c6<c5 1 published Fay",
        "c8< 0 published Hal",
    ];
    assert_eq!(garden.tree(), expected);
    assert_eq!(garden.ask("SELECT page FROM thread_aliases"), ["tomatoes-1"]);
    let told: Vec<_> = report.skipped.iter().map(|one| format!("{}: {}", one.at, one.reason)).collect();
    assert_eq!(
        told,
        [
            "comments row c7: it was deleted, and nothing answers it",
            "comments row c9: its thread was deleted",
            "comments row c10: its thread (p9) is not in the file",
            "comments row c11: its date, “never”, cannot be read",
        ]
    );
}

#[test]
fn a_zone_that_is_none_is_refused_before_anything_is_read() {
    let garden = Garden::new();
    let (file, folder) = (fixture("artalk.artrans"), garden.folder.path());
    let request = Request {
        format: Some("artalk"),
        file: &file,
        site: "garden",
        pages: &PageMap::default(),
        zone: "Mars",
        dry_run: false,
        folder,
    };
    let refusal =
        import(&garden.db, &request, &Actor::command_line(), &mut |_| Ok(())).unwrap_err().to_string();
    assert!(refusal.contains("“Mars” is no time zone"), "{refusal}");
}
