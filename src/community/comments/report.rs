//! A reader tells the moderators of a comment.

use rusqlite::Transaction;

use super::markup::printable;
use super::{Status, by_id, not_there, search, store};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::bans::{self, Origin, Person};
use crate::community::users::guests::Guest;

const LONGEST_REASON: usize = 500;

/// Notes a report, one from each address. One from the shadow is taken and forgotten.
///
/// # Errors
/// `NotFound` for a comment that readers do not see, `Invalid` for a reason that is too long, `Forbidden` for
/// somebody who is banned.
pub fn report(
    tx: &Transaction<'_>,
    id: Id,
    guest: Option<&Guest>,
    reason: &str,
    origin: &Origin,
    now: Millis,
) -> Result<()> {
    let reason = printable(reason);
    let reason = reason.trim();
    if reason.chars().count() > LONGEST_REASON {
        return Err(Error::invalid("reason", format!("A reason has at most {LONGEST_REASON} characters.")));
    }
    let comment = by_id(tx, id)?;
    let own_shadow = comment.is_shadow_of(guest.map(|guest| guest.id));
    if comment.status != Status::Published && !own_shadow {
        return Err(not_there());
    }
    if bans::check(tx, comment.site, &Person::new(origin, guest), now)? || own_shadow {
        return Ok(());
    }
    store::votes::insert_report(tx, id, &origin.address_hash, reason, now)?;
    search::index(tx, id)
}
