use std::path::PathBuf;

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::base::error::Error;
use crate::community::comments::Format as BodyFormat;
use crate::community::transfer::tests::{Collected, database, fixture, read};

fn made(sql: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("waline.sqlite");
    Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    (folder, path)
}

fn good() -> Collected {
    let folder = tempfile::tempdir().unwrap();
    read(&Waline, &database(&folder, "waline.sql")).unwrap()
}

fn refusal(file: &Path) -> String {
    read(&Waline, file).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn every_field_finds_its_place() {
    let read = good();
    let ada = read.comment("1");
    assert_eq!(ada.created_at.to_string(), "2019-04-02T17:30:00.000Z");
    assert_eq!((ada.up, ada.down, ada.pinned, ada.edited_at), (3, 0, true, None));
    assert_eq!((ada.status, ada.format), (Status::Published, BodyFormat::Markdown));
    assert_eq!(ada.place, "wl_Comment row 1");
    assert_eq!((read.comment("4").status, read.comment("5").status), (Status::Held, Status::Spam));
    assert_eq!(read.comment("3").up, 0);
    assert_eq!(
        read.threads.iter().map(|page| page.link.as_str()).collect::<Vec<_>>(),
        ["/posts/tomatoes/", "/posts/tomatoes", "/posts/basil"]
    );
}

#[test]
fn who_was_signed_in_is_shown_as_the_account_is_now() {
    let read = good();
    let author = |id: &str| {
        let SourceAuthor { id, name, email, email_verified, url } = read.comment(id).author.clone();
        assert!(!email_verified, "Waline does not say");
        [id, name, email, url]
    };
    assert_eq!(author("1"), ["1", "Ada Green", "ada@garden.example", "https://ada.example/"]);
    assert_eq!(author("2"), ["2", "Bo", "bo@garden.example", "https://bo.example/"]);
    assert_eq!(author("3"), ["9", "Cleo", "cleo@garden.example", "javascript:alert(1)"]);
    assert_eq!(author("4"), ["", "Dan", "", ""]);
}

#[test]
fn a_reply_answers_what_it_was_written_to_or_else_the_root() {
    let read = good();
    let parents = ["1", "2", "3", "6"].map(|id| read.comment(id).parent.clone());
    assert_eq!(parents, [None, Some("1".into()), Some("2".into()), Some("4".into())]);
    assert!(!read.comment("2").pinned, "only what starts a conversation stands above");
}

#[test]
fn raw_html_in_markdown_is_kept_as_html() {
    let read = good();
    assert_eq!(read.comment("2").format, BodyFormat::Html);
    assert!(read.comment("2").body.contains("<img class=\"wl-emoji\""));
    assert_eq!((read.comment("6").format, read.comment("6").body.trim()), (BodyFormat::Html, "<p>Old</p>"));
}

#[test]
fn the_zone_of_dates_can_be_named_and_is_asked_for_if_it_was_not() {
    let notes = good().notes;
    assert!(
        notes.len() == 1 && notes[0].contains("--zone") && notes[0].contains("Asia/Shanghai"),
        "{notes:?}"
    );
    let folder = tempfile::tempdir().unwrap();
    let zone = Some(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)));
    let mut read = Collected { zone, ..Collected::default() };
    Waline.read(&database(&folder, "waline.sql"), &mut read).unwrap();
    assert_eq!(read.comment("1").created_at.to_string(), "2019-04-02T09:30:00.000Z");
    assert_eq!(read.comment("7").created_at.to_string(), "2019-04-03T04:00:00.000Z", "this one says its own");
    assert_eq!(read.notes, [""; 0]);
}

#[test]
fn rows_without_a_date_or_page_are_skipped_with_their_place() {
    let told: Vec<_> = good().skipped.iter().map(|one| format!("{}: {}", one.at, one.reason)).collect();
    assert_eq!(
        told,
        [
            "wl_Comment row 8: its date, “datetime('now', 'localtime')”, cannot be read",
            "wl_Comment row 9: it does not say which page it belongs to",
        ]
    );
}

#[test]
fn the_dashboards_export_reads_as_the_database_does() {
    let json = read(&Waline, &fixture("waline.json")).unwrap();
    let (ada, bo) = (json.comment("1"), json.comment("2"));
    assert_eq!(ada.author, good().comment("1").author);
    assert_eq!((ada.created_at.to_string().as_str(), ada.pinned), ("2019-04-02T09:30:00.000Z", true));
    assert_eq!((bo.author.email.as_str(), bo.up, bo.parent.as_deref()), ("bo@garden.example", 2, Some("1")));
    assert_eq!(bo.created_at.to_string(), "2019-04-02T10:30:00.000Z");
    assert_eq!(json.comment("5f5e1000a1b2c3d4e5f60718").status, Status::Held);
    assert_eq!(json.skipped[0].at, "line 11 (comment 4)");
    assert_eq!(json.notes.len(), 1, "one date has no zone");
}

#[test]
fn a_file_with_other_names_in_front_of_its_tables_is_read() {
    let sql = std::fs::read_to_string(fixture("waline.sql")).unwrap().replace("wl_", "talk_");
    let (_folder, path) = made(&sql);
    assert_eq!(read(&Waline, &path).unwrap().comment("1").author.name, "Ada Green");
}

#[test]
fn a_file_of_an_early_release_has_fewer_columns() {
    let (_folder, path) = made(
        "CREATE TABLE wl_Comment (id INTEGER PRIMARY KEY, comment, insertedAt, ip, link, mail, nick, rid, pid, status, ua, url);
         INSERT INTO wl_Comment (id, comment, insertedAt, nick, status, url, pid) VALUES (1, 'Hello', '2019-04-02 17:30:00', 'Ada', 'approved', '/a', 7)",
    );
    let read = read(&Waline, &path).unwrap();
    assert_eq!((read.comment("1").body.as_str(), read.comment("1").parent.as_deref()), ("Hello", Some("7")));
}

#[test]
fn other_files_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let isso = refusal(&database(&folder, "isso.sql"));
    assert!(isso.contains("not Waline's: it has no table “wl_Comment”"), "{isso}");
    let artalk = refusal(&fixture("artalk.artrans"));
    assert!(artalk.contains("expected an object"), "{artalk}");
    let path = folder.path().join("other.json");
    for (content, word) in [("{\"comments\":[]}", "not Waline's export"), ("", "empty"), ("<a/>", "XML")] {
        std::fs::write(&path, content).unwrap();
        assert!(refusal(&path).contains(word), "{word}: {}", refusal(&path));
    }
}

#[test]
fn every_prefix_is_refused_and_none_panics() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prefix");
    let database = std::fs::read(database(&folder, "waline.sql")).unwrap();
    let json = std::fs::read(fixture("waline.json")).unwrap();
    let end = json.trim_ascii_end().len();
    let cuts = (0..database.len()).step_by(509).map(|at| &database[..at]);
    for cut in cuts.chain((0..end).step_by(31).map(|at| &json[..at])) {
        std::fs::write(&path, cut).unwrap();
        match read(&Waline, &path) {
            Err(Error::Invalid { detail, .. }) => {
                assert!(detail.ends_with("Nothing was imported."), "{detail}");
            }
            other => panic!("the first {} bytes: {:?}", cut.len(), other.err()),
        }
    }
}

#[test]
fn a_text_of_a_megabyte_and_more_is_skipped_unread() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(&folder, "waline.sql");
    let waline = Connection::open(&path).unwrap();
    waline.execute("UPDATE wl_Comment SET comment = ?1 WHERE id = 6", ["x".repeat((1 << 20) + 1)]).unwrap();
    drop(waline);
    let read = read(&Waline, &path).unwrap();
    assert_eq!(read.skipped[0].at, "wl_Comment row 6");
    assert!(read.skipped[0].reason.contains("1048577 bytes"), "{:?}", read.skipped);
}
