//! Publishing, holding and taking away: the one place where a status changes, so that the counts
//! and the facts always go with it.

use rusqlite::Transaction;

use super::{Comment, Status, search, store};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::outbox;

/// Readers can see a comment that they could not see before.
pub const PUBLISHED: &str = "published";
/// A comment that readers see is another one now.
pub const CHANGED: &str = "changed";
/// A thread is another one now: locked or opened, by another name, under another key.
pub const THREAD: &str = "thread";
/// A published comment stands in another thread now; noted for the one that it left, too.
pub const MOVED: &str = "moved";
/// Two threads became one; noted for both.
pub const MERGED: &str = "merged";
/// Readers can no longer see a comment.
pub const REMOVED: &str = "removed";

/// Counts a comment that was just stored.
pub fn count_new(tx: &Transaction<'_>, comment: &Comment, now: Millis) -> Result<()> {
    if comment.status == Status::Published { appear(tx, comment, now) } else { Ok(()) }
}

/// Gives a comment another status; `because` says in words why it is held or spam.
pub fn set(
    tx: &Transaction<'_>,
    comment: &Comment,
    status: Status,
    because: &str,
    now: Millis,
) -> Result<()> {
    store::comments::set_status(tx, comment.id, status, because)?;
    search::index(tx, comment.id)?;
    match (comment.status == Status::Published, status == Status::Published) {
        (false, true) => appear(tx, comment, now),
        (true, false) => disappear(tx, comment, now),
        _ => Ok(()),
    }
}

/// Tells that a comment which readers see is another one now.
pub fn changed(tx: &Transaction<'_>, comment: &Comment, now: Millis) -> Result<()> {
    if !comment.is_shown() {
        return Ok(());
    }
    outbox::record(tx, CHANGED, comment.thread, Some(comment.id), now)
}

fn appear(tx: &Transaction<'_>, comment: &Comment, now: Millis) -> Result<()> {
    count(tx, comment, 1)?;
    store::threads::describe_by(tx, comment.thread, comment.id)?;
    outbox::record(tx, PUBLISHED, comment.thread, Some(comment.id), now)
}

fn disappear(tx: &Transaction<'_>, comment: &Comment, now: Millis) -> Result<()> {
    count(tx, comment, -1)?;
    outbox::record(tx, REMOVED, comment.thread, Some(comment.id), now)
}

fn count(tx: &Transaction<'_>, comment: &Comment, change: i64) -> Result<()> {
    store::threads::add_count(tx, comment.thread, change)?;
    store::comments::add_live_replies(tx, comment.parent, change)
}
