//! A reader tells the moderators of a comment.

use rusqlite::Transaction;

use super::markup::printable;
use super::{Status, by_id, store};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;

const LONGEST_REASON: usize = 500;

/// Notes a report, one from each address.
///
/// # Errors
/// `NotFound` for a comment that readers do not see, `Invalid` for a reason that is too long.
pub fn report(tx: &Transaction<'_>, id: Id, reason: &str, address: &[u8], now: Millis) -> Result<()> {
    let reason = printable(reason);
    let reason = reason.trim();
    if reason.chars().count() > LONGEST_REASON {
        return Err(Error::invalid("reason", format!("A reason has at most {LONGEST_REASON} characters.")));
    }
    if by_id(tx, id)?.status != Status::Published {
        return Err(Error::NotFound("There is no such comment.".into()));
    }
    store::votes::insert_report(tx, id, address, reason, now)
}
