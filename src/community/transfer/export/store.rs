//! What exports read, row by row, as their records have it.

use std::collections::{BTreeSet, HashSet};

use rusqlite::{Connection, OptionalExtension, Row};

use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::record::{Author, Comment, Report, Thread, Version, Vote};
use crate::community::moderation::record::Record as Action;
use crate::community::sites::record::Record as Site;
use crate::community::users::record::{Account, Guest};

/// A site with the id that its rows carry.
pub struct KeyedSite {
    pub id: Id,
    pub record: Site,
}

/// All sites by key, those too that were removed and can still be brought back.
pub fn sites(connection: &Connection) -> Result<Vec<KeyedSite>> {
    let mut statement = connection.prepare(
        "SELECT id, key, name, moderation, sort, display_depth, edit_window, max_length, images, avatars,
                blocked_words, close_after, theme, accent, created_at, removed_at FROM sites ORDER BY key",
    )?;
    let sites = statement.query_map([], site)?.collect::<rusqlite::Result<Vec<_>>>()?;
    let sql = "SELECT origin FROM site_origins WHERE site_id = ?1 ORDER BY position";
    let mut origins = connection.prepare(sql)?;
    sites
        .into_iter()
        .map(|mut site| {
            let found = origins.query_map([site.id], |row| row.get(0))?;
            site.record.origins = found.collect::<rusqlite::Result<_>>()?;
            Ok(site)
        })
        .collect()
}

fn site(row: &Row<'_>) -> rusqlite::Result<KeyedSite> {
    let record = Site {
        key: row.get(1)?,
        name: row.get(2)?,
        origins: Vec::new(),
        moderation: row.get(3)?,
        sort: row.get(4)?,
        display_depth: row.get(5)?,
        edit_window: row.get(6)?,
        max_length: row.get(7)?,
        images: row.get(8)?,
        avatars: row.get(9)?,
        blocked_words: row.get(10)?,
        close_after: row.get(11)?,
        theme: row.get(12)?,
        accent: row.get(13)?,
        created_at: row.get(14)?,
        removed_at: row.get(15)?,
    };
    Ok(KeyedSite { id: row.get(0)?, record })
}

/// The sites on which these comments stand.
pub fn sites_of(connection: &Connection, comments: &HashSet<Id>) -> Result<HashSet<Id>> {
    let mut statement = connection.prepare("SELECT site_id FROM comments WHERE id = ?1")?;
    let mut sites = HashSet::new();
    for comment in comments {
        sites.extend(statement.query_row([comment], |row| row.get::<_, Id>(0)).optional()?);
    }
    Ok(sites)
}

/// When the first comment of a thread was written.
pub fn first_written(connection: &Connection, thread: Id) -> Result<Option<Millis>> {
    let sql = "SELECT min(created_at) FROM comments WHERE thread_id = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([thread], |row| row.get(0))?)
}

/// How many comments a site has.
pub fn count(connection: &Connection, site: Id) -> Result<u64> {
    let sql = "SELECT count(*) FROM comments WHERE site_id = ?1";
    Ok(connection.query_row(sql, [site], |row| row.get::<_, i64>(0))?.unsigned_abs())
}

/// Those who wrote signed in on one of these sites, or decided something there; by address.
pub fn accounts(connection: &Connection, sites: &[KeyedSite]) -> Result<Vec<Account>> {
    let mut statement = connection.prepare(
        "SELECT DISTINCT account_id, site_id FROM comments WHERE account_id IS NOT NULL
         UNION SELECT m.account_id, c.site_id FROM moderations m JOIN comments c ON c.id = m.comment_id
               WHERE m.account_id IS NOT NULL",
    )?;
    let pairs = statement.query_map([], |row| Ok((row.get::<_, Id>(0)?, row.get::<_, Id>(1)?)))?;
    let mut active = HashSet::new();
    for pair in pairs {
        let (account, site) = pair?;
        if sites.iter().any(|known| known.id == site) {
            active.insert(account);
        }
    }
    let mut statement =
        connection.prepare("SELECT id, email, name FROM accounts ORDER BY email COLLATE BINARY")?;
    let accounts = statement
        .query_map([], |row| Ok((row.get::<_, Id>(0)?, Account { email: row.get(1)?, name: row.get(2)? })))?;
    let accounts = accounts.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(accounts.into_iter().filter(|(id, _)| active.contains(id)).map(|(_, account)| account).collect())
}

/// Hands out the guests of a site in the order of their ids.
pub fn each_guest(
    connection: &Connection,
    site: Id,
    take: &mut dyn FnMut(Guest) -> Result<()>,
) -> Result<()> {
    let mut statement = connection.prepare(
        "SELECT id, name, email, email_verified, url, created_at, source, source_id
         FROM guests WHERE site_id = ?1 ORDER BY id",
    )?;
    let mut rows = statement.query([site])?;
    while let Some(row) = rows.next()? {
        take(Guest {
            id: row.get(0)?,
            name: row.get(1)?,
            email: row.get(2)?,
            email_verified: row.get(3)?,
            url: row.get(4)?,
            created_at: row.get(5)?,
            source: row.get(6)?,
            source_id: row.get(7)?,
        })?;
    }
    Ok(())
}

/// The threads of a site.
pub fn threads(connection: &Connection, site: Id) -> Result<Vec<Id>> {
    let mut statement = connection.prepare("SELECT id FROM threads WHERE site_id = ?1 ORDER BY id")?;
    let ids = statement.query_map([site], |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// The threads of a site in which one of these comments stands.
pub fn threads_of(connection: &Connection, site: Id, comments: &HashSet<Id>) -> Result<Vec<Id>> {
    let mut statement =
        connection.prepare("SELECT thread_id FROM comments WHERE id = ?1 AND site_id = ?2")?;
    let mut threads = BTreeSet::new();
    for comment in comments {
        threads.extend(statement.query_row([comment, &site], |row| row.get::<_, Id>(0)).optional()?);
    }
    Ok(threads.into_iter().collect())
}

pub fn thread(connection: &Connection, id: Id) -> Result<Thread> {
    let mut statement = connection.prepare_cached(
        "SELECT id, page, url, title, locked, held, close_after, created_at FROM threads WHERE id = ?1",
    )?;
    let mut thread = statement.query_row([id], |row| {
        Ok(Thread {
            id: row.get(0)?,
            page: row.get(1)?,
            url: row.get(2)?,
            title: row.get(3)?,
            locked: row.get(4)?,
            held: row.get(5)?,
            close_after: row.get(6)?,
            created_at: row.get(7)?,
            aliases: Vec::new(),
        })
    })?;
    let mut aliases = connection.prepare_cached(
        "SELECT a.page FROM threads t JOIN thread_aliases a ON a.site_id = t.site_id AND a.thread_id = t.id
         WHERE t.id = ?1 ORDER BY a.page",
    )?;
    let found = aliases.query_map([id], |row| row.get(0))?;
    thread.aliases = found.collect::<rusqlite::Result<_>>()?;
    Ok(thread)
}

/// Whether a thread has a comment of any status.
pub fn any_comment(connection: &Connection, thread: Id) -> Result<bool> {
    let mut statement =
        connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM comments WHERE thread_id = ?1)")?;
    Ok(statement.query_row([thread], |row| row.get(0))?)
}

/// One conversation after the other by the id of what started it; in each, what is replied to stands before
/// its replies. Walks two indexes, and sorts nothing.
pub const IN_ORDER: &str =
    "SELECT c.id, c.thread_id, c.parent_id, c.guest_id, a.email, c.author_name, c.author_email, c.author_url,
            c.format, c.body, c.html, c.status, c.held_because, c.findings, c.pinned, c.up, c.down, c.page_url,
            c.page_title, c.created_at, c.edited_at, c.source, c.source_id
     FROM comments r CROSS JOIN comments c ON c.root_id = r.id LEFT JOIN accounts a ON a.id = c.account_id
     WHERE r.thread_id = ?1 AND r.parent_id IS NULL ORDER BY r.id, c.path";

/// Hands out the comments of a thread, see [`IN_ORDER`].
pub fn each_comment(
    connection: &Connection,
    thread: Id,
    take: &mut dyn FnMut(Comment) -> Result<()>,
) -> Result<()> {
    let mut statement = connection.prepare_cached(IN_ORDER)?;
    let mut rows = statement.query([thread])?;
    while let Some(row) = rows.next()? {
        take(comment(row)?)?;
    }
    Ok(())
}

fn comment(row: &Row<'_>) -> rusqlite::Result<Comment> {
    Ok(Comment {
        id: row.get(0)?,
        thread: row.get(1)?,
        parent: row.get(2)?,
        guest: row.get(3)?,
        account: row.get(4)?,
        author: Author { name: row.get(5)?, email: row.get(6)?, url: row.get(7)? },
        format: row.get(8)?,
        body: row.get(9)?,
        html: row.get(10)?,
        status: row.get(11)?,
        held_because: row.get(12)?,
        findings: row.get(13)?,
        pinned: row.get(14)?,
        up: row.get(15)?,
        down: row.get(16)?,
        page_url: row.get(17)?,
        page_title: row.get(18)?,
        created_at: row.get(19)?,
        edited_at: row.get(20)?,
        source: row.get(21)?,
        source_id: row.get(22)?,
    })
}

pub fn versions(connection: &Connection, comment: Id) -> Result<Vec<Version>> {
    let mut statement = connection.prepare_cached(
        "SELECT comment_id, written_at, body, html FROM comment_versions WHERE comment_id = ?1 ORDER BY written_at",
    )?;
    let versions = statement.query_map([comment], |row| {
        Ok(Version { comment: row.get(0)?, written_at: row.get(1)?, body: row.get(2)?, html: row.get(3)? })
    })?;
    Ok(versions.collect::<rusqlite::Result<_>>()?)
}

pub fn votes(connection: &Connection, comment: Id) -> Result<Vec<Vote>> {
    let mut statement = connection.prepare_cached(
        "SELECT comment_id, guest_id, value, at FROM votes WHERE comment_id = ?1 AND NOT shadow ORDER BY guest_id",
    )?;
    let votes = statement.query_map([comment], |row| {
        Ok(Vote { comment: row.get(0)?, guest: row.get(1)?, value: row.get(2)?, at: row.get(3)? })
    })?;
    Ok(votes.collect::<rusqlite::Result<_>>()?)
}

pub fn reports(connection: &Connection, comment: Id) -> Result<Vec<Report>> {
    let mut statement = connection.prepare_cached(
        "SELECT comment_id, reason, at, settled_by FROM reports WHERE comment_id = ?1 ORDER BY at, reason, settled_by",
    )?;
    let reports = statement.query_map([comment], |row| {
        Ok(Report { comment: row.get(0)?, reason: row.get(1)?, at: row.get(2)?, settled_by: row.get(3)? })
    })?;
    Ok(reports.collect::<rusqlite::Result<_>>()?)
}

pub fn actions(connection: &Connection, comment: Id) -> Result<Vec<Action>> {
    let mut statement = connection.prepare_cached(
        "SELECT m.id, m.comment_id, m.batch, a.email, m.was, m.because, m.became, m.undone, m.at
         FROM moderations m LEFT JOIN accounts a ON a.id = m.account_id WHERE m.comment_id = ?1 ORDER BY m.id",
    )?;
    let actions = statement.query_map([comment], |row| {
        Ok(Action {
            id: row.get(0)?,
            comment: row.get(1)?,
            batch: row.get(2)?,
            account: row.get(3)?,
            was: row.get(4)?,
            because: row.get(5)?,
            became: row.get(6)?,
            undone: row.get(7)?,
            at: row.get(8)?,
        })
    })?;
    Ok(actions.collect::<rusqlite::Result<_>>()?)
}
