//! All the SQL of this room.

pub mod queue;
pub mod record;
mod words;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::{Batch, version};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::{Comment, Status};

/// A reader's report.
pub struct Report {
    pub reason: String,
    pub at: Millis,
    /// Whether a moderator dealt with it.
    pub settled: bool,
}

/// Something a moderator did.
pub struct Action {
    pub was: String,
    pub became: String,
    /// The account's name; empty when the account is gone.
    pub by: String,
    pub at: Millis,
    pub undone: bool,
}

fn status(row: &Row<'_>, index: usize) -> rusqlite::Result<Status> {
    Ok(Status::parse(&row.get::<_, String>(index)?).unwrap_or(Status::Held))
}

pub fn insert_action(
    tx: &Transaction<'_>,
    batch: Id,
    comment: &Comment,
    became: Status,
    account: Option<Id>,
    now: Millis,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO moderations (id, batch, comment_id, account_id, was, because, became, version, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        Id::new(now),
        batch,
        comment.id,
        account,
        comment.status.as_str(),
        comment.held_because,
        became.as_str(),
        version(comment),
        now
    ])?;
    Ok(())
}

/// Answers how many there were.
pub fn settle_reports(tx: &Transaction<'_>, comment: Id, batch: Id) -> Result<usize> {
    let sql = "UPDATE reports SET settled_by = ?2 WHERE comment_id = ?1 AND settled_by IS NULL";
    Ok(tx.prepare_cached(sql)?.execute([comment, batch])?)
}

/// One step of a batch.
pub struct Past {
    pub id: Id,
    pub comment: Id,
    pub was: Status,
    /// Why it was held or spam then.
    pub because: String,
    pub became: Status,
    /// Which text it was done to; 0 where that is not known any more.
    pub version: Millis,
}

/// What a batch did and nobody undid, at most `limit` steps.
pub fn open_actions(connection: &Connection, batch: Id, limit: u32) -> Result<Vec<Past>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, comment_id, was, because, became, version FROM moderations WHERE batch = ?1 AND NOT undone LIMIT ?2",
    )?;
    let actions = statement.query_map(params![batch, limit], |row| {
        Ok(Past {
            id: row.get(0)?,
            comment: row.get(1)?,
            was: status(row, 2)?,
            because: row.get(3)?,
            became: status(row, 4)?,
            version: row.get(5)?,
        })
    })?;
    Ok(actions.collect::<rusqlite::Result<_>>()?)
}

pub fn close_action(tx: &Transaction<'_>, id: Id) -> Result<()> {
    tx.prepare_cached("UPDATE moderations SET undone = 1 WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Reports that a batch had settled are open again; answers of which comments.
pub fn reopen_reports(tx: &Transaction<'_>, batch: Id) -> Result<Vec<Id>> {
    let mut statement =
        tx.prepare_cached("UPDATE reports SET settled_by = NULL WHERE settled_by = ?1 RETURNING comment_id")?;
    let comments = statement.query_map([batch], |row| row.get(0))?;
    Ok(comments.collect::<rusqlite::Result<_>>()?)
}

pub fn batch(connection: &Connection, id: Id) -> Result<Option<Batch>> {
    let mut statement = connection.prepare_cached(
        "SELECT became, count(*), min(undone) FROM moderations WHERE batch = ?1 GROUP BY became",
    )?;
    let found = statement.query_row([id], |row| {
        Ok(Batch { id, became: status(row, 0)?, count: row.get(1)?, undone: row.get(2)? })
    });
    Ok(found.optional()?)
}

/// The sites whose comments a batch changed.
pub fn sites_of_batch(connection: &Connection, id: Id) -> Result<Vec<Id>> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT c.site_id FROM moderations m JOIN comments c ON c.id = m.comment_id WHERE m.batch = ?1",
    )?;
    let sites = statement.query_map([id], |row| row.get(0))?;
    Ok(sites.collect::<rusqlite::Result<_>>()?)
}

/// A comment's reports, oldest first.
pub fn reports(connection: &Connection, comment: Id) -> Result<Vec<Report>> {
    let mut statement = connection.prepare_cached(
        "SELECT reason, at, settled_by IS NOT NULL FROM reports WHERE comment_id = ?1 ORDER BY at",
    )?;
    let reports = statement.query_map([comment], |row| {
        Ok(Report { reason: row.get(0)?, at: row.get(1)?, settled: row.get(2)? })
    })?;
    Ok(reports.collect::<rusqlite::Result<_>>()?)
}

pub fn history(connection: &Connection, comment: Id) -> Result<Vec<Action>> {
    let mut statement = connection.prepare_cached(
        "SELECT m.was, m.became, coalesce(a.name, ''), m.at, m.undone
         FROM moderations m LEFT JOIN accounts a ON a.id = m.account_id WHERE m.comment_id = ?1 ORDER BY m.id DESC",
    )?;
    let actions = statement.query_map([comment], |row| {
        Ok(Action {
            was: row.get(0)?,
            became: row.get(1)?,
            by: row.get(2)?,
            at: row.get(3)?,
            undone: row.get(4)?,
        })
    })?;
    Ok(actions.collect::<rusqlite::Result<_>>()?)
}

/// Deleted comments whose text is still there, and whose last change was before `moment`.
pub fn deleted_before(connection: &Connection, moment: Millis) -> Result<Vec<Id>> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM comments WHERE status = 'deleted' AND body <> ''
           AND coalesce((SELECT max(at) FROM moderations WHERE comment_id = comments.id), created_at) < ?1",
    )?;
    let ids = statement.query_map([moment], |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}
