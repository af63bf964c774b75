//! A comment as the dashboard shows it.

use rusqlite::Connection;

use super::{reports, version};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::community::comments::threads::{Closing, Thread};
use crate::community::comments::{self, Comment, markup, threads};
use crate::community::sites::{self, Site};
use crate::web::frame::When;

/// Longer texts are folded.
const LONG: usize = 900;
const QUOTE: usize = 120;

pub struct Tab {
    pub label: &'static str,
    pub href: String,
    pub count: Option<String>,
    pub current: bool,
}

pub struct SiteChoice {
    pub key: String,
    pub name: String,
    pub current: bool,
}

impl SiteChoice {
    #[must_use]
    pub fn new(site: Site, current: &str) -> Self {
        Self { current: site.key == current, key: site.key, name: site.name }
    }
}

/// What keeps new comments from a thread, or from its readers.
#[derive(Clone, Copy, Default)]
pub struct ThreadState {
    pub locked: bool,
    /// So many days have passed.
    pub closed: bool,
    /// Every new comment waits.
    pub holding: bool,
}

impl ThreadState {
    #[must_use]
    pub fn new(site: Option<&Site>, thread: &Thread, now: Millis) -> Self {
        let closed = site.is_some_and(|site| matches!(thread.closing(site, now), Closing::Passed(_)));
        Self { locked: thread.locked, closed, holding: thread.held }
    }
}

/// A comment in the queue, and on its own page.
pub struct Item {
    pub id: String,
    /// Which text of it is shown: what is approved is what was read.
    pub version: i64,
    pub href: String,
    pub author: Author,
    pub site_name: String,
    pub thread_title: String,
    /// The comment on its page, or on the plain one.
    pub thread_href: String,
    pub when: When,
    pub edited: Option<When>,
    pub status: &'static str,
    /// Why it is held or spam; empty when there is nothing to say.
    pub why: String,
    /// Sanitised.
    pub html: String,
    pub long: bool,
    pub reply_to: Option<Quote>,
    /// Those nobody has settled yet.
    pub reports: Vec<Report>,
}

pub struct Author {
    pub name: String,
    pub email: String,
    pub url: String,
    pub badge: String,
}

pub struct Quote {
    pub href: String,
    pub author: String,
    pub text: String,
}

pub struct Report {
    pub reason: String,
    pub when: When,
    pub settled: bool,
}

/// A comment around another one.
pub struct Neighbour {
    pub href: String,
    pub author: Author,
    pub when: When,
    pub status: &'static str,
    /// Its beginning, as text.
    pub excerpt: String,
    pub html: String,
    pub long: bool,
}

impl Item {
    pub fn read(connection: &Connection, base: &str, comment: Comment, now: Millis) -> Result<Self> {
        let thread = threads::by_id(connection, comment.thread)?;
        let site = sites::by_id(connection, thread.site)?;
        let parent = comment.parent.map(|id| comments::by_id(connection, id)).transpose()?;
        let reports = reports(connection, comment.id)?.into_iter().filter(|report| !report.settled);
        Ok(Self {
            id: comment.id.to_string(),
            version: version(&comment).0,
            href: href(&comment),
            author: Author::of(&comment),
            site_name: site.name.clone(),
            thread_title: thread.name().to_owned(),
            thread_href: threads::comment_url(base, &site, &thread, comment.id),
            when: When::new(comment.created_at, now),
            edited: comment.edited_at.map(|at| When::new(at, now)),
            status: comment.status.as_str(),
            why: why(&comment),
            long: comment.html.len() > LONG,
            html: comment.html,
            reply_to: parent.as_ref().map(Quote::of),
            reports: reports.map(|one| Report::new(one, now)).collect(),
        })
    }
}

/// Why it is not public, as moderators are to know it.
fn why(comment: &Comment) -> String {
    if comment.is_shadowed() {
        return "Written under a shadow ban: only its author sees it.".to_owned();
    }
    comment.held_because.clone()
}

impl Report {
    pub fn new(report: super::Report, now: Millis) -> Self {
        Self { reason: report.reason, when: When::new(report.at, now), settled: report.settled }
    }
}

impl Author {
    fn of(comment: &Comment) -> Self {
        let badge = match comment.account {
            Some(_) => "owner",
            None if comment.imported && !comment.author_name.is_empty() => "imported",
            None => "",
        };
        let name = if comment.author_name.is_empty() { "(erased)" } else { &comment.author_name };
        let url =
            if comment.author_url.starts_with("http") { comment.author_url.clone() } else { String::new() };
        Self { name: name.to_owned(), email: comment.author_email.clone(), url, badge: badge.to_owned() }
    }
}

impl Quote {
    fn of(comment: &Comment) -> Self {
        Self {
            href: href(comment),
            author: Author::of(comment).name,
            text: markup::excerpt(&comment.html, QUOTE),
        }
    }
}

impl Neighbour {
    #[must_use]
    pub fn new(comment: Comment, now: Millis) -> Self {
        Self {
            href: href(&comment),
            author: Author::of(&comment),
            when: When::new(comment.created_at, now),
            status: comment.status.as_str(),
            excerpt: markup::excerpt(&comment.html, QUOTE),
            long: comment.html.len() > LONG,
            html: comment.html,
        }
    }
}

fn href(comment: &Comment) -> String {
    format!("/admin/comments/{}", comment.id)
}
