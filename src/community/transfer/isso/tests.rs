use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::base::error::Error;
use crate::community::transfer::tests::{Collected, database, read};

fn made(sql: &str) -> (TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("comments.db");
    Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    (folder, path)
}

fn good() -> (TempDir, Collected) {
    let folder = tempfile::tempdir().unwrap();
    let collected = read(&Isso, &database(&folder, "isso.sql")).unwrap();
    (folder, collected)
}

fn refusal(file: &Path) -> String {
    read(&Isso, file).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn authors_are_unescaped_once_and_text_is_left_alone() {
    let (_folder, read) = good();
    let reply = read.comment("1@1554200000250");
    assert_eq!(reply.author.name, "O'Neil & Sons");
    assert_eq!(reply.author.url, "https://garden.example/?a=1&b=2");
    assert_eq!((reply.up, reply.down, reply.format), (3, 1, BodyFormat::Markdown));
    assert_eq!(read.comment("2@1554100000500").body, "First & <b>foremost</b>");
}

#[test]
fn modes_become_our_status() {
    let (_folder, read) = good();
    let statuses: Vec<Status> = ["2@1554100000500", "4@1554400000000", "5@1554500000000", "15@1555100000000"]
        .iter()
        .map(|id| read.comment(id).status)
        .collect();
    assert_eq!(statuses, [Status::Published, Status::Held, Status::Deleted, Status::Held]);
}

#[test]
fn a_parent_may_come_later_or_be_missing() {
    let (_folder, read) = good();
    assert_eq!(read.comment("1@1554200000250").parent.as_deref(), Some("2@1554100000500"));
    assert_eq!(read.comment("8@1554700000000").parent.as_deref(), Some("999"));
    assert_eq!(read.comment("2@1554100000500").parent, None);
}

#[test]
fn rows_without_a_date_or_thread_are_skipped_with_their_place() {
    let (_folder, read) = good();
    let told: Vec<&str> = read.skipped.iter().map(|skipped| skipped.at.as_str()).collect();
    assert_eq!(told, ["comments row 13", "comments row 14"]);
}

#[test]
fn nothing_is_made_beside_the_file() {
    let (folder, path) =
        made("PRAGMA journal_mode = WAL; CREATE TABLE threads (id INTEGER PRIMARY KEY, uri, title)");
    assert!(refusal(&path).contains("no table “comments”"), "{}", refusal(&path));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_a_running_isso_has_in_its_log_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(&folder, "isso.sql");
    let isso = Connection::open(&path).unwrap();
    isso.execute_batch(
        "PRAGMA journal_mode = WAL;
         INSERT INTO comments (tid, id, created, mode, text, voters) VALUES (1, 50, 1556000000, 1, 'fresh', x'')",
    )
    .unwrap();
    assert_eq!(read(&Isso, &path).unwrap().comment("50@1556000000000").body, "fresh");
}

#[test]
fn a_missing_table_or_column_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let words = refusal(&database(&folder, "isso-no-comments.sql"));
    assert!(words.contains("no table “comments”"), "{words}");
    let (_other, path) =
        made("CREATE TABLE threads (id, uri, title); CREATE TABLE comments (tid, id, parent)");
    assert!(refusal(&path).contains("no column “created”"), "{}", refusal(&path));
    let (_other, path) = made("CREATE TABLE x (id, uri, title); CREATE VIEW threads AS SELECT * FROM x");
    assert!(refusal(&path).contains("no table “threads”"));
}

#[test]
fn a_newer_schema_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let words = refusal(&database(&folder, "isso-newer.sql"));
    assert!(words.contains("schema 6") && words.contains("newer Isso"), "{words}");
}

#[test]
fn other_files_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("odd name?#%.db");
    let cases: [(&[u8], &str); 4] = [
        (b"", "empty"),
        (b"<disqus/>", "afterword import disqus"),
        (b"\x1f\x8b\x08", "gzipped"),
        (b"hello", "not an SQLite"),
    ];
    for (content, word) in cases {
        std::fs::write(&path, content).unwrap();
        assert!(refusal(&path).contains(word), "{word}");
    }
    let good = database(&folder, "isso.sql");
    std::fs::rename(good, &path).unwrap();
    assert_eq!(read(&Isso, &path).unwrap().comments.len(), 13);
}

#[test]
fn every_prefix_of_a_database_is_refused_and_none_panics() {
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read(database(&folder, "isso.sql")).unwrap();
    let path = folder.path().join("prefix.db");
    for length in (0..whole.len()).step_by(509) {
        std::fs::write(&path, &whole[..length]).unwrap();
        match read(&Isso, &path) {
            Err(Error::Invalid { detail, .. }) => {
                assert!(detail.ends_with("Nothing was imported."), "{detail}");
            }
            other => panic!("the first {length} bytes: {:?}", other.err()),
        }
    }
}

#[test]
fn damaged_pages_never_panic() {
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read(database(&folder, "isso.sql")).unwrap();
    let path = folder.path().join("damaged.db");
    let mut refused = 0;
    for at in (100..whole.len()).step_by(37) {
        let mut broken = whole.clone();
        broken[at] ^= 0xff;
        std::fs::write(&path, &broken).unwrap();
        refused += usize::from(read(&Isso, &path).is_err());
    }
    assert!(refused > 0);
}

#[test]
fn a_text_of_a_megabyte_and_more_is_skipped_unread() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(&folder, "isso.sql");
    let isso = Connection::open(&path).unwrap();
    isso.execute("UPDATE comments SET text = ?1 WHERE id = 6", ["x".repeat((1 << 20) + 1)]).unwrap();
    drop(isso);
    let read = read(&Isso, &path).unwrap();
    assert_eq!(read.skipped[0].at, "comments row 6");
    assert!(read.skipped[0].reason.contains("1048577 bytes"), "{:?}", read.skipped);
}
