//! Exports of further systems, and the samples that the real ones made.

use super::*;

#[test]
fn a_wordpress_export_shows_up_under_its_pages() {
    let garden = Garden::new();
    let report = garden.report("wordpress", &fixture("wordpress.xml"), &[]);
    assert_eq!(figures(&report), [16, 10, 0, 6, 3]);
    let server = garden.instance.start();
    assert_eq!(
        tree(&server, "https://garden.example/2019/tomatoes/"),
        ["0 Tom & Ada O'Neil", "1 Wren", "2 Wren the gardener", "0 -", "1 Anonymous", "0 Fay"]
    );
    let tomatoes = thread(&server, "/2019/tomatoes");
    assert_eq!(tomatoes["thread"]["title"], "Tomatoes & basil");
    assert_eq!(
        tomatoes["comments"][0]["html"],
        "<p>How often do you water?<br>\nI water <b>twice</b>.</p>\n<p>See \
         <a href=\"https://garden.example/water\" rel=\"nofollow ugc noopener\">https://garden.example/water</a>.</p>"
    );
    assert_eq!(thread(&server, "/?p=20")["thread"]["locked"], true);
    assert!(tree(&server, "/private").is_empty(), "what not everybody could read waits for a moderator");
}

#[test]
fn a_remark42_backup_shows_up_under_its_pages() {
    let garden = Garden::new();
    let report = garden.report("remark42", &fixture("remark42.json"), &[]);
    assert_eq!(figures(&report), [10, 6, 0, 4, 3]);
    let server = garden.instance.start();
    assert_eq!(tree(&server, "/posts/tomatoes"), ["0 Ada & Co", "1 Bo", "2 -", "3 cleo"]);
    let first = &thread(&server, "/posts/tomatoes")["comments"][0];
    assert_eq!((&first["pinned"], &first["score"]), (&true.into(), &3.into()));
    assert_eq!(first["html"].as_str().unwrap(), "<p>How <em>often</em>?</p>");
    assert_eq!(first["edited_at"], "2019-04-02T10:00:00.000Z");
    assert_eq!(thread(&server, "/posts/closed")["thread"]["locked"], true);
}

#[test]
fn exports_of_commento_and_comentario_show_up_under_their_pages() {
    let garden = Garden::new();
    assert_eq!(figures(&garden.report("commento", &fixture("commento.json"), &[])), [9, 7, 0, 2, 3]);
    let comentario = garden.report("comentario", &fixture("comentario-v3.json"), &[]);
    assert_eq!((figures(&comentario), comentario["spam"].as_u64()), ([8, 7, 0, 1, 2], Some(1)));
    let server = garden.instance.start();
    assert_eq!(
        tree(&server, "/posts/tomatoes"),
        [
            "0 Ada",
            "1 Cleo",
            "0 Ada",
            "1 Anonymous",
            "0 -",
            "1 Anonymous",
            "0 Ada Green",
            "0 -",
            "1 Anonymous"
        ]
    );
    assert_eq!(thread(&server, "/posts/closed")["thread"]["locked"], true);
    assert_eq!(thread(&server, "my-own-key")["thread"]["count"], 0, "that one waits for a moderator");
}

#[test]
fn a_format_need_not_be_named() {
    for format in FORMATS {
        let garden = Garden::new();
        let named = garden.report(format, &garden.good(format), &["--dry-run"]);
        let report = garden.report_unnamed(&garden.good(format), &[]);
        assert_eq!((report["format"].as_str(), figures(&report)), (Some(format), figures(&named)));
    }
}

#[test]
fn a_file_of_no_known_kind_is_refused_with_the_formats_that_are() {
    let garden = Garden::new();
    let file = garden.files.path().join("notes.txt");
    fs::write(&file, "tomatoes\nbasil\n").unwrap();
    let refused = garden.instance.run(&["import", file.to_str().unwrap(), "--site", "garden"]);
    let words = words(&refused);
    assert!(!refused.status.success() && words.contains("disqus, isso, wordpress, remark42"), "{words}");
    let unknown = garden.import("usenet", &file, &[]);
    assert!(super::words(&unknown).contains("wordpress"), "{}", super::words(&unknown));
}

/// What a sample holds by its own count, and what of it is imported, skipped, and on how many pages.
#[test]
fn no_comment_of_the_samples_is_lost() {
    let Some(folder) = samples() else { return };
    let count =
        |name: &str, what: &str| fs::read_to_string(folder.join(name)).unwrap().matches(what).count() as u64;
    let backup = fs::File::open(folder.join("remark42-backup.gz")).unwrap();
    let backup = std::io::read_to_string(flate2::read::GzDecoder::new(backup)).unwrap();
    let cases = [
        ("wordpress-isso-fixture.xml", count("wordpress-isso-fixture.xml", "<wp:comment>"), 2),
        ("commento.json", count("commento.json", "\"commentHex\""), 2),
        ("remark42-backup.gz", backup.matches("\"locator\"").count() as u64, 0),
    ];
    for (name, own, pages) in cases {
        let garden = Garden::new();
        let report = garden.report_unnamed(&folder.join(name), &[]);
        let [read, imported, _, skipped, threads] = figures(&report);
        println!(
            "{name}: {own} by its own count, {read} read, {imported} imported, {skipped} skipped, {threads} pages"
        );
        assert_eq!((read, imported, skipped), (own, own, 0), "{name}: {report}");
        assert!(pages == 0 || threads == pages, "{name}: {threads} pages");
        assert_eq!(figures(&garden.report_unnamed(&folder.join(name), &[]))[1..3], [0, own], "{name}");
    }
}
