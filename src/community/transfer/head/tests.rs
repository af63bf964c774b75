use std::io::Write as _;

use tempfile::{NamedTempFile, TempDir};

use super::*;
use crate::community::transfer::tests::{database, fixture};

fn file(bytes: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn zipped(file: &Path) -> NamedTempFile {
    use flate2::{Compression, write::GzEncoder};
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&std::fs::read(file).unwrap()).unwrap();
    self::file(&encoder.finish().unwrap())
}

fn name(file: &Path) -> String {
    recognise(file).map_or_else(|error| error.to_string(), |format| format.name().to_owned())
}

#[test]
fn a_format_is_told_from_the_file_gzipped_or_not() {
    let cases = [
        ("disqus.xml", "disqus"),
        ("wordpress.xml", "wordpress"),
        ("remark42.json", "remark42"),
        ("commento.json", "commento"),
        ("comentario-v1.json", "comentario"),
        ("comentario-v3.json", "comentario"),
        ("artalk.artrans", "artalk"),
        ("waline.json", "waline"),
        ("twikoo.json", "twikoo"),
    ];
    for (fixture_name, format) in cases {
        let file = fixture(fixture_name);
        assert_eq!(name(&file), format, "{fixture_name}");
        assert_eq!(name(zipped(&file).path()), format, "{fixture_name}, gzipped");
    }
    let folder = TempDir::new().unwrap();
    for format in ["isso", "waline", "cusdis"] {
        assert_eq!(name(&database(&folder, &format!("{format}.sql"))), format);
    }
}

#[test]
fn a_file_that_goes_on_for_long_is_told_by_its_beginning() {
    let mut text = String::from(r#"{"version":3,"pages":[{"isReadonly":false,"path":"/"},{"title":""#);
    text.push_str(&"x".repeat(1 << 20));
    assert_eq!(name(file(text.as_bytes()).path()), "comentario");
    assert_eq!(name(file("\u{feff} \n<disqus><thread".as_bytes()).path()), "disqus");
}

#[test]
fn empty_exports_are_told_too() {
    for (text, format) in [
        (r#"{"version":1,"users":[],"posts":[]}"#, "remark42"),
        (r#"{"version":1,"comments":[],"commenters":[]}"#, "commento"),
        (r#"{"version":3,"pages":null,"comments":null,"commenters":null}"#, "comentario"),
    ] {
        assert_eq!(name(file(text.as_bytes()).path()), format);
    }
}

#[test]
fn a_file_of_no_known_kind_is_refused_with_the_formats() {
    let folder = TempDir::new().unwrap();
    let other = database(&folder, "isso-no-comments.sql");
    let unknown = [
        file(b"just words"),
        file(b"{\"a\": [1, 2"),
        file(b"<rss version='2.0'><channel/></rss>"),
        file(b"<!DOCTYPE html><html></html>"),
    ];
    for path in unknown.iter().map(NamedTempFile::path).chain([other.as_path()]) {
        let words = name(path);
        assert!(words.contains("disqus, isso, wordpress") && words.contains("import FORMAT FILE"), "{words}");
    }
}

#[test]
fn what_must_be_unpacked_first_is_told_so() {
    let folder = TempDir::new().unwrap();
    let isso = database(&folder, "isso.sql");
    assert!(name(zipped(&isso).path()).contains("gzipped: unpack it first"));
    assert!(name(file(b"PK\x03\x04rest").path()).contains("zip archive"));
    assert!(name(file(b"").path()).contains("empty"));
    assert!(name(Path::new("/nowhere/at/all")).contains("cannot be read"));
}

#[test]
fn paths_name_the_objects_around_a_field_and_no_lists() {
    let text = r#"[{"a": {"b": "c\": {", "d": [[{"e": 1}], "f"]}, "g": "h"}, {"i": {"#;
    let paths: Vec<String> = paths::of(text).into_iter().collect();
    assert_eq!(paths, ["a", "a.b", "a.d", "a.d.e", "g", "i"]);
    assert!(paths::of(&"[".repeat(1 << 18)).is_empty() && paths::of("{\"a").is_empty());
}
