//! The reports of imports, in the database.

use rusqlite::Transaction;

use crate::base::clock::Millis;
use crate::base::error::Result;

/// Removes what ended before `moment`, or began before it and never did; answers how many.
pub fn forget_before(tx: &Transaction<'_>, moment: Millis) -> Result<usize> {
    Ok(tx.execute("DELETE FROM imports WHERE coalesce(ended, started) < ?1", [moment])?)
}
