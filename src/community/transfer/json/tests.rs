use std::io::Write as _;

use serde::Deserialize;

use super::*;

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, expecting = "an object")]
struct Note {
    id: Word,
    tags: Words,
}

fn read(json: &[u8], within: &[&str]) -> Result<Vec<String>> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(json).unwrap();
    let mut seen = Vec::new();
    let found = each(file.path(), within, &mut |entry: Entry<Note>| {
        let Place { line, column } = entry.place;
        assert!(entry.progress.0 <= entry.progress.1);
        seen.push(format!("{}:{} at {line}:{column}", entry.number, entry.value.id.as_str()));
        Ok(())
    })?;
    assert_eq!(found, !seen.is_empty() || json.contains(&b'['));
    Ok(seen)
}

fn refusal(json: &[u8], within: &[&str]) -> String {
    match read(json, within) {
        Err(Error::Invalid { field, detail }) if field == "file" => detail,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_list_and_values_one_after_another_read_the_same() {
    let list = read(b"\xef\xbb\xbf[{\"id\":1},\n {\"id\":\"2\"}]\n", &[]).unwrap();
    assert_eq!(list, ["1:1 at 1:2", "2:2 at 2:2"]);
    let lines = read(b"{\"id\":1}\n\n{\"id\":\"2\"} {\"id\":3}\n", &[]).unwrap();
    assert_eq!(lines, ["1:1 at 1:1", "2:2 at 3:1", "3:3 at 3:12"]);
    assert_eq!(read(b"[]", &[]).unwrap(), [""; 0]);
    assert_eq!(read(b"{\"id\":1}[{\"id\":2}]", &[]).unwrap().len(), 2);
}

#[test]
fn a_list_inside_an_object_is_found_by_its_names() {
    let json = "{\"a\": [[1,{\"b\":2}], \"ü\"], \"data\": {\"Other\": [3], \"Users\":\n[{\"id\":\"ü\"}], \"More\": null}}";
    assert_eq!(read(json.as_bytes(), &["data", "Users"]).unwrap(), ["1:ü at 2:2"]);
    assert_eq!(read(b"{\"data\": {\"Users\": []}}", &["data", "Users"]).unwrap(), [""; 0]);
    assert_eq!(read(b"{\"data\": {\"Users\": null}}", &["data", "Users"]).unwrap(), [""; 0]);
    let elsewhere = refusal(b"[{\"data\": 1}]", &["data", "Users"]);
    assert!(elsewhere.contains("a list stands where an object with “data”"), "{elsewhere}");
}

#[test]
fn what_is_text_in_one_file_is_a_number_in_the_next() {
    let word = |json: &str| serde_json::from_str::<Word>(json).unwrap().into_string();
    for (json, text) in [
        ("\"1\"", "1"),
        ("1", "1"),
        ("-1", "-1"),
        ("1.5", "1.5"),
        ("true", "true"),
        ("null", ""),
        ("[1]", ""),
        ("{\"$oid\":\"5f\"}", "5f"),
        ("{\"$date\":{\"$numberLong\":\"1554197400000\"}}", "1554197400000"),
        ("{\"__type\":\"Date\",\"iso\":\"2019\"}", "2019"),
    ] {
        assert_eq!(word(json), text, "{json}");
    }
    let words = |json: &str| serde_json::from_str::<Words>(json).unwrap().0.len();
    assert_eq!(["[1,\"2\"]", "\"[1]\"", "null", "3", "\"x\""].map(words), [2, 1, 0, 0, 0]);
    let count = |json: &str| serde_json::from_str::<Word>(json).unwrap().count();
    assert_eq!(["\"3\"", "3", "-3", "\"x\"", "99999999999"].map(count), [3, 3, 0, 0, u32::MAX]);
}

#[test]
fn a_broken_file_is_refused_with_the_place_of_the_fault() {
    let cases: [(&str, &str); 7] = [
        ("[{\"id\":1}\n {\"id\":2}]", "Line 2, column 2: expected `,` or `]`"),
        ("[{\"id\":1},\n {\"ü\":x}]", "Line 2, column 7: expected value"),
        (
            "[{\"id\":1},\n\n {\"id\":\"a",
            "Line 3, column 10: the file ends here, inside what begins on line 3",
        ),
        ("[{\"id\":1},\n", "Line 2, column 1: the file ends here"),
        ("{\"id\":1}\n]", "Line 2, column 1: expected value"),
        ("[{\"id\":1},\n 5]", "Line 2, column 2: invalid type: integer `5`, expected an object"),
        ("{\"id\":1}\n5", "Line 2, column 1: invalid type: integer `5`, expected a list of comments"),
    ];
    for (json, expected) in cases {
        let words = refusal(json.as_bytes(), &[]);
        assert!(
            words.starts_with(expected) && words.ends_with("Nothing was imported."),
            "{expected} / {words}"
        );
    }
    let latin = refusal(b"[\n{\"id\":\"f\xfcr\"}]", &[]);
    assert!(latin.starts_with("Line 2, column ") && latin.contains("not UTF-8"), "{latin}");
}

#[test]
fn other_files_are_refused_by_name() {
    let cases: [(&[u8], &str); 7] = [
        (b"", "empty"),
        (b"PK\x03\x04rest", "zip"),
        (b"SQLite format 3\0<", "SQLite"),
        (b" <disqus/>", "XML"),
        (b"\xff\xfe[\0", "UTF-16"),
        (b"just words", "not JSON"),
        (b"\"text\"", "not JSON"),
    ];
    for (file, word) in cases {
        assert!(refusal(file, &[]).contains(word), "{word}: {}", refusal(file, &[]));
    }
}

#[test]
fn what_the_taker_answers_comes_back() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"[{\"id\":1},{\"id\":2}]").unwrap();
    let mut count = 0;
    let answer = each(file.path(), &[], &mut |_: Entry<Note>| {
        count += 1;
        Err(Error::Unavailable("the disk is full".into()))
    });
    assert!(matches!(answer, Err(Error::Unavailable(words)) if words == "the disk is full"));
    assert_eq!(count, 1);
}

#[test]
fn one_entry_may_be_long_but_not_endless_and_what_is_passed_over_may() {
    let long = format!("[{{\"id\":\"{}\"}}]", "x".repeat(17 << 20));
    let words = refusal(long.as_bytes(), &[]);
    assert!(words.starts_with("Line 1, column 2: ") && words.contains("16 MB"), "{words}");
    let passed = format!("{{\"other\":[{{\"id\":\"{}\"}}],\"mine\":[{{\"id\":7}}]}}", "x".repeat(17 << 20));
    assert_eq!(read(passed.as_bytes(), &["mine"]).unwrap().len(), 1);
    let many =
        format!("[{}{{\"id\":1}}]", "{\"id\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"},\n".repeat(400_000));
    assert_eq!(read(many.as_bytes(), &[]).unwrap().last().unwrap(), "400001:1 at 400001:1");
    assert!(refusal("[".repeat(200).as_bytes(), &[]).contains("Line 1"));
}

#[test]
fn a_gzipped_file_reads_the_same_and_a_cut_one_is_refused() {
    use flate2::{Compression, write::GzEncoder};
    let plain = format!("[{}{{\"id\":1}}]", "{\"id\":2},\n".repeat(20_000));
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain.as_bytes()).unwrap();
    let zipped = encoder.finish().unwrap();
    assert_eq!(read(&zipped, &[]).unwrap(), read(plain.as_bytes(), &[]).unwrap());
    assert!(refusal(&zipped[..zipped.len() / 2], &[]).contains("Line "));
}
