//! Taking everything away and bringing it back, with the real command.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{Admin, BLOG, EMAIL, Instance, TestServer, comment, out, words};

const PAGE: &str = "/posts/a";

fn id(posted: &Value) -> &str {
    posted["comment"]["id"].as_str().unwrap()
}

fn send(server: &TestServer, method: &str, posted: &Value, call: &str, token: &Value, body: &Value) {
    let path = format!("/api/v1/comments/{}{call}", id(posted));
    let answer = server.call(method, &path).origin(BLOG).bearer(token.as_str().unwrap()).json(body).send();
    assert!(answer.status < 300, "{}", answer.text());
}

/// Two sites on which people wrote, voted, reported, edited and were moderated.
pub fn lively() -> (Instance, TestServer, Admin) {
    let (instance, server, admin) = Instance::desk("none");
    instance.site("shop", "https://shop.example", "all");
    let ann = server.post(PAGE, "Ann & Söhne", "*Hello*\nfrom `Ann` \u{1f600}");
    let bo = server.reply(PAGE, &ann, "Bo", "A reply with a [link](https://bo.example)");
    let gone = server.post(PAGE, "Cleo", "Soon gone");
    server.reply(PAGE, &gone, "Di", "Below what is gone");
    send(&server, "DELETE", &gone, "", &gone["edit_token"], &json!({}));
    send(&server, "PATCH", &bo, "", &bo["edit_token"], &json!({ "body": "Edited" }));
    send(&server, "PUT", &ann, "/vote", &bo["edit_token"], &json!({ "value": 1 }));
    send(&server, "POST", &bo, "/report", &ann["edit_token"], &json!({ "reason": "rude \"words\"" }));
    let held = server.post("/posts/b?q=1", "Eve", "Held later");
    let spam = server.post("/posts/b?q=1", "Spammer", "Buy");
    let batch = admin.moderate(&server, "hold", &[id(&held)]);
    admin.undo(&server, &batch);
    admin.moderate(&server, "hold", &[id(&held)]);
    admin.moderate(&server, "spam", &[id(&spam)]);
    for act in ["pin", "lock"] {
        admin.post(&server, &format!("/admin/comments/{}", id(&ann)), &[("act", act)]).expect(303);
    }
    let mut new = comment("own-key", "Fay", "Waits in the shop");
    new["site"] = "shop".into();
    new["author"]["email"] = "fay@example.org".into();
    server.call("POST", "/api/v1/comments").origin("https://shop.example").json(&new).send().expect(202);
    let old = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/import/disqus.xml");
    out(&instance.run(&["import", "disqus", old.to_str().unwrap(), "--site", "shop"]));
    (instance, server, admin)
}

fn export(instance: &Instance, name: &str, more: &[&str]) -> PathBuf {
    let path = instance.folder().join(name);
    let arguments = [&["export", "--format", "jsonl", "--out", path.to_str().unwrap()], more].concat();
    out(&instance.run(&arguments));
    path
}

fn import(instance: &Instance, file: &Path, more: &[&str]) -> Value {
    let arguments = [&["import", "afterword", file.to_str().unwrap(), "--json"], more].concat();
    serde_json::from_str(&out(&instance.run(&arguments))).unwrap()
}

/// What readers see of every page, without the number of the last event, which each instance counts for itself.
fn seen(server: &TestServer) -> Vec<Value> {
    let pages = [("blog", PAGE), ("blog", "/posts/b?q=1"), ("shop", "own-key"), ("shop", "/posts/tomatoes")];
    let path = |(site, page): (&str, &str)| {
        format!("/api/v1/threads?site={site}&page={}&limit=100", crate::support::encoded(page))
    };
    let read = |page| {
        let mut thread = server.get_json(&path(page));
        thread.as_object_mut().unwrap().remove("last_event");
        thread
    };
    pages.map(read).to_vec()
}

#[test]
fn an_instance_comes_back_as_the_same_bytes() {
    let (here, server, _) = lively();
    let before = seen(&server);
    let first = export(&here, "first.jsonl", &[]);
    let there = Instance::new();
    let report = import(&there, &first, &[]);
    assert_eq!(
        (&report["read"], &report["already"], &report["threads"]),
        (&report["imported"], &0.into(), &5.into())
    );
    let second = export(&there, "second.jsonl", &[]);
    assert_eq!(fs::read_to_string(&second).unwrap(), fs::read_to_string(&first).unwrap());
    assert_eq!(seen(&there.start()), before, "and readers see the same");
}

#[test]
fn it_does_so_beside_an_admin_and_sites_that_were_made_already() {
    let (here, _server, _) = lively();
    let first = export(&here, "first.jsonl", &[]);
    let there = Instance::blog_with("all");
    there.create_admin();
    import(&there, &first, &[]);
    let second = export(&there, "second.jsonl", &[]);
    assert_eq!(fs::read_to_string(&second).unwrap(), fs::read_to_string(&first).unwrap());
    let server = there.start();
    let admin = Admin::sign_in(&server);
    assert_eq!(admin.queue(&server, "spam").len(), 2);
}

#[test]
fn the_admin_of_a_restored_instance_is_made_as_ever() {
    let (here, _server, _) = lively();
    let there = Instance::new();
    import(&there, &export(&here, "first.jsonl", &[]), &[]);
    let server = there.start();
    assert!(server.printed.contains("/admin/setup#"), "{}", server.printed);
    assert_ne!(Admin::try_sign_in(&server, EMAIL, "").status, 303);
    there.create_admin();
    let admin = Admin::sign_in(&server);
    assert_eq!(admin.queue(&server, "spam").len(), 2);
}

#[test]
fn with_the_same_key_people_keep_what_is_theirs() {
    let (here, server, _) = lively();
    let posted = server.post("/posts/c", "Gus", "Mine");
    let there = Instance::new();
    fs::create_dir(there.data()).unwrap();
    fs::copy(here.data().join("instance.key"), there.data().join("instance.key")).unwrap();
    import(&there, &export(&here, "first.jsonl", &[]), &[]);
    let server = there.start();
    send(&server, "PATCH", &posted, "", &posted["edit_token"], &json!({ "body": "Still mine" }));
    assert!(server.thread("/posts/c", "")["comments"][0]["html"].as_str().unwrap().contains("Still mine"));
}

#[test]
fn importing_twice_or_where_it_came_from_adds_nothing() {
    let (here, server, _) = lively();
    let file = export(&here, "first.jsonl", &[]);
    let before = seen(&server);
    let report = import(&here, &file, &[]);
    assert_eq!((&report["imported"], &report["already"]), (&0.into(), &report["read"]));
    assert_eq!(seen(&server), before);
    assert_eq!(fs::read(export(&here, "again.jsonl", &[])).unwrap(), fs::read(&file).unwrap());
}

#[test]
fn one_site_goes_alone() {
    let (here, _server, _) = lively();
    let file = export(&here, "shop.jsonl", &["--site", "shop"]);
    let there = Instance::new();
    import(&there, &file, &[]);
    assert_eq!(fs::read(export(&there, "s", &["--site", "shop"])).unwrap(), fs::read(&file).unwrap());
    let all = export(&here, "all.jsonl", &[]);
    import(&there, &all, &["--site", "blog"]);
    assert_eq!(there.number("SELECT count(*) FROM sites"), 2);
    let wrong = there.run(&["import", "afterword", all.to_str().unwrap(), "--site", "nowhere"]);
    assert!(words(&wrong).contains("It has: blog, shop"), "{}", words(&wrong));
}

#[test]
fn an_export_without_a_file_is_printed_and_its_summary_is_beside_it() {
    let (here, _server, _) = lively();
    let printed = here.run(&["export", "--format", "jsonl", "--json"]);
    assert!(printed.status.success(), "{}", words(&printed));
    assert_eq!(printed.stdout, fs::read(export(&here, "file.jsonl", &[])).unwrap());
    let told = String::from_utf8(printed.stderr).unwrap();
    let summary: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&summary["format"], &summary["sites"], &summary["out"]),
        (&"jsonl".into(), &2.into(), &Value::Null)
    );
    let zipped = export(&here, "file.jsonl.gz", &["--gzip"]);
    let there = Instance::new();
    import(&there, &zipped, &[]);
    assert_eq!(fs::read(export(&there, "again.jsonl", &[])).unwrap(), printed.stdout);
}

#[test]
fn a_file_with_addresses_in_it_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (here, _server, _) = lively();
    for format in ["jsonl", "wxr"] {
        let path = here.folder().join(format);
        out(&here.run(&["export", "--format", format, "--site", "shop", "--out", path.to_str().unwrap()]));
        assert!(fs::read_to_string(&path).unwrap().contains("fay@example.org"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_broken_file_is_refused_with_its_line_and_changes_nothing() {
    let (here, _server, _) = lively();
    let text = fs::read_to_string(export(&here, "first.jsonl", &[])).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let there = Instance::new();
    let cut = there.file("cut.jsonl", &lines[..lines.len() - 3].join("\n"));
    let half = there.file("half.jsonl", &format!("{}\n{}", lines[..6].join("\n"), &lines[6][..20]));
    for (file, expected) in [(cut, "cut short"), (half, "Line 7: not JSON")] {
        let refused = there.run(&["import", "afterword", file.to_str().unwrap()]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(words(&refused).contains(expected), "{}", words(&refused));
    }
    assert_eq!(there.number("SELECT (SELECT count(*) FROM sites) + (SELECT count(*) FROM comments)"), 0);
}

#[test]
fn an_archive_says_what_the_api_says() {
    let (here, server, _) = lively();
    let folder = here.folder().join("archive");
    let arguments = ["export", "--format", "static", "--gzip", "--json", "--out", folder.to_str().unwrap()];
    let summary: Value = serde_json::from_str(&out(&here.run(&arguments))).unwrap();
    assert_eq!((&summary["sites"], &summary["format"]), (&2.into(), &"static".into()));
    for seen in seen(&server).iter().filter(|seen| seen["thread"]["id"].is_string()) {
        let (site, thread) = (seen["site"]["key"].as_str().unwrap(), seen["thread"]["id"].as_str().unwrap());
        let place = folder.join(site).join(thread);
        let kept: Value = serde_json::from_slice(&fs::read(place.join("index.json")).unwrap()).unwrap();
        assert_eq!(&kept, seen);
        assert!(place.join("index.html.gz").is_file());
    }
    for page in ["index.html", "blog/index.html", "style.css"] {
        assert!(folder.join(page).is_file(), "{page}");
    }
    let again = here.run(&arguments);
    assert_eq!(again.status.code(), Some(1));
    assert!(words(&again).contains("There is something in the folder"), "{}", words(&again));
}

#[test]
fn what_does_not_go_together_is_refused() {
    let (here, _server, _) = lively();
    let file = here.file("x", "");
    let ours = export(&here, "ours.jsonl", &[]);
    let cases: [(&[&str], i32, &str); 7] = [
        (&["import", ours.to_str().unwrap(), "--map", "/a=/b"], 1, "--map is for other systems"),
        (&["export"], 2, "--format"),
        (&["export", "--format", "csv"], 2, "jsonl"),
        (
            &["export", "--format", "jsonl", "--site", "a", "--person", "b@example.org"],
            2,
            "cannot be used with",
        ),
        (&["export", "--format", "static"], 1, "--out DIR"),
        (&["export", "--format", "wxr"], 1, "blog, shop"),
        (&["import", "disqus", file.to_str().unwrap()], 2, "--site KEY"),
    ];
    for (arguments, code, expected) in cases {
        let refused = here.run(arguments);
        assert_eq!(refused.status.code(), Some(code), "{arguments:?}: {}", words(&refused));
        assert!(words(&refused).contains(expected), "{arguments:?}: {}", words(&refused));
    }
}

#[test]
fn a_dry_run_tells_what_would_come_and_makes_no_instance() {
    let (here, _server, _) = lively();
    let file = export(&here, "first.jsonl", &[]);
    let there = Instance::new();
    let foreseen = import(&there, &file, &["--dry-run"]);
    assert!(!there.data().exists());
    let mut done = import(&there, &file, &[]);
    assert_eq!((&foreseen["dry_run"], &done["dry_run"]), (&true.into(), &false.into()));
    done["dry_run"] = true.into();
    assert_eq!(foreseen, done);
}

/// Two attributes of an image once stood in another order in every other process.
#[test]
fn images_come_back_as_the_same_bytes_whichever_process_brings_them() {
    let instance = Instance::blog();
    instance.sql("UPDATE sites SET images = 1");
    let server = instance.start();
    server.post(PAGE, "Ann", "![a view](https://pictures.example/view.png)");
    assert!(server.thread(PAGE, "")["comments"][0]["html"].as_str().unwrap().contains("<img"));
    let file = export(&instance, "first.jsonl", &[]);
    for _ in 0..4 {
        let there = Instance::new();
        import(&there, &file, &[]);
        let again = export(&there, "again.jsonl", &[]);
        assert_eq!(fs::read_to_string(&again).unwrap(), fs::read_to_string(&file).unwrap());
    }
}
