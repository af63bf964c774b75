use super::*;

const FORMATS: [&str; 4] = ["artalk", "waline", "twikoo", "cusdis"];

fn good(garden: &Garden, format: &str) -> PathBuf {
    match format {
        "artalk" => fixture("artalk.artrans"),
        "twikoo" => fixture("twikoo.json"),
        format => garden.database(&format!("{format}.sql")),
    }
}

fn html(thread: &Value, at: usize) -> &str {
    thread["comments"][at]["html"].as_str().unwrap().trim()
}

#[test]
fn an_artalk_bundle_shows_up_under_its_pages() {
    let garden = Garden::new();
    let report = garden.report("artalk", &fixture("artalk.artrans"), &[]);
    assert_eq!(figures(&report), [11, 7, 0, 4, 2]);
    assert!(report["notes"][0].as_str().unwrap().contains("Docs (2), Garden (9)"), "{report}");
    let server = garden.instance.start();
    let tomatoes = thread(&server, "https://garden.example/posts/tomatoes/");
    let mut names = tree(&server, "/posts/tomatoes");
    names.sort();
    assert_eq!(names, ["0 Ada Green", "0 Anonymous", "0 Ivy", "1 Bo", "1 Eve"], "what waits is not shown");
    let of = |name: &str| {
        let comments = tomatoes["comments"].as_array().unwrap();
        comments.iter().find(|one| one["author"]["name"] == name).unwrap().clone()
    };
    assert_eq!(of("Ada Green")["score"], 2);
    assert_eq!(of("Ada Green")["created_at"], "2019-04-02T09:30:00.000Z");
    assert_eq!(
        of("Ada Green")["html"].as_str().unwrap().trim(),
        "<p>How often do you <strong>water</strong>?<br>\nEvery day?</p>"
    );
    assert_eq!(of("Bo")["author"]["url"], Value::Null);
    assert_eq!((&of("Anonymous")["pinned"], &of("Bo")["pinned"]), (&true.into(), &false.into()));
    assert_eq!(thread(&server, "post-17")["thread"]["locked"], true);
}

#[test]
fn a_waline_database_shows_up_under_its_pages() {
    let garden = Garden::new();
    let file = garden.database("waline.sql");
    let report = garden.report("waline", &file, &["--zone", "+08:00"]);
    assert_eq!(figures(&report), [9, 7, 0, 2, 2]);
    assert_eq!(
        (&report["held"], &report["spam"], report["notes"].as_array().unwrap().len()),
        (&1.into(), &1.into(), 0)
    );
    let server = garden.instance.start();
    assert_eq!(tree(&server, "/posts/tomatoes"), ["0 Ada Green", "1 Bo", "2 Cleo"]);
    let tomatoes = thread(&server, "/posts/tomatoes");
    assert_eq!(tomatoes["comments"][0]["created_at"], "2019-04-02T09:30:00.000Z");
    assert!(html(&tomatoes, 1).contains("href=\"https://emoji.example/sun.png\""), "{tomatoes}");
    assert_eq!(
        tree(&server, "/posts/basil"),
        ["0 -", "1 Eve", "0 Fay"],
        "what waits keeps its place for a reply"
    );
}

#[test]
fn a_twikoo_export_shows_up_under_its_pages() {
    let garden = Garden::new();
    let report = garden.report("twikoo", &fixture("twikoo.json"), &[]);
    assert_eq!(figures(&report), [9, 6, 0, 3, 2]);
    let server = garden.instance.start();
    assert_eq!(tree(&server, "/posts/tomatoes"), ["0 Ada Green", "1 Bo", "2 Cleo", "0 Cleo"]);
    let tomatoes = thread(&server, "/posts/tomatoes");
    assert_eq!(html(&tomatoes, 0), "<p>How often do you <b>water</b>?</p>", "no script");
    assert_eq!(
        (&tomatoes["comments"][0]["score"], &tomatoes["comments"][0]["pinned"]),
        (&2.into(), &true.into())
    );
    assert_eq!(
        tree(&server, "/posts/basil?a=1"),
        ["0 Dan"],
        "a page with a key of its own is found by its address"
    );
}

#[test]
fn a_cusdis_database_shows_up_under_its_pages() {
    let garden = Garden::new();
    let report = garden.report("cusdis", &garden.database("cusdis.sql"), &[]);
    assert_eq!(figures(&report), [11, 7, 0, 4, 3]);
    assert_eq!((&report["held"], &report["deleted"]), (&1.into(), &1.into()));
    let server = garden.instance.start();
    assert_eq!(tree(&server, "https://garden.example/posts/tomatoes"), ["0 Bo", "1 Ada Green", "2 Cleo"]);
    let by_id = thread(&server, "tomatoes-1");
    assert_eq!(by_id["thread"]["title"], "Tomatoes & basil");
    assert_eq!(html(&by_id, 0), "<p>How often do you <strong>water</strong>? &lt;b&gt;</p>");
    assert_eq!(tree(&server, "/posts/basil"), ["0 -", "1 Fay"]);
}

#[test]
fn a_second_import_of_these_adds_nothing_and_an_unnamed_dry_run_foresees_them() {
    let garden = Garden::new();
    for format in FORMATS {
        let file = good(&garden, format);
        let unnamed = garden.report_unnamed(&file, &["--dry-run"]);
        assert_eq!(unnamed["format"], format, "told from the file");
        let foreseen = figures(&unnamed);
        let [read, imported, _, skipped, threads] = figures(&garden.report(format, &file, &[]));
        assert_eq!(foreseen, [read, imported, 0, skipped, threads]);
        assert_eq!(figures(&garden.report(format, &file, &[])), [read, 0, imported, skipped, threads]);
    }
}

#[test]
fn a_broken_one_of_these_is_refused_with_its_place_and_changes_nothing() {
    let garden = Garden::new();
    let cut = |format: &str, bytes: usize| {
        let path = garden.files.path().join(format!("cut-{format}"));
        let whole = fs::read(good(&garden, format)).unwrap();
        fs::write(&path, &whole[..whole.len() - bytes]).unwrap();
        path
    };
    let cases = [
        ("artalk", cut("artalk", 40), "Line 12, column "),
        ("artalk", fixture("twikoo.json"), "Line 1, column 1"),
        ("artalk", fixture("disqus.xml"), "not a JSON file"),
        ("twikoo", cut("twikoo", 20), "Line 9, column "),
        ("twikoo", fixture("artalk.artrans"), "Line 2, column 1"),
        ("waline", cut("waline", 4096), "damaged"),
        ("waline", fixture("twikoo.json"), "Line 2, column 1"),
        ("waline", fixture("commento.json"), "not Waline's export"),
        ("waline", garden.database("isso.sql"), "no table “wl_Comment”"),
        ("cusdis", cut("cusdis", 4096), "damaged"),
        ("cusdis", garden.database("isso.sql"), "no table “projects”"),
        ("cusdis", fixture("twikoo.json"), "not an SQLite database"),
    ];
    for (format, file, expected) in cases {
        let refused = garden.import(format, &file, &[]);
        assert!(
            !refused.status.success() && words(&refused).contains(expected),
            "{format} {expected}: {}",
            words(&refused)
        );
    }
    let refused = garden.import("waline", &garden.database("waline.sql"), &["--zone", "Mars"]);
    assert!(!refused.status.success() && words(&refused).contains("no time zone"), "{}", words(&refused));
    let server = garden.instance.start();
    for page in ["/posts/tomatoes", "/posts/basil"] {
        assert_eq!(thread(&server, page)["thread"]["id"], Value::Null, "{page}");
    }
}

#[test]
fn help_lists_every_format_with_its_file() {
    let garden = Garden::new();
    let help = words(&garden.instance.run(&["import", "--help"]));
    for format in FORMATS {
        assert!(help.contains(&format!("- {format}:")), "{help}");
    }
    let refused = words(&garden.import("usenet", &fixture("disqus.xml"), &[]));
    assert!(refused.contains("twikoo"), "{refused}");
}

/// Imports a sample twice, and gives the report of the first time.
fn whole(garden: &Garden, format: &str, file: &Path, own_count: usize) -> Value {
    let report = garden.report(format, file, &[]);
    let own_count = own_count as u64;
    assert_eq!(figures(&report)[..4], [own_count, own_count, 0, 0], "{report}");
    assert_eq!(figures(&garden.report(format, file, &[]))[..4], [own_count, 0, own_count, 0]);
    report
}

#[test]
fn the_artalk_sample_is_imported_whole() {
    let Some(folder) = samples() else { return };
    let file = folder.join("artalk.artrans");
    let list: Vec<Value> = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let garden = Garden::new();
    assert_eq!(whole(&garden, "artalk", &file, list.len())["threads"], 1);
    let server = garden.instance.start();
    let names = ["0 一位WordPress评论者", "0 test", "1 test", "2 test", "0 test"];
    assert_eq!(tree(&server, "/2022/04/09/hello-world/"), names);
    let hello = thread(&server, "/2022/04/09/hello-world/");
    assert!(html(&hello, 0).contains("<a href=\"https://gravatar.com\""), "{hello}");
}

#[test]
fn the_twikoo_sample_is_imported_whole_though_two_comments_share_an_id() {
    let Some(folder) = samples() else { return };
    let file = folder.join("twikoo.json");
    let lines = fs::read_to_string(&file).unwrap().lines().filter(|line| !line.trim().is_empty()).count();
    let garden = Garden::new();
    whole(&garden, "twikoo", &file, lines);
    let server = garden.instance.start();
    assert_eq!(tree(&server, "/post/1").len(), lines);
    assert_eq!(thread(&server, "/post/1")["comments"][0]["created_at"], "2021-02-04T06:49:46.000Z");
}

#[test]
fn the_waline_sample_is_imported_whole() {
    let Some(folder) = samples() else { return };
    let file = folder.join("waline.sqlite");
    let uri = format!("file:{}?immutable=1", file.display());
    let waline = Connection::open(uri).unwrap();
    let own_count: i64 = waline.query_row("SELECT count(*) FROM wl_Comment", [], |row| row.get(0)).unwrap();
    let replies: i64 = waline
        .query_row("SELECT count(pid) FROM wl_Comment WHERE url = '/p/0'", [], |row| row.get(0))
        .unwrap();
    let garden = Garden::new();
    let report = whole(&garden, "waline", &file, usize::try_from(own_count).unwrap());
    assert_eq!((&report["threads"], &report["moved"]), (&8.into(), &0.into()));
    let server = garden.instance.start();
    let page = server.get_json("/api/v1/threads?site=garden&page=/p/0&limit=200");
    let nested = page["comments"].as_array().unwrap().iter().filter(|one| one["depth"] != 0).count();
    assert_eq!(nested, usize::try_from(replies).unwrap());
}

#[test]
fn the_pages_of_two_sites_in_one_bundle_are_kept_apart_by_a_rule() {
    let garden = Garden::new();
    let map = ["--map", "https://docs.example/*=/docs/*"];
    let report = garden.report("artalk", &fixture("artalk.artrans"), &map);
    assert_eq!(figures(&report)[4], 3, "{report}");
    let server = garden.instance.start();
    assert_eq!(tree(&server, "/docs/posts/tomatoes"), ["0 Eve"]);
}
