use std::io::Write as _;

use super::*;
use crate::base::error::Error;
use crate::community::transfer::tests::{Collected, fixture, read};

fn parse(json: &[u8]) -> Result<Collected> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(json).unwrap();
    read(&Twikoo, file.path())
}

fn good() -> Collected {
    read(&Twikoo, &fixture("twikoo.json")).unwrap()
}

#[test]
fn every_field_finds_its_place() {
    let read = good();
    let ada = read.comment("a1");
    assert_eq!(ada.created_at.to_string(), "2019-04-02T09:30:00.000Z");
    assert_eq!((ada.edited_at, ada.pinned, ada.format), (None, true, BodyFormat::Html));
    assert_eq!(ada.author.email, "ada@garden.example");
    assert_eq!(ada.author.url, "https://ada.example/");
    assert_eq!(read.comment("a5").status, Status::Spam);
    assert!(!read.comment("a4").pinned && read.comment("a4").parent.as_deref() == Some("a2"));
    assert_eq!(read.comment("a6").parent.as_deref(), Some("gone"), "where only the root is known");
}

#[test]
fn the_secret_of_a_browser_is_not_taken_for_an_author() {
    assert!(good().comments.iter().all(|comment| comment.author.id.is_empty()));
}

#[test]
fn likes_of_older_and_newer_releases_count_once_a_person() {
    let read = good();
    assert_eq!((read.comment("a1").up, read.comment("a1").down), (3, 1));
    assert_eq!((read.comment("a2").up, read.comment("a2").down), (1, 0));
}

#[test]
fn numbers_and_ids_as_mongodb_writes_them_are_read() {
    let read = good();
    let bo = read.comment("a2");
    assert_eq!(bo.author.name, "Bo");
    assert_eq!(bo.created_at.to_string(), "2019-04-02T10:30:00.000Z");
}

#[test]
fn a_page_is_its_path_on_the_host_it_was_read_on_or_its_own_key() {
    let pages: Vec<_> = good().threads.iter().map(|page| (page.link.clone(), page.aliases.clone())).collect();
    let expected = [
        ("https://old.garden.example/posts/tomatoes/".to_owned(), vec![]),
        ("/posts/tomatoes".to_owned(), vec![]),
        ("post-17".to_owned(), vec!["https://old.garden.example/posts/basil?a=1".to_owned()]),
    ];
    assert_eq!(pages, expected);
}

#[test]
fn what_cannot_be_brought_over_is_told_with_its_place() {
    let told: Vec<_> = good().skipped.iter().map(|one| format!("{}: {}", one.at, one.reason)).collect();
    assert_eq!(
        told,
        [
            "line 8 (comment a7): it does not say which page it belongs to",
            "line 9 (comment a8): it has no date"
        ]
    );
}

#[test]
fn a_list_reads_the_same_as_lines() {
    let lines = std::fs::read_to_string(fixture("twikoo.json")).unwrap();
    let list = lines.trim().replace("} {", "},{").replace("}\n{", "},\n{").replace("}\n\n{", "},\n\n{");
    let read = parse(format!("[{list}]").as_bytes()).unwrap();
    assert_eq!((read.comments, read.threads), (good().comments, good().threads));
}

#[test]
fn another_systems_list_is_refused_with_its_place() {
    let words = parse(b"[\n{\"id\":\"1\",\"page_key\":\"/a\"}]").err().unwrap().to_string();
    assert!(words.contains("Line 2, column 1") && words.contains("no comment of Twikoo's"), "{words}");
}

#[test]
fn a_line_that_ends_early_is_refused_and_none_panics() {
    let whole = std::fs::read(fixture("twikoo.json")).unwrap();
    for length in (0..whole.len()).step_by(7) {
        match parse(&whole[..length]) {
            Ok(read) => assert!(whole[..length].trim_ascii_end().ends_with(b"}"), "{}", read.comments.len()),
            Err(Error::Invalid { .. }) => (),
            Err(other) => panic!("the first {length} bytes: {other:?}"),
        }
    }
}
