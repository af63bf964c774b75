use std::io::Write as _;
use std::path::Path;

use jiff::tz::TimeZone;

use super::*;
use crate::base::error::Error;
use crate::community::comments::Format as BodyFormat;
use crate::community::transfer::tests::{Collected, fixture, read};

fn parse(json: &[u8]) -> Result<Collected> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(json).unwrap();
    read(&Artalk, file.path())
}

fn good() -> Collected {
    read(&Artalk, &fixture("artalk.artrans")).unwrap()
}

fn refusal(json: &[u8]) -> String {
    parse(json).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn every_field_finds_its_place() {
    let read = good();
    let ada = read.comment("1");
    assert_eq!(ada.created_at.to_string(), "2019-04-02T09:30:00.000Z");
    assert_eq!((ada.up, ada.down, ada.edited_at, ada.pinned), (3, 1, None, false));
    assert_eq!((ada.status, ada.format), (Status::Published, BodyFormat::Markdown));
    assert_eq!(ada.author.email, "ada@garden.example");
    assert_eq!((ada.author.id.as_str(), ada.author.email_verified), ("", false));
    assert_eq!(ada.place, "line 2 (comment 1)");
    assert_eq!(read.comment("4").status, Status::Held);
    assert_eq!(read.comment("4").parent.as_deref(), Some("3"));
}

#[test]
fn real_numbers_and_truths_are_read_as_well() {
    let read = good();
    let bo = read.comment("2");
    assert_eq!((bo.status, bo.up), (Status::Published, 0), "folded, but there");
    let pinned = read.comment("3");
    assert!(pinned.pinned && pinned.parent.is_none());
    assert!(!bo.pinned, "only what starts a conversation stands above");
}

#[test]
fn raw_html_in_markdown_is_kept_as_html() {
    let read = good();
    let bo = read.comment("2");
    assert_eq!(bo.format, BodyFormat::Html);
    assert!(
        bo.body.contains("<img src=") && bo.body.contains("<a href=\"https://bo.example/\">"),
        "{}",
        bo.body
    );
}

#[test]
fn the_address_that_artalk_gives_to_those_without_one_is_none() {
    assert_eq!(good().comment("2").author.email, "");
}

#[test]
fn a_path_is_on_the_first_of_the_sites_hosts() {
    let links: Vec<_> = good().threads.iter().map(|page| page.link.clone()).collect();
    let expected = [
        "https://old.garden.example/posts/tomatoes/",
        "https://old.garden.example/posts/tomatoes",
        "post-17",
        "https://docs.example/posts/tomatoes/",
    ];
    assert_eq!(links, expected);
    assert_eq!(good().threads[0].title, "Tomatoes & basil");
    let closed: Vec<_> = good().threads.iter().map(|page| page.closed).collect();
    assert_eq!(closed, [false, false, true, false]);
}

#[test]
fn several_sites_in_one_file_are_told() {
    let notes = good().notes;
    assert!(notes.len() == 1 && notes[0].contains("Docs (2), Garden (9)"), "{notes:?}");
    let one = parse(
        b"[{\"id\":1,\"nick\":\"A\",\"content\":\"a\",\"page_key\":\"/a\",\"created_at\":\"2019-04-02 17:30:00 +0800\"}]",
    );
    assert_eq!(one.unwrap().notes, [""; 0]);
}

#[test]
fn a_comment_without_an_id_has_the_same_one_every_time() {
    let id = || good().comments.last().unwrap().source_id.clone();
    assert!(id().starts_with("no-id-") && id() == id());
}

#[test]
fn what_cannot_be_brought_over_is_told_with_its_place() {
    let told: Vec<_> = good().skipped.iter().map(|one| format!("{}: {}", one.at, one.reason)).collect();
    assert_eq!(
        told,
        [
            "line 8 (comment 7): it does not say which page it belongs to",
            "line 9 (comment 8): its date, “last spring”, cannot be read",
        ]
    );
}

#[test]
fn dates_without_a_zone_are_in_the_one_that_was_named() {
    let json = b"[{\"id\":1,\"nick\":\"A\",\"content\":\"a\",\"page_key\":\"/a\",\"created_at\":\"2019-04-02 17:30:00\"}]";
    let read = parse(json).unwrap();
    assert_eq!(read.comments[0].created_at.to_string(), "2019-04-02T17:30:00.000Z");
    assert!(read.notes[0].contains("--zone"), "{:?}", read.notes);
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(json).unwrap();
    let zone = Some(TimeZone::fixed(jiff::tz::offset(8)));
    let mut collected = Collected { zone, ..Collected::default() };
    Artalk.read(file.path(), &mut collected).unwrap();
    assert_eq!(collected.comments[0].created_at.to_string(), "2019-04-02T09:30:00.000Z");
    assert_eq!(collected.notes, [""; 0]);
}

#[test]
fn another_systems_list_is_refused_with_its_place() {
    let words = refusal(b"[\n{\"_id\":\"a\",\"nick\":\"A\",\"comment\":\"x\"}]");
    assert!(words.contains("Line 2, column 1") && words.contains("no comment of Artalk's"), "{words}");
    assert!(refusal(b"[5]").contains("Line 1, column 3: invalid type"));
    assert!(refusal(b"SQLite format 3\0").contains("SQLite"));
}

#[test]
fn every_prefix_of_an_export_is_refused_and_none_panics() {
    let whole = std::fs::read(fixture("artalk.artrans")).unwrap();
    let end = whole.trim_ascii_end().len();
    for length in (0..end).step_by(3).chain(end - 12..end) {
        match parse(&whole[..length]) {
            Err(Error::Invalid { detail, .. }) => {
                assert!(detail.ends_with("Nothing was imported."), "{detail}");
            }
            other => panic!("the first {length} bytes: {:?}", other.err()),
        }
    }
    assert!(parse(&whole[..end]).is_ok());
}

#[test]
fn flipped_bytes_never_panic() {
    let whole = std::fs::read(fixture("artalk.artrans")).unwrap();
    for at in (0..whole.len()).step_by(7) {
        for byte in [b'{', b']', b'"', b'\\', 0, 0xff] {
            let mut broken = whole.clone();
            broken[at] = byte;
            if let Err(error) = parse(&broken) {
                assert!(matches!(error, Error::Invalid { .. }), "{error:?}");
            }
        }
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let words = read(&Artalk, Path::new("/nowhere/at/all.artrans")).err().unwrap().to_string();
    assert!(words.contains("/nowhere/at/all.artrans") && words.contains("cannot be read"), "{words}");
}
