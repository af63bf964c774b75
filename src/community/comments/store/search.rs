use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::Status;
use crate::community::comments::search::Found;

pub fn put(tx: &Transaction<'_>, id: Id, author: &str, words: &str, marks: &str) -> Result<()> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO comments_fts (rowid, author, words, marks) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![id, author, words, marks])?;
    Ok(())
}

pub fn remove(tx: &Transaction<'_>, id: Id) -> Result<()> {
    tx.prepare_cached("DELETE FROM comments_fts WHERE rowid = ?1")?.execute([id])?;
    Ok(())
}

/// What the index is told of a comment; none of one that says nothing.
pub fn read(connection: &Connection, id: Id) -> Result<Option<Found>> {
    let mut statement = connection.prepare_cached(
        "SELECT site_id, thread_id, guest_id, account_id, author_email, status, author_name, html,
                EXISTS (SELECT 1 FROM reports r WHERE r.comment_id = c.id AND r.settled_by IS NULL)
         FROM comments c WHERE id = ?1 AND body <> ''",
    )?;
    let found = statement.query_row([id], |row| {
        let status: String = row.get(5)?;
        Ok(Found {
            id,
            site: row.get(0)?,
            thread: row.get(1)?,
            guest: row.get(2)?,
            account: row.get(3)?,
            email: row.get(4)?,
            status: Status::parse(&status).unwrap_or(Status::Held),
            author: row.get(6)?,
            html: row.get(7)?,
            is_reported: row.get(8)?,
        })
    });
    Ok(found.optional()?)
}

/// Whether more than `many` comments fit an expression; they are counted no further.
pub fn is_common(connection: &Connection, expression: &str, many: u32) -> Result<bool> {
    let mut statement = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM comments_fts WHERE comments_fts MATCH ?1 LIMIT 1 OFFSET ?2)",
    )?;
    Ok(statement.query_row(params![expression, many], |row| row.get(0))?)
}

/// Comments with a text that are not in the index.
pub fn missing(connection: &Connection, limit: u32) -> Result<Vec<Id>> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM comments c
         WHERE c.body <> '' AND NOT EXISTS (SELECT 1 FROM comments_fts_docsize d WHERE d.id = c.id) LIMIT ?1",
    )?;
    let found = statement.query_map([limit], |row| row.get(0))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}
