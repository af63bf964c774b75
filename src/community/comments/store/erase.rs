use rusqlite::{Transaction, params};

use super::search;
use crate::base::error::Result;
use crate::base::id::Id;

/// How many rows of its kind went, and whether some may be left.
pub type Piece = (usize, bool);

/// Deletes up to `limit` comments of a site that nothing hangs below, newest first. Votes, reports, versions and what
/// moderators did go with them.
pub fn comments(tx: &Transaction<'_>, site: Id, limit: u32) -> Result<Piece> {
    let mut leaves = tx.prepare_cached(
        "SELECT id FROM comments c WHERE site_id = ?1
           AND NOT EXISTS (SELECT 1 FROM comments below WHERE below.parent_id = c.id)
         ORDER BY id DESC LIMIT ?2",
    )?;
    let ids: Vec<Id> =
        leaves.query_map(params![site, limit], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut comment = tx.prepare_cached("DELETE FROM comments WHERE id = ?1")?;
    for id in &ids {
        search::remove(tx, *id)?;
        comment.execute([id])?;
    }
    Ok((ids.len(), !ids.is_empty()))
}

/// Deletes up to `limit` threads of a site, and before them what they are also called: else each thread would look for
/// its own names among those of all sites.
pub fn threads(tx: &Transaction<'_>, site: Id, limit: u32) -> Result<Piece> {
    let aliases = tx
        .prepare_cached(
            "DELETE FROM thread_aliases WHERE site_id = ?1 AND page IN
               (SELECT page FROM thread_aliases WHERE site_id = ?1 LIMIT ?2)",
        )?
        .execute(params![site, limit])?;
    if aliases > 0 {
        return Ok((0, true));
    }
    let number = tx
        .prepare_cached(
            "DELETE FROM threads WHERE id IN (SELECT id FROM threads WHERE site_id = ?1 LIMIT ?2)",
        )?
        .execute(params![site, limit])?;
    Ok((number, number > 0))
}

/// Deletes up to `limit` people of a site, and their votes.
pub fn guests(tx: &Transaction<'_>, site: Id, limit: u32) -> Result<Piece> {
    let number = tx
        .prepare_cached("DELETE FROM guests WHERE id IN (SELECT id FROM guests WHERE site_id = ?1 LIMIT ?2)")?
        .execute(params![site, limit])?;
    Ok((number, number > 0))
}
