use rusqlite::{Connection, Transaction, params};

use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;

/// The condition under which a guest is nobody any more.
const IDLE: &str = "created_at < ?1
     AND NOT EXISTS (SELECT 1 FROM comments WHERE comments.guest_id = guests.id)
     AND NOT EXISTS (SELECT 1 FROM votes WHERE votes.guest_id = guests.id AND votes.at >= ?1)";

/// Guests who have no comment and did not vote since `before`, by id.
pub fn without_comments(
    connection: &Connection,
    before: Millis,
    after: Option<Id>,
    limit: u32,
) -> Result<Vec<Id>> {
    let mut statement = connection
        .prepare_cached(&format!("SELECT id FROM guests WHERE {IDLE} AND id > ?2 ORDER BY id LIMIT ?3"))?;
    let ids = statement.query_map(params![before, after.unwrap_or(Id(i64::MIN)), limit], |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// Forgets those of them who are still nobody; their votes go, and the sums of the votes stay.
pub fn forget(tx: &Transaction<'_>, ids: &[Id], before: Millis) -> Result<usize> {
    let mut statement = tx.prepare_cached(&format!("DELETE FROM guests WHERE {IDLE} AND id = ?2"))?;
    ids.iter().try_fold(0, |sum, id| Ok(sum + statement.execute(params![before, id])?))
}
