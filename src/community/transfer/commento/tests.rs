use std::io::Write as _;

use super::Status::{Deleted, Held, Published, Spam};
use super::*;
use crate::community::comments::Format as BodyFormat;
use crate::community::transfer::tests::{Collected, fixture, read};

fn export() -> Collected {
    read(&Commento, &fixture("commento.json")).unwrap()
}

fn refusal(text: &str) -> String {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    read(&Commento, file.path()).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn commenters_are_found_though_they_stand_behind_the_comments() {
    let export = export();
    let ada = &export.comment("a1").author;
    assert_eq!(
        (ada.id.as_str(), ada.name.as_str(), ada.email.as_str()),
        ("ada", "Ada", "ada@garden.example")
    );
    assert_eq!(export.comment("a2").author, SourceAuthor::default(), "anonymous");
    assert_eq!(
        export.comment("a6").author,
        SourceAuthor { id: "stranger".into(), ..SourceAuthor::default() }
    );
}

#[test]
fn an_address_is_verified_where_its_provider_vouches_for_it() {
    let export = export();
    let verified = ["a1", "a3", "a9"].map(|id| export.comment(id).author.email_verified);
    assert_eq!(verified, [true, false, true]);
}

#[test]
fn states_scores_and_texts_come_along() {
    let export = export();
    let status = ["a1", "a3", "a4", "a5", "a7"].map(|id| export.comment(id).status);
    assert_eq!(status, [Published, Held, Spam, Deleted, Deleted]);
    let votes = ["a1", "a2", "a3"].map(|id| (export.comment(id).up, export.comment(id).down));
    assert_eq!(votes, [(2, 0), (0, 1), (0, 0)]);
    assert_eq!(export.comment("a1").format, BodyFormat::Markdown);
    assert_eq!(export.comment("a2").parent.as_deref(), Some("a1"));
    assert_eq!(export.comment("a1").parent, None);
    assert_eq!(export.skipped.len(), 1);
    assert_eq!(export.skipped[0].at, "line 11 (comment a8)");
}

#[test]
fn a_page_is_a_path_or_a_key_of_the_sites_own() {
    let links: Vec<String> = export().threads.into_iter().map(|thread| thread.link).collect();
    let tomatoes = "https://garden.example/posts/tomatoes/";
    assert_eq!(links, [tomatoes, "my-own-key", "https://garden.example/", tomatoes]);
}

#[test]
fn lists_may_stand_in_any_order() {
    let text = r#"{"commenters":[{"commenterHex":"c","name":"Cleo"}],"more":{"a":[1]},"comments":[{"commentHex":"x","commenterHex":"c","creationDate":"2020-01-01T00:00:00Z","state":"approved","markdown":"y","url":"/"}],"version":1}"#;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    assert_eq!(read(&Commento, file.path()).unwrap().comment("x").author.name, "Cleo");
}

#[test]
fn other_files_and_versions_are_refused() {
    let newer = fixture("comentario-v3.json");
    assert!(read(&Commento, &newer).err().unwrap().to_string().contains("afterword import comentario"));
    assert!(
        refusal(r#"{"version":7,"comments":[]}"#).contains("version 7 of Commento's export; 1 can be read")
    );
    assert!(refusal(r#"{"comments":[]}"#).contains("does not tell its version"));
    assert!(refusal("[]").contains("Line 1, column"));
}

#[test]
fn a_broken_export_is_refused_where_it_breaks() {
    let whole = std::fs::read_to_string(fixture("commento.json")).unwrap();
    let cut = refusal(&whole[..whole.len() / 2]);
    assert!(cut.contains("cut short") && cut.starts_with("Line 10, column "), "{cut}");
    assert!(refusal(&format!("{whole}]")).contains("trailing characters"));
    assert!(refusal(r#"{"version":1,"comments":[7]}"#).contains("Line 1, column"));
}
