use std::path::PathBuf;

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::base::error::Error;
use crate::community::transfer::tests::{Collected, database, fixture, read};

fn made(sql: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db.sqlite");
    Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    (folder, path)
}

fn good() -> Collected {
    let folder = tempfile::tempdir().unwrap();
    read(&Cusdis, &database(&folder, "cusdis.sql")).unwrap()
}

fn refusal(file: &Path) -> String {
    read(&Cusdis, file).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn every_field_finds_its_place() {
    let read = good();
    let bo = read.comment("c1");
    assert_eq!(bo.created_at.to_string(), "2019-04-02T09:30:00.000Z");
    assert_eq!((bo.status, bo.format, bo.parent.as_deref()), (Status::Published, BodyFormat::Markdown, None));
    assert_eq!((bo.author.name.as_str(), bo.author.email.as_str()), ("Bo", "bo@garden.example"));
    assert_eq!((bo.author.id.as_str(), bo.author.email_verified), ("", false));
    assert_eq!(bo.body, "How often do you **water**? <b>");
    assert_eq!(read.comment("c3").parent.as_deref(), Some("c2"));
    assert_eq!(read.comment("c4").status, Status::Held);
    assert_eq!(read.comment("c4").created_at.to_string(), "2019-04-03T09:00:00.000Z");
    assert_eq!((read.comment("c5").status, read.comment("c7").status), (Status::Deleted, Status::Deleted));
}

#[test]
fn what_the_owner_wrote_carries_the_account() {
    let author = good().comment("c2").author.clone();
    assert_eq!((author.id.as_str(), author.name.as_str()), ("u1", "Ada Green"));
    assert_eq!((author.email.as_str(), author.email_verified), ("ada@garden.example", true));
}

#[test]
fn a_page_has_its_address_and_its_id() {
    let pages: Vec<_> = good()
        .threads
        .into_iter()
        .map(|page| (page.link, page.aliases.join(" "), page.title, page.deleted))
        .collect();
    let expected = [
        ("https://old.garden.example/posts/tomatoes/", "tomatoes-1", "Tomatoes & basil", false),
        ("/posts/basil", "", "", false),
        ("start", "", "Start", false),
        ("/old", "/old", "Old", true),
    ];
    let expected =
        expected.map(|(link, alias, title, deleted)| (link.into(), alias.into(), title.into(), deleted));
    assert_eq!(pages, expected);
}

#[test]
fn several_sites_in_one_file_are_told_without_those_that_were_deleted() {
    let notes = good().notes;
    assert!(notes.len() == 1 && notes[0].contains("Docs (1), Garden (8)."), "{notes:?}");
    let sql = std::fs::read_to_string(fixture("cusdis.sql")).unwrap();
    let (_folder, path) = made(&(sql + "DELETE FROM comments WHERE pageId = 'p3';"));
    assert_eq!(read(&Cusdis, &path).unwrap().notes, [""; 0]);
}

#[test]
fn a_row_without_a_date_is_skipped_with_its_place() {
    let told: Vec<_> = good().skipped.iter().map(|one| format!("{}: {}", one.at, one.reason)).collect();
    assert_eq!(told, ["comments row c11: its date, “never”, cannot be read"]);
}

/// What `\copy … CSV HEADER` and `.import --csv` leave: all is text, and what was null is empty.
#[test]
fn tables_that_came_from_postgresql_by_csv_read_the_same() {
    let (_folder, path) = made(
        "CREATE TABLE users (id TEXT, name TEXT, \"displayName\" TEXT, email TEXT, email_verified TEXT);
         CREATE TABLE projects (id TEXT, title TEXT, deleted_at TEXT);
         CREATE TABLE pages (id TEXT, slug TEXT, url TEXT, title TEXT, \"projectId\" TEXT);
         CREATE TABLE comments (id TEXT, \"pageId\" TEXT, created_at TEXT, \"deletedAt\" TEXT, \"moderatorId\" TEXT,
             by_email TEXT, by_nickname TEXT, content TEXT, approved TEXT, \"parentId\" TEXT);
         INSERT INTO users VALUES ('u1', 'root', '', 'ada@garden.example', '');
         INSERT INTO projects VALUES ('j1', 'Garden', '');
         INSERT INTO pages VALUES ('p1', '/a', '', '', 'j1');
         INSERT INTO comments VALUES
             ('c1', 'p1', '2019-04-02 09:30:00.123', '', '', '', 'Bo', 'One', 't', ''),
             ('c2', 'p1', '2019-04-02 10:30:00', '', 'u1', '', 'root', 'Two', 't', 'c1'),
             ('c3', 'p1', '2019-04-02 11:30:00', '', '', '', 'Cleo', 'Three', 'f', ''),
             ('c4', 'p1', '2019-04-02 11:30:00', '2020-01-01 00:00:00', '', '', 'Dan', 'Four', 't', '');",
    );
    let read = read(&Cusdis, &path).unwrap();
    assert_eq!(read.comment("c1").created_at.to_string(), "2019-04-02T09:30:00.123Z");
    assert_eq!((read.comment("c1").parent.as_deref(), read.comment("c1").author.id.as_str()), (None, ""));
    let ada = &read.comment("c2").author;
    assert_eq!((ada.id.as_str(), ada.name.as_str(), ada.email_verified), ("u1", "root", false));
    let statuses = ["c1", "c2", "c3", "c4"].map(|id| read.comment(id).status);
    assert_eq!(statuses, [Status::Published, Status::Published, Status::Held, Status::Deleted]);
    assert!(!read.threads[0].deleted && read.threads[0].link == "/a");
}

#[test]
fn a_file_of_an_early_release_has_fewer_columns() {
    let sql = std::fs::read_to_string(fixture("cusdis.sql")).unwrap();
    let (_folder, path) = made(
        &(sql + "ALTER TABLE users DROP COLUMN displayName; ALTER TABLE projects DROP COLUMN deleted_at;"),
    );
    let read = read(&Cusdis, &path).unwrap();
    assert_eq!(read.comment("c2").author.name, "root");
    assert!(read.threads.iter().all(|page| !page.deleted));
}

#[test]
fn other_files_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let isso = refusal(&database(&folder, "isso.sql"));
    assert!(isso.contains("not Cusdis': it has no table “projects”"), "{isso}");
    let path = folder.path().join("other.db");
    for (content, word) in [("", "empty"), ("[]", "not an SQLite"), ("<disqus/>", "afterword import disqus")]
    {
        std::fs::write(&path, content).unwrap();
        assert!(refusal(&path).contains(word), "{word}: {}", refusal(&path));
    }
    let (_other, path) =
        made("CREATE TABLE projects (id, title); CREATE TABLE pages (id, slug, url, title, projectId)");
    assert!(refusal(&path).contains("no table “users”"), "{}", refusal(&path));
}

#[test]
fn every_prefix_of_a_database_is_refused_and_none_panics() {
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read(database(&folder, "cusdis.sql")).unwrap();
    let path = folder.path().join("prefix.db");
    for length in (0..whole.len()).step_by(509) {
        std::fs::write(&path, &whole[..length]).unwrap();
        match read(&Cusdis, &path) {
            Err(Error::Invalid { detail, .. }) => {
                assert!(detail.ends_with("Nothing was imported."), "{detail}");
            }
            other => panic!("the first {length} bytes: {:?}", other.err()),
        }
    }
}
