use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::vote::Cast;

/// Sets or, with 0, removes a guest's vote.
pub fn set(
    tx: &Transaction<'_>,
    comment: Id,
    guest: Id,
    cast: Cast,
    address: &[u8],
    now: Millis,
) -> Result<()> {
    if cast.value == 0 {
        tx.prepare_cached("DELETE FROM votes WHERE comment_id = ?1 AND guest_id = ?2")?
            .execute([comment, guest])?;
        return Ok(());
    }
    tx.prepare_cached(
        "INSERT INTO votes (comment_id, guest_id, value, address_hash, at, shadow) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (comment_id, guest_id) DO UPDATE
         SET value = excluded.value, at = excluded.at, shadow = excluded.shadow",
    )?
    .execute(params![comment, guest, cast.value, address, now, cast.shadow])?;
    Ok(())
}

/// This guest's vote.
pub fn of_guest(connection: &Connection, comment: Id, guest: Id) -> Result<Cast> {
    let mut statement = connection
        .prepare_cached("SELECT value, shadow FROM votes WHERE comment_id = ?1 AND guest_id = ?2")?;
    let found =
        statement.query_row([comment, guest], |row| Ok(Cast { value: row.get(0)?, shadow: row.get(1)? }));
    Ok(found.optional()?.unwrap_or(Cast { value: 0, shadow: false }))
}

/// Votes of others from the same address on this comment.
pub fn from_address(connection: &Connection, comment: Id, address: &[u8], except: Option<Id>) -> Result<u32> {
    let mut statement = connection.prepare_cached(
        "SELECT count(*) FROM votes WHERE comment_id = ?1 AND address_hash = ?2 AND guest_id IS NOT ?3",
    )?;
    Ok(statement.query_row(params![comment, address, except], |row| row.get(0))?)
}

pub fn set_totals(tx: &Transaction<'_>, comment: Id, up: u32, down: u32, rank: f64) -> Result<()> {
    tx.prepare_cached("UPDATE comments SET up = ?2, down = ?3, rank = ?4 WHERE id = ?1")?
        .execute(params![comment, up, down, rank])?;
    Ok(())
}

/// A guest's votes in a thread.
pub fn in_thread(connection: &Connection, thread: Id, guest: Id) -> Result<Vec<(Id, i8)>> {
    let mut statement = connection.prepare_cached(
        "SELECT v.comment_id, v.value FROM votes v JOIN comments c ON c.id = v.comment_id
         WHERE v.guest_id = ?2 AND c.thread_id = ?1",
    )?;
    let votes = statement.query_map([thread, guest], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(votes.collect::<rusqlite::Result<_>>()?)
}

/// Notes a report. A second one from the same address counts only when moderators settled the first
/// and the comment was edited since.
pub fn insert_report(
    tx: &Transaction<'_>,
    comment: Id,
    address: &[u8],
    reason: &str,
    now: Millis,
) -> Result<()> {
    tx.execute(
        "INSERT INTO reports (comment_id, address_hash, reason, at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET reason = excluded.reason, at = excluded.at, settled_by = NULL
         WHERE settled_by IS NOT NULL AND at < (SELECT edited_at FROM comments WHERE id = ?1)",
        params![comment, address, reason, now],
    )?;
    Ok(())
}
