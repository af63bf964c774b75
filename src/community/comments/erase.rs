//! Erasing a removed site for good, a piece at a time: each is a transaction of its own, so that no reader's comment
//! waits long behind it.

use rusqlite::Transaction;

use super::store::erase as store;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::db::Db;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::sites::{self, Site};

/// Rows that one transaction takes away.
const PIECE: u32 = 250;

/// What went with a site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    pub comments: usize,
    pub threads: usize,
    pub people: usize,
}

/// Erases the site and all on it. Cut short, it goes on the next time.
///
/// # Errors
/// When the database cannot be written; what was erased until then stays so.
pub fn site(db: &Db, site: &Site, by: Actor, now: Millis) -> Result<Erased> {
    let id = site.id;
    let erased = Erased {
        comments: pieces(db, id, store::comments)?,
        people: pieces(db, id, store::guests)?,
        threads: pieces(db, id, store::threads)?,
    };
    let site = site.clone();
    db.write_blocking(move |tx| sites::forget(tx, &site, &by, now))?;
    Ok(erased)
}

fn pieces(db: &Db, site: Id, piece: fn(&Transaction<'_>, Id, u32) -> Result<store::Piece>) -> Result<usize> {
    let mut sum = 0;
    loop {
        let (number, more) = db.write_blocking(move |tx| piece(tx, site, PIECE))?;
        sum += number;
        if !more {
            return Ok(sum);
        }
    }
}
