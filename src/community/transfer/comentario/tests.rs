use super::Status::{Deleted, Held, Published, Spam};
use super::*;
use crate::base::clock::Millis;
use crate::community::comments::Format as BodyFormat;
use crate::community::transfer::tests::{Collected, fixture, read};

fn export(version: &str) -> Collected {
    read(&Comentario, &fixture(&format!("comentario-{version}.json"))).unwrap()
}

#[test]
fn the_first_version_is_commentos_with_other_names() {
    let export = export("v1");
    let (first, reply) = (export.comment("b1"), export.comment("b2"));
    assert_eq!((first.author.name.as_str(), first.author.url.as_str()), ("Bo", "https://bo.example"));
    assert_eq!((reply.author.clone(), reply.parent.as_deref()), (SourceAuthor::default(), Some("b1")));
    assert_eq!(export.threads.len(), 1, "with a slash before its path and without");
    assert_eq!(export.threads[0].link, "https://garden.example/posts/tomatoes");
}

#[test]
fn the_third_version_has_pages_with_titles_and_closed_ones() {
    let threads = export("v3").threads;
    let told: Vec<_> =
        threads.iter().map(|thread| (thread.link.as_str(), thread.title.as_str(), thread.closed)).collect();
    assert_eq!(told, [("/posts/tomatoes", "Tomatoes & basil", false), ("/posts/closed", "", true)]);
}

#[test]
fn the_third_versions_comments_come_along() {
    let export = export("v3");
    let first = export.comment("c1");
    assert_eq!((first.up, first.down, first.pinned, first.author.name.as_str()), (0, 2, true, "Ada"));
    assert_eq!(first.edited_at, Some(Millis::parse("2023-02-01T09:05:00Z").unwrap()));
    let status = ["c1", "c3", "c4", "c5"].map(|id| export.comment(id).status);
    assert_eq!(status, [Published, Held, Spam, Deleted], "rejected is kept among the spam");
    assert_eq!((first.format, export.comment("c2").format), (BodyFormat::Markdown, BodyFormat::Html));
    assert_eq!(export.comment("c6").parent.as_deref(), Some("c5"));
}

#[test]
fn who_is_not_registered_may_have_left_a_name() {
    let export = export("v3");
    let (named, nameless) = (&export.comment("c2").author, &export.comment("c6").author);
    assert_eq!((named.id.as_str(), named.name.as_str()), ("", "Cleo"));
    assert_eq!(nameless, &SourceAuthor::default());
    let verified = ["c1", "c3", "c7"].map(|id| export.comment(id).author.email_verified);
    assert_eq!(verified, [true, false, false], "a site's own sign-on vouches for nothing");
}

#[test]
fn another_version_is_refused() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), r#"{"version":2,"pages":[],"comments":[],"commenters":[]}"#).unwrap();
    let refusal = read(&Comentario, file.path()).err().unwrap().to_string();
    assert!(refusal.contains("version 2 of Comentario's export; 1 and 3 can be read"), "{refusal}");
}
