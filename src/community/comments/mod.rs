//! Threads and the comments in them.

pub mod answer;
pub mod addresses;
pub mod api;
pub mod author;
pub mod edit;
pub mod erase;
pub mod feeds;
pub mod figures;
pub mod imported;
pub mod jobs;
pub mod listing;
pub mod live;
pub mod markup;
pub mod me;
pub mod moving;
pub mod page;
pub mod pages;
pub mod post;
pub mod rank;
pub mod record;
pub mod report;
pub mod search;
pub mod status;
mod store;
pub mod threads;
pub mod versions;
pub mod view;
pub mod vote;

use std::collections::HashMap;

use rusqlite::{Connection, Transaction};

use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::bans;
use crate::community::sites::{self, Site};
use crate::web::access::Access;
use store::comments::Beside;

/// Levels of a conversation. A reply to the deepest stands beside it: each level costs every later reply, and
/// nobody indents so far.
pub const DEEPEST: u32 = 500;

/// One comment, as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Comment {
    pub id: Id,
    pub site: Id,
    pub thread: Id,
    pub parent: Option<Id>,
    /// The top-level comment it hangs under; itself, if it is one.
    pub root: Id,
    /// 0 for a top-level comment.
    pub depth: u32,
    /// The ids from the root down to this one, eight bytes each (big-endian): sorts as the tree is read.
    pub path: Vec<u8>,
    pub guest: Option<Id>,
    pub account: Option<Id>,
    pub author_name: String,
    pub author_email: String,
    pub author_url: String,
    pub format: Format,
    /// As written.
    pub body: String,
    /// As shown: sanitised.
    pub html: String,
    pub status: Status,
    /// Why it is held or spam, in words; empty when it is not.
    pub held_because: String,
    /// What the rules said of it, one a line.
    pub findings: String,
    pub pinned: bool,
    pub up: u32,
    pub down: u32,
    /// Published comments anywhere below it.
    pub live_replies: u32,
    pub created_at: Millis,
    pub edited_at: Option<Millis>,
    /// Written on another system.
    pub imported: bool,
}

impl Comment {
    #[must_use]
    pub fn score(&self) -> i64 {
        i64::from(self.up) - i64::from(self.down)
    }

    /// Whether it was written under a shadow ban, and no moderator published it.
    #[must_use]
    pub fn is_shadowed(&self) -> bool {
        self.status == Status::Spam && self.findings.lines().any(|finding| finding == bans::FINDING)
    }

    /// What its author is told of it. Under a shadow ban that is what it would be without one, for which
    /// `held_because` stands.
    #[must_use]
    pub fn status_for_author(&self) -> Status {
        match self.status {
            Status::Spam if self.is_shadowed() && self.held_because.is_empty() => Status::Published,
            Status::Spam if self.is_shadowed() => Status::Held,
            other => other,
        }
    }

    /// Whether it is this guest's own, and nobody else sees it for a shadow ban.
    #[must_use]
    pub fn is_shadow_of(&self, guest: Option<Id>) -> bool {
        guest.is_some() && self.guest == guest && self.is_shadowed()
    }

    /// Whether readers see it, if only as a placeholder above its replies.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.status == Status::Published || self.live_replies > 0
    }
}

/// How a comment's source is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Markdown,
    /// Only what was imported.
    Html,
}

impl Format {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }

    /// Reads what [`Format::as_str`] wrote; what is no Markdown is HTML.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text == Self::Markdown.as_str() { Self::Markdown } else { Self::Html }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Published,
    /// Waits for a moderator; only its author sees it.
    Held,
    Spam,
    /// Gone for readers; a placeholder where replies hang under it.
    Deleted,
}

impl Status {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Held => "held",
            Self::Spam => "spam",
            Self::Deleted => "deleted",
        }
    }

    /// Reads what [`Status::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Published, Self::Held, Self::Spam, Self::Deleted]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

/// # Errors
/// `NotFound` when there is no such comment.
pub fn by_id(connection: &Connection, id: Id) -> Result<Comment> {
    store::comments::by_id(connection, id)?.ok_or_else(not_there)
}

/// What is said of a comment that is not there, and of one that somebody must not know of.
#[must_use]
pub fn not_there() -> Error {
    Error::NotFound("There is no such comment.".into())
}

/// Who wrote what a comment replies to, while that is published.
pub fn parent_name(connection: &Connection, comment: &Comment) -> Result<Option<String>> {
    let parent = comment.parent.map(|id| by_id(connection, id)).transpose()?;
    let is_seen = |parent: &Comment| parent.status == Status::Published || parent.is_shadow_of(comment.guest);
    Ok(parent.filter(is_seen).map(|parent| parent.author_name))
}

/// The site on which a comment was written.
///
/// # Errors
/// `NotFound` when the site was removed, and the comment with it.
pub fn site_of(connection: &Connection, comment: &Comment) -> Result<Site> {
    sites::by_id(connection, comment.site).map_err(|error| match error {
        Error::NotFound(_) => Error::NotFound("There is no such comment.".into()),
        other => other,
    })
}

/// The comments of a thread that hang directly under one, oldest first.
pub fn replies(connection: &Connection, id: Id, limit: u32) -> Result<Vec<Comment>> {
    store::comments::replies(connection, id, limit)
}

/// The newest comments of a thread, whatever became of them, but for those whose text is gone.
pub fn newest_of_thread(connection: &Connection, thread: Id, limit: u32) -> Result<Vec<Comment>> {
    store::thread_list::newest(connection, thread, limit)
}

/// Puts a top-level comment above the others, or back.
pub fn pin(tx: &Transaction<'_>, comment: &Comment, pinned: bool, now: Millis) -> Result<()> {
    store::comments::set_pinned(tx, comment.id, pinned)?;
    status::changed(tx, comment, now)
}

/// Says whose a comment is: a guest's, or one of those who look after the site.
pub fn set_owner(tx: &Transaction<'_>, id: Id, guest: Option<Id>, account: Option<Id>) -> Result<()> {
    store::comments::set_owner(tx, id, guest, account)?;
    search::index(tx, id)
}

/// From where a comment was sent, as far as that is kept: the address's hash and the network around it.
pub fn sent_from(connection: &Connection, id: Id) -> Result<(Option<Vec<u8>>, String)> {
    store::comments::sent_from(connection, id)
}

/// Stores a new comment, so that it can also be found by its words.
fn insert(tx: &Transaction<'_>, comment: &Comment, beside: &Beside<'_>) -> Result<()> {
    store::comments::insert(tx, comment, beside)?;
    search::index(tx, comment.id)
}

/// Takes away for good what was written in a comment, earlier texts included, and who wrote it; its
/// place stays.
pub fn blank(tx: &Transaction<'_>, id: Id) -> Result<()> {
    store::comments::blank(tx, id)?;
    store::versions::forget(tx, id)?;
    search::forget(tx, id)
}

/// Comments that wait for a moderator, over all sites that somebody may look at, but for the removed ones.
pub fn held_count(connection: &Connection, access: &Access) -> Result<i64> {
    store::comments::count_held(connection, access)
}

/// Published and held comments of each site that has any.
pub fn counts_by_site(connection: &Connection) -> Result<HashMap<Id, (i64, i64)>> {
    store::threads::counts_by_site(connection)
}

/// The newest comments of the same person: of the same guest, else of the same account.
pub fn latest_of_person(connection: &Connection, comment: &Comment, limit: u32) -> Result<Vec<Comment>> {
    store::comments::latest_of_person(connection, comment, limit)
}

/// How many comments of each status the same person has on this site.
pub fn by_same_person(connection: &Connection, comment: &Comment) -> Result<(i64, i64, i64)> {
    store::comments::by_same_person(connection, comment)
}
