//! Exports from the dashboard: the same bytes as the command writes, for those who may have them.

use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;

use crate::export::lively;
use crate::support::{Admin, Answer, Instance, TestServer, out, words};

/// What the command writes.
fn by_command(instance: &Instance, arguments: &[&str]) -> Vec<u8> {
    let printed = instance.run(&[&["export"], arguments].concat());
    assert!(printed.status.success(), "{}", words(&printed));
    printed.stdout
}

fn download(admin: &Admin, server: &TestServer, what: &str, format: &str, more: &[(&str, &str)]) -> Answer {
    let fields = [&[("what", what), ("format", format)], more].concat();
    admin.post(server, "/admin/exports", &fields)
}

fn name(answer: &Answer) -> String {
    let told = answer.header("content-disposition").unwrap();
    let day = out_of(told, "-20", 8);
    told.replace(&day, "DAY")
}

/// `20`, and what comes after it.
fn out_of(text: &str, before: &str, length: usize) -> String {
    let start = text.find(before).unwrap() + 1;
    text[start..start + 2 + length].to_owned()
}

/// What the newest export's entry says: who, subject, what.
fn noted(instance: &Instance) -> String {
    let entry = "SELECT actor || ' ' || subject || ' ' || became FROM audit WHERE action = 'export.run' ORDER BY id DESC";
    instance.database().query_row(entry, [], |row| row.get(0)).unwrap()
}

#[test]
fn a_download_is_the_bytes_that_the_command_writes_and_stands_in_the_trail() {
    let (instance, server, admin) = lively();
    let page = admin.page(&server, "/admin/exports");
    assert!(page.contains("The whole instance") && page.contains("value=\"site:shop\""), "{page}");
    assert!(admin.page(&server, "/admin/imports").contains("href=\"/admin/exports\""));
    for (what, format, file, arguments, subject) in [
        ("instance", "jsonl", "afterword-DAY.jsonl", vec!["--format", "jsonl"], "instance"),
        (
            "site:shop",
            "jsonl",
            "afterword-shop-DAY.jsonl",
            vec!["--format", "jsonl", "--site", "shop"],
            "site:shop",
        ),
        (
            "site:blog",
            "wxr",
            "afterword-blog-DAY.xml",
            vec!["--format", "wxr", "--site", "blog"],
            "site:blog",
        ),
        (
            "person",
            "jsonl",
            "afterword-person-DAY.jsonl",
            vec!["--format", "jsonl", "--person", "fay@example.org"],
            "person",
        ),
    ] {
        let answer = download(&admin, &server, what, format, &[("email", "fay@example.org")]).expect(200);
        assert_eq!(noted(&instance), format!("{} {subject} {{\"format\":\"{format}\"}}", actor(&instance)));
        assert_eq!(name(&answer), format!("attachment; filename=\"{file}\""));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.bytes, by_command(&instance, &arguments), "{what} {format}");
        assert!(noted(&instance).starts_with("command line"), "the command is in it, too");
    }
    let zipped = download(&admin, &server, "instance", "jsonl", &[("gzip", "on")]).expect(200);
    let mut text = Vec::new();
    GzDecoder::new(zipped.bytes.as_slice()).read_to_end(&mut text).unwrap();
    assert_eq!(text, by_command(&instance, &["--format", "jsonl"]));
}

fn actor(instance: &Instance) -> String {
    instance
        .database()
        .query_row("SELECT name FROM accounts WHERE password_hash <> ''", [], |row| row.get(0))
        .unwrap()
}

#[test]
fn an_archive_has_the_files_that_the_command_writes() {
    let (instance, server, admin) = lively();
    let answer = download(&admin, &server, "instance", "static", &[]).expect(200);
    assert_eq!(name(&answer), "attachment; filename=\"afterword-DAY.tar.gz\"");
    let folder = instance.folder().join("archive");
    out(&instance.run(&["export", "--format", "static", "--out", folder.to_str().unwrap()]));
    let mut files = 0;
    for entry in tar::Archive::new(GzDecoder::new(answer.bytes.as_slice())).entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().into_owned();
        let inner: &Path = path.strip_prefix(path.components().next().unwrap()).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, fs::read(folder.join(inner)).unwrap(), "{}", path.display());
        files += 1;
    }
    assert_eq!(files, count(&folder));
    assert!(fs::read_dir(instance.data()).unwrap().flatten().all(|entry| !entry.path().ends_with(".tmp")));
}

fn count(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap().flatten();
    entries.map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 }).sum()
}

#[test]
fn who_may_not_have_it_gets_nothing() {
    let (instance, server, owner) = lively();
    let admin = Admin::invited(&instance, &server, "admin@example.org", "admin", &[]);
    let moderator = Admin::invited(&instance, &server, "mod@example.org", "moderator", &["blog"]);
    let entries = "SELECT count(*) FROM audit WHERE action = 'export.run'";
    assert!(!admin.page(&server, "/admin/exports").contains("The whole instance"));
    download(&admin, &server, "instance", "jsonl", &[]).problem(403);
    for path in ["/admin/exports", "/admin/person"] {
        moderator.get(&server, path).problem(403);
    }
    download(&moderator, &server, "site:blog", "jsonl", &[]).problem(403);
    owner.post_bare(&server, "/admin/exports", &[("what", "instance"), ("format", "jsonl")]).problem(403);
    assert_eq!(server.call("POST", "/admin/exports").send().status, 303, "to where one signs in");
    assert_eq!(instance.number(entries), 0);
    download(&admin, &server, "site:blog", "jsonl", &[]).expect(200);
    assert_eq!(instance.number(entries), 1);
}

#[test]
fn what_cannot_be_exported_is_said_beside_its_field() {
    let (instance, server, admin) = lively();
    for (what, format, email, expected) in [
        ("instance", "wxr", "", "A WXR file holds one site"),
        ("instance", "csv", "", "Choose a format"),
        ("site:nowhere", "jsonl", "", "nowhere"),
        ("", "jsonl", "", "Choose what to export"),
        ("person", "jsonl", "nobody", "Type the email address"),
        ("person", "jsonl", "nobody@example.org", "There is no comment of nobody@example.org"),
    ] {
        let page = download(&admin, &server, what, format, &[("email", email)]).expect(422).text();
        assert!(page.contains(expected) && page.contains("role=\"alert\""), "{what}: {page}");
    }
    assert_eq!(instance.number("SELECT count(*) FROM audit WHERE action = 'export.run'"), 0);
}
