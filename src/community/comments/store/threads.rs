use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::threads::Thread;

pub const COLUMNS: &str = "t.id, t.site_id, t.page, t.url, t.title, t.locked, t.count, t.created_at";

/// Reads [`COLUMNS`].
pub fn thread(row: &Row<'_>) -> rusqlite::Result<Thread> {
    Ok(Thread {
        id: row.get(0)?,
        site: row.get(1)?,
        page: row.get(2)?,
        url: row.get(3)?,
        title: row.get(4)?,
        locked: row.get(5)?,
        count: row.get(6)?,
        created_at: row.get(7)?,
    })
}

pub fn by_id(connection: &Connection, id: Id) -> Result<Option<Thread>> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM threads t WHERE t.id = ?1"))?;
    Ok(statement.query_row([id], thread).optional()?)
}

/// By its own key, else by an alias.
pub fn by_page(connection: &Connection, site: Id, page: &str) -> Result<Option<Thread>> {
    let mut own = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM threads t WHERE t.site_id = ?1 AND t.page = ?2"))?;
    if let Some(found) = own.query_row(params![site, page], thread).optional()? {
        return Ok(Some(found));
    }
    let mut alias = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM thread_aliases a JOIN threads t ON t.id = a.thread_id WHERE a.site_id = ?1 AND a.page = ?2"
    ))?;
    Ok(alias.query_row(params![site, page], thread).optional()?)
}

pub fn insert(tx: &Transaction<'_>, thread: &Thread) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO threads (id, site_id, page, url, title, locked, count, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7)",
    )?
    .execute(params![
        thread.id,
        thread.site,
        thread.page,
        thread.url,
        thread.title,
        thread.locked,
        thread.created_at
    ])?;
    Ok(())
}

/// Fills what is empty of a thread's address and title with what a comment's sender said of them.
pub fn describe_by(tx: &Transaction<'_>, id: Id, comment: Id) -> Result<()> {
    tx.prepare_cached(
        "UPDATE threads SET url = iif(threads.url = '', c.page_url, threads.url),
                title = iif(threads.title = '', c.page_title, threads.title)
         FROM comments c WHERE c.id = ?2 AND threads.id = ?1 AND (threads.url = '' OR threads.title = '')",
    )?
    .execute([id, comment])?;
    Ok(())
}

/// Whether readers see anything in it.
pub fn has_shown(connection: &Connection, id: Id) -> Result<bool> {
    let mut statement = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM comments WHERE thread_id = ?1 AND parent_id IS NULL AND shown)",
    )?;
    Ok(statement.query_row([id], |row| row.get(0))?)
}

pub fn set_locked(tx: &Transaction<'_>, id: Id, locked: bool) -> Result<()> {
    tx.execute("UPDATE threads SET locked = ?2 WHERE id = ?1", params![id, locked])?;
    Ok(())
}

pub fn add_count(tx: &Transaction<'_>, id: Id, change: i64) -> Result<()> {
    tx.prepare_cached("UPDATE threads SET count = max(0, count + ?2) WHERE id = ?1")?
        .execute(params![id, change])?;
    Ok(())
}

pub fn insert_alias(tx: &Transaction<'_>, site: Id, page: &str, id: Id) -> Result<()> {
    tx.prepare_cached("INSERT OR IGNORE INTO thread_aliases (site_id, page, thread_id) VALUES (?1, ?2, ?3)")?
        .execute(params![site, page, id])?;
    Ok(())
}

/// Published and held comments of each site that has any.
pub fn counts_by_site(connection: &Connection) -> Result<HashMap<Id, (i64, i64)>> {
    let mut statement = connection.prepare_cached(
        "SELECT t.site_id, sum(t.count), coalesce(h.held, 0) FROM threads t
         LEFT JOIN (SELECT site_id, count(*) AS held FROM comments WHERE status = 'held' GROUP BY site_id) h
           ON h.site_id = t.site_id
         GROUP BY t.site_id",
    )?;
    let counts = statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
    Ok(counts.collect::<rusqlite::Result<_>>()?)
}
