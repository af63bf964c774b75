//! Commento's export, version 1: one JSON object with lists of comments and commenters, gzipped or not. Comentario's
//! first exports are the same with other names for some fields.
//!
//! Commenters stand after the comments, so the file is read twice; a map of the commenters alone is kept in memory.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Map, Value};

use super::head::Head;
use super::json::{self, Done, Entry, Fields};
use super::report::Skipped;
use super::{Format, Record, Sink, SourceAuthor, SourceComment, SourceThread, tidy};
use crate::base::error::{Error, Result};
use crate::community::comments::Status;

/// See the module.
pub struct Commento;

impl Format for Commento {
    fn name(&self) -> &'static str {
        "commento"
    }

    fn about(&self) -> &'static str {
        "Commento's JSON export, gzipped or not"
    }

    fn recognises(&self, head: &Head) -> bool {
        let is_comentario = ["pages", "comments.host", "comments.path"].iter().any(|path| head.says(path));
        !is_comentario
            && (head.says("comments.commentHex") || head.says("comments") && head.says("commenters"))
    }

    fn read(&self, file: &Path, sink: &mut dyn Sink) -> Result<()> {
        let people = People::read(file, sink)?;
        match people.version {
            1 => read_comments(file, &people, sink),
            3 => Err(refusal("This is Comentario's export. Import it with: afterword import comentario")),
            other => Err(unknown_version("Commento", other, "1")),
        }
    }
}

/// Says which versions can be read.
pub fn unknown_version(system: &str, version: i64, known: &str) -> Error {
    refusal(&format!("This is version {version} of {system}'s export; {known} can be read."))
}

fn refusal(words: &str) -> Error {
    Error::invalid("file", format!("{words} Nothing was imported."))
}

/// Everybody in an export.
pub struct People {
    /// The export's version.
    pub version: i64,
    by_id: HashMap<String, SourceAuthor>,
}

impl People {
    /// Reads a file for the first time.
    ///
    /// # Errors
    /// `Invalid` with line and column when it is broken, or is no such export.
    pub fn read(file: &Path, sink: &mut dyn Sink) -> Result<Self> {
        let mut by_id = HashMap::new();
        let others = json::each_listed(file, &["commenters"], &mut |_, entry, done| {
            let author = person(&entry.fields);
            by_id.insert(author.id.clone(), author);
            at(sink, done, 0);
            Ok(())
        })?;
        match others.number("version") {
            Some(version) => Ok(Self { version, by_id }),
            None => Err(refusal(
                "This is not an export of Commento's or Comentario's: it does not tell its version.",
            )),
        }
    }

    /// Whoever has this id over there. Whom the file does not describe is told apart all the same.
    pub fn author(&self, id: &str) -> SourceAuthor {
        match self.by_id.get(id) {
            Some(author) => author.clone(),
            None if is_nobody(id) => SourceAuthor::default(),
            None => SourceAuthor { id: id.to_owned(), ..SourceAuthor::default() },
        }
    }
}

/// Tells how far both readings are, of which this is the first (0) or the second (1).
pub fn at(sink: &mut dyn Sink, (done, total): Done, reading: u64) {
    sink.at(reading * total + done, 2 * total);
}

/// Whether an id is nobody's: `anonymous` is Commento's word, zeros in two lengths are Comentario's.
pub fn is_nobody(id: &str) -> bool {
    id == "anonymous" || id.bytes().all(|byte| matches!(byte, b'0' | b'-'))
}

/// Who hands out addresses only after they were confirmed. The systems' own accounts may be used without that, and
/// a site's own sign-on may say anything.
const VOUCHING: [&str; 5] = ["google", "github", "gitlab", "facebook", "twitter"];

fn person(fields: &Map<String, Value>) -> SourceAuthor {
    let vouched = VOUCHING.contains(&either(fields, "provider", "federatedIdP").as_str());
    SourceAuthor {
        id: either(fields, "commenterHex", "id"),
        name: fields.text("name"),
        email: fields.text("email"),
        email_verified: vouched && !fields.flag("federatedSso"),
        url: either(fields, "link", "websiteUrl"),
    }
}

/// The first of two fields that says something.
fn either(fields: &Map<String, Value>, one: &str, other: &str) -> String {
    let text = fields.text(one);
    if text.is_empty() { fields.text(other) } else { text }
}

/// Reads a file of version 1 for the second time.
///
/// # Errors
/// As [`People::read`].
pub fn read_comments(file: &Path, people: &People, sink: &mut dyn Sink) -> Result<()> {
    let mut thread = None;
    json::each_listed(file, &["comments"], &mut |_, entry, done| {
        let link = link(&entry.fields);
        if thread.as_ref() != Some(&link) {
            let (source_id, link) = (link.clone(), link.clone());
            sink.take(Record::Thread(SourceThread { source_id, link, ..SourceThread::default() }))?;
        }
        sink.take(comment(&entry, link.clone(), people))?;
        thread = Some(link);
        at(sink, done, 1);
        Ok(())
    })?;
    Ok(())
}

/// Commento calls a page's path `url`, and lets a site use any other word as well; Comentario's is always a path.
fn link(fields: &Map<String, Value>) -> String {
    let (host, path, url) = (either(fields, "domain", "host"), fields.text("path"), fields.text("url"));
    let path = match (path.trim_start_matches('/'), url.as_str()) {
        ("", "") => "/".to_owned(),
        ("", url) => url.to_owned(),
        (path, _) => format!("/{path}"),
    };
    if host.is_empty() || !path.starts_with('/') { path } else { format!("https://{host}{path}") }
}

fn comment(entry: &Entry, thread: String, people: &People) -> Record {
    let fields = &entry.fields;
    let id = fields.text("commentHex");
    let place = place(entry, &id);
    if id.is_empty() {
        return skipped(place, "it has no id");
    }
    let Some(created_at) = fields.date("creationDate") else {
        return skipped(place, "its date cannot be read");
    };
    let (body, format) = tidy::best_text(fields.text("markdown"), fields.text("html"));
    let (up, down) = tidy::votes_of_score(fields.number("score"));
    Record::Comment(Box::new(SourceComment {
        source_id: id,
        thread,
        parent: Some(fields.text("parentHex")).filter(|id| id != "root" && !is_nobody(id)),
        author: people.author(&fields.text("commenterHex")),
        status: status(fields, &body),
        body,
        format,
        created_at,
        edited_at: None,
        up,
        down,
        pinned: false,
        place,
    }))
}

/// Exports of Commento's do not say what was deleted; its text is this word then.
fn status(fields: &Map<String, Value>, body: &str) -> Status {
    match fields.text("state").as_str() {
        _ if fields.flag("deleted") || body.trim() == "[deleted]" => Status::Deleted,
        "approved" => Status::Published,
        "flagged" => Status::Spam,
        _ => Status::Held,
    }
}

/// Where a comment stands: many exports are one long line, so its id says more than that.
pub fn place(entry: &Entry, id: &str) -> String {
    format!("line {} (comment {})", entry.line, tidy::line(id, 40))
}

/// Says why a comment stays behind.
pub fn skipped(at: String, reason: &str) -> Record {
    Record::Skipped(Skipped { at, reason: reason.to_owned() })
}
