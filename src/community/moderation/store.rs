use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::{Batch, Filter};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::{Comment, Status};
use crate::web::access::Access;

/// A reader's report.
pub struct Report {
    pub reason: String,
    pub at: Millis,
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
    account: Id,
    now: Millis,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO moderations (id, batch, comment_id, account_id, was, because, became, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        Id::new(now),
        batch,
        comment.id,
        account,
        comment.status.as_str(),
        comment.held_because,
        became.as_str(),
        now
    ])?;
    Ok(())
}

pub fn settle_reports(tx: &Transaction<'_>, comment: Id, batch: Id) -> Result<()> {
    tx.prepare_cached("UPDATE reports SET settled_by = ?2 WHERE comment_id = ?1 AND settled_by IS NULL")?
        .execute([comment, batch])?;
    Ok(())
}

/// One step of a batch.
pub struct Past {
    pub comment: Id,
    pub was: Status,
    /// Why it was held or spam then.
    pub because: String,
    pub became: Status,
}

/// What a batch did and nobody undid.
pub fn open_actions(connection: &Connection, batch: Id) -> Result<Vec<Past>> {
    let mut statement = connection.prepare_cached(
        "SELECT comment_id, was, because, became FROM moderations WHERE batch = ?1 AND NOT undone",
    )?;
    let actions = statement.query_map([batch], |row| {
        Ok(Past { comment: row.get(0)?, was: status(row, 1)?, because: row.get(2)?, became: status(row, 3)? })
    })?;
    Ok(actions.collect::<rusqlite::Result<_>>()?)
}

pub fn close_batch(tx: &Transaction<'_>, batch: Id) -> Result<()> {
    tx.execute("UPDATE moderations SET undone = 1 WHERE batch = ?1", [batch])?;
    tx.execute("UPDATE reports SET settled_by = NULL WHERE settled_by = ?1", [batch])?;
    Ok(())
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

const fn condition(filter: Filter) -> &'static str {
    match filter {
        Filter::Held => "status = 'held'",
        Filter::Spam => "status = 'spam'",
        Filter::Reported => {
            "status = 'published' AND id IN (SELECT comment_id FROM reports WHERE settled_by IS NULL)"
        }
        Filter::All => "body <> ''",
    }
}

/// A condition that is there only when it is needed leaves the planner its index.
const fn of_site(site: Option<Id>) -> &'static str {
    if site.is_some() { "site_id = ?1" } else { "?1 IS NULL" }
}

/// Each site walks its own index; the newest of all are taken.
pub fn queue(
    connection: &Connection,
    filter: Filter,
    access: &Access,
    before: Option<Id>,
    limit: u32,
) -> Result<Vec<Id>> {
    let Access::Sites(sites) = access else {
        return queue_of(connection, filter, None, before, limit);
    };
    let of_each = sites.iter().map(|site| queue_of(connection, filter, Some(*site), before, limit));
    let mut ids = of_each.collect::<Result<Vec<_>>>()?.concat();
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.truncate(limit as usize);
    Ok(ids)
}

fn queue_of(
    connection: &Connection,
    filter: Filter,
    site: Option<Id>,
    before: Option<Id>,
    limit: u32,
) -> Result<Vec<Id>> {
    let before = before.unwrap_or(Id(i64::MAX));
    let mut statement = connection.prepare_cached(&format!(
        "SELECT id FROM comments WHERE {} AND {} AND id < ?2 ORDER BY id DESC LIMIT ?3",
        of_site(site),
        condition(filter)
    ))?;
    let ids = statement.query_map(params![site, before, limit], |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

pub fn count(connection: &Connection, filter: Filter, access: &Access) -> Result<i64> {
    match access {
        Access::Everything => count_of(connection, filter, None),
        Access::Sites(sites) => sites.iter().map(|site| count_of(connection, filter, Some(*site))).sum(),
    }
}

fn count_of(connection: &Connection, filter: Filter, site: Option<Id>) -> Result<i64> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT count(*) FROM comments WHERE {} AND {}",
        of_site(site),
        condition(filter)
    ))?;
    Ok(statement.query_row([site], |row| row.get(0))?)
}

pub fn open_reports(connection: &Connection, comment: Id) -> Result<Vec<Report>> {
    let mut statement = connection.prepare_cached(
        "SELECT reason, at FROM reports WHERE comment_id = ?1 AND settled_by IS NULL ORDER BY at",
    )?;
    let reports =
        statement.query_map([comment], |row| Ok(Report { reason: row.get(0)?, at: row.get(1)? }))?;
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
