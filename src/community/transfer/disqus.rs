//! Disqus' XML export: flat lists of `thread` and `post` that refer to each other by `dsq:id`.
//!
//! What exports have and their documentation has not: empty `<id/>`s, posts without any id, posts of threads
//! that are missing, white space and text inside values, ids without quotes. Elements are known by their names
//! without prefix, so that an export whose namespaces were rewritten reads the same.

use std::path::Path;

use super::head::Head;
use super::moment::is_set;
use super::report::Skipped;
use super::xml::{Document, Piece, Tag, fault};
use super::{Format, Record, Sink, SourceAuthor, SourceComment, SourceThread, tidy};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::community::comments::{Format as BodyFormat, Status};

#[cfg(test)]
mod tests;

/// A thread or post may not hold more text than this in all, so that memory stays bounded.
const LONGEST_ENTRY: usize = 16 << 20;

/// See the module.
pub struct Disqus;

impl Format for Disqus {
    fn name(&self) -> &'static str {
        "disqus"
    }

    fn about(&self) -> &'static str {
        "Disqus' XML export, gzipped or not"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.root() == Some("disqus")
    }

    fn read(&self, file: &Path, sink: &mut dyn Sink) -> Result<()> {
        let mut document = Document::open(file)?;
        expect_root(&mut document)?;
        loop {
            match document.next()? {
                Piece::Open(tag) => {
                    if let Some(record) = entry(&mut document, &tag)? {
                        sink.take(record)?;
                    }
                    let (done, total) = document.progress();
                    sink.at(done, total);
                }
                Piece::Text(_) => (),
                Piece::Close => return expect_end(&mut document),
                Piece::End => return Ok(()),
            }
        }
    }
}

fn expect_root(document: &mut Document) -> Result<()> {
    loop {
        match document.next()? {
            Piece::Open(tag) if tag.name == "disqus" => return Ok(()),
            Piece::Open(tag) => return Err(wrong_root(&tag)),
            Piece::Text(_) | Piece::Close => (),
            Piece::End => return Err(fault(document.place(), "the file ends before its first tag")),
        }
    }
}

fn wrong_root(root: &Tag) -> Error {
    let what = match root.name.as_str() {
        "rss" => "this is an RSS file, as WordPress exports them, not a Disqus export; import it with: afterword import wordpress".to_owned(),
        "html" => {
            "this is a web page, not a Disqus export; was the download link opened without signing in?".into()
        }
        name => format!("a Disqus export begins with <disqus>, this file with <{}>", tidy::line(name, 60)),
    };
    fault(root.place, &what)
}

fn expect_end(document: &mut Document) -> Result<()> {
    while document.next()? != Piece::End {}
    Ok(())
}

/// What a `thread` or `post` says, as far as we want to know.
#[derive(Default)]
struct Entry {
    line: u64,
    dsq_id: String,
    id: String,
    link: String,
    title: String,
    message: String,
    created: String,
    closed: String,
    deleted: String,
    spam: String,
    name: String,
    username: String,
    email: String,
    thread: String,
    parent: String,
}

impl Entry {
    /// The field that text at this path (below the entry) belongs to.
    fn field(&mut self, path: &[String]) -> Option<&mut String> {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        Some(match path.as_slice() {
            ["id"] => &mut self.id,
            ["link"] => &mut self.link,
            ["title"] => &mut self.title,
            ["message", ..] => &mut self.message,
            ["createdAt"] => &mut self.created,
            ["isClosed"] => &mut self.closed,
            ["isDeleted"] => &mut self.deleted,
            ["isSpam"] => &mut self.spam,
            ["author", "name"] => &mut self.name,
            ["author", "username"] => &mut self.username,
            ["author", "email"] => &mut self.email,
            _ => return None,
        })
    }

    fn refer(&mut self, tag: &Tag) {
        let id = tag.id.clone().unwrap_or_default();
        match tag.name.as_str() {
            "thread" => self.thread = id,
            "parent" => self.parent = id,
            _ => (),
        }
    }
}

/// Reads one child of the root, to its end.
fn entry(document: &mut Document, tag: &Tag) -> Result<Option<Record>> {
    let mut entry =
        Entry { line: tag.place.line, dsq_id: tag.id.clone().unwrap_or_default(), ..Entry::default() };
    let mut path: Vec<String> = Vec::new();
    let mut length = 0;
    loop {
        match document.next()? {
            Piece::Open(tag) => {
                if path.is_empty() {
                    entry.refer(&tag);
                }
                path.push(tag.name);
            }
            Piece::Text(text) => {
                if let Some(field) = entry.field(&path) {
                    length += text.len();
                    field.push_str(&text);
                }
            }
            Piece::Close if path.pop().is_none() => break,
            Piece::Close => (),
            Piece::End => return Err(fault(document.place(), "the file ends inside an entry")),
        }
        if length > LONGEST_ENTRY {
            return Err(fault(document.place(), "an entry holds more than 16 MB of text"));
        }
    }
    Ok(match tag.name.as_str() {
        "thread" => Some(Record::Thread(thread(&entry))),
        "post" => Some(post(entry)),
        _ => None,
    })
}

fn thread(entry: &Entry) -> SourceThread {
    SourceThread {
        source_id: entry.dsq_id.clone(),
        link: entry.link.trim().to_owned(),
        // Disqus keeps titles as the page's HTML had them.
        title: tidy::unescape(&entry.title),
        closed: is_true(&entry.closed),
        deleted: is_true(&entry.deleted),
        aliases: Some(entry.id.trim().to_owned()).filter(|id| !id.is_empty()).into_iter().collect(),
    }
}

fn post(entry: Entry) -> Record {
    let place = match entry.dsq_id.as_str() {
        "" => format!("line {} (a post without an id)", entry.line),
        id => format!("line {} (post {})", entry.line, tidy::line(id, 40)),
    };
    let skipped = |at: &str, reason: String| Record::Skipped(Skipped { at: at.to_owned(), reason });
    if entry.thread.is_empty() {
        return skipped(&place, "it does not say which thread it belongs to".into());
    }
    let Some(created_at) = moment(&entry.created) else {
        return skipped(&place, tidy::no_date(&entry.created));
    };
    let status = match (is_true(&entry.deleted), is_true(&entry.spam)) {
        (true, _) => Status::Deleted,
        (false, true) => Status::Spam,
        (false, false) => Status::Published,
    };
    Record::Comment(Box::new(SourceComment {
        source_id: source_id(&entry),
        parent: Some(entry.parent).filter(|parent| !parent.is_empty()),
        author: SourceAuthor {
            name: if entry.name.trim().is_empty() { entry.username } else { entry.name },
            email: entry.email,
            url: String::new(),
            ..SourceAuthor::default()
        },
        thread: entry.thread,
        body: entry.message,
        format: BodyFormat::Html,
        status,
        created_at,
        edited_at: None,
        up: 0,
        down: 0,
        pinned: false,
        place,
    }))
}

/// The id, or one made from what does not change between two exports.
fn source_id(entry: &Entry) -> String {
    if !entry.dsq_id.is_empty() {
        return entry.dsq_id.clone();
    }
    tidy::made_id(&[&entry.thread, &entry.id, &entry.created, &entry.name, &entry.message])
}

/// `2013-10-11T06:51:33Z`; Disqus' times are UTC even where the letter is missing.
fn moment(text: &str) -> Option<Millis> {
    let text = text.trim();
    let moment = Millis::parse(text).or_else(|_| Millis::parse(&format!("{text}Z"))).ok();
    moment.filter(|moment| is_set(*moment))
}

fn is_true(text: &str) -> bool {
    matches!(text.trim(), "true" | "True" | "TRUE" | "1")
}
