use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::{Comment, Format, Status};
use crate::web::access::Access;

/// In the order that [`comment`] reads.
pub const COLUMNS: &str = "c.id, c.thread_id, c.parent_id, c.root_id, c.depth, c.path, c.guest_id, c.account_id,
     c.author_name, c.author_email, c.author_url, c.format, c.body, c.html, c.status, c.held_because, c.pinned,
     c.up, c.down, c.live_replies, c.created_at, c.edited_at, c.site_id, c.source IS NOT NULL, c.findings";

pub fn comment(row: &Row<'_>) -> rusqlite::Result<Comment> {
    let format: String = row.get(11)?;
    let status: String = row.get(14)?;
    Ok(Comment {
        id: row.get(0)?,
        thread: row.get(1)?,
        parent: row.get(2)?,
        root: row.get(3)?,
        depth: row.get(4)?,
        path: row.get(5)?,
        guest: row.get(6)?,
        account: row.get(7)?,
        author_name: row.get(8)?,
        author_email: row.get(9)?,
        author_url: row.get(10)?,
        format: if format == "html" { Format::Html } else { Format::Markdown },
        body: row.get(12)?,
        html: row.get(13)?,
        // A status nobody knows is never shown.
        status: Status::parse(&status).unwrap_or(Status::Held),
        held_because: row.get(15)?,
        pinned: row.get(16)?,
        up: row.get(17)?,
        down: row.get(18)?,
        live_replies: row.get(19)?,
        created_at: row.get(20)?,
        edited_at: row.get(21)?,
        site: row.get(22)?,
        imported: row.get(23)?,
        findings: row.get(24)?,
    })
}

pub fn by_id(connection: &Connection, id: Id) -> Result<Option<Comment>> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM comments c WHERE c.id = ?1"))?;
    Ok(statement.query_row([id], comment).optional()?)
}

pub fn replies(connection: &Connection, parent: Id, limit: u32) -> Result<Vec<Comment>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM comments c WHERE c.parent_id = ?1 ORDER BY c.id LIMIT ?2"
    ))?;
    let found = statement.query_map(params![parent, limit], comment)?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Where an imported comment came from, and its id there.
pub type Source<'a> = (&'a str, &'a str);

/// What is stored with a comment and never read back as part of it.
#[derive(Default)]
pub struct Beside<'a> {
    pub rank: f64,
    pub address: Option<&'a [u8]>,
    /// The same, shortened.
    pub network: &'a str,
    pub page_url: &'a str,
    pub page_title: &'a str,
    pub source: Option<Source<'a>>,
}

pub fn insert(tx: &Transaction<'_>, comment: &Comment, beside: &Beside<'_>) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO comments (id, site_id, thread_id, parent_id, root_id, depth, path, guest_id, account_id,
                author_name, author_email, author_url, format, body, html, status, held_because, pinned, up, down,
                rank, address_hash, page_url, page_title, created_at, edited_at, source, source_id, network, findings)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
                ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30)",
    )?
    .execute(params![
        comment.id,
        comment.site,
        comment.thread,
        comment.parent,
        comment.root,
        comment.depth,
        comment.path,
        comment.guest,
        comment.account,
        comment.author_name,
        comment.author_email,
        comment.author_url,
        comment.format.as_str(),
        comment.body,
        comment.html,
        comment.status.as_str(),
        comment.held_because,
        comment.pinned,
        comment.up,
        comment.down,
        beside.rank,
        beside.address,
        beside.page_url,
        beside.page_title,
        comment.created_at,
        comment.edited_at,
        beside.source.map(|(name, _)| name),
        beside.source.map(|(_, id)| id),
        beside.network,
        comment.findings,
    ])?;
    Ok(())
}

pub fn exists(connection: &Connection, id: Id) -> Result<bool> {
    let mut statement = connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM comments WHERE id = ?1)")?;
    Ok(statement.query_row([id], |row| row.get(0))?)
}

pub fn set_text(tx: &Transaction<'_>, id: Id, body: &str, html: &str, edited_at: Millis) -> Result<()> {
    tx.prepare_cached("UPDATE comments SET body = ?2, html = ?3, edited_at = ?4 WHERE id = ?1")?
        .execute(params![id, body, html, edited_at])?;
    Ok(())
}

pub fn set_status(tx: &Transaction<'_>, id: Id, status: Status, because: &str) -> Result<()> {
    tx.prepare_cached("UPDATE comments SET status = ?2, held_because = ?3 WHERE id = ?1")?
        .execute(params![id, status.as_str(), because])?;
    Ok(())
}

/// Adds to the number of published comments below each ancestor, from the parent up.
pub fn add_live_replies(tx: &Transaction<'_>, mut parent: Option<Id>, change: i64) -> Result<()> {
    let mut statement = tx.prepare_cached(
        "UPDATE comments SET live_replies = max(0, live_replies + ?2) WHERE id = ?1 RETURNING parent_id",
    )?;
    while let Some(id) = parent {
        parent = statement.query_row(params![id, change], |row| row.get(0)).optional()?.flatten();
    }
    Ok(())
}

/// Takes away everything a person wrote or said of themselves, and leaves the place.
pub fn blank(tx: &Transaction<'_>, id: Id) -> Result<()> {
    tx.prepare_cached(
        "UPDATE comments SET body = '', html = '', author_name = '', author_email = '', author_url = '',
                guest_id = NULL, address_hash = NULL, network = '', findings = '', page_url = '', page_title = ''
         WHERE id = ?1",
    )?
    .execute([id])?;
    Ok(())
}

pub fn set_findings(tx: &Transaction<'_>, id: Id, findings: &str) -> Result<()> {
    tx.prepare_cached("UPDATE comments SET findings = ?2 WHERE id = ?1")?.execute(params![id, findings])?;
    Ok(())
}

/// The address's hash and the network that a comment was sent from, as far as they are kept.
pub fn sent_from(connection: &Connection, id: Id) -> Result<(Option<Vec<u8>>, String)> {
    let mut statement =
        connection.prepare_cached("SELECT address_hash, network FROM comments WHERE id = ?1")?;
    Ok(statement.query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

pub fn set_owner(tx: &Transaction<'_>, id: Id, guest: Option<Id>, account: Option<Id>) -> Result<()> {
    tx.execute(
        "UPDATE comments SET guest_id = ?2, account_id = ?3 WHERE id = ?1",
        params![id, guest, account],
    )?;
    Ok(())
}

pub fn set_pinned(tx: &Transaction<'_>, id: Id, pinned: bool) -> Result<()> {
    tx.execute("UPDATE comments SET pinned = ?2 WHERE id = ?1", params![id, pinned])?;
    Ok(())
}

/// Whether the guest has a published comment other than `except`.
pub fn has_published(connection: &Connection, guest: Id, except: Option<Id>) -> Result<bool> {
    let mut statement = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM comments WHERE guest_id = ?1 AND status = 'published' AND id IS NOT ?2)",
    )?;
    Ok(statement.query_row(params![guest, except], |row| row.get(0))?)
}

pub fn any_of_guest(connection: &Connection, guest: Id) -> Result<bool> {
    let mut statement =
        connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM comments WHERE guest_id = ?1)")?;
    Ok(statement.query_row([guest], |row| row.get(0))?)
}

pub fn of_guest_in_thread(connection: &Connection, thread: Id, guest: Id) -> Result<Vec<Comment>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM comments c WHERE c.guest_id = ?2 AND c.thread_id = ?1 AND c.status <> 'deleted' ORDER BY c.id"
    ))?;
    let found = statement.query_map(params![thread, guest], comment)?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

pub fn count_held(connection: &Connection, access: &Access) -> Result<i64> {
    let Access::Sites(sites) = access else {
        let mut statement = connection.prepare_cached(
            "SELECT count(*) FROM comments
             WHERE status = 'held' AND site_id IN (SELECT id FROM sites WHERE removed_at IS NULL)",
        )?;
        return Ok(statement.query_row([], |row| row.get(0))?);
    };
    let mut statement =
        connection.prepare_cached("SELECT count(*) FROM comments WHERE site_id = ?1 AND status = 'held'")?;
    let mut count = |site: &Id| statement.query_row([site], |row| row.get::<_, i64>(0));
    Ok(sites.iter().map(&mut count).sum::<rusqlite::Result<_>>()?)
}

/// Published, held and spam of the same guest, else of the same account, else of nobody.
pub fn by_same_person(connection: &Connection, comment: &Comment) -> Result<(i64, i64, i64)> {
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(sum(status = 'published'), 0), coalesce(sum(status = 'held'), 0), coalesce(sum(status = 'spam'), 0)
         FROM comments WHERE (guest_id = ?1 OR (?1 IS NULL AND account_id = ?2)) AND +site_id = ?3",
    )?;
    Ok(statement.query_row(params![comment.guest, comment.account, comment.site], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?)
}

/// The newest of the same guest, else of the same account, on the same site, except the comment itself.
pub fn latest_of_person(connection: &Connection, comment: &Comment, limit: u32) -> Result<Vec<Comment>> {
    let (column, person) = match (comment.guest, comment.account) {
        (Some(guest), _) => ("guest_id", guest),
        (None, Some(account)) => ("account_id", account),
        (None, None) => return Ok(Vec::new()),
    };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM comments c WHERE c.{column} = ?1 AND c.id <> ?2 AND +c.site_id = ?4 AND c.body <> ''
         ORDER BY c.id DESC LIMIT ?3"
    ))?;
    let found = statement.query_map(params![person, comment.id, limit, comment.site], self::comment)?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

pub fn by_source(connection: &Connection, site: Id, source: Source<'_>) -> Result<Option<Id>> {
    let mut statement = connection
        .prepare_cached("SELECT id FROM comments WHERE source = ?2 AND source_id = ?3 AND site_id = ?1")?;
    Ok(statement.query_row(params![site, source.0, source.1], |row| row.get(0)).optional()?)
}

/// The newest published comments of a site.
pub fn newest_of_site(connection: &Connection, site: Id, limit: u32) -> Result<Vec<Comment>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM comments c WHERE c.site_id = ?1 AND c.status = 'published' ORDER BY c.id DESC LIMIT ?2"
    ))?;
    let found = statement.query_map(params![site, limit], comment)?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// The newest published comments of a thread.
pub fn newest_of_thread(connection: &Connection, thread: Id, limit: u32) -> Result<Vec<Comment>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM comments c WHERE c.thread_id = ?1 AND c.status = 'published' ORDER BY c.id DESC LIMIT ?2"
    ))?;
    let found = statement.query_map(params![thread, limit], comment)?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// The comment that was answered to this key before, and a fingerprint of what was asked.
pub fn idempotent(connection: &Connection, scope: &str, key: &str) -> Result<Option<(Id, Vec<u8>)>> {
    let mut statement = connection
        .prepare_cached("SELECT comment_id, fingerprint FROM idempotency WHERE scope = ?1 AND key = ?2")?;
    Ok(statement.query_row([scope, key], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

pub fn remember_idempotent(
    tx: &Transaction<'_>,
    (scope, key): (&str, &str),
    fingerprint: &[u8],
    comment: Id,
    now: Millis,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO idempotency (scope, key, fingerprint, comment_id, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![scope, key, fingerprint, comment, now])?;
    Ok(())
}

pub fn forget_idempotent_before(tx: &Transaction<'_>, moment: Millis) -> Result<usize> {
    Ok(tx.execute("DELETE FROM idempotency WHERE created_at < ?1", [moment])?)
}
