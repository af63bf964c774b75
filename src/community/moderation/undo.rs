//! Taking back what a press of a button did.

use rusqlite::Transaction;

use super::{is_theirs, store, subject, version};
use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::{self, Status, search, status};
use crate::web::access::Access;

/// What one step of an undo did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undone {
    pub comments: usize,
    /// Comments that stay as they are, since their authors wrote something else meanwhile that nobody read.
    pub changed: usize,
    /// Whether that was all of the batch.
    pub is_all: bool,
}

/// So many comments are done or undone in one transaction: the writer has others to serve.
pub const STEP: u32 = 500;

/// Takes back up to [`STEP`] actions of a batch, as far as nothing else happened to its comments since.
///
/// # Errors
/// `NotFound` when a comment of the batch is not theirs; and when it cannot be stored.
pub fn undo(tx: &Transaction<'_>, batch: Id, access: &Access, by: &Actor, now: Millis) -> Result<Undone> {
    if !is_theirs(tx, access, batch)? {
        return Err(comments::not_there());
    }
    let (mut undone, mut changed) = (0, 0);
    let actions = store::open_actions(tx, batch, STEP)?;
    let is_all = actions.len() < STEP as usize;
    for past in actions {
        store::close_action(tx, past.id)?;
        let comment = comments::by_id(tx, past.comment)?;
        if comment.status != past.became || comment.body.is_empty() {
            continue;
        }
        let is_known = past.version != Millis(0);
        if past.was == Status::Published && is_known && past.version != version(&comment) {
            changed += 1;
            continue;
        }
        if past.was != past.became {
            status::set(tx, &comment, past.was, &past.because, now)?;
        }
        let entry = by.did("comment.undo", subject(&comment)).on(comment.site);
        audit::record(tx, &entry.change(past.became.as_str(), past.was.as_str()), now)?;
        undone += 1;
    }
    if is_all {
        store::reopen_reports(tx, batch)?.into_iter().try_for_each(|comment| search::index(tx, comment))?;
    }
    Ok(Undone { comments: undone, changed, is_all })
}
