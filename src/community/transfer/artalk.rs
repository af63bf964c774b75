//! Artalk's Artrans: a JSON list of comments, each with its page, site and author in it.
//!
//! Artalk writes every value as text; the converters that make Artrans of other systems' files write real numbers
//! and truths too, and leave things out.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use url::Url;

use super::json::{self, Entry, Word};
use super::moment::Dates;
use super::report::Skipped;
use super::seen::Seen;
use super::{Format, Record, Sink, SourceAuthor, SourceComment, SourceThread, tidy};
use crate::base::error::Result;
use crate::community::comments::Status;

/// What Artalk gives to imported authors who left no email.
const NO_EMAIL: &str = "anonymous@example.org";

/// See the module.
pub struct Artalk;

impl Format for Artalk {
    fn name(&self) -> &'static str {
        "artalk"
    }

    fn about(&self) -> &'static str {
        "Artalk's data bundle (Artrans), gzipped or not"
    }

    fn counts_from_one(&self) -> bool {
        true
    }

    fn read(&self, file: &Path, sink: &mut dyn Sink) -> Result<()> {
        let mut dates = Dates::new(sink.zone());
        let mut pages = Seen::default();
        let mut sites = BTreeMap::new();
        json::each(file, &[], &mut |entry: Entry<Artran>| {
            let (done, total) = entry.progress;
            let artran = &entry.value;
            if artran.page_key.is_none() && artran.content.is_none() {
                return Err(json::fault(
                    entry.place,
                    "this is no comment of Artalk's: it has neither “page_key” nor “content”",
                ));
            }
            if sites.len() < tidy::MOST_SITES || sites.contains_key(artran.site()) {
                *sites.entry(artran.site().to_owned()).or_insert(0) += 1;
            }
            if !artran.page_key().is_empty() && pages.is_new(&[artran.site(), artran.page_key()]) {
                sink.take(Record::Thread(artran.page()))?;
            }
            sink.take(comment(entry, &mut dates))?;
            sink.at(done, total);
            Ok(())
        })?;
        let notes = [tidy::several_sites(&sites), dates.note("")];
        notes.into_iter().flatten().try_for_each(|note| sink.take(Record::Note(note)))
    }
}

/// One comment, as far as we want to know. Not among it: `ua` and `ip`, `is_collapsed` (folded, but there),
/// `badge_name` and `badge_color`, and `updated_at`, which moves with every vote and every approval.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "an object, as every entry of Artalk's list is one")]
struct Artran {
    id: Word,
    rid: Word,
    content: Option<Word>,
    is_pending: Word,
    is_pinned: Word,
    vote_up: Word,
    vote_down: Word,
    created_at: Word,
    nick: Word,
    email: Word,
    link: Word,
    page_key: Option<Word>,
    page_title: Word,
    page_admin_only: Word,
    site_name: Word,
    site_urls: Word,
}

impl Artran {
    fn site(&self) -> &str {
        self.site_name.as_str().trim()
    }

    fn page_key(&self) -> &str {
        self.page_key.as_ref().map_or("", Word::as_str).trim()
    }

    /// Two sites may have a page of the same key.
    fn page_id(&self) -> String {
        format!("{}\n{}", self.site(), self.page_key())
    }

    fn page(&self) -> SourceThread {
        SourceThread {
            source_id: self.page_id(),
            link: self.address(),
            title: self.page_title.as_str().to_owned(),
            closed: self.page_admin_only.is_true(),
            ..SourceThread::default()
        }
    }

    /// A page that is known by its path is on the site's first host.
    fn address(&self) -> String {
        let key = self.page_key();
        let host = || self.site_urls.as_str().split(',').find_map(|url| Url::parse(url.trim()).ok());
        let joined = key.starts_with('/').then(host).flatten().and_then(|host| host.join(key).ok());
        joined.map_or_else(|| key.to_owned(), String::from)
    }
}

fn comment(entry: Entry<Artran>, dates: &mut Dates) -> Record {
    let Entry { value: artran, number, .. } = entry;
    let place = match tidy::id(artran.id.as_str()) {
        Some(id) => format!("entry {number} (comment {})", tidy::line(&id, 40)),
        None => format!("entry {number} (a comment without an id)"),
    };
    let skipped = |at: String, reason: String| Record::Skipped(Skipped { at, reason });
    if artran.page_key().is_empty() {
        return skipped(place, "it does not say which page it belongs to".into());
    }
    let Some(created_at) = dates.read(artran.created_at.as_str()) else {
        return skipped(place, tidy::no_date(artran.created_at.as_str()));
    };
    let parent = tidy::id(artran.rid.as_str());
    let thread = artran.page_id();
    let content = artran.content.map(Word::into_string).unwrap_or_default();
    let source_id = match tidy::id(artran.id.as_str()) {
        Some(id) => id,
        None => tidy::made_id(&[&thread, artran.created_at.as_str(), artran.nick.as_str(), &content]),
    };
    let (body, format) = tidy::mixed(content);
    Record::Comment(Box::new(SourceComment {
        source_id,
        thread,
        author: SourceAuthor {
            // Artalk takes everybody's word for who they are, and the file does not say who signed in.
            name: artran.nick.into_string(),
            email: Some(artran.email.into_string()).filter(|email| email != NO_EMAIL).unwrap_or_default(),
            url: artran.link.into_string(),
            ..SourceAuthor::default()
        },
        body,
        format,
        status: if artran.is_pending.is_true() { Status::Held } else { Status::Published },
        created_at,
        edited_at: None,
        up: artran.vote_up.count(),
        down: artran.vote_down.count(),
        pinned: artran.is_pinned.is_true() && parent.is_none(),
        parent,
        place,
    }))
}
