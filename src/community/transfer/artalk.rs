//! Artalk's Artrans: a JSON list of comments, each with its page, site and author in it.
//!
//! Artalk writes every value as text; the converters that make Artrans of other systems' files write real numbers
//! and truths too, and leave things out.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
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

    fn recognises(&self, head: &Head) -> bool {
        head.says("page_key") && head.says("content")
    }

    fn read(&self, file: &Path, sink: &mut dyn Sink) -> Result<()> {
        let mut dates = Dates::new(sink.zone());
        let mut pages = Seen::default();
        let mut sites = BTreeMap::new();
        json::each_value(file, &mut |_, entry, (done, total)| {
            let artran = &entry.fields;
            if !artran.contains_key("page_key") && !artran.contains_key("content") {
                let place = Place { line: entry.line, column: 1 };
                let words = "this is no comment of Artalk's: it has neither “page_key” nor “content”";
                return Err(fault(place, words));
            }
            let site = site(artran);
            if sites.len() < tidy::MOST_SITES || sites.contains_key(&site) {
                *sites.entry(site.clone()).or_insert(0) += 1;
            }
            let key = page_key(artran);
            if !key.is_empty() && pages.is_new(&[&site, &key]) {
                sink.take(Record::Thread(page(artran)))?;
            }
            sink.take(comment(&entry, &mut dates))?;
            sink.at(done, total);
            Ok(())
        })?;
        let notes = [tidy::several_sites(&sites), dates.note("")];
        notes.into_iter().flatten().try_for_each(|note| sink.take(Record::Note(note)))
    }
}

fn site(artran: &Map<String, Value>) -> String {
    artran.text("site_name").trim().to_owned()
}

fn page_key(artran: &Map<String, Value>) -> String {
    artran.text("page_key").trim().to_owned()
}

/// Two sites may have a page of the same key.
fn page_id(artran: &Map<String, Value>) -> String {
    format!("{}\n{}", site(artran), page_key(artran))
}

fn page(artran: &Map<String, Value>) -> SourceThread {
    SourceThread {
        source_id: page_id(artran),
        link: address(&page_key(artran), &artran.text("site_urls")),
        title: artran.text("page_title"),
        closed: artran.flag("page_admin_only"),
        ..SourceThread::default()
    }
}

/// A page that is known by its path is on the site's first host.
fn address(key: &str, hosts: &str) -> String {
    let host = || hosts.split(',').find_map(|url| Url::parse(url.trim()).ok());
    let joined = key.starts_with('/').then(host).flatten().and_then(|host| host.join(key).ok());
    joined.map_or_else(|| key.to_owned(), String::from)
}

/// Not read: `ua` and `ip`, `is_collapsed` (folded, but there), `badge_name` and `badge_color`, and `updated_at`,
/// which moves with every vote and every approval.
fn comment(entry: &Entry, dates: &mut Dates) -> Record {
    let artran = &entry.fields;
    let id = tidy::id(&artran.text("id"));
    let place = tidy::place_of(entry.line, id.as_deref());
    let skipped = |reason: String| Record::Skipped(Skipped { at: place.clone(), reason });
    if page_key(artran).is_empty() {
        return skipped("it does not say which page it belongs to".into());
    }
    let created = artran.text("created_at");
    let Some(created_at) = dates.read(&created) else { return skipped(tidy::no_date(&created)) };
    let (thread, nick, content) = (page_id(artran), artran.text("nick"), artran.text("content"));
    let source_id = id.unwrap_or_else(|| tidy::made_id(&[&thread, &created, &nick, &content]));
    let parent = tidy::id(&artran.text("rid"));
    let (body, format) = tidy::mixed(content);
    Record::Comment(Box::new(SourceComment {
        source_id,
        thread,
        // Artalk takes everybody's word for who they are, and the file does not say who signed in.
        author: SourceAuthor {
            name: nick,
            email: Some(artran.text("email")).filter(|email| email != NO_EMAIL).unwrap_or_default(),
            url: artran.text("link"),
            ..SourceAuthor::default()
        },
        body,
        format,
        status: if artran.flag("is_pending") { Status::Held } else { Status::Published },
        created_at,
        edited_at: None,
        up: tidy::votes(artran.number("vote_up")),
        down: tidy::votes(artran.number("vote_down")),
        pinned: artran.flag("is_pinned") && parent.is_none(),
        parent,
        place,
    }))
}
