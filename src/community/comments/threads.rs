//! A thread: what is said under one page.

use rusqlite::{Connection, Transaction};

use super::page::PageKey;
use super::store;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::outbox;
use crate::community::sites::{Site, origin_of};

const LONGEST_TITLE: usize = 300;

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

/// # Errors
/// `NotFound` when there is none.
pub fn by_id(connection: &Connection, id: Id) -> Result<Thread> {
    store::threads::by_id(connection, id)?.ok_or_else(|| Error::NotFound("There is no such thread.".into()))
}

/// The thread of a page, made if it is not there. Address and title are taken from the first who
/// tells them, since anyone may post; an address must be one of the site's own pages.
pub fn find_or_create(
    tx: &Transaction<'_>,
    site: &Site,
    page: &PageKey,
    url: &str,
    title: &str,
    now: Millis,
) -> Result<Thread> {
    let url = own_url(site, url);
    let title: String = title.trim().chars().filter(|c| !c.is_control()).take(LONGEST_TITLE).collect();
    if let Some(known) = find(tx, site, page)? {
        let url = if known.url.is_empty() { url } else { known.url.clone() };
        let title = if known.title.is_empty() { title } else { known.title.clone() };
        if url != known.url || title != known.title {
            store::threads::describe(tx, known.id, &url, &title)?;
        }
        return Ok(Thread { url, title, ..known });
    }
    let thread = Thread {
        id: Id::new(now),
        site: site.id,
        page: page.to_string(),
        url,
        title,
        locked: false,
        count: 0,
        created_at: now,
    };
    store::threads::insert(tx, &thread)?;
    Ok(thread)
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
    outbox::record(tx, "thread", thread, None, now)
}

fn own_url(site: &Site, url: &str) -> String {
    let own = origin_of(url).is_ok_and(|origin| site.allows(&origin));
    if own && url.len() <= 2048 { url.to_owned() } else { String::new() }
}
