//! Twikoo's JSON export: a list, or an object a line as document databases write it. Comments are kept as
//! the HTML that was shown.

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::path::Path;

use serde::Deserialize;
use url::Url;

use super::json::{self, Entry, Word, Words};
use super::moment::Dates;
use super::report::Skipped;
use super::seen::Seen;
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
        "Twikoo's JSON export (twikoo-comment.json)"
    }

    fn read(&self, file: &Path, sink: &mut dyn Sink) -> Result<()> {
        let mut dates = Dates::new(sink.zone());
        let mut pages = Seen::default();
        json::each(file, &[], &mut |entry: Entry<Written>| {
            let (done, total) = entry.progress;
            let written = &entry.value;
            if written.url.is_none() && written.comment.is_none() {
                return Err(json::fault(
                    entry.place,
                    "this is no comment of Twikoo's: it has neither “url” nor “comment”",
                ));
            }
            if !written.page().is_empty() && pages.is_new(&[written.page()]) {
                sink.take(Record::Thread(written.thread()))?;
            }
            sink.take(comment(entry, &mut dates))?;
            sink.at(done, total);
            Ok(())
        })?;
        dates.note("").map_or(Ok(()), |note| sink.take(Record::Note(note)))
    }
}

/// One comment, as far as we want to know. Not among it: `ua`, `ip` and `mailMd5`; `updated`, which moves whenever
/// an admin touches it; and `uid`, which is the secret by which a browser proves that a comment is its own.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "an object, as every entry of Twikoo's list is one")]
struct Written {
    #[serde(rename = "_id")]
    id: Word,
    pid: Word,
    rid: Word,
    url: Option<Word>,
    href: Word,
    nick: Word,
    mail: Word,
    link: Word,
    comment: Option<Word>,
    #[serde(rename = "isSpam")]
    is_spam: Word,
    top: Word,
    created: Word,
    /// Who likes it: up to release 1.6 in `like`, since then in `ups`, and `downs` beside it.
    like: Words,
    ups: Words,
    downs: Words,
}

impl Written {
    /// The path, or the key that the site gave its page.
    fn page(&self) -> &str {
        let url = self.url.as_ref().map_or("", Word::as_str).trim();
        if url.is_empty() { self.href.as_str().trim() } else { url }
    }

    fn thread(&self) -> SourceThread {
        let page = self.page();
        let href = Url::parse(self.href.as_str().trim()).ok();
        let is_path = page.starts_with('/');
        let joined = href.as_ref().filter(|_| is_path).and_then(|href| href.join(page).ok());
        // The address that a reader came by is the page's only where the page has a key of its own.
        let is_address = is_path || Url::parse(page).is_ok();
        SourceThread {
            source_id: page.to_owned(),
            link: joined.map_or_else(|| page.to_owned(), String::from),
            aliases: href.filter(|_| !is_address).map(String::from).into_iter().collect(),
            ..SourceThread::default()
        }
    }
}

fn comment(entry: Entry<Written>, dates: &mut Dates) -> Record {
    let Entry { value: written, number, .. } = entry;
    let place = match tidy::id(written.id.as_str()) {
        Some(id) => format!("entry {number} (comment {})", tidy::line(&id, 40)),
        None => format!("entry {number} (a comment without an id)"),
    };
    let skipped = |at: String, reason: String| Record::Skipped(Skipped { at, reason });
    if written.page().is_empty() {
        return skipped(place, "it does not say which page it belongs to".into());
    }
    let Some(created_at) = dates.read(written.created.as_str()) else {
        return skipped(place, tidy::no_date(written.created.as_str()));
    };
    let page = written.page().to_owned();
    let comment = written.comment.as_ref().map_or("", Word::as_str);
    let source_id = tidy::id(written.id.as_str())
        .unwrap_or_else(|| tidy::made_id(&[&page, written.created.as_str(), written.nick.as_str(), comment]));
    let parent = tidy::id(written.pid.as_str()).or_else(|| tidy::id(written.rid.as_str()));
    Record::Comment(Box::new(SourceComment {
        source_id,
        thread: page,
        // Nobody signs in but the admin, so there are no authors to know again.
        author: SourceAuthor {
            name: written.nick.into_string(),
            email: written.mail.into_string(),
            url: written.link.into_string(),
            ..SourceAuthor::default()
        },
        body: written.comment.map(Word::into_string).unwrap_or_default(),
        format: BodyFormat::Html,
        // Twikoo has one word for spam, for what an admin hid and for what waits.
        status: if written.is_spam.is_true() { Status::Spam } else { Status::Published },
        created_at,
        edited_at: None,
        up: voters(&[&written.like, &written.ups]),
        down: voters(&[&written.downs]),
        pinned: written.top.is_true() && parent.is_none(),
        parent,
        place,
    }))
}

fn voters(lists: &[&Words]) -> u32 {
    let people: HashSet<&str> = lists.iter().flat_map(|list| &list.0).map(Word::as_str).collect();
    u32::try_from(people.len()).unwrap_or(u32::MAX)
}
