//! Approve, hold, mark as spam, delete; and undo.

mod ban_form;
pub mod ban_pages;
pub mod comment_page;
pub mod jobs;
pub mod pages;
mod store;
mod views;

use rusqlite::{Connection, Transaction};

use super::comments::{self, Comment, Status, status, threads};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::web::access::Access;
use crate::web::caller::Account;

pub use store::{Action, Report};

/// What a moderator does to a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Approve,
    Hold,
    Spam,
    Delete,
}

impl Verb {
    /// # Errors
    /// `Invalid` for a word that is none.
    pub fn parse(word: &str) -> Result<Self> {
        match word {
            "approve" => Ok(Self::Approve),
            "hold" => Ok(Self::Hold),
            "spam" => Ok(Self::Spam),
            "delete" => Ok(Self::Delete),
            other => Err(Error::invalid("act", format!("“{other}” is none of approve, hold, spam, delete."))),
        }
    }

    fn result(self) -> Status {
        match self {
            Self::Approve => Status::Published,
            Self::Hold => Status::Held,
            Self::Spam => Status::Spam,
            Self::Delete => Status::Deleted,
        }
    }
}

/// One press of a button: what it did, and to how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    pub id: Id,
    pub became: Status,
    pub count: i64,
    pub undone: bool,
}

/// Which comments the queue shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    Held,
    Reported,
    Spam,
    All,
}

impl Filter {
    pub const EVERY: [Self; 4] = [Self::Held, Self::Reported, Self::Spam, Self::All];

    #[must_use]
    pub fn parse(word: &str) -> Self {
        Self::EVERY.into_iter().find(|filter| filter.as_str() == word).unwrap_or(Self::Held)
    }

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Reported => "reported",
            Self::Spam => "spam",
            Self::All => "all",
        }
    }
}

/// A comment to act on, and as of which edit the moderator saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    pub id: Id,
    /// None when that is not known: then whatever it says now is meant.
    pub seen: Option<Millis>,
}

/// What became of a press of a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    pub batch: Id,
    /// Comments left alone, since they were edited after the moderator had read them.
    pub changed: usize,
}

/// The comment of that id, if somebody may see it. A comment of a site that is not theirs is none to them.
///
/// # Errors
/// `NotFound`.
pub fn visible(connection: &Connection, access: &Access, id: Id) -> Result<Comment> {
    let comment = comments::by_id(connection, id)?;
    if access.allows(comment.site) { Ok(comment) } else { Err(comments::not_there()) }
}

/// Does `verb` to each target and settles its reports. The answer's batch undoes it.
///
/// # Errors
/// `Invalid` when no comment is named; `NotFound` when one of them is not theirs, and then nothing is done.
pub fn apply(
    tx: &Transaction<'_>,
    targets: &[Target],
    verb: Verb,
    by: &Account,
    now: Millis,
) -> Result<Applied> {
    if targets.is_empty() {
        return Err(Error::invalid("id", "Select at least one comment first."));
    }
    let (batch, became) = (Id::new(now), verb.result());
    let mut changed = 0;
    for target in targets {
        let comment = visible(tx, &by.access, target.id)?;
        // What its author deleted has nothing left to bring back.
        if comment.body.is_empty() {
            continue;
        }
        if became == Status::Published && target.seen.is_some_and(|seen| seen != version(&comment)) {
            changed += 1;
            continue;
        }
        store::settle_reports(tx, comment.id, batch)?;
        store::insert_action(tx, batch, &comment, became, by.id, now)?;
        if comment.status != became {
            let because = if became == Status::Held { "A moderator held it." } else { "" };
            status::set(tx, &comment, became, because, now)?;
        }
    }
    Ok(Applied { batch, changed })
}

/// Which text of a comment it is: when that was written.
#[must_use]
pub fn version(comment: &Comment) -> Millis {
    comment.edited_at.unwrap_or(comment.created_at)
}

/// Takes a batch back, as far as nothing else happened to its comments since. Answers how many.
///
/// # Errors
/// `Conflict` when nothing of it is left to undo; `NotFound` when a comment of it is not theirs.
pub fn undo(tx: &Transaction<'_>, batch: Id, by: &Account, now: Millis) -> Result<usize> {
    let mut undone = 0;
    for past in store::open_actions(tx, batch)? {
        let comment = visible(tx, &by.access, past.comment)?;
        if comment.status != past.became || comment.body.is_empty() {
            continue;
        }
        if past.was != past.became {
            status::set(tx, &comment, past.was, &past.because, now)?;
        }
        undone += 1;
    }
    store::close_batch(tx, batch)?;
    if undone == 0 {
        return Err(Error::Conflict("There is nothing left of that to undo.".into()));
    }
    Ok(undone)
}

/// What a batch did, if all of it is theirs to know.
pub fn batch(connection: &Connection, access: &Access, id: Id) -> Result<Option<Batch>> {
    let sites = store::sites_of_batch(connection, id)?;
    if sites.iter().all(|site| access.allows(*site)) { store::batch(connection, id) } else { Ok(None) }
}

/// Puts a conversation at the top of its thread, or back.
///
/// # Errors
/// `Invalid` for a reply.
pub fn set_pinned(tx: &Transaction<'_>, id: Id, pinned: bool, by: &Account, now: Millis) -> Result<()> {
    let comment = visible(tx, &by.access, id)?;
    if comment.parent.is_some() {
        return Err(Error::invalid("act", "Only a comment that starts a conversation can be pinned."));
    }
    comments::pin(tx, &comment, pinned, now)
}

/// Closes the thread of a comment for new ones, or opens it.
pub fn set_locked(tx: &Transaction<'_>, comment: Id, locked: bool, by: &Account, now: Millis) -> Result<()> {
    threads::set_locked(tx, visible(tx, &by.access, comment)?.thread, locked, now)
}

/// Up to `limit` comments of the queue, newest first, older than `before`.
pub fn queue(
    connection: &Connection,
    filter: Filter,
    access: &Access,
    before: Option<Id>,
    limit: u32,
) -> Result<Vec<Comment>> {
    let ids = store::queue(connection, filter, access, before, limit)?;
    ids.into_iter().map(|id| comments::by_id(connection, id)).collect()
}

/// How many the queue has under a filter.
pub fn count(connection: &Connection, filter: Filter, access: &Access) -> Result<i64> {
    store::count(connection, filter, access)
}

/// Reports that nobody settled yet, oldest first.
pub fn open_reports(connection: &Connection, comment: Id) -> Result<Vec<Report>> {
    store::open_reports(connection, comment)
}

/// What moderators did to a comment, newest first.
pub fn history(connection: &Connection, comment: Id) -> Result<Vec<Action>> {
    store::history(connection, comment)
}
