//! Each system's export, whole.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};

use super::*;

#[test]
fn a_database_may_be_gzipped_like_any_other_file() {
    let (garden, plain) = (Garden::new(), Garden::new());
    for system in ["isso", "waline", "cusdis"] {
        let file = database(&garden.folder, &format!("{system}.sql"));
        let report = plain.import("", &file, false).unwrap();
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&std::fs::read(&file).unwrap()).unwrap();
        std::fs::write(&file, encoder.finish().unwrap()).unwrap();
        assert_eq!(garden.import("", &file, true).unwrap().imported, report.imported);
        assert_eq!(garden.import(system, &file, false).unwrap(), report);
    }
    assert_eq!(garden.tree(), plain.tree());
}

#[test]
fn a_wordpress_export_keeps_nesting_dates_authors_and_status() {
    let garden = Garden::new();
    let report = garden.import("wordpress", &fixture("wordpress.xml"), false).unwrap();
    assert_eq!(counts(&report), [16, 10, 0, 6, 3, 0, 1, 1], "{report}");
    assert_eq!((report.held, report.spam), (2, 1));
    let tree: Vec<String> = garden.tree().iter().map(|line| without_pages(line)).collect();
    assert_eq!(
        tree,
        [
            "2< 0 published Tom & Ada O'Neil",
            "3<2 1 published Wren",
            "4<3 2 published Wren the gardener",
            "5< 0 held Dan",
            "6< 0 spam Watches",
            "7< 0 deleted ",
            "8<7 1 published Anonymous",
            "13< 0 published Fay",
            "2< 0 published Hal",
            "15< 0 held Wren",
        ]
    );
    let pages = garden.ask("SELECT page || ' ' || title || ' ' || locked FROM threads ORDER BY page");
    assert_eq!(pages, ["/2019/tomatoes Tomatoes & basil 0", "/?p=20 Closed 1", "/private Private 0"]);
    assert_eq!(garden.ask("SELECT page FROM thread_aliases"), ["18 tomatoes"]);
}

/// `4@3f…<3@3f…` as `4<3`.
fn without_pages(line: &str) -> String {
    let mut short = String::new();
    let mut hidden = false;
    for letter in line.chars() {
        hidden = letter == '@' || (hidden && letter.is_ascii_hexdigit());
        if !hidden {
            short.push(letter);
        }
    }
    short
}

#[test]
fn a_remark42_backup_keeps_votes_pins_and_closed_pages() {
    let garden = Garden::new();
    let report = garden.import("remark42", &fixture("remark42.json"), false).unwrap();
    assert_eq!(counts(&report), [10, 6, 0, 4, 3, 0, 1, 1], "{report}");
    let tree = garden.tree();
    assert_eq!(
        tree,
        [
            "c1< 0 published Ada & Co",
            "c2<c1 1 published Bo",
            "c3<c2 2 deleted ",
            "c4<c3 3 published cleo",
            "c6< 0 published Dan",
            "c7< 0 published Dan",
        ]
    );
    let votes = garden
        .ask("SELECT source_id || ' ' || up || ' ' || down FROM comments WHERE up + down > 0 ORDER BY id");
    assert_eq!(votes, ["c1 3 0", "c2 0 2"]);
    let pinned = garden.ask("SELECT source_id FROM comments WHERE pinned");
    assert_eq!(pinned, ["c1"], "only what starts a conversation can be");
    assert_eq!(
        garden.ask("SELECT page FROM threads WHERE locked ORDER BY page"),
        ["/posts/a?x=1&y=2", "/posts/closed"]
    );
}

#[test]
fn exports_of_commento_and_comentario_keep_theirs() {
    let cases = [
        ("commento", "commento.json", [9, 7, 0, 2, 3, 0, 0, 1], (1, 1)),
        ("comentario", "comentario-v1.json", [2, 2, 0, 0, 1, 0, 0, 0], (0, 0)),
        ("comentario", "comentario-v3.json", [8, 7, 0, 1, 2, 0, 0, 1], (1, 1)),
    ];
    for (format, file, expected, (held, spam)) in cases {
        let garden = Garden::new();
        let report = garden.import(format, &fixture(file), false).unwrap();
        assert_eq!(counts(&report), expected, "{file}: {report}");
        assert_eq!((report.held, report.spam), (held, spam), "{file}");
        let again = garden.import("", &fixture(file), false).unwrap();
        assert_eq!((again.format.as_str(), again.imported, again.already), (format, 0, report.imported));
    }
}
