//! Votes: one for each person, which may be changed or taken back.

use rusqlite::Transaction;

use super::rank::wilson;
use super::{Status, by_id, site_of, status, store};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::users::guests::{self, Guest};

/// A vote needs no name, so whoever clears their browser is somebody new. One address counts for so
/// many people on one comment: a household or a small office, and no more.
const PEOPLE_AT_ONE_ADDRESS: u32 = 8;

/// How it stands after a vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voted {
    pub score: i64,
    pub value: i8,
    /// Who voted: somebody new when they had no token, nobody when there was nothing to take back.
    pub guest: Option<Id>,
}

/// Sets this person's vote; 0 takes it back.
///
/// # Errors
/// `Invalid` for another value, `NotFound` for a comment that readers do not see, `Forbidden` when
/// too many of one address voted.
pub fn vote(
    tx: &Transaction<'_>,
    id: Id,
    guest: Option<&Guest>,
    value: i8,
    address: &[u8],
    now: Millis,
) -> Result<Voted> {
    if !(-1..=1).contains(&value) {
        return Err(Error::invalid("value", "A vote is 1 (up), -1 (down) or 0 (none)."));
    }
    let comment = by_id(tx, id)?;
    if comment.status != Status::Published {
        return Err(Error::NotFound("There is no such comment.".into()));
    }
    let from_here = store::votes::from_address(tx, id, address, guest.map(|guest| guest.id))?;
    if value != 0 && from_here >= PEOPLE_AT_ONE_ADDRESS {
        return Err(Error::Forbidden(
            "Many people have voted on this comment from your network already.".into(),
        ));
    }
    let guest = match guest {
        Some(guest) => guest.id,
        None if value == 0 => return Ok(Voted { score: comment.score(), value, guest: None }),
        None => guests::create(tx, site_of(tx, &comment)?.id, now)?.id,
    };
    let before = store::votes::of_guest(tx, id, guest)?;
    if before == value {
        return Ok(Voted { score: comment.score(), value, guest: Some(guest) });
    }
    store::votes::set(tx, id, guest, value, address, now)?;
    // Imported votes have no voters, so the totals are moved, never counted again.
    let up = moved(comment.up, before == 1, value == 1);
    let down = moved(comment.down, before == -1, value == -1);
    store::votes::set_totals(tx, id, up, down, wilson(up, down))?;
    status::changed(tx, &comment, now)?;
    Ok(Voted { score: i64::from(up) - i64::from(down), value, guest: Some(guest) })
}

fn moved(total: u32, was: bool, is: bool) -> u32 {
    total.saturating_sub(u32::from(was)).saturating_add(u32::from(is))
}
