//! Remark42's backup: JSON values one after the other, gzipped or not. The first is about users and pages, every
//! further one is a comment with all that it needs. Versions 0 and 1.
//!
//! Names, titles and addresses are stored there HTML-escaped. Of votes only the sum is exported, and pictures are
//! not in the file. The pages that are closed and the users with an address are kept in memory: a backup lists
//! both in its first value.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde_json::{Map, Value};

use super::head::Head;
use super::json::{self, Entry, Fields};
use super::report::Skipped;
use super::xml::{Place, fault};
use super::{Format, Record, Sink, SourceAuthor, SourceComment, SourceThread, tidy};
use crate::base::error::Result;
use crate::community::comments::Status;

/// See the module.
pub struct Remark42;

impl Format for Remark42 {
    fn name(&self) -> &'static str {
        "remark42"
    }

    fn about(&self) -> &'static str {
        "Remark42's backup (backup-….gz)"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.says("users") && head.says("posts") || head.says("locator.url")
    }

    fn read(&self, file: &Path, sink: &mut dyn Sink) -> Result<()> {
        let mut backup = Backup { header: None, thread: None, sink };
        json::each_value(file, &mut |_, entry, (done, total)| {
            backup.take(&entry)?;
            backup.sink.at(done, total);
            Ok(())
        })?;
        match backup.header {
            Some(_) => Ok(()),
            None => Err(fault(Place { line: 1, column: 1 }, "there is nothing in the file")),
        }
    }
}

/// What the first value says.
#[derive(Default)]
struct Header {
    read_only: HashSet<String>,
    /// Users by id with an address that they confirmed: nobody gets a message there before.
    emails: HashMap<String, String>,
}

struct Backup<'a> {
    header: Option<Header>,
    /// The page that the last comment belongs to: a backup goes page by page.
    thread: Option<String>,
    sink: &'a mut dyn Sink,
}

impl Backup<'_> {
    fn take(&mut self, entry: &Entry) -> Result<()> {
        if self.header.is_none() && !entry.fields.contains_key("locator") {
            self.header = Some(header(entry)?);
            return banned(entry).map_or(Ok(()), |note| self.sink.take(Record::Note(note)));
        }
        let header = self.header.get_or_insert_default();
        let comment = &entry.fields;
        let link = tidy::unescape(&comment.inner("locator").map(|page| page.text("url")).unwrap_or_default());
        if self.thread.as_ref() != Some(&link) {
            self.sink.take(Record::Thread(SourceThread {
                source_id: link.clone(),
                link: link.clone(),
                title: tidy::unescape(&comment.text("title")),
                closed: header.read_only.contains(&link),
                ..SourceThread::default()
            }))?;
            self.thread = Some(link.clone());
        }
        self.sink.take(record(entry, link, header))
    }
}

fn header(entry: &Entry) -> Result<Header> {
    let fields = &entry.fields;
    let place = Place { line: entry.line, column: 1 };
    if !fields.contains_key("users") && !fields.contains_key("posts") {
        return Err(fault(place, "this is not Remark42's backup, which begins with its users and posts"));
    }
    match fields.number("version").unwrap_or(0) {
        0 | 1 => (),
        newer => {
            let words = format!("this is version {newer} of Remark42's backup; versions 0 and 1 can be read");
            return Err(fault(place, &words));
        }
    }
    let closed = fields.list("posts").filter(|post| post.flag("read_only"));
    let emails = fields.list("users").filter_map(|user| {
        let email = user.inner("details")?.text("email");
        (!email.is_empty()).then(|| (user.text("id"), email))
    });
    Ok(Header { read_only: closed.map(|post| post.text("url")).collect(), emails: emails.collect() })
}

/// Bans are not taken along: they are by an account over there, which nobody can sign in with here.
fn banned(entry: &Entry) -> Option<String> {
    let is_blocked = |user: &Map<String, Value>| {
        user.inner("blocked").map_or(user.flag("blocked"), |ban| ban.flag("status"))
    };
    let (people, is) = match entry.fields.list("users").filter(|user| is_blocked(user)).count() {
        0 => return None,
        1 => ("1 person".to_owned(), "is"),
        many => (format!("{many} people"), "are"),
    };
    Some(format!(
        "{people} {is} blocked in Remark42, by an account that nobody can use here. That is not brought over: look at what they wrote, \
         and ban here whom you do not want to see again."
    ))
}

fn record(entry: &Entry, thread: String, header: &Header) -> Record {
    let comment = &entry.fields;
    let id = comment.text("id");
    let place = format!("line {} (comment {})", entry.line, tidy::line(&id, 40));
    let skipped = |reason: &str| Record::Skipped(Skipped { at: place.clone(), reason: reason.to_owned() });
    if id.is_empty() {
        return skipped("it has no id");
    }
    let Some(created_at) = comment.date("time") else { return skipped("its date cannot be read") };
    let (body, format) = tidy::best_text(comment.text("orig"), comment.text("text"));
    let (up, down) = tidy::votes_of_score(comment.number("score"));
    Record::Comment(Box::new(SourceComment {
        source_id: id,
        thread,
        parent: Some(comment.text("pid")).filter(|parent| !parent.is_empty()),
        author: comment.inner("user").map(|user| author(user, header)).unwrap_or_default(),
        body,
        format,
        status: if comment.flag("delete") { Status::Deleted } else { Status::Published },
        created_at,
        edited_at: comment.inner("edit").and_then(|edit| edit.moment("time")),
        up,
        down,
        pinned: comment.flag("pin"),
        place,
    }))
}

fn author(user: &Map<String, Value>, header: &Header) -> SourceAuthor {
    let id = user.text("id");
    let email = header.emails.get(&id).cloned().unwrap_or_default();
    SourceAuthor {
        name: tidy::unescape(&user.text("name")),
        email_verified: !email.is_empty(),
        email,
        url: String::new(),
        id,
    }
}
