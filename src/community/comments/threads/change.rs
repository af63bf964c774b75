//! What those who look after a site change about a thread. Each of these tells whoever listens.

use rusqlite::{Connection, Transaction};
use url::Url;

use super::{LONGEST_TITLE, Thread, by_id, find, page_title, page_url};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::outbox;
use crate::community::comments::page::{PageKey, page_key};
use crate::community::comments::{status, store};
use crate::community::sites::{self, MOST_DAYS, Site};

/// Closes a thread for new comments, or opens it again.
pub fn set_locked(tx: &Transaction<'_>, thread: Id, locked: bool, now: Millis) -> Result<()> {
    store::threads::set_locked(tx, thread, locked)?;
    changed(tx, thread, now)
}

/// Makes every new comment of a thread wait, or no longer.
pub fn set_held(tx: &Transaction<'_>, thread: Id, held: bool, now: Millis) -> Result<()> {
    store::threads::set_held(tx, thread, held)?;
    changed(tx, thread, now)
}

/// Gives a thread another title; with none, the next comment's page says what it is.
///
/// # Errors
/// `Invalid` for one that is too long.
pub fn retitle(tx: &Transaction<'_>, thread: Id, title: &str, now: Millis) -> Result<()> {
    if title.trim().chars().count() > LONGEST_TITLE {
        return Err(Error::invalid("title", format!("A title has at most {LONGEST_TITLE} characters.")));
    }
    store::threads::set_title(tx, thread, &page_title(title))?;
    changed(tx, thread, now)
}

/// Says after how many days a thread closes by itself: none is as its site says, 0 is never.
///
/// # Errors
/// `Invalid` for more than ten years.
pub fn set_close_after(tx: &Transaction<'_>, thread: Id, days: Option<u32>, now: Millis) -> Result<()> {
    if days.is_some_and(|days| days > MOST_DAYS) {
        return Err(Error::invalid("days", format!("Write a whole number from 0 to {MOST_DAYS}.")));
    }
    store::threads::set_close_after(tx, thread, days)?;
    changed(tx, thread, now)
}

/// The other keys under which a thread is found.
pub fn aliases(connection: &Connection, thread: Id) -> Result<Vec<String>> {
    store::threads::aliases(connection, thread)
}

/// Lets a page be found under another key too. A key that leads somewhere already keeps doing so.
pub fn add_alias(tx: &Transaction<'_>, site: &Site, page: &PageKey, thread: Id) -> Result<()> {
    if find(tx, site, page)?.is_some() {
        return Ok(());
    }
    store::threads::insert_alias(tx, site.id, page.as_str(), thread)
}

/// The same for somebody who wants to know when it leads elsewhere.
///
/// # Errors
/// `Conflict` when it does; `Invalid` when it leads here already.
pub fn claim_alias(tx: &Transaction<'_>, thread: &Thread, page: &PageKey, now: Millis) -> Result<()> {
    let site = sites::by_id(tx, thread.site)?;
    check_free(tx, &site, thread, page)?;
    if find(tx, &site, page)?.is_some() {
        return Err(Error::invalid("key", format!("“{page}” leads here already.")));
    }
    store::threads::insert_alias(tx, site.id, page.as_str(), thread.id)?;
    changed(tx, thread.id, now)
}

/// Lets a key go: its page begins a thread of its own with its next comment.
///
/// # Errors
/// `NotFound` when the thread has no such key beside its own.
pub fn remove_alias(tx: &Transaction<'_>, thread: Id, page: &str, now: Millis) -> Result<()> {
    if !store::threads::delete_alias(tx, thread, page)? {
        return Err(Error::NotFound(format!("This thread has no other key “{page}”.")));
    }
    changed(tx, thread, now)
}

/// Gives a thread another page key, as somebody typed it or as the page's URL. The old one still leads to it, so
/// that a page that moved keeps what was said under it.
///
/// # Errors
/// `Conflict` when another thread has the key: the two can be merged; `Invalid` for what is no key.
pub fn move_page(tx: &Transaction<'_>, thread: Id, page: &str, now: Millis) -> Result<PageKey> {
    let thread = by_id(tx, thread)?;
    let site = sites::by_id(tx, thread.site)?;
    let key = page_key(&site, page)?;
    if key.as_str() == thread.page {
        return Err(Error::invalid("page", format!("“{key}” is the key of this thread already.")));
    }
    check_free(tx, &site, &thread, &key)?;
    store::threads::delete_alias(tx, thread.id, key.as_str())?;
    store::threads::set_page(tx, thread.id, key.as_str(), &new_url(&site, &thread, &key, page))?;
    store::threads::insert_alias(tx, site.id, &thread.page, thread.id)?;
    changed(tx, thread.id, now)?;
    Ok(key)
}

/// Whether a key leads to another thread than this one.
pub fn taken_by(
    connection: &Connection,
    site: &Site,
    thread: &Thread,
    page: &PageKey,
) -> Result<Option<Thread>> {
    Ok(find(connection, site, page)?.filter(|other| other.id != thread.id))
}

fn check_free(connection: &Connection, site: &Site, thread: &Thread, page: &PageKey) -> Result<()> {
    match taken_by(connection, site, thread, page)? {
        None => Ok(()),
        Some(other) => Err(Error::Conflict(format!(
            "“{page}” leads to another thread, “{}”, already. Merge the two instead.",
            other.name()
        ))),
    }
}

/// Where the page is under its new key: as it was typed, else at the same origin as before, else where it was.
fn new_url(site: &Site, thread: &Thread, key: &PageKey, typed: &str) -> String {
    let beside = Url::parse(&thread.url).and_then(|old| old.join(key.as_str())).map(String::from);
    let places = [typed.trim().to_owned(), beside.unwrap_or_default(), thread.url.clone()];
    places.iter().map(|url| page_url(site, key, url)).find(|url| !url.is_empty()).unwrap_or_default()
}

fn changed(tx: &Transaction<'_>, thread: Id, now: Millis) -> Result<()> {
    outbox::record(tx, status::THREAD, thread, None, now)
}
