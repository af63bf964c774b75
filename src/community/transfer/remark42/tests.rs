use std::io::Write as _;

use super::*;
use crate::base::clock::Millis;
use crate::base::error::Error;
use crate::community::comments::Format as BodyFormat;
use crate::community::transfer::tests::{Collected, fixture, read};

fn backup() -> Collected {
    read(&Remark42, &fixture("remark42.json")).unwrap()
}

fn parse(text: &[u8]) -> Result<Collected> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text).unwrap();
    read(&Remark42, file.path())
}

fn refusal(text: &str) -> String {
    parse(text.as_bytes()).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn values_need_no_line_of_their_own() {
    let backup = backup();
    assert_eq!((backup.comments.len(), backup.skipped.len()), (8, 2));
    assert_eq!(backup.comment("c1").place, "line 1 (comment c1)");
    assert_eq!(backup.comment("c6").place, "line 7 (comment c6)");
    assert_eq!(backup.comment("c7").place, "line 7 (comment c7)");
}

#[test]
fn what_a_comment_says_of_itself_comes_along() {
    let backup = backup();
    let first = backup.comment("c1");
    assert_eq!((first.body.as_str(), first.format), ("How *often*?", BodyFormat::Markdown));
    assert_eq!(first.created_at, Millis::parse("2019-04-02T09:30:00.25Z").unwrap());
    assert_eq!(first.edited_at, Some(Millis::parse("2019-04-02T10:00:00Z").unwrap()));
    assert_eq!((first.up, first.down, first.pinned, first.parent.as_deref()), (3, 0, true, None));
    let reply = backup.comment("c2");
    assert_eq!((reply.up, reply.down, reply.parent.as_deref()), (0, 2, Some("c1")));
    assert_eq!((reply.body.as_str(), reply.format), ("<p>Twice, or <b>thrice</b>.</p>", BodyFormat::Html));
    assert_eq!(backup.comment("c4").format, BodyFormat::Html, "one that has no source");
    assert_eq!(backup.comment("c3").status, Status::Deleted);
}

#[test]
fn an_address_that_was_confirmed_is_the_authors() {
    let backup = backup();
    let [ada, bo, cleo] = ["c1", "c2", "c4"].map(|id| backup.comment(id).author.clone());
    assert_eq!(
        (ada.name.as_str(), ada.id.as_str(), ada.email.as_str()),
        ("Ada & Co", "github_ada", "Ada@garden.example")
    );
    assert!(ada.email_verified && bo.email_verified);
    assert!(!cleo.email_verified && cleo.email.is_empty());
}

#[test]
fn pages_that_are_read_only_are_closed() {
    let threads = backup().threads;
    let told: Vec<_> = threads.iter().map(|thread| (thread.link.as_str(), thread.closed)).collect();
    let (closed, other) = ("https://garden.example/posts/closed/", "https://garden.example/posts/a/?x=1&y=2");
    let tomatoes = "https://garden.example/posts/tomatoes/";
    assert_eq!(told, [(tomatoes, false), (closed, true), (other, true), ("", false), (closed, true)]);
    assert_eq!(threads[0].title, "Tomatoes & basil");
}

#[test]
fn version_0_and_a_header_without_lists_are_read() {
    for header in [r#"{"version":0,"users":[],"posts":[]}"#, r#"{"users":null,"posts":null}"#] {
        let comment = r#"{"id":"a","locator":{"url":"/a"},"time":"2019-04-02T09:30:00Z","text":"x"}"#;
        assert_eq!(parse(format!("{header}\n{comment}").as_bytes()).unwrap().comments.len(), 1);
        assert_eq!(parse(comment.as_bytes()).unwrap().comments.len(), 1, "none at all");
    }
}

#[test]
fn other_files_are_refused_by_name() {
    assert!(refusal(r#"{"version":2,"users":[],"posts":[]}"#).contains("version 2"));
    assert!(refusal(r#"{"version":1,"comments":[]}"#).contains("not Remark42's backup"));
    assert!(refusal("[{}]").contains("Line 1, column"));
    assert!(refusal("").contains("empty") && refusal("<rss/>").contains("XML"));
    assert!(refusal("words").contains("not a JSON file"));
}

#[test]
fn a_broken_backup_is_refused_where_it_breaks() {
    let whole = std::fs::read_to_string(fixture("remark42.json")).unwrap();
    let cut = refusal(&whole[..whole.len() - 20]);
    assert!(cut.starts_with("Line 10, column ") && cut.contains("cut short"), "{cut}");
    let wrong = refusal(&whole.replace(r#""id":"c4","pid""#, r#""id":"c4" "pid""#));
    assert!(wrong.starts_with("Line 4, column 12: expected `,` or `}`"), "{wrong}");
}

#[test]
fn a_gzipped_backup_reads_the_same_and_a_torn_one_is_refused() {
    use flate2::{Compression, write::GzEncoder};
    let plain = std::fs::read(fixture("remark42.json")).unwrap();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&plain).unwrap();
    let zipped = encoder.finish().unwrap();
    assert_eq!(parse(&zipped).unwrap().comments, backup().comments);
    let torn = parse(&zipped[..zipped.len() - 30]).err().unwrap().to_string();
    assert!(torn.contains("cannot be read further"), "{torn}");
}

#[test]
fn flipped_bytes_never_panic() {
    let whole = std::fs::read(fixture("remark42.json")).unwrap();
    for at in (0..whole.len()).step_by(5) {
        for byte in [b'{', b'}', b'"', b'\\', 0, 0xff] {
            let mut broken = whole.clone();
            broken[at] = byte;
            if let Err(error) = parse(&broken) {
                assert!(matches!(error, Error::Invalid { .. }), "{error:?}");
            }
        }
    }
}

#[test]
fn bans_are_noted_with_how_many_there_were() {
    let notes = read(&Remark42, &fixture("remark42.json")).unwrap().notes;
    assert!(notes.len() == 1 && notes[0].starts_with("1 person is blocked in Remark42"), "{notes:?}");
}
