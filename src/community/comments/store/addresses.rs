use rusqlite::{Connection, Transaction, params};

use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;

/// As long as what stands for the address of a report that was forgotten; real hashes are longer.
pub const FORGOTTEN: usize = 8;

/// Forgets where up to `limit` comments from before `moment` came from; how many that was.
pub fn forget_of_comments(tx: &Transaction<'_>, moment: Millis, limit: usize) -> Result<usize> {
    let mut statement = tx.prepare_cached(
        "UPDATE comments SET address_hash = NULL, network = '' WHERE id IN
           (SELECT id FROM comments WHERE created_at < ?1 AND (address_hash IS NOT NULL OR network <> '')
            ORDER BY created_at LIMIT ?2)",
    )?;
    Ok(statement.execute(params![moment, i64::try_from(limit).unwrap_or(i64::MAX)])?)
}

/// The votes from before `moment` that say where they came from.
pub fn of_votes(connection: &Connection, moment: Millis) -> Result<Vec<(Id, Id)>> {
    let mut statement = connection.prepare_cached(
        "SELECT comment_id, guest_id FROM votes WHERE at < ?1 AND length(address_hash) > 0",
    )?;
    let keys = statement.query_map([moment], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(keys.collect::<rusqlite::Result<_>>()?)
}

/// A vote is its guest's, so its address may simply be empty: it counts for no address any more.
pub fn forget_of_vote(tx: &Transaction<'_>, comment: Id, guest: Id) -> Result<()> {
    tx.prepare_cached("UPDATE votes SET address_hash = x'' WHERE comment_id = ?1 AND guest_id = ?2")?
        .execute([comment, guest])?;
    Ok(())
}

/// The reports from before `moment` that say where they came from.
pub fn of_reports(connection: &Connection, moment: Millis) -> Result<Vec<(Id, Vec<u8>)>> {
    let mut statement = connection.prepare_cached(
        "SELECT comment_id, address_hash FROM reports WHERE at < ?1 AND length(address_hash) <> ?2",
    )?;
    let length = i64::try_from(FORGOTTEN).unwrap_or(i64::MAX);
    let keys = statement.query_map(params![moment, length], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(keys.collect::<rusqlite::Result<_>>()?)
}

/// A report is told from the others of its comment by its address: random bytes do that as well.
pub fn forget_of_report(tx: &Transaction<'_>, comment: Id, address: &[u8], instead: &[u8]) -> Result<()> {
    tx.prepare_cached("UPDATE reports SET address_hash = ?3 WHERE comment_id = ?1 AND address_hash = ?2")?
        .execute(params![comment, address, instead])?;
    Ok(())
}
