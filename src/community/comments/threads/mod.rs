//! A thread: what is said under one page.

mod change;
mod closing;
pub mod list;
mod merge;
mod people;

use rusqlite::{Connection, Transaction};

use super::markup::printable;
use super::page::{PageKey, page_key, without_password};
use super::store;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::sites::{self, Site, origin_of};

pub use change::{
    add_alias, aliases, claim_alias, move_page, remove_alias, retitle, set_close_after, set_held, set_locked,
    taken_by,
};
pub use closing::{Closing, HELD};
pub use merge::{Tally, check_pair, merge, tally};
pub use people::{Person, people};

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
    /// Whether every new comment waits for a moderator.
    pub held: bool,
    /// Days after its first comment from when it takes no new ones: none is as its site says, 0 never.
    pub close_after: Option<u32>,
    /// Published comments.
    pub count: u32,
    /// The first published comment.
    pub oldest: Option<Id>,
    /// The last one.
    pub newest: Option<Id>,
    pub created_at: Millis,
}

impl Thread {
    /// Its title, or the page's key while it has none.
    #[must_use]
    pub fn name(&self) -> &str {
        if self.title.is_empty() { &self.page } else { &self.title }
    }

    /// Its plain page.
    #[must_use]
    pub fn plain_path(&self, site: &Site) -> String {
        format!("/t/{}/{}", site.key, self.id)
    }

    /// Its feed.
    #[must_use]
    pub fn feed_path(&self, site: &Site) -> String {
        format!("/feeds/{}/{}.atom", site.key, self.id)
    }
}

/// The thread of a page, under its key or an alias.
pub fn find(connection: &Connection, site: &Site, page: &PageKey) -> Result<Option<Thread>> {
    store::threads::by_page(connection, site.id, page.as_str())
}

/// The thread that a path names, or that it was merged into, if it belongs to that site and readers see anything
/// in it.
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
    if thread.url.is_empty() { format!("{base}{}", thread.plain_path(site)) } else { thread.url.clone() }
}

/// Where one comment can be read.
#[must_use]
pub fn comment_url(base: &str, site: &Site, thread: &Thread, comment: Id) -> String {
    let mark = if thread.url.is_empty() { "c" } else { "afterword" };
    let url = url(base, site, thread);
    format!("{}#{mark}-{}", url.split('#').next().unwrap_or_default(), comment)
}

/// The thread of that id, or the one that it was merged into.
///
/// # Errors
/// `NotFound` when there is none.
pub fn by_id(connection: &Connection, id: Id) -> Result<Thread> {
    store::threads::by_id(connection, id)?.ok_or_else(|| Error::NotFound("There is no such thread.".into()))
}

/// The thread of a site that somebody means: by its number, the page's key or its URL.
///
/// # Errors
/// `NotFound` when there is none, with what would be found.
pub fn named(connection: &Connection, site: &Site, text: &str) -> Result<Thread> {
    let by_number = text.trim().parse().ok().and_then(|id| by_id(connection, id).ok());
    if let Some(thread) = by_number.filter(|thread| thread.site == site.id) {
        return Ok(thread);
    }
    let key = page_key(site, text)?;
    find(connection, site, &key)?.ok_or_else(|| {
        Error::NotFound(format!(
            "Nobody has commented on “{key}” of {} yet. Name a page by its key or its address, or a thread by its number.",
            site.name
        ))
    })
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
        held: false,
        close_after: None,
        count: 0,
        oldest: None,
        newest: None,
        created_at: now,
    };
    store::threads::insert(tx, &thread)?;
    Ok(thread)
}

/// Gives a thread that was just made for imported comments the time when they began.
pub fn date_back(tx: &Transaction<'_>, id: Id, begun: Millis) -> Result<()> {
    store::threads::set_created_at(tx, id, begun)
}

/// What a sender says of a page's address, if it can be: a URL of the site's own that leads to that
/// very page, or to any for a key of the site's own making. Else nothing. Whoever opened it with a name and a
/// password did not mean to publish them.
#[must_use]
pub fn page_url(site: &Site, page: &PageKey, url: &str) -> String {
    let own = url.len() <= LONGEST_URL && origin_of(url).is_ok_and(|origin| site.allows(&origin));
    let fits = !page.as_str().starts_with('/') || page_key(site, url).is_ok_and(|key| key == *page);
    if own && fits { without_password(url) } else { String::new() }
}

/// A page's title as it may be shown.
#[must_use]
pub fn page_title(title: &str) -> String {
    printable(title).trim().chars().take(LONGEST_TITLE).collect()
}
