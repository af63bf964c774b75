use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::versions::Version;

/// Keeps what a comment says now, before it says something else.
pub fn keep(tx: &Transaction<'_>, comment: Id) -> Result<()> {
    tx.prepare_cached(
        "INSERT OR IGNORE INTO comment_versions (comment_id, written_at, body, html)
         SELECT id, coalesce(edited_at, created_at), body, html FROM comments WHERE id = ?1",
    )?
    .execute([comment])?;
    Ok(())
}

/// The texts that edits replaced, oldest first.
pub fn of(connection: &Connection, comment: Id) -> Result<Vec<Version>> {
    let mut statement = connection.prepare_cached(
        "SELECT written_at, body FROM comment_versions WHERE comment_id = ?1 ORDER BY written_at",
    )?;
    let found =
        statement.query_map([comment], |row| Ok(Version { written_at: row.get(0)?, body: row.get(1)? }))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Body and HTML of the text that was written then, if it is still kept.
pub fn text(connection: &Connection, comment: Id, written_at: Millis) -> Result<Option<(String, String)>> {
    let mut statement = connection.prepare_cached(
        "SELECT body, html FROM comment_versions WHERE comment_id = ?1 AND written_at = ?2",
    )?;
    let found = statement.query_row(params![comment, written_at], |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(found.optional()?)
}

/// Drops all but the newest `most` of them, so that editing for ever does not fill the disk.
pub fn trim(tx: &Transaction<'_>, comment: Id, most: u32) -> Result<()> {
    tx.prepare_cached(
        "DELETE FROM comment_versions WHERE comment_id = ?1 AND written_at NOT IN
           (SELECT written_at FROM comment_versions WHERE comment_id = ?1 ORDER BY written_at DESC LIMIT ?2)",
    )?
    .execute(params![comment, most])?;
    Ok(())
}

pub fn forget(tx: &Transaction<'_>, comment: Id) -> Result<()> {
    tx.prepare_cached("DELETE FROM comment_versions WHERE comment_id = ?1")?.execute([comment])?;
    Ok(())
}
