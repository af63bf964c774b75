use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::rank::wilson;
use crate::community::comments::record::{Comment, Place, Report, Thread, Version, Vote};

pub fn insert_thread(tx: &Transaction<'_>, site: Id, thread: &Thread) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO threads (id, site_id, page, url, title, locked, held, close_after, count, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9)",
    )?
    .execute(params![
        thread.id,
        site,
        thread.page,
        thread.url,
        thread.title,
        thread.locked,
        thread.held,
        thread.close_after,
        thread.created_at
    ])?;
    Ok(())
}

pub fn any_thread(connection: &Connection, site: Id) -> Result<bool> {
    let mut statement =
        connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM threads WHERE site_id = ?1)")?;
    Ok(statement.query_row([site], |row| row.get(0))?)
}

pub fn site_of(connection: &Connection, comment: Id) -> Result<Option<Id>> {
    let mut statement = connection.prepare_cached("SELECT site_id FROM comments WHERE id = ?1")?;
    Ok(statement.query_row([comment], |row| row.get(0)).optional()?)
}

pub fn insert_comment(
    tx: &Transaction<'_>,
    comment: &Comment,
    place: Place,
    root: Id,
    depth: u32,
    path: &[u8],
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO comments (id, site_id, thread_id, parent_id, root_id, depth, path, guest_id, account_id,
                author_name, author_email, author_url, format, body, html, status, held_because, findings, pinned,
                up, down, rank, page_url, page_title, created_at, edited_at, source, source_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
                ?22, ?23, ?24, ?25, ?26, ?27, ?28)",
    )?
    .execute(params![
        comment.id,
        place.site,
        place.thread,
        place.parent,
        root,
        depth,
        path,
        place.guest,
        place.account,
        comment.author.name,
        comment.author.email,
        comment.author.url,
        comment.format,
        comment.body,
        comment.html,
        comment.status,
        comment.held_because,
        comment.findings,
        comment.pinned,
        comment.up,
        comment.down,
        wilson(comment.up, comment.down),
        comment.page_url,
        comment.page_title,
        comment.created_at,
        comment.edited_at,
        comment.source,
        comment.source_id,
    ])?;
    Ok(())
}

/// Adds to the number of published comments below one; answers what it replies to.
pub fn add_live_replies(tx: &Transaction<'_>, id: Id, more: i64) -> Result<Option<Id>> {
    let mut statement = tx.prepare_cached(
        "UPDATE comments SET live_replies = live_replies + ?2 WHERE id = ?1 RETURNING parent_id",
    )?;
    Ok(statement.query_row(params![id, more], |row| row.get(0)).optional()?.flatten())
}

pub fn insert_version(tx: &Transaction<'_>, version: &Version) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO comment_versions (comment_id, written_at, body, html) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![version.comment, version.written_at, version.body, version.html])?;
    Ok(())
}

/// Without an address: a hash is never empty, so this vote counts for none.
pub fn insert_vote(tx: &Transaction<'_>, vote: &Vote, guest: Id) -> Result<()> {
    tx.prepare_cached(
        "INSERT OR IGNORE INTO votes (comment_id, guest_id, value, address_hash, at) VALUES (?1, ?2, ?3, x'', ?4)",
    )?
    .execute(params![vote.comment, guest, vote.value, vote.at])?;
    Ok(())
}

pub fn insert_report(tx: &Transaction<'_>, report: &Report, address: &[u8]) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO reports (comment_id, address_hash, reason, at, settled_by) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![report.comment, address, report.reason, report.at, report.settled_by])?;
    Ok(())
}
