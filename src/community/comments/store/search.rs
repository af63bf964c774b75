use rusqlite::{Connection, Transaction, params};

use super::comments::{COLUMNS, comment};
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::Comment;

pub fn put(tx: &Transaction<'_>, id: Id, author: &str, words: &str) -> Result<()> {
    tx.prepare_cached("INSERT OR REPLACE INTO comments_fts (rowid, author, words) VALUES (?1, ?2, ?3)")?
        .execute(params![id, author, words])?;
    Ok(())
}

pub fn remove(tx: &Transaction<'_>, id: Id) -> Result<()> {
    tx.prepare_cached("DELETE FROM comments_fts WHERE rowid = ?1")?.execute([id])?;
    Ok(())
}

/// Comments with a text that are not in the index.
pub fn missing(connection: &Connection, limit: u32) -> Result<Vec<Comment>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM comments c
         WHERE c.body <> '' AND NOT EXISTS (SELECT 1 FROM comments_fts_docsize d WHERE d.id = c.id) LIMIT ?1"
    ))?;
    let found = statement.query_map([limit], comment)?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}
