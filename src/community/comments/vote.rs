//! Votes: one for each person, which may be changed or taken back.

use rusqlite::Transaction;

use super::rank::wilson;
use super::{Status, by_id, not_there, site_of, status, store};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::bans::{self, Origin, Person};
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

/// A vote as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cast {
    /// -1, 0 or 1.
    pub value: i8,
    /// Cast under a shadow ban: its voter sees it, and it counts nothing.
    pub shadow: bool,
}

impl Cast {
    /// What it adds to the score.
    fn counted(self) -> i8 {
        if self.shadow { 0 } else { self.value }
    }
}

/// Sets this person's vote; 0 takes it back. What a shadow ban keeps from counting is answered as if it did.
///
/// # Errors
/// `Invalid` for another value, `NotFound` for a comment that readers do not see, `Forbidden` for somebody
/// who is banned and when too many of one address voted.
pub fn vote(
    tx: &Transaction<'_>,
    id: Id,
    guest: Option<&Guest>,
    value: i8,
    origin: &Origin,
    now: Millis,
) -> Result<Voted> {
    if !(-1..=1).contains(&value) {
        return Err(Error::invalid("value", "A vote is 1 (up), -1 (down) or 0 (none)."));
    }
    let comment = by_id(tx, id)?;
    let own_shadow = comment.is_shadow_of(guest.map(|guest| guest.id));
    if comment.status != Status::Published && !own_shadow {
        return Err(not_there());
    }
    let shadow = bans::check(tx, comment.site, &Person::new(origin, guest), now)? || own_shadow;
    let from_here = store::votes::from_address(tx, id, &origin.address_hash, guest.map(|guest| guest.id))?;
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
    let (before, cast) = (store::votes::of_guest(tx, id, guest)?, Cast { value, shadow });
    let score = comment.score() - i64::from(before.counted()) + i64::from(value);
    if before == cast || (before.value == 0 && value == 0) {
        return Ok(Voted { score, value, guest: Some(guest) });
    }
    store::votes::set(tx, id, guest, cast, &origin.address_hash, now)?;
    // Imported votes have no voters, so the totals are moved, never counted again.
    let up = moved(comment.up, before.counted() == 1, cast.counted() == 1);
    let down = moved(comment.down, before.counted() == -1, cast.counted() == -1);
    store::votes::set_totals(tx, id, up, down, wilson(up, down))?;
    status::changed(tx, &comment, now)?;
    Ok(Voted { score, value, guest: Some(guest) })
}

fn moved(total: u32, was: bool, is: bool) -> u32 {
    total.saturating_sub(u32::from(was)).saturating_add(u32::from(is))
}
