use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::Status;
use crate::community::comments::threads::{Tally, Thread};

/// In the order that [`thread`] reads.
pub const COLUMNS: &str =
    "t.id, t.site_id, t.page, t.url, t.title, t.locked, t.held, t.close_after, t.count, t.oldest,
     t.newest, t.created_at";

pub fn thread(row: &Row<'_>) -> rusqlite::Result<Thread> {
    Ok(Thread {
        id: row.get(0)?,
        site: row.get(1)?,
        page: row.get(2)?,
        url: row.get(3)?,
        title: row.get(4)?,
        locked: row.get(5)?,
        held: row.get(6)?,
        close_after: row.get(7)?,
        count: row.get(8)?,
        oldest: some(row.get(9)?),
        newest: some(row.get(10)?),
        created_at: row.get(11)?,
    })
}

fn some(id: Id) -> Option<Id> {
    Some(id).filter(|id| id.0 != 0)
}

/// By its own id, else by that of one that was merged into it.
pub fn by_id(connection: &Connection, id: Id) -> Result<Option<Thread>> {
    let mut own = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM threads t WHERE t.id = ?1"))?;
    if let Some(found) = own.query_row([id], thread).optional()? {
        return Ok(Some(found));
    }
    let mut merged = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM thread_merges m JOIN threads t ON t.id = m.into_id WHERE m.thread_id = ?1"
    ))?;
    Ok(merged.query_row([id], thread).optional()?)
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

/// Adds to the number of published comments, and looks again which are the first and the last.
pub fn add_count(tx: &Transaction<'_>, id: Id, change: i64) -> Result<()> {
    tx.prepare_cached(
        "UPDATE threads SET count = max(0, count + ?2),
                oldest = coalesce((SELECT min(id) FROM comments WHERE thread_id = ?1 AND status = 'published'), 0),
                newest = coalesce((SELECT max(id) FROM comments WHERE thread_id = ?1 AND status = 'published'), 0)
         WHERE id = ?1",
    )?
    .execute(params![id, change])?;
    Ok(())
}

pub fn set_created_at(tx: &Transaction<'_>, id: Id, moment: Millis) -> Result<()> {
    tx.prepare_cached("UPDATE threads SET created_at = ?2 WHERE id = ?1")?.execute(params![id, moment])?;
    Ok(())
}

pub fn set_held(tx: &Transaction<'_>, id: Id, held: bool) -> Result<()> {
    tx.execute("UPDATE threads SET held = ?2 WHERE id = ?1", params![id, held])?;
    Ok(())
}

pub fn set_title(tx: &Transaction<'_>, id: Id, title: &str) -> Result<()> {
    tx.execute("UPDATE threads SET title = ?2 WHERE id = ?1", params![id, title])?;
    Ok(())
}

pub fn set_close_after(tx: &Transaction<'_>, id: Id, days: Option<u32>) -> Result<()> {
    tx.execute("UPDATE threads SET close_after = ?2 WHERE id = ?1", params![id, days])?;
    Ok(())
}

pub fn set_page(tx: &Transaction<'_>, id: Id, page: &str, url: &str) -> Result<()> {
    tx.execute("UPDATE threads SET page = ?2, url = ?3 WHERE id = ?1", params![id, page, url])?;
    Ok(())
}

pub fn aliases(connection: &Connection, id: Id) -> Result<Vec<String>> {
    let mut statement =
        connection.prepare_cached("SELECT page FROM thread_aliases WHERE thread_id = ?1 ORDER BY page")?;
    let pages = statement.query_map([id], |row| row.get(0))?;
    Ok(pages.collect::<rusqlite::Result<_>>()?)
}

/// Answers whether it was there.
pub fn delete_alias(tx: &Transaction<'_>, id: Id, page: &str) -> Result<bool> {
    Ok(tx.execute("DELETE FROM thread_aliases WHERE thread_id = ?1 AND page = ?2", params![id, page])? > 0)
}

/// Comments by status.
pub fn tally(connection: &Connection, id: Id) -> Result<Tally> {
    let mut statement = connection
        .prepare_cached("SELECT status, count(*) FROM comments WHERE thread_id = ?1 GROUP BY status")?;
    let mut tally = Tally::default();
    let mut rows = statement.query([id])?;
    while let Some(row) = rows.next()? {
        let (status, count): (String, i64) = (row.get(0)?, row.get(1)?);
        match Status::parse(&status) {
            Some(Status::Published) => tally.published = count,
            Some(Status::Spam) => tally.spam = count,
            Some(Status::Deleted) => tally.deleted = count,
            Some(Status::Held) | None => tally.held += count,
        }
    }
    Ok(tally)
}

/// Every comment of one thread to another; answers which, the newest first.
pub fn move_all(tx: &Transaction<'_>, from: Id, into: Id) -> Result<Vec<Id>> {
    let mut statement =
        tx.prepare_cached("UPDATE comments SET thread_id = ?2 WHERE thread_id = ?1 RETURNING id")?;
    let moved = statement.query_map([from, into], |row| row.get(0))?;
    let mut moved = moved.collect::<rusqlite::Result<Vec<Id>>>()?;
    moved.sort_unstable_by(|a, b| b.cmp(a));
    Ok(moved)
}

/// The counts and keys of a thread whose comments are there already; address and title where there are none.
pub fn take_over(tx: &Transaction<'_>, from: &Thread, into: Id) -> Result<()> {
    add_count(tx, into, i64::from(from.count))?;
    tx.execute(
        "UPDATE threads SET url = iif(url = '', ?2, url), title = iif(title = '', ?3, title) WHERE id = ?1",
        params![into, from.url, from.title],
    )?;
    tx.execute("UPDATE thread_aliases SET thread_id = ?2 WHERE thread_id = ?1", [from.id, into])?;
    insert_alias(tx, from.site, &from.page, into)
}

/// From now on the one leads to the other, and so do those that led to the one.
pub fn leave_redirect(tx: &Transaction<'_>, from: Id, into: Id, now: Millis) -> Result<()> {
    tx.execute("UPDATE thread_merges SET into_id = ?2 WHERE into_id = ?1", [from, into])?;
    tx.execute(
        "INSERT INTO thread_merges (thread_id, into_id, at) VALUES (?1, ?2, ?3)",
        params![from, into, now],
    )?;
    Ok(())
}

pub fn delete(tx: &Transaction<'_>, id: Id) -> Result<()> {
    tx.execute("DELETE FROM threads WHERE id = ?1", [id])?;
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
