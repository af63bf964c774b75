//! Importing with the real command, seen through the real API.

mod further;
mod pages;
mod people;
mod systems;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Instance, TestServer};

const FORMATS: [&str; 6] = ["disqus", "isso", "wordpress", "remark42", "commento", "comentario"];

/// An instance with one site and a folder for files.
struct Garden {
    instance: Instance,
    files: TempDir,
}

impl Garden {
    fn new() -> Self {
        let garden = Self { instance: Instance::new(), files: tempfile::tempdir().unwrap() };
        let created =
            garden.instance.run(&["site", "create", "garden", "--origin", "https://garden.example"]);
        assert!(created.status.success(), "{}", words(&created));
        garden
    }

    fn import(&self, format: &str, file: &Path, more: &[&str]) -> Output {
        let mut arguments = vec!["import", format, file.to_str().unwrap(), "--site", "garden"];
        arguments.extend(more);
        self.instance.run(&arguments)
    }

    /// Imports and reads the report.
    fn report(&self, format: &str, file: &Path, more: &[&str]) -> Value {
        Self::read(&self.import(format, file, &[&["--json"], more].concat()))
    }

    /// The same without naming the format.
    fn report_unnamed(&self, file: &Path, more: &[&str]) -> Value {
        let arguments = ["import", file.to_str().unwrap(), "--site", "garden", "--json"];
        Self::read(&self.instance.run(&[&arguments, more].concat()))
    }

    fn read(output: &Output) -> Value {
        assert!(output.status.success(), "{}", words(output));
        let text = String::from_utf8_lossy(&output.stdout);
        let start = text.find('{').unwrap_or_else(|| panic!("no JSON in: {text}"));
        serde_json::from_str(text[start..].trim()).unwrap_or_else(|error| panic!("{error} in: {text}"))
    }

    /// The fixtures' good file of a format.
    fn good(&self, format: &str) -> PathBuf {
        match format {
            "isso" => self.database("isso.sql"),
            "disqus" | "wordpress" => fixture(&format!("{format}.xml")),
            "comentario" => fixture("comentario-v3.json"),
            other => fixture(&format!("{other}.json")),
        }
    }

    fn database(&self, name: &str) -> PathBuf {
        let path = self.files.path().join(name).with_extension("db");
        if !path.exists() {
            let connection = Connection::open(&path).unwrap();
            connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
            connection.execute_batch(&fs::read_to_string(fixture(name)).unwrap()).unwrap();
        }
        path
    }
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/import").join(name)
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn thread(server: &TestServer, page: &str) -> Value {
    server.get_json(&format!("/api/v1/threads?site=garden&page={page}&sort=oldest"))
}

/// Every comment of a page as `depth name`, placeholders as `depth -`.
fn tree(server: &TestServer, page: &str) -> Vec<String> {
    let thread = thread(server, page);
    let comments = thread["comments"].as_array().unwrap();
    comments
        .iter()
        .map(|one| format!("{} {}", one["depth"], one["author"]["name"].as_str().unwrap_or("-")))
        .collect()
}

fn figures(report: &Value) -> [u64; 5] {
    let skipped = report["skipped"].as_array().unwrap().len() as u64;
    let figure = |key: &str| report[key].as_u64().unwrap_or_else(|| panic!("{key} in {report}"));
    assert_eq!(figure("read"), figure("imported") + figure("already") + skipped, "{report}");
    [figure("read"), figure("imported"), figure("already"), skipped, figure("threads")]
}

#[test]
fn a_disqus_export_shows_up_under_its_pages() {
    let garden = Garden::new();
    let report = garden.report("disqus", &fixture("disqus.xml"), &[]);
    assert_eq!(report["format"], "disqus");
    assert_eq!(figures(&report), [15, 8, 0, 7, 2]);
    let server = garden.instance.start();
    assert_eq!(
        tree(&server, "https://garden.example/posts/tomatoes/"),
        ["0 Ada Green", "1 Bo", "2 cleo", "0 -", "1 Anonymous", "0 Hal"]
    );
    let tomatoes = thread(&server, "/posts/tomatoes");
    assert_eq!(tomatoes["thread"]["title"], "Tomatoes & basil");
    assert_eq!((&tomatoes["thread"]["count"], &tomatoes["thread"]["locked"]), (&5.into(), &false.into()));
    let [ada, bo] = [&tomatoes["comments"][0], &tomatoes["comments"][1]];
    assert_eq!(ada["created_at"], "2019-04-02T09:30:00.000Z");
    assert_eq!(bo["parent_id"], ada["id"]);
    assert_eq!(bo["html"], "<p>I water them <b>twice</b> &amp; early.</p>", "no script");
    assert_eq!(
        (&tomatoes["comments"][3]["deleted"], &tomatoes["comments"][3]["html"]),
        (&true.into(), &"".into())
    );
    assert_eq!(thread(&server, "tomatoes-1")["thread"]["id"], tomatoes["thread"]["id"], "its other key");
}

#[test]
fn spam_and_closed_pages_stay_what_they_were() {
    let garden = Garden::new();
    let report = garden.report("disqus", &fixture("disqus.xml"), &[]);
    assert_eq!(report["spam"], 1);
    let server = garden.instance.start();
    let closed = thread(&server, "/posts/closed");
    assert_eq!((&closed["thread"]["locked"], &closed["thread"]["count"]), (&true.into(), &1.into()));
    assert_eq!(tree(&server, "/posts/closed"), ["0 Fay"]);
}

#[test]
fn an_isso_database_shows_up_under_its_pages() {
    let garden = Garden::new();
    let report = garden.report("isso", &garden.good("isso"), &[]);
    assert_eq!(figures(&report), [15, 11, 0, 4, 2]);
    assert_eq!(report["held"], 2);
    let server = garden.instance.start();
    assert_eq!(tree(&server, "/posts/tomatoes"), ["0 Anonymous", "1 O'Neil & Sons", "2 Cleo"]);
    assert_eq!(tree(&server, "/posts/basil"), ["0 -", "1 Eve", "0 Fay", "0 Gus", "0 Hal", "1 Hal"]);
    let reply = &thread(&server, "/posts/tomatoes")["comments"][1];
    assert_eq!(reply["created_at"], "2019-04-02T10:13:20.250Z");
    assert_eq!(
        (&reply["score"], &reply["author"]["url"]),
        (&2.into(), &"https://garden.example/?a=1&b=2".into())
    );
    assert_eq!(reply["html"].as_str().unwrap().trim(), "<p>A <em>reply</em></p>");
}

#[test]
fn a_second_import_adds_nothing() {
    let garden = Garden::new();
    for format in FORMATS {
        let file = garden.good(format);
        let [read, imported, _, skipped, threads] = figures(&garden.report(format, &file, &[]));
        assert_eq!(figures(&garden.report(format, &file, &[])), [read, 0, imported, skipped, threads]);
    }
}

#[test]
fn a_dry_run_writes_nothing_and_foresees_the_import() {
    for format in FORMATS {
        let garden = Garden::new();
        let file = garden.good(format);
        let foreseen = garden.report(format, &file, &["--dry-run"]);
        let server = garden.instance.start();
        let empty = thread(&server, "/posts/tomatoes");
        assert_eq!((&empty["thread"]["id"], &empty["thread"]["count"]), (&Value::Null, &0.into()));
        assert_eq!(figures(&garden.report(format, &file, &[])), figures(&foreseen));
    }
}

#[test]
fn a_running_server_shows_what_is_imported_beside_it() {
    let garden = Garden::new();
    let server = garden.instance.start();
    assert!(tree(&server, "/posts/tomatoes").is_empty());
    garden.report("disqus", &fixture("disqus.xml"), &[]);
    assert_eq!(tree(&server, "/posts/tomatoes").len(), 6);
}

#[test]
fn a_broken_file_is_refused_with_its_place_and_changes_nothing() {
    let garden = Garden::new();
    let cut = garden.files.path().join("cut.db");
    let whole = fs::read(garden.good("isso")).unwrap();
    fs::write(&cut, &whole[..whole.len() - 4096]).unwrap();
    let cases = [
        ("disqus", fixture("disqus-truncated.xml"), "Line 14, column 1"),
        ("disqus", fixture("disqus-mismatched.xml"), "Line 7, column 32"),
        ("disqus", fixture("disqus-latin1.xml"), "Line 5, column 10"),
        ("disqus", fixture("wordpress.xml"), "WordPress"),
        ("disqus", garden.good("isso"), "afterword import isso"),
        ("isso", fixture("disqus.xml"), "not an SQLite database"),
        ("isso", garden.database("isso-no-comments.sql"), "no table “comments”"),
        ("isso", garden.database("isso-newer.sql"), "newer Isso"),
        ("isso", cut, "damaged"),
        ("isso", garden.files.path().join("nowhere.db"), "cannot be read"),
        ("wordpress", fixture("wordpress-truncated.xml"), "Line 61, column 1"),
        ("wordpress", fixture("disqus.xml"), "afterword import disqus"),
        ("remark42", fixture("remark42-torn.json"), "Line 4, column "),
        ("remark42", fixture("commento.json"), "not Remark42's backup"),
        ("commento", fixture("comentario-torn.json"), "Line 1, column 700"),
        ("commento", fixture("comentario-v3.json"), "afterword import comentario"),
    ];
    for (format, file, expected) in cases {
        let refused = garden.import(format, &file, &[]);
        assert!(
            !refused.status.success() && words(&refused).contains(expected),
            "{expected}: {}",
            words(&refused)
        );
    }
    let server = garden.instance.start();
    for page in ["/posts/cut", "/posts/mended", "/posts/tomatoes"] {
        assert_eq!(thread(&server, page)["thread"]["id"], Value::Null, "{page}");
    }
}

#[test]
fn the_table_for_people_names_what_was_skipped() {
    let garden = Garden::new();
    let output = garden.import("disqus", &fixture("disqus.xml"), &[]);
    let words = words(&output);
    assert!(
        output.status.success() && words.contains("(post 109): its thread (4711) is not in the file"),
        "{words}"
    );
}

/// Exports that the real systems made, where they lie beside the project.
fn samples() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: there is no folder {}", folder.display());
    None
}

#[test]
fn every_disqus_export_among_the_samples_is_imported() {
    let Some(folder) = samples() else { return };
    let exports = fs::read_dir(&folder).unwrap().flatten().map(|entry| entry.path());
    for export in exports.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("disqus-")) {
        let garden = Garden::new();
        let posts = fs::read_to_string(&export).unwrap().matches("<post").count() as u64;
        let [read, imported, already, ..] = figures(&garden.report("disqus", &export, &[]));
        assert_eq!((read, already), (posts, 0), "{}", export.display());
        assert!(imported > 0, "{}", export.display());
        assert_eq!(
            figures(&garden.report("disqus", &export, &[]))[1..3],
            [0, imported],
            "{}",
            export.display()
        );
    }
}

#[test]
fn the_known_oddities_of_the_disqus_samples_are_told() {
    let Some(folder) = samples() else { return };
    let cases = [
        ("disqus-isso-fixture.xml", "/", 2, "its thread (1337) is not in the file"),
        ("disqus-remark42-fixture.xml", "/p/2011/03/05/podcast-229", 2, "cannot be read"),
    ];
    for (name, page, published, reason) in cases {
        let garden = Garden::new();
        let report = garden.report("disqus", &folder.join(name), &[]);
        assert_eq!(figures(&report), [6, 5, 0, 1, 2], "{name}");
        assert!(report["skipped"][0]["reason"].as_str().unwrap().contains(reason), "{report}");
        let server = garden.instance.start();
        let thread = thread(&server, page);
        let live =
            thread["comments"].as_array().unwrap().iter().filter(|one| one["deleted"] == false).count();
        assert!(live >= published && thread["thread"]["count"] == live, "{name}: {thread}");
    }
}

#[test]
fn the_isso_sample_is_imported_whole() {
    let Some(folder) = samples() else { return };
    let garden = Garden::new();
    let report = garden.report("isso", &folder.join("isso.db"), &[]);
    assert_eq!(figures(&report), [260, 260, 0, 0, 9]);
    assert_eq!((&report["held"], &report["deleted"]), (&2.into(), &1.into()));
    let server = garden.instance.start();
    let thread = server.get_json("/api/v1/threads?site=garden&page=/t/100&limit=200");
    let comments = thread["comments"].as_array().unwrap();
    assert_eq!(comments.iter().filter(|one| one["deleted"] == true).count(), 1);
    assert!(comments.iter().any(|one| one["author"]["name"] == "O'Brien & Søn"), "the author stored escaped");
}
