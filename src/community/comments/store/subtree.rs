//! A comment with everything below it: the part of an index that begins with its path.

use rusqlite::{Connection, Transaction, params};

use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::Comment;

/// An id's first byte is below 0x80, so that a path with this byte behind it sorts after all that is below the path.
const PAST_EVERY_ID: u8 = 0x80;

fn end(path: &[u8]) -> Vec<u8> {
    [path, &[PAST_EVERY_ID]].concat()
}

/// How many there are, the comment itself included.
pub fn count(connection: &Connection, top: &Comment) -> Result<i64> {
    let mut statement = connection
        .prepare_cached("SELECT count(*) FROM comments WHERE root_id = ?1 AND path >= ?2 AND path < ?3")?;
    Ok(statement.query_row(params![top.root, top.path, end(&top.path)], |row| row.get(0))?)
}

/// How many levels hang below it.
pub fn height(connection: &Connection, top: &Comment) -> Result<u32> {
    let mut statement = connection
        .prepare_cached("SELECT max(depth) FROM comments WHERE root_id = ?1 AND path >= ?2 AND path < ?3")?;
    let deepest: u32 = statement.query_row(params![top.root, top.path, end(&top.path)], |row| row.get(0))?;
    Ok(deepest.saturating_sub(top.depth))
}

/// All of them, the newest first.
pub fn all(connection: &Connection, top: &Comment) -> Result<Vec<Id>> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM comments WHERE root_id = ?1 AND path >= ?2 AND path < ?3 ORDER BY id DESC",
    )?;
    let ids = statement.query_map(params![top.root, top.path, end(&top.path)], |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// The published ones among them, in the order in which they are read.
pub fn published(connection: &Connection, top: &Comment) -> Result<Vec<Id>> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM comments WHERE root_id = ?1 AND path >= ?2 AND path < ?3 AND status = 'published' ORDER BY path",
    )?;
    let ids = statement.query_map(params![top.root, top.path, end(&top.path)], |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// Plants a comment with all that is below it in another place: `to` has the thread, parent, root, depth and path that
/// the comment has there. What hangs below it keeps its place under it.
pub fn replant(tx: &Transaction<'_>, from: &Comment, to: &Comment) -> Result<()> {
    tx.prepare_cached(
        "UPDATE comments SET thread_id = ?4, root_id = ?5, depth = depth - ?6 + ?7,
                path = CAST(?8 || substr(path, length(?2) + 1) AS BLOB)
         WHERE root_id = ?1 AND path >= ?2 AND path < ?3",
    )?
    .execute(params![
        from.root,
        from.path,
        end(&from.path),
        to.thread,
        to.root,
        from.depth,
        to.depth,
        to.path
    ])?;
    // Only what starts a conversation can be pinned.
    tx.prepare_cached("UPDATE comments SET parent_id = ?2, pinned = (pinned AND ?2 IS NULL) WHERE id = ?1")?
        .execute(params![from.id, to.parent])?;
    Ok(())
}
