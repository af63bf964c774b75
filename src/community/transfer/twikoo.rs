//! Twikoo's JSON export: a list, or an object a line as document databases write it. Comments are kept as
//! the HTML that was shown.

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::path::Path;

use serde_json::{Map, Value};
use url::Url;

use super::head::Head;
use super::json::{self, Entry, Fields};
use super::moment::Dates;
use super::report::Skipped;
use super::seen::Seen;
use super::xml::{Place, fault};
use super::{Format, Record, Sink, SourceAuthor, SourceComment, SourceThread, tidy};
use crate::base::error::Result;
use crate::community::comments::{Format as BodyFormat, Status};

/// See the module.
pub struct Twikoo;

impl Format for Twikoo {
    fn name(&self) -> &'static str {
        "twikoo"
    }

    fn about(&self) -> &'static str {
        "Twikoo's JSON export (twikoo-comment.json), gzipped or not"
    }

    fn recognises(&self, head: &Head) -> bool {
        ["_id", "comment", "nick", "url"].iter().all(|field| head.says(field))
    }

    fn read(&self, file: &Path, sink: &mut dyn Sink) -> Result<()> {
        let mut dates = Dates::new(sink.zone());
        let mut pages = Seen::default();
        json::each_value(file, &mut |_, entry, (done, total)| {
            let written = &entry.fields;
            if !written.contains_key("url") && !written.contains_key("comment") {
                let place = Place { line: entry.line, column: 1 };
                let words = "this is no comment of Twikoo's: it has neither “url” nor “comment”";
                return Err(fault(place, words));
            }
            let page = page(written);
            if !page.is_empty() && pages.is_new(&[&page]) {
                sink.take(Record::Thread(thread(page.clone(), &written.text("href"))))?;
            }
            sink.take(comment(&entry, page, &mut dates))?;
            sink.at(done, total);
            Ok(())
        })?;
        dates.note("").map_or(Ok(()), |note| sink.take(Record::Note(note)))
    }
}

/// The path, or the key that the site gave its page.
fn page(written: &Map<String, Value>) -> String {
    let names = ["url", "href"].map(|name| written.text(name).trim().to_owned());
    names.into_iter().find(|name| !name.is_empty()).unwrap_or_default()
}

fn thread(page: String, href: &str) -> SourceThread {
    let href = Url::parse(href.trim()).ok();
    let is_path = page.starts_with('/');
    let joined = href.as_ref().filter(|_| is_path).and_then(|href| href.join(&page).ok());
    // The address that a reader came by is the page's only where the page has a key of its own.
    let is_address = is_path || Url::parse(&page).is_ok();
    SourceThread {
        link: joined.map_or_else(|| page.clone(), String::from),
        aliases: href.filter(|_| !is_address).map(String::from).into_iter().collect(),
        source_id: page,
        ..SourceThread::default()
    }
}

/// Not read: `ua`, `ip` and `mailMd5`; `updated`, which moves whenever an admin touches it; and `uid`, which is the
/// secret by which a browser proves that a comment is its own.
fn comment(entry: &Entry, page: String, dates: &mut Dates) -> Record {
    let written = &entry.fields;
    let id = tidy::id(&written.text("_id"));
    let place = tidy::place_of(entry.line, id.as_deref());
    let skipped = |reason: String| Record::Skipped(Skipped { at: place.clone(), reason });
    if page.is_empty() {
        return skipped("it does not say which page it belongs to".into());
    }
    let created = written.text("created");
    let Some(created_at) = dates.read(&created) else { return skipped(tidy::no_date(&created)) };
    let (name, body) = (written.text("nick"), written.text("comment"));
    let parent = tidy::id(&written.text("pid")).or_else(|| tidy::id(&written.text("rid")));
    Record::Comment(Box::new(SourceComment {
        source_id: id.unwrap_or_else(|| tidy::made_id(&[&page, &created, &name, &body])),
        thread: page,
        // Nobody signs in but the admin, so nobody has an id.
        author: SourceAuthor {
            name,
            email: written.text("mail"),
            url: written.text("link"),
            ..SourceAuthor::default()
        },
        body,
        format: BodyFormat::Html,
        // Twikoo has one word for spam, for what an admin hid and for what waits.
        status: if written.flag("isSpam") { Status::Spam } else { Status::Published },
        created_at,
        edited_at: None,
        // Who likes it: up to release 1.6 in `like`, since then in `ups`, and `downs` beside it.
        up: voters(written, &["like", "ups"]),
        down: voters(written, &["downs"]),
        pinned: written.flag("top") && parent.is_none(),
        parent,
        place,
    }))
}

/// How many people stand in some lists. A list that went through a table comes back as its text.
fn voters(written: &Map<String, Value>, lists: &[&str]) -> u32 {
    let mut people = HashSet::new();
    for list in lists {
        let people_of_list = match written.get(*list) {
            Some(Value::Array(people)) => people.clone(),
            Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
            _ => Vec::new(),
        };
        people.extend(people_of_list.iter().map(Value::to_string));
    }
    u32::try_from(people.len()).unwrap_or(u32::MAX)
}
