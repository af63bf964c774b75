//! Threads, comments and what hangs on them, whole, as an export of ours carries them.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, Transaction};
use serde::{Deserialize, Serialize};

use super::post::path_below;
use super::{Format, Status, by_id, markup, search, store, threads};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;

/// A thread; how many comments it has is counted again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thread {
    pub id: Id,
    pub page: String,
    pub url: String,
    pub title: String,
    pub locked: bool,
    /// Every new comment waits for a moderator.
    pub held: bool,
    /// Days; none: as the site says, 0: never.
    pub close_after: Option<u32>,
    pub created_at: Millis,
    /// Other keys of the same page, sorted.
    pub aliases: Vec<String>,
}

/// A comment of any status; its place in the tree and its rank are worked out again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comment {
    pub id: Id,
    pub thread: Id,
    pub parent: Option<Id>,
    pub guest: Option<Id>,
    /// The address of whoever wrote it signed in.
    pub account: Option<String>,
    pub author: Author,
    pub format: String,
    pub body: String,
    pub html: String,
    pub status: String,
    pub held_because: String,
    pub findings: String,
    pub pinned: bool,
    pub up: u32,
    pub down: u32,
    pub page_url: String,
    pub page_title: String,
    pub created_at: Millis,
    pub edited_at: Option<Millis>,
    pub source: Option<String>,
    pub source_id: Option<String>,
}

/// As it stands on the comment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Author {
    pub name: String,
    pub email: String,
    pub url: String,
}

/// A text that an edit replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    pub comment: Id,
    pub written_at: Millis,
    pub body: String,
    pub html: String,
}

/// Who voted how; from where is not carried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vote {
    pub comment: Id,
    pub guest: Id,
    pub value: i8,
    pub at: Millis,
}

/// A reader's report; from where is not carried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    pub comment: Id,
    pub reason: String,
    pub at: Millis,
    /// The moderators' batch that dealt with it.
    pub settled_by: Option<Id>,
}

/// Where a comment that is brought back goes.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub site: Id,
    /// Of a comment that starts a conversation; a reply is where its parent is.
    pub thread: Id,
    pub parent: Option<Id>,
    pub guest: Option<Id>,
    pub account: Option<Id>,
}

/// HTML from a file, made safe. What a sanitiser makes of its own work can differ in white space, so what
/// comes of the text itself is taken as it is.
#[must_use]
pub fn safe_html(format: &str, body: &str, html: &str) -> String {
    let made = |images| match Format::parse(format) {
        Format::Markdown => markup::from_markdown(body, images),
        Format::Html => markup::sanitise(body, images),
    };
    let safe = markup::sanitise(html, true);
    let is_ours = safe == html || made(false) == html || made(true) == html;
    if is_ours { html.to_owned() } else { safe }
}

/// The thread that a record is or becomes part of: the one of its id, else the one of its page.
///
/// # Errors
/// When it cannot be read.
pub fn find_thread(
    connection: &Connection,
    site: Option<Id>,
    record: &Thread,
) -> Result<Option<threads::Thread>> {
    match (store::threads::by_id(connection, record.id)?, site) {
        (None, Some(site)) => store::threads::by_page(connection, site, &record.page),
        (known, _) => Ok(known),
    }
}

/// Brings a thread back, or finds it; one that is there keeps its own settings.
///
/// # Errors
/// When it cannot be stored.
pub fn restore_thread(tx: &Transaction<'_>, site: Id, record: &Thread) -> Result<Id> {
    let known = find_thread(tx, Some(site), record)?.map(|thread| thread.id);
    if known.is_none() {
        store::record::insert_thread(tx, site, record)?;
    }
    let id = known.unwrap_or(record.id);
    for alias in &record.aliases {
        if store::threads::by_page(tx, site, alias)?.is_none() {
            store::threads::insert_alias(tx, site, alias, id)?;
        }
    }
    Ok(id)
}

/// The comment of that id or of that source, if it is there, and its site.
///
/// # Errors
/// When it cannot be read.
pub fn find(connection: &Connection, site: Option<Id>, record: &Comment) -> Result<Option<(Id, Id)>> {
    if let Some(site) = store::record::site_of(connection, record.id)? {
        return Ok(Some((record.id, site)));
    }
    match (site, &record.source, &record.source_id) {
        (Some(site), Some(source), Some(id)) => {
            Ok(store::comments::by_source(connection, site, (source, id))?.map(|comment| (comment, site)))
        }
        _ => Ok(None),
    }
}

/// Published comments that were brought over and are still to be counted. One after the other, each would change
/// everything above it, and a conversation a thousand replies deep would take a thousand times as long.
#[derive(Debug, Default)]
pub struct Uncounted {
    threads: HashMap<Id, i64>,
    /// By depth and id: how many more are below.
    replies: BTreeMap<(u32, Id), i64>,
}

impl Uncounted {
    /// Notes one more; `parent` with its depth.
    pub fn add(&mut self, thread: Id, parent: Option<(u32, Id)>) {
        *self.threads.entry(thread).or_default() += 1;
        if let Some(parent) = parent {
            *self.replies.entry(parent).or_default() += 1;
        }
    }

    /// Counts them, each place above them once: the deepest first.
    ///
    /// # Errors
    /// When it cannot be stored.
    pub fn settle(&mut self, tx: &Transaction<'_>) -> Result<()> {
        while let Some(((depth, id), more)) = self.replies.pop_last() {
            if let Some(parent) = store::record::add_live_replies(tx, id, more)? {
                *self.replies.entry((depth.saturating_sub(1), parent)).or_default() += more;
            }
        }
        self.threads.drain().try_for_each(|(thread, more)| store::threads::add_count(tx, thread, more))
    }
}

/// Brings back a comment that is not there; [`Uncounted::settle`] counts it. That is no news to anyone.
///
/// # Errors
/// `NotFound` when the parent is not there.
pub fn restore(
    tx: &Transaction<'_>,
    record: &Comment,
    place: Place,
    uncounted: &mut Uncounted,
) -> Result<()> {
    let parent = place.parent.map(|id| by_id(tx, id)).transpose()?;
    let thread = parent.as_ref().map_or(place.thread, |parent| parent.thread);
    let root = parent.as_ref().map_or(record.id, |parent| parent.root);
    let depth = parent.as_ref().map_or(0, |parent| parent.depth + 1);
    let path = path_below(parent.as_ref(), record.id);
    store::record::insert_comment(tx, record, Place { thread, ..place }, root, depth, &path)?;
    if record.status == Status::Published.as_str() {
        uncounted.add(thread, parent.map(|parent| (parent.depth, parent.id)));
    }
    search::index(tx, record.id)
}

/// Brings back what an edit replaced.
///
/// # Errors
/// When it cannot be stored.
pub fn restore_version(tx: &Transaction<'_>, record: &Version) -> Result<()> {
    store::record::insert_version(tx, record)
}

/// Brings back a vote of `guest`; the comment's totals count it already.
///
/// # Errors
/// When it cannot be stored.
pub fn restore_vote(tx: &Transaction<'_>, record: &Vote, guest: Id) -> Result<()> {
    store::record::insert_vote(tx, record, guest)
}

/// Brings back a comment's reports. Nobody knows where they came from any more.
///
/// # Errors
/// When they cannot be stored.
pub fn restore_reports(tx: &Transaction<'_>, records: &[Report]) -> Result<()> {
    (0_u64..)
        .zip(records)
        .try_for_each(|(number, record)| store::record::insert_report(tx, record, &number.to_be_bytes()))?;
    // All of them are about one comment.
    records.last().map_or(Ok(()), |record| search::index(tx, record.comment))
}

/// Whether anybody wrote on this site.
///
/// # Errors
/// When it cannot be read.
pub fn any_thread(connection: &Connection, site: Id) -> Result<bool> {
    store::record::any_thread(connection, site)
}

impl Comment {
    /// Whether this can be a comment.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn check(&self) -> Result<(), String> {
        if Status::parse(&self.status).is_none() {
            return Err(format!("“{}” is none of published, held, spam and deleted", self.status));
        }
        if !matches!(self.format.as_str(), "markdown" | "html") {
            return Err(format!("“{}” is none of markdown and html", self.format));
        }
        if self.pinned && self.parent.is_some() {
            return Err("only a comment that starts a conversation can be pinned".into());
        }
        if self.source.is_some() != self.source_id.is_some() {
            return Err("source and source_id go together".into());
        }
        is_web(&self.author.url).then_some(()).ok_or_else(|| not_web(&self.author.url))
    }
}

impl Thread {
    /// Whether this can be a thread.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn check(&self) -> Result<(), String> {
        let keys = std::iter::once(&self.page).chain(&self.aliases);
        if let Some(key) = keys.into_iter().find(|key| !is_key(key)) {
            return Err(format!("“{}” cannot be a page's key", key.escape_debug()));
        }
        is_web(&self.url).then_some(()).ok_or_else(|| not_web(&self.url))
    }
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.len() <= 8192 && text.trim() == text && !text.chars().any(char::is_control)
}

/// What a browser may follow: a web address, or none.
fn is_web(text: &str) -> bool {
    text.is_empty() || text.starts_with("http://") || text.starts_with("https://")
}

fn not_web(text: &str) -> String {
    format!("“{}” is not a web address", text.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_that_nobody_here_made_is_made_safe() {
        let harmful = "<p onclick=\"x()\">Hi<script>y()</script></p>";
        assert_eq!(safe_html("markdown", "Hi", harmful), "<p>Hi</p>");
        assert_eq!(safe_html("html", harmful, harmful), "<p>Hi</p>");
    }

    #[test]
    fn images_stay_as_they_were_stored() {
        let body = "![a \"b\" > c](https://a.example/b.png)\n\n![d](https://a.example/e.png)";
        let html = markup::from_markdown(body, true);
        assert_eq!(html.matches(" loading=\"lazy\" referrerpolicy=\"no-referrer\">").count(), 2, "{html}");
        assert_eq!(safe_html("markdown", body, &html), html);
        assert_eq!(safe_html("html", "of an import", &html), html);
    }

    #[test]
    fn html_of_our_own_making_stays_as_it_is() {
        for body in ["*Hi* <b>", "```html\n<p>\n```", "![a](https://a.example/b.png)", "a\nb"] {
            for images in [false, true] {
                let html = markup::from_markdown(body, images);
                assert_eq!(safe_html("markdown", body, &html), html);
            }
        }
        let body = "<pre>\n\nfirst</pre>";
        let html = markup::sanitise(body, false);
        assert_ne!(markup::sanitise(&html, true), html, "a sanitiser is not always at rest");
        assert_eq!(safe_html("html", body, &html), html);
    }
}
