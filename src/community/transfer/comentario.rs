//! Comentario's exports: version 1, which is nearly Commento's, and version 3 with a list of pages, one of comments
//! and one of commenters.

#[cfg(test)]
mod tests;

use std::path::Path;

use serde_json::{Map, Value};

use super::commento::{People, at, is_nobody, place, read_comments, skipped, unknown_version};
use super::head::Head;
use super::json::{self, Entry, Fields};
use super::{Format, Record, Sink, SourceAuthor, SourceComment, SourceThread, tidy};
use crate::base::error::Result;
use crate::community::comments::Status;

/// See the module.
pub struct Comentario;

impl Format for Comentario {
    fn name(&self) -> &'static str {
        "comentario"
    }

    fn about(&self) -> &'static str {
        "Comentario's JSON export, gzipped or not"
    }

    fn recognises(&self, head: &Head) -> bool {
        let first =
            head.says("comments.commentHex") && (head.says("comments.host") || head.says("comments.path"));
        let third = ["pages.isReadonly", "comments.pageId", "commenters"].iter().any(|path| head.says(path));
        first || third && head.says("pages")
    }

    fn read(&self, file: &Path, sink: &mut dyn Sink) -> Result<()> {
        let people = People::read(file, sink)?;
        match people.version {
            1 => read_comments(file, &people, sink),
            3 => read_pages_and_comments(file, &people, sink),
            other => Err(unknown_version("Comentario", other, "1 and 3")),
        }
    }
}

fn read_pages_and_comments(file: &Path, people: &People, sink: &mut dyn Sink) -> Result<()> {
    json::each_listed(file, &["pages", "comments"], &mut |list, entry, done| {
        let record = if list == "pages" { page(&entry.fields) } else { comment(&entry, people) };
        at(sink, done, 1);
        sink.take(record)
    })?;
    Ok(())
}

fn page(fields: &Map<String, Value>) -> Record {
    Record::Thread(SourceThread {
        source_id: fields.text("id"),
        link: fields.text("path"),
        title: fields.text("title"),
        closed: fields.flag("isReadonly"),
        ..SourceThread::default()
    })
}

fn comment(entry: &Entry, people: &People) -> Record {
    let fields = &entry.fields;
    let id = fields.text("id");
    let place = place(entry, &id);
    if id.is_empty() {
        return skipped(place, "it has no id");
    }
    let Some(created_at) = fields.date("createdTime") else {
        return skipped(place, "its date cannot be read");
    };
    let (body, format) = tidy::best_text(fields.text("markdown"), fields.text("html"));
    let (up, down) = tidy::votes_of_score(fields.number("score"));
    Record::Comment(Box::new(SourceComment {
        source_id: id,
        thread: fields.text("pageId"),
        parent: Some(fields.text("parentId")).filter(|parent| !is_nobody(parent)),
        author: author(fields, people),
        body,
        format,
        status: status(fields),
        created_at,
        edited_at: fields.moment("editedTime"),
        up,
        down,
        pinned: fields.flag("isSticky"),
        place,
    }))
}

/// Who is not registered may still have left a name.
fn author(fields: &Map<String, Value>, people: &People) -> SourceAuthor {
    let author = people.author(&fields.text("userCreated"));
    if author.name.is_empty() { SourceAuthor { name: fields.text("authorName"), ..author } } else { author }
}

/// What a moderator rejected is neither approved nor pending.
fn status(fields: &Map<String, Value>) -> Status {
    if fields.flag("isDeleted") {
        Status::Deleted
    } else if fields.flag("isPending") {
        Status::Held
    } else if fields.flag("isApproved") {
        Status::Published
    } else {
        Status::Spam
    }
}
