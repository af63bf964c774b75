//! What comes out of the staging file once it is sorted, and what is noted in it while that is written.

use rusqlite::{OptionalExtension, Row, params};

use super::Staging;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::{Format as BodyFormat, Status};
use crate::community::transfer::report::{Preview, Skipped};

/// A page that comments are about to be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub number: i64,
    pub key: String,
    pub url: String,
    pub title: String,
    pub closed: bool,
    /// When its first comment was written.
    pub begun: Option<Millis>,
    pub aliases: Vec<String>,
}

/// A comment that is ready to be written.
#[derive(Debug, Clone)]
pub struct Ready {
    pub seq: i64,
    pub mark: Mark,
    pub source_id: String,
    /// The page's number, and the thread it became once it was written to.
    pub number: i64,
    pub thread: Option<Id>,
    /// What it stands under, and which comment that became once it was written.
    pub above: Option<i64>,
    pub parent: Option<Id>,
    pub author_id: String,
    pub author_name: String,
    pub author_email: String,
    pub email_verified: bool,
    pub author_url: String,
    pub format: BodyFormat,
    pub body: String,
    pub status: Status,
    pub created_at: Millis,
    pub edited_at: Option<Millis>,
    pub up: u32,
    pub down: u32,
    pub pinned: bool,
}

/// A comment's place in the order of writing: conversation by conversation, the oldest first; in each, chains of
/// first replies as a whole, the one that begins at the top first. So a parent always stands before its replies, and
/// what is written at once has few comments above it that must be counted, however deep it goes.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    root_at: Millis,
    root: i64,
    path_level: u32,
    path: i64,
    level: u32,
}

impl Mark {
    /// Before all others.
    pub const FIRST: Self = Self { root_at: Millis(i64::MIN), root: 0, path_level: 0, path: 0, level: 0 };
}

/// Figures for the report.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub read: u64,
    pub skipped: u64,
    pub kept: u64,
    pub pages: u64,
    pub merged: u64,
    pub moved: u64,
    pub held: u64,
    pub spam: u64,
    pub deleted: u64,
}

impl Staging {
    /// The next comments in the order of writing: at most `count`, and few when they are long.
    pub fn batch(&self, from: Mark, count: usize, bytes: usize) -> Result<Vec<Ready>> {
        let sql = "SELECT c.seq, c.source_id, c.number, g.real_id, a.real_id, t.author_name, t.author_email, t.author_url,
                          t.format, t.body, c.status, c.created_at, t.edited_at, t.up, t.down, t.author_id, t.email_verified, t.pinned,
                          c.above, c.root_at, c.root, c.path_level, c.path, c.level, c.written_at
                   FROM comments c CROSS JOIN texts t ON t.seq = c.seq JOIN pages g ON g.number = c.number
                   LEFT JOIN comments a ON a.seq = c.above
                   WHERE c.fate IS NULL AND (c.root_at, c.root, c.path_level, c.path, c.level) > (?1, ?2, ?3, ?4, ?5)
                   ORDER BY c.root_at, c.root, c.path_level, c.path, c.level";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows =
            statement.query(params![from.root_at, from.root, from.path_level, from.path, from.level])?;
        let (mut batch, mut length) = (Vec::new(), 0);
        while batch.len() < count && length < bytes {
            let Some(row) = rows.next()? else { break };
            let mut ready = ready(row)?;
            if self.ids_with_dates {
                ready.source_id = format!("{}@{}", ready.source_id, row.get::<_, i64>(24)?);
            }
            length += ready.body.len();
            batch.push(ready);
        }
        Ok(batch)
    }

    /// The pages among `numbers` that were not written to yet.
    pub fn pages(&self, numbers: &[i64]) -> Result<Vec<Page>> {
        let sql = "SELECT number, page, url, title, closed,
                          (SELECT min(created_at) FROM comments WHERE number = ?1 AND fate IS NULL)
                   FROM pages WHERE number = ?1 AND real_id IS NULL";
        let mut pages = Vec::new();
        for number in numbers {
            let page = self.connection.prepare_cached(sql)?.query_row([number], page).optional()?;
            if let Some(mut page) = page {
                page.aliases = self.aliases(*number)?;
                pages.push(page);
            }
        }
        Ok(pages)
    }

    /// Without those that are pages of their own in the same file.
    fn aliases(&self, number: i64) -> Result<Vec<String>> {
        let sql = "SELECT page FROM aliases WHERE number = ?1 AND page NOT IN (SELECT page FROM pages) ORDER BY page";
        let mut statement = self.connection.prepare_cached(sql)?;
        let aliases = statement.query_map([number], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(aliases)
    }

    /// Notes which thread a page became.
    pub fn page_is(&self, number: i64, thread: Id) -> Result<()> {
        let sql = "UPDATE pages SET real_id = ?2 WHERE number = ?1";
        self.connection.prepare_cached(sql)?.execute(params![number, thread])?;
        Ok(())
    }

    /// Notes which comment one became.
    pub fn comment_is(&self, seq: i64, comment: Id) -> Result<()> {
        let sql = "UPDATE comments SET real_id = ?2 WHERE seq = ?1";
        self.connection.prepare_cached(sql)?.execute(params![seq, comment])?;
        Ok(())
    }

    /// Notes why a comment was refused when it was to be written; what answers it moves to the top level.
    pub fn refused(&self, seq: i64, reason: &str) -> Result<()> {
        let sql = "UPDATE comments SET fate = ?2 WHERE seq = ?1";
        self.connection.prepare_cached(sql)?.execute(params![seq, reason])?;
        let sql = "UPDATE comments SET above = NULL, moved = 1 WHERE above = ?1";
        self.connection.prepare_cached(sql)?.execute([seq])?;
        Ok(())
    }

    /// What stays behind, in the file's order.
    pub fn skipped(&self, most: usize) -> Result<Vec<Skipped>> {
        let sql = "SELECT at, reason FROM (
                       SELECT seq, at, reason FROM skipped
                       UNION ALL
                       SELECT c.seq, t.place, c.fate FROM comments c CROSS JOIN texts t ON t.seq = c.seq WHERE c.fate IS NOT NULL
                   ) ORDER BY seq LIMIT ?1";
        let mut statement = self.connection.prepare(sql)?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = statement.query_map([most], |row| Ok(Skipped { at: row.get(0)?, reason: row.get(1)? }))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What was noted about the file.
    pub fn notes(&self) -> Result<Vec<String>> {
        let mut statement = self.connection.prepare("SELECT words FROM notes ORDER BY seq")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Where the comments of each thread go, by page.
    pub fn previews(&self, most: usize) -> Result<Vec<Preview>> {
        let sql = "SELECT t.link, g.page, c.comments
                   FROM (SELECT thread, count(*) AS comments FROM comments WHERE fate IS NULL GROUP BY thread) c
                   JOIN threads t ON t.source_id = c.thread JOIN pages g ON g.number = t.number
                   ORDER BY g.page, t.link LIMIT ?1";
        let mut statement = self.connection.prepare(sql)?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = statement.query_map([most], |row| {
            Ok(Preview { link: row.get(0)?, page: row.get(1)?, comments: count(row, 2)? })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    pub fn tally(&self) -> Result<Tally> {
        let sql = "SELECT count(*), count(fate),
                          count(DISTINCT CASE WHEN fate IS NULL THEN number END),
                          count(DISTINCT CASE WHEN fate IS NULL THEN thread END),
                          coalesce(sum(fate IS NULL AND moved), 0),
                          coalesce(sum(fate IS NULL AND status = 'held'), 0),
                          coalesce(sum(fate IS NULL AND status = 'spam'), 0),
                          coalesce(sum(fate IS NULL AND status = 'deleted'), 0)
                   FROM comments";
        let skipped: u64 =
            self.connection.query_row("SELECT count(*) FROM skipped", [], |row| count(row, 0))?;
        Ok(self.connection.query_row(sql, [], |row| {
            let (all, dropped, pages) = (count(row, 0)?, count(row, 1)?, count(row, 2)?);
            Ok(Tally {
                read: all + skipped,
                skipped: dropped + skipped,
                kept: all - dropped,
                pages,
                merged: count(row, 3)? - pages,
                moved: count(row, 4)?,
                held: count(row, 5)?,
                spam: count(row, 6)?,
                deleted: count(row, 7)?,
            })
        })?)
    }
}

fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::unsigned_abs)
}

fn page(row: &Row<'_>) -> rusqlite::Result<Page> {
    Ok(Page {
        number: row.get(0)?,
        key: row.get(1)?,
        url: row.get(2)?,
        title: row.get(3)?,
        closed: row.get(4)?,
        begun: row.get(5)?,
        aliases: Vec::new(),
    })
}

fn mark(row: &Row<'_>) -> rusqlite::Result<Mark> {
    Ok(Mark {
        root_at: row.get(19)?,
        root: row.get(20)?,
        path_level: row.get(21)?,
        path: row.get(22)?,
        level: row.get(23)?,
    })
}

fn ready(row: &Row<'_>) -> rusqlite::Result<Ready> {
    Ok(Ready {
        seq: row.get(0)?,
        mark: mark(row)?,
        above: row.get(18)?,
        source_id: row.get(1)?,
        number: row.get(2)?,
        thread: row.get(3)?,
        parent: row.get(4)?,
        author_name: row.get(5)?,
        author_email: row.get(6)?,
        author_url: row.get(7)?,
        format: format_of(&row.get::<_, String>(8)?),
        body: row.get(9)?,
        status: Status::parse(&row.get::<_, String>(10)?).unwrap_or(Status::Held),
        created_at: row.get(11)?,
        edited_at: row.get(12)?,
        up: row.get(13)?,
        down: row.get(14)?,
        author_id: row.get(15)?,
        email_verified: row.get(16)?,
        pinned: row.get(17)?,
    })
}

fn format_of(word: &str) -> BodyFormat {
    if word == BodyFormat::Html.as_str() { BodyFormat::Html } else { BodyFormat::Markdown }
}
