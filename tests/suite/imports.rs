//! Imports on the dashboard: upload, trial, rules for pages, import.

use crate::support::{Admin, Answer, Instance, TestServer, wait_for};

/// Sends a file the way a browser's form does.
#[track_caller]
fn upload(admin: &Admin, server: &TestServer, csrf: &str, name: &str, file: &[u8]) -> Answer {
    let fields = [("csrf", csrf), ("site", "blog"), ("format", "")];
    send(admin, server, "/admin/imports", &fields, ("file", name, file))
}

#[track_caller]
fn send(
    admin: &Admin,
    server: &TestServer,
    path: &str,
    fields: &[(&str, &str)],
    (field, name, file): (&str, &str, &[u8]),
) -> Answer {
    let mut body = Vec::new();
    for (field, value) in fields {
        let part = format!("--edge\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    let call = server.call("POST", path).header("cookie", &admin.cookie);
    call.body("multipart/form-data; boundary=edge", body).send()
}

/// The import's page, once it is not running any more.
#[track_caller]
fn settled(admin: &Admin, server: &TestServer, path: &str) -> String {
    wait_for("the import to end", || {
        let state = admin.get(server, &format!("{path}/progress")).expect(200).json();
        (state["running"] == false).then_some(())
    });
    admin.page(server, path)
}

const EXPORT: &str = "<disqus><thread id='1'><link>https://old.example/a/</link><title>A</title></thread>\
    <post id='1'><message>From afar</message><createdAt>2020-01-01T00:00:00Z</createdAt><author><name>Ann</name></author><thread id='1'/></post>\
    <post id='2'><message>No thread</message><createdAt>2020-01-01T00:00:00Z</createdAt><author><name>Bob</name></author><thread id='7'/></post></disqus>";

#[test]
fn a_file_is_tried_its_pages_renamed_and_then_imported_and_its_report_kept() {
    let (instance, server, admin) = Instance::desk("none");
    let csrf = admin.csrf(&server);
    let answer = upload(&admin, &server, &csrf, "/home/me/exports/disqus.xml", EXPORT.as_bytes()).expect(303);
    let path = answer.header("location").unwrap().to_owned();
    let tried = settled(&admin, &server, &path);
    assert!(tried.contains("What would come over") && tried.contains("disqus.xml"), "{tried}");
    assert!(!tried.contains("exports"), "only the file's own name");
    assert!(tried.contains("its thread") || tried.contains("thread (7)"), "why one is skipped: {tried}");
    assert_eq!(instance.number("SELECT count(*) FROM comments"), 0, "a trial writes nothing");

    admin.post(&server, &path, &[("act", "try"), ("rules", "not a rule")]).expect(422);
    admin.post(&server, &path, &[("act", "try"), ("rules", "/a => /posts/a")]).expect(303);
    let tried = settled(&admin, &server, &path);
    assert!(tried.contains(">/posts/a</td>"), "{tried}");

    admin.post(&server, &path, &[("act", "import"), ("rules", "/a => /posts/a")]).expect(303);
    let done = settled(&admin, &server, &path);
    assert!(done.contains("What came over"), "{done}");
    assert_eq!(server.thread("/posts/a", "")["thread"]["count"], 1);
    assert!(std::fs::read_dir(instance.data().join("uploads")).unwrap().next().is_none(), "the file went");
    assert!(admin.page(&server, "/admin/imports").contains("1 comment"), "the report stays");
    admin.post(&server, &path, &[("act", "import"), ("rules", "")]).problem(409);
    admin.post(&server, &path, &[("act", "discard")]).problem(409);
    assert!(admin.page(&server, &path).contains("What came over"), "the report stays");
}

#[test]
fn a_file_of_no_known_kind_is_refused_in_words_and_can_be_discarded() {
    let (instance, server, admin) = Instance::desk("none");
    let csrf = admin.csrf(&server);
    let answer = upload(&admin, &server, &csrf, "holiday.jpg", b"\xff\xd8\xff not an export").expect(303);
    let path = answer.header("location").unwrap().to_owned();
    let page = settled(&admin, &server, &path);
    assert!(page.contains("role=\"alert\"") && page.contains("Refused"), "{page}");
    assert!(!page.contains(instance.data().to_str().unwrap()), "no path of the server's");
    admin.post(&server, &path, &[("act", "discard")]).expect(303);
    admin.get(&server, &path).expect(404);
    let entry = "SELECT count(*) FROM audit WHERE action = 'import.discard' AND account_id IS NOT NULL AND subject LIKE 'import:%'";
    assert_eq!(instance.number(entry), 1);
}

#[test]
fn an_upload_without_the_forms_token_is_refused_before_anything_is_written() {
    let (instance, server, admin) = Instance::desk("none");
    upload(&admin, &server, "made up", "disqus.xml", EXPORT.as_bytes()).problem(403);
    let folder = instance.data().join("uploads");
    assert!(!folder.exists() || std::fs::read_dir(folder).unwrap().next().is_none());
    let nobody = Admin { cookie: String::new() };
    upload(&nobody, &server, "", "disqus.xml", EXPORT.as_bytes()).expect(303);
    assert_eq!(instance.number("SELECT count(*) FROM imports"), 0);
}

#[test]
fn a_form_without_a_file_is_shown_again() {
    let (_instance, server, admin) = Instance::desk("none");
    let csrf = admin.csrf(&server);
    let page = upload(&admin, &server, &csrf, "empty.xml", b"").expect(422).text();
    assert!(page.contains("Choose a file first"), "{page}");
}

#[test]
fn a_note_asks_for_the_time_zone_and_the_page_takes_it() {
    let (instance, server, admin) = Instance::desk("none");
    let csrf = admin.csrf(&server);
    let export = "[{\"id\":\"1\",\"page_key\":\"/a\",\"content\":\"Hello\",\"nick\":\"Ann\",\"created_at\":\"2020-01-01 08:00:00\"}]";
    let answer = upload(&admin, &server, &csrf, "artalk.artrans", export.as_bytes()).expect(303);
    let path = answer.header("location").unwrap().to_owned();
    assert!(settled(&admin, &server, &path).contains("have no time zone"));
    let wrong = [("act", "import"), ("rules", ""), ("zone", "Mars")];
    let refused = admin.post(&server, &path, &wrong).expect(422).text();
    assert!(
        refused.contains("no time zone that is known here") && refused.contains("value=\"Mars\""),
        "{refused}"
    );
    admin.post(&server, &path, &[("act", "import"), ("rules", ""), ("zone", "+08:00")]).expect(303);
    assert!(!settled(&admin, &server, &path).contains("have no time zone"));
    assert_eq!(instance.number("SELECT created_at FROM comments"), 1_577_836_800_000);
}

#[test]
fn an_export_of_our_own_is_brought_back_on_the_dashboard() {
    let (here, server, _) = Instance::desk("none");
    server.post("/posts/a", "Ann", "From there");
    let file = crate::support::out(&here.run(&["export", "--format", "jsonl"]));
    let (there, server, admin) = Instance::desk("none");
    let csrf = admin.csrf(&server);
    let answer = upload(&admin, &server, &csrf, "ours.jsonl", file.as_bytes()).expect(303);
    let path = answer.header("location").unwrap().to_owned();
    let tried = settled(&admin, &server, &path);
    assert!(tried.contains("What would come over"), "{tried}");
    assert_eq!(there.number("SELECT count(*) FROM comments"), 0);
    admin.post(&server, &path, &[("act", "import")]).expect(303);
    assert!(settled(&admin, &server, &path).contains("What came over"));
    assert_eq!(crate::support::out(&there.run(&["export", "--format", "jsonl"])), file);
}

/// An export of so many pages, each with a comment, and as many comments again without a page.
fn many(pages: u32) -> String {
    let mut xml = String::from("<disqus>");
    for number in 0..pages {
        let body = "<message>Hello</message><createdAt>2020-01-01T00:00:00Z</createdAt><author><name>Ann</name></author>";
        xml += &format!(
            "<thread id='{number}'><link>https://old.example/{number:03}/</link></thread>\
             <post id='{number}'>{body}<thread id='{number}'/></post><post id='x{number}'>{body}<thread id='none'/></post>"
        );
    }
    xml + "</disqus>"
}

#[test]
fn long_tables_are_sorted_and_read_page_by_page_with_the_true_number() {
    let (_instance, server, admin) = Instance::desk("none");
    let csrf = admin.csrf(&server);
    let answer = upload(&admin, &server, &csrf, "disqus.xml", many(250).as_bytes()).expect(303);
    let path = answer.header("location").unwrap().to_owned();
    let first = settled(&admin, &server, &path);
    assert!(
        first.contains("1 to 50 of 250")
            && first.contains("More pages of the file")
            && first.contains(">/000</td>"),
        "{first}"
    );
    assert!(first.contains("More skipped comments") && first.contains("page=2#skipped"));
    let last = admin.page(&server, &format!("{path}?sort=new&dir=desc&page=5&skipped_page=2"));
    assert!(last.contains("201 to 250 of 250") && last.contains(">/000</td>"), "{last}");
    assert!(last.contains("51 to 100 of 250"));
    assert!(last.contains("aria-sort=\"descending\"") && !last.contains(">/249</td>"));
}

#[test]
fn the_table_of_pages_is_taken_along_changed_and_given_back() {
    let (_instance, server, admin) = Instance::desk("none");
    let csrf = admin.csrf(&server);
    let answer = upload(&admin, &server, &csrf, "disqus.xml", many(250).as_bytes()).expect(303);
    let path = answer.header("location").unwrap().to_owned();
    settled(&admin, &server, &path);
    let table = admin.get(&server, &format!("{path}/pages.csv")).expect(200).text();
    assert_eq!(table.lines().count(), 251, "all of it: {table}");
    let changed = table.replace("/007/,/007,1", "/007/,\"/seven, at last\",1");
    assert_ne!(changed, table);
    let rules = |file: &[u8]| {
        let fields = [("csrf", csrf.as_str())];
        send(&admin, &server, &format!("{path}/rules"), &fields, ("map", "pages.csv", file))
    };
    let refused = rules(b"/a,/b\n/c /d").expect(422).text();
    assert!(refused.contains("id=\"map-error\"") && refused.contains("Line 2"), "{refused}");
    rules(&[0xff, 0xfe]).expect(422);
    // Far more than fits into a field.
    let padding = "# nothing\n".repeat(10_000);
    rules(format!("{changed}{padding}").as_bytes()).expect(303);
    settled(&admin, &server, &path);
    let tried = admin.page(&server, &format!("{path}?sort=new&dir=desc"));
    assert!(tried.contains("/seven,%20at%20last</td>"), "{tried}");
    assert!(tried.contains("a file with 10251 lines") && !tried.contains("id=\"rules\""));
    admin.post(&server, &path, &[("act", "import"), ("zone", "")]).expect(303);
    assert!(settled(&admin, &server, &path).contains("What came over"));
    assert_eq!(server.thread("/seven, at last", "")["thread"]["count"], 1);
    assert_eq!(server.thread("/008", "")["thread"]["count"], 1);
}

#[test]
fn older_imports_are_found_by_turning_pages_and_by_each_column() {
    let (instance, server, admin) = Instance::desk("none");
    for number in 1..=60 {
        instance.sql(&format!(
            "INSERT INTO imports (id, site_id, format, file, dry_run, started, ended, report)
             SELECT {number}, id, 'disqus', 'file-{:02}.xml', 0, {number}, {number}, '{{\"imported\":7}}' FROM sites",
            61 - number
        ));
    }
    let first = admin.page(&server, "/admin/imports");
    assert!(first.contains("file-01.xml") && first.contains("file-50.xml") && !first.contains("file-51.xml"));
    assert!(first.contains("7 comments") && first.contains("More imports"), "{first}");
    let second = admin.page(&server, "/admin/imports?sort=when&dir=desc&page=2");
    assert!(
        second.contains("file-60.xml")
            && !second.contains("file-50.xml")
            && second.contains("Imports before")
    );
    let by_file = admin.page(&server, "/admin/imports?sort=file&dir=desc");
    assert!(by_file.contains("file-60.xml") && !by_file.contains("file-10.xml"), "{by_file}");
    for sort in ["site", "format", "when"] {
        assert!(
            admin
                .page(&server, &format!("/admin/imports?sort={sort}&dir=asc"))
                .contains("aria-sort=\"ascending\"")
        );
    }
}

/// Puts a pipe in the place of an uploaded file: whoever reads it waits until somebody writes.
fn hold(instance: &Instance, path: &str) -> std::path::PathBuf {
    let file = instance.data().join("uploads").join(path.rsplit('/').next().unwrap());
    std::fs::remove_file(&file).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&file).status().unwrap().success());
    file
}

#[test]
fn no_more_than_two_files_are_read_at_once_and_one_that_is_read_can_be_stopped() {
    let (instance, server, admin) = Instance::desk("none");
    assert!(admin.page(&server, "/admin/imports").contains("2 imports run at once"));
    let csrf = admin.csrf(&server);
    let paths = ["a.xml", "b.xml", "c.xml"].map(|name| {
        let answer = upload(&admin, &server, &csrf, name, EXPORT.as_bytes()).expect(303);
        let path = answer.header("location").unwrap().to_owned();
        assert!(settled(&admin, &server, &path).contains("What would come over"));
        path
    });
    let pipe = hold(&instance, &paths[0]);
    hold(&instance, &paths[1]);
    for path in &paths[..2] {
        admin.post(&server, path, &[("act", "try"), ("rules", "")]).expect(303);
        assert!(admin.page(&server, path).contains("value=\"stop\""));
    }
    let refused = admin.post(&server, &paths[2], &[("act", "import"), ("rules", "")]).expect(503).text();
    assert!(refused.contains("2 imports are running"), "{refused}");
    let late = upload(&admin, &server, &csrf, "d.xml", EXPORT.as_bytes()).expect(303);
    let late = admin.page(&server, late.header("location").unwrap());
    assert!(late.contains("2 imports are running") && late.contains("Try again</button>"), "{late}");

    admin.post(&server, &paths[0], &[("act", "discard")]).problem(409);
    admin.post(&server, &paths[0], &[("act", "stop")]).expect(303);
    let entry = "SELECT count(*) FROM audit WHERE action = 'import.cancel' AND account_id IS NOT NULL";
    assert_eq!(instance.number(entry), 1);
    // It is opened more than once, and nobody reads it any more when it was stopped.
    std::thread::spawn(move || {
        while pipe.exists() {
            let _ = std::fs::write(&pipe, EXPORT);
        }
    });
    assert!(settled(&admin, &server, &paths[0]).contains("It was stopped. A trial writes nothing."));
    admin.post(&server, &paths[2], &[("act", "import"), ("rules", "")]).expect(303);
    assert!(settled(&admin, &server, &paths[2]).contains("What came over"));
}
