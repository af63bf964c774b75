use std::io::Write as _;
use std::path::Path;

use super::*;
use crate::community::transfer::tests::{Collected, fixture, read};

fn parse(xml: &[u8]) -> Result<Collected> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(xml).unwrap();
    read(&Disqus, file.path())
}

fn refusal(file: &Path) -> String {
    match read(&Disqus, file) {
        Err(Error::Invalid { field, detail }) if field == "file" => detail,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("{} was accepted", file.display()),
    }
}

fn refusal_of(xml: &[u8]) -> String {
    parse(xml).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn white_space_inside_values_does_not_matter() {
    let read = read(&Disqus, &fixture("disqus.xml")).unwrap();
    let ada = read.comment("101");
    assert_eq!(ada.created_at, Millis::parse("2019-04-02T09:30:00Z").unwrap());
    assert_eq!(ada.status, Status::Published);
    assert_eq!(ada.body.trim(), "<p>How often do you water?</p>");
    assert!(read.threads[2].closed && read.threads[2].link == "https://garden.example/posts/closed/");
}

#[test]
fn entities_and_cdata_are_read_for_what_they_mean() {
    let read = read(&Disqus, &fixture("disqus.xml")).unwrap();
    assert_eq!(read.comment("103").body, "<p>Tom &amp; I do too — always</p>");
    assert!(read.comment("102").body.starts_with("<p>I water them <b>twice</b> &amp; early.</p>"));
    assert_eq!(read.threads[0].title.trim(), "Tomatoes & basil");
}

#[test]
fn a_thread_with_an_empty_id_is_kept() {
    let read = read(&Disqus, &fixture("disqus.xml")).unwrap();
    assert_eq!(read.threads.len(), 5);
    assert!(read.threads[1].aliases.is_empty() && read.threads[1].source_id == "2");
}

#[test]
fn a_post_without_an_id_has_the_same_id_every_time() {
    let ids = || {
        let read = read(&Disqus, &fixture("disqus.xml")).unwrap();
        read.comments.iter().map(|comment| comment.source_id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(), ids());
    assert_eq!(ids().iter().filter(|id| id.starts_with("no-id-")).count(), 1);
}

#[test]
fn an_id_needs_neither_quotes_nor_the_usual_prefix() {
    let xml = b"<disqus><thread x:id='7'/><post id=8 dsq:id=9><thread id=7/><createdAt>2020-01-01T00:00:00Z</createdAt></post></disqus>";
    let read = parse(xml).unwrap();
    assert_eq!((read.threads[0].source_id.as_str(), read.comments[0].source_id.as_str()), ("7", "9"));
    assert_eq!(read.comments[0].thread, "7");
}

#[test]
fn elements_may_carry_a_prefix() {
    let xml =
        b"<d:disqus xmlns:d='http://disqus.com'><d:thread i:id='7'><d:link>/a</d:link></d:thread></d:disqus>";
    assert_eq!(parse(xml).unwrap().threads[0].link, "/a");
}

#[test]
fn spam_that_was_deleted_counts_as_deleted() {
    let read = read(&Disqus, &fixture("disqus.xml")).unwrap();
    assert_eq!(read.comment("107").status, Status::Deleted);
    assert_eq!(read.comment("108").status, Status::Spam);
}

#[test]
fn entities_that_the_file_declares_are_not_expanded() {
    let read = read(&Disqus, &fixture("disqus-entities.xml")).unwrap();
    assert_eq!(read.comment("1").body, "Before &d; and &file; after & so on");
}

#[test]
fn a_file_that_ends_early_is_refused_where_it_ends() {
    let words = refusal(&fixture("disqus-truncated.xml"));
    assert!(
        words.starts_with("Line 14, column 1: ") && words.contains("<message>, which begins on line 13"),
        "{words}"
    );
}

#[test]
fn a_wrong_end_tag_is_refused_with_its_place() {
    let words = refusal(&fixture("disqus-mismatched.xml"));
    assert!(words.starts_with("Line 7, column 32: "), "{words}");
}

#[test]
fn text_that_is_not_utf8_is_refused_with_its_place() {
    let words = refusal(&fixture("disqus-latin1.xml"));
    assert!(words.starts_with("Line 5, column 10: ") && words.contains("UTF-8"), "{words}");
    let declared = refusal_of(b"<?xml version='1.0' encoding='ISO-8859-1'?><disqus/>");
    assert!(declared.contains("ISO-8859-1"), "{declared}");
}

#[test]
fn a_wordpress_export_is_told_apart() {
    let words = refusal(&fixture("wordpress.xml"));
    assert!(words.starts_with("Line 2, column 1: ") && words.contains("WordPress"), "{words}");
}

#[test]
fn other_files_are_refused_by_name() {
    let cases: [(&[u8], &str); 8] = [
        (b"", "empty"),
        (b"PK\x03\x04rest", "zip"),
        (b"SQLite format 3\0<", "afterword import isso"),
        (b"[{\"text\":\"<p>\"}]", "JSON"),
        (b"\xff\xfe<\0", "UTF-16"),
        (b"just words", "not an XML file"),
        (b"<!DOCTYPE html><html><body>", "web page"),
        (b"<comments/>", "<comments>"),
    ];
    for (file, word) in cases {
        assert!(refusal_of(file).contains(word), "{word}: {}", refusal_of(file));
    }
    assert!(refusal(Path::new("/nowhere/at/all.xml")).contains("cannot be read"));
}

#[test]
fn what_follows_the_root_is_refused_unless_it_is_space() {
    assert!(parse(b"<disqus/>\n\n<!-- end -->").is_ok());
    assert!(refusal_of(b"<disqus></disqus><disqus/>").contains("after the end"));
}

#[test]
fn nesting_and_endless_tags_are_bounded() {
    assert!(refusal_of("<disqus>".repeat(200).as_bytes()).contains("too deeply"));
    let long = format!("<disqus><post><message>{}", "x".repeat(17 << 20));
    assert!(refusal_of(long.as_bytes()).contains("longer than 16 MB"));
    let many = format!("<disqus><post><message>{}", "&lt;xxxxxxxxxx".repeat(2 << 20));
    assert!(refusal_of(many.as_bytes()).contains("16 MB"));
}

#[test]
fn a_gzipped_export_reads_the_same() {
    use flate2::{Compression, write::GzEncoder};
    let plain = std::fs::read(fixture("disqus.xml")).unwrap();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&plain).unwrap();
    let zipped = encoder.finish().unwrap();
    let (one, other) = (parse(&plain).unwrap(), parse(&zipped).unwrap());
    assert_eq!((one.comments, one.threads, one.skipped), (other.comments, other.threads, other.skipped));
    assert!(refusal_of(&zipped[..zipped.len() / 2]).contains("Line "));
}

#[test]
fn every_prefix_of_an_export_is_refused_and_none_panics() {
    let whole = std::fs::read(fixture("disqus.xml")).unwrap();
    let end = whole.trim_ascii_end().len();
    for length in (0..end).step_by(3).chain(end - 12..end) {
        assert!(parse(&whole[..length]).is_err(), "the first {length} bytes");
    }
    assert!(parse(&whole[..end]).is_ok());
}

#[test]
fn flipped_bytes_never_panic() {
    let whole = std::fs::read(fixture("disqus.xml")).unwrap();
    for at in (0..whole.len()).step_by(7) {
        for byte in [b'<', b'>', b'&', b'"', 0, 0xff] {
            let mut broken = whole.clone();
            broken[at] = byte;
            if let Err(error) = parse(&broken) {
                assert!(matches!(error, Error::Invalid { .. }), "{error:?}");
            }
        }
    }
}
