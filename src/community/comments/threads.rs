//! A thread: what is said under one page.

use rusqlite::{Connection, Transaction};

use super::markup::printable;
use super::page::{PageKey, page_key};
use super::{Comment, status, store};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::outbox;
use crate::community::sites::{self, Site, origin_of};

const LONGEST_TITLE: usize = 300;
const LONGEST_URL: usize = 2048;

#[derive(Clone, Debug, PartialEq)]
pub struct Thread {
    pub id: Id,
    pub site: Id,
    pub page: String,
    /// Where the page is; empty while nobody said.
    pub url: String,
    pub title: String,
    pub locked: bool,
    /// Published comments.
    pub count: u32,
    pub created_at: Millis,
}

impl Thread {
    /// Its title, or the page's key while it has none.
    #[must_use]
    pub fn name(&self) -> &str {
        if self.title.is_empty() { &self.page } else { &self.title }
    }
}

/// The thread of a page, under its key or an alias.
pub fn find(connection: &Connection, site: &Site, page: &PageKey) -> Result<Option<Thread>> {
    store::threads::by_page(connection, site.id, page.as_str())
}

/// The thread that a path names, if it belongs to that site and readers see anything in it.
///
/// # Errors
/// `NotFound` when not.
pub fn public(connection: &Connection, site: &str, thread: &str) -> Result<(Site, Thread)> {
    let nothing = || Error::NotFound("There is no such thread.".into());
    let site = sites::by_key(connection, site)?;
    let id: Id = thread.parse().map_err(|_| nothing())?;
    let thread = by_id(connection, id)?;
    if thread.site == site.id && is_public(connection, &thread)? {
        Ok((site, thread))
    } else {
        Err(nothing())
    }
}

/// Where a thread can be read: its own page, else the plain one.
#[must_use]
pub fn url(base: &str, site: &Site, thread: &Thread) -> String {
    if thread.url.is_empty() { format!("{base}/t/{}/{}", site.key, thread.id) } else { thread.url.clone() }
}

/// Where one comment can be read.
#[must_use]
pub fn comment_url(base: &str, site: &Site, thread: &Thread, comment: &Comment) -> String {
    let mark = if thread.url.is_empty() { "c" } else { "afterword" };
    let url = url(base, site, thread);
    format!("{}#{mark}-{}", url.split('#').next().unwrap_or_default(), comment.id)
}

/// # Errors
/// `NotFound` when there is none.
pub fn by_id(connection: &Connection, id: Id) -> Result<Thread> {
    store::threads::by_id(connection, id)?.ok_or_else(|| Error::NotFound("There is no such thread.".into()))
}

/// Whether readers see anything in it. A thread that has only held comments is none for them.
pub fn is_public(connection: &Connection, thread: &Thread) -> Result<bool> {
    store::threads::has_shown(connection, thread.id)
}

/// The thread of a page, made if it is not there; `url` and `title` are for a new one only, from
/// whoever may be believed.
pub fn find_or_create(
    tx: &Transaction<'_>,
    site: &Site,
    page: &PageKey,
    url: &str,
    title: &str,
    now: Millis,
) -> Result<Thread> {
    if let Some(known) = find(tx, site, page)? {
        return Ok(known);
    }
    let thread = Thread {
        id: Id::new(now),
        site: site.id,
        page: page.to_string(),
        url: page_url(site, page, url),
        title: page_title(title),
        locked: false,
        count: 0,
        created_at: now,
    };
    store::threads::insert(tx, &thread)?;
    Ok(thread)
}

/// What a sender says of a page's address, if it can be: a URL of the site's own that leads to that
/// very page, or to any for a key of the site's own making. Else nothing.
#[must_use]
pub fn page_url(site: &Site, page: &PageKey, url: &str) -> String {
    let own = url.len() <= LONGEST_URL && origin_of(url).is_ok_and(|origin| site.allows(&origin));
    let fits = !page.as_str().starts_with('/') || page_key(site, url).is_ok_and(|key| key == *page);
    if own && fits { url.to_owned() } else { String::new() }
}

/// A page's title as it may be shown.
#[must_use]
pub fn page_title(title: &str) -> String {
    printable(title).trim().chars().take(LONGEST_TITLE).collect()
}

/// Lets a page be found under another key too. A key that leads somewhere already keeps doing so.
pub fn add_alias(tx: &Transaction<'_>, site: &Site, page: &PageKey, thread: Id) -> Result<()> {
    if find(tx, site, page)?.is_some() {
        return Ok(());
    }
    store::threads::insert_alias(tx, site.id, page.as_str(), thread)
}

/// Closes a thread for new comments, or opens it again.
pub fn set_locked(tx: &Transaction<'_>, thread: Id, locked: bool, now: Millis) -> Result<()> {
    store::threads::set_locked(tx, thread, locked)?;
    outbox::record(tx, status::THREAD, thread, None, now)
}
