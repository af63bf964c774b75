//! Approve, hold, mark as spam, delete; and undo.

mod ban_form;
pub mod ban_pages;
pub mod bulk_page;
pub mod comment_move_page;
pub mod comment_page;
mod dossier;
mod filters;
pub mod jobs;
pub mod pages;
mod query;
pub mod record;
mod store;
mod texts;
mod turns;
mod undo;
pub mod thread_changes;
pub mod thread_moves_page;
pub mod thread_page;
mod thread_people;
pub mod threads_page;
mod views;
mod way_back;

use rusqlite::{Connection, Transaction};

use super::comments::threads::{self, Thread};
use super::comments::{self, Comment, Status, search, status};
use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::order::Order;
use crate::web::access::Access;

pub use query::{By, Query};
pub use store::{Action, Report};
pub use texts::{correct_text, reply_as, restore_text};
pub use undo::{STEP, Undone, undo};

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
        let known = [Self::Approve, Self::Hold, Self::Spam, Self::Delete];
        known
            .into_iter()
            .find(|verb| verb.as_str() == word)
            .ok_or_else(|| Error::invalid("act", format!("“{word}” is none of approve, hold, spam, delete.")))
    }

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Hold => "hold",
            Self::Spam => "spam",
            Self::Delete => "delete",
        }
    }

    /// What is to be done, as a heading: `Delete 3 comments`.
    fn heading(self, comments: &str) -> String {
        match self {
            Self::Approve => format!("Approve {comments}"),
            Self::Hold => format!("Hold {comments}"),
            Self::Spam => format!("Mark {comments} as spam"),
            Self::Delete => format!("Delete {comments}"),
        }
    }

    /// What the audit trail calls it.
    fn action(self) -> &'static str {
        match self {
            Self::Approve => "comment.approve",
            Self::Hold => "comment.hold",
            Self::Spam => "comment.spam",
            Self::Delete => "comment.delete",
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

/// Which tab of the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    #[default]
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

/// A comment to act on, and which text of it the moderator saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    pub id: Id,
    pub seen: Seen,
}

/// What a moderator had read when a button was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// That is not known: then whatever it says now is meant.
    Anything,
    /// The text that was written at this moment.
    Version(Millis),
    /// Whatever it said at this moment.
    Until(Millis),
}

impl Seen {
    /// Whether a text written then is what was seen.
    fn covers(self, written: Millis) -> bool {
        match self {
            Self::Anything => true,
            Self::Version(version) => version == written,
            Self::Until(moment) => written <= moment,
        }
    }
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

/// The thread of that number, if somebody may see it.
///
/// # Errors
/// `NotFound`.
pub fn visible_thread(connection: &Connection, access: &Access, id: Id) -> Result<Thread> {
    let thread = threads::by_id(connection, id)?;
    if access.allows(thread.site) {
        Ok(thread)
    } else {
        Err(Error::NotFound("There is no such thread.".into()))
    }
}

/// Does `verb` to each target and settles its reports. The answer's batch undoes it.
///
/// # Errors
/// `Invalid` when no comment is named; `NotFound` when one of them is not theirs, and then nothing is done.
pub fn apply(
    tx: &Transaction<'_>,
    targets: &[Target],
    verb: Verb,
    access: &Access,
    by: &Actor,
    now: Millis,
) -> Result<Applied> {
    if targets.is_empty() {
        return Err(Error::invalid("id", "Select at least one comment first."));
    }
    let batch = Id::new(now);
    Ok(Applied { batch, changed: add_to(tx, batch, targets, verb, access, by, now)? })
}

/// Does `verb` to further targets of a batch; answers how many were left alone, as in [`Applied`].
pub fn add_to(
    tx: &Transaction<'_>,
    batch: Id,
    targets: &[Target],
    verb: Verb,
    access: &Access,
    by: &Actor,
    now: Millis,
) -> Result<usize> {
    let became = verb.result();
    let mut changed = 0;
    for target in targets {
        let comment = visible(tx, access, target.id)?;
        // What its author deleted has nothing left to bring back.
        if comment.body.is_empty() {
            continue;
        }
        if became == Status::Published && !target.seen.covers(version(&comment)) {
            changed += 1;
            continue;
        }
        let settled = store::settle_reports(tx, comment.id, batch)?;
        store::insert_action(tx, batch, &comment, became, by.account, now)?;
        let entry = by.did(verb.action(), subject(&comment)).on(comment.site);
        audit::record(tx, &entry.change(comment.status.as_str(), became.as_str()), now)?;
        if comment.status != became {
            let because = if became == Status::Held { "A moderator held it." } else { "" };
            status::set(tx, &comment, became, because, now)?;
        } else if settled > 0 {
            search::index(tx, comment.id)?;
        }
    }
    Ok(changed)
}

/// What the audit trail calls a comment.
fn subject(comment: &Comment) -> String {
    format!("comment:{}", comment.id)
}

/// Which text of a comment it is: when that was written.
#[must_use]
pub fn version(comment: &Comment) -> Millis {
    comment.edited_at.unwrap_or(comment.created_at)
}

/// What a batch did, if all of it is theirs to know.
pub fn batch(connection: &Connection, access: &Access, id: Id) -> Result<Option<Batch>> {
    if is_theirs(connection, access, id)? { store::batch(connection, id) } else { Ok(None) }
}

fn is_theirs(connection: &Connection, access: &Access, batch: Id) -> Result<bool> {
    if *access == Access::Everything {
        return Ok(true);
    }
    Ok(store::sites_of_batch(connection, batch)?.iter().all(|site| access.allows(*site)))
}

/// Puts a conversation at the top of its thread, or back. Answers whether it was not there already.
///
/// # Errors
/// `Invalid` for a reply.
pub fn set_pinned(
    tx: &Transaction<'_>,
    id: Id,
    pinned: bool,
    access: &Access,
    by: &Actor,
    now: Millis,
) -> Result<bool> {
    let comment = visible(tx, access, id)?;
    if comment.parent.is_some() {
        return Err(Error::invalid("act", "Only a comment that starts a conversation can be pinned."));
    }
    comments::pin(tx, &comment, pinned, now)?;
    if comment.pinned == pinned {
        return Ok(false);
    }
    let action = if pinned { "comment.pin" } else { "comment.unpin" };
    audit::record(tx, &by.did(action, subject(&comment)).on(comment.site), now)?;
    Ok(true)
}

/// Closes the thread of a comment for new ones, or opens it. Answers whether it was not so already.
pub fn set_locked(
    tx: &Transaction<'_>,
    comment: Id,
    locked: bool,
    access: &Access,
    by: &Actor,
    now: Millis,
) -> Result<bool> {
    let thread = threads::by_id(tx, visible(tx, access, comment)?.thread)?;
    threads::set_locked(tx, thread.id, locked, now)?;
    if thread.locked == locked {
        return Ok(false);
    }
    let action = if locked { "thread.lock" } else { "thread.unlock" };
    audit::record(tx, &by.did(action, format!("thread:{}", thread.id)).on(thread.site), now)?;
    Ok(true)
}

/// Up to `limit` comments that a question asks for in their order, beyond the one called `after`.
pub fn queue(
    connection: &Connection,
    query: &Query,
    order: Order,
    after: Option<Id>,
    limit: u32,
) -> Result<Vec<Comment>> {
    let ids = queue_ids(connection, query, order, after, limit)?;
    ids.into_iter().map(|id| comments::by_id(connection, id)).collect()
}

/// The ids of [`queue`].
pub fn queue_ids(
    connection: &Connection,
    query: &Query,
    order: Order,
    after: Option<Id>,
    limit: u32,
) -> Result<Vec<Id>> {
    store::queue::ids(connection, query, (order, after), limit)
}

/// How many comments a question has; counting ends at `most`.
pub fn count(connection: &Connection, query: &Query, most: u32) -> Result<i64> {
    store::queue::count(connection, query, most)
}

/// How many of them are newer than `newest`, or older and came back since a moment: an edit was held, or a reader
/// reported them. Counting ends at about `most`.
pub fn count_newer(
    connection: &Connection,
    query: &Query,
    newest: Id,
    since: Millis,
    most: u32,
) -> Result<i64> {
    let mut number = store::queue::newer(connection, query, newest, most)?;
    if matches!(query.filter, Filter::Held | Filter::Reported) {
        for id in store::queue::came_back(connection, since, most)? {
            let found = queue_ids(connection, query, Order::Newest, Some(id.next()), 1)?;
            number += i64::from(id <= newest && found == [id]);
        }
    }
    Ok(number)
}

/// What readers reported of a comment, oldest first; settled reports among it.
pub fn reports(connection: &Connection, comment: Id) -> Result<Vec<Report>> {
    store::reports(connection, comment)
}

/// What moderators did to a comment, newest first.
pub fn history(connection: &Connection, comment: Id) -> Result<Vec<Action>> {
    store::history(connection, comment)
}
