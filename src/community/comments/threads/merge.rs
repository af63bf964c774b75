//! Two threads become one.

use rusqlite::{Connection, Transaction};

use super::{Thread, by_id};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::outbox;
use crate::community::comments::{search, status, store};

/// What a thread holds, by what became of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub published: i64,
    pub held: i64,
    pub spam: i64,
    pub deleted: i64,
}

impl Tally {
    #[must_use]
    pub fn all(self) -> i64 {
        self.published + self.held + self.spam + self.deleted
    }
}

/// How many comments of each kind a thread has.
pub fn tally(connection: &Connection, thread: Id) -> Result<Tally> {
    store::threads::tally(connection, thread)
}

/// Puts all comments of `from` into `into`, which keeps its key, title and rules and gets the keys of the other.
/// Conversations stand by their time, and what was pinned stays so. `from` is gone then; its addresses lead on.
/// Answers how many comments moved. There is no way back.
///
/// # Errors
/// `Invalid` for one and the same thread, or two of different sites.
pub fn merge(tx: &Transaction<'_>, from: Id, into: Id, now: Millis) -> Result<i64> {
    let (from, into) = (by_id(tx, from)?, by_id(tx, into)?);
    check_pair(&from, &into)?;
    let moved = store::threads::move_all(tx, from.id, into.id)?;
    store::threads::take_over(tx, &from, into.id)?;
    store::threads::leave_redirect(tx, from.id, into.id, now)?;
    store::threads::delete(tx, from.id)?;
    outbox::record(tx, status::MERGED, into.id, None, now)?;
    outbox::record(tx, status::MERGED, from.id, None, now)?;
    search::index_all(tx, &moved)?;
    Ok(i64::try_from(moved.len()).unwrap_or(i64::MAX))
}

/// Whether two threads can be merged.
///
/// # Errors
/// As [`merge`].
pub fn check_pair(from: &Thread, into: &Thread) -> Result<()> {
    if from.id == into.id {
        return Err(Error::invalid("into", "That is this very thread. Name another one."));
    }
    if from.site != into.site {
        return Err(Error::invalid("into", "Both threads have to be of the same site."));
    }
    Ok(())
}
