//! The staging file: all that an import read, sorted into a tree, in a temporary SQLite file of its own.

pub mod foreign;
mod sorted;
mod tree;

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::SourceComment;
use super::report::Skipped;
use super::tidy::{self, FitComment, KeyedThread};
use super::unpacked::{PREFIX, SUFFIX};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::room::Reserve;

pub use sorted::{Mark, Page, Ready};

/// `comments` is what sorting works on; what is only carried through lies in `texts`. `fate` is why a comment
/// stays behind, `above` the comment it stands under, `level` how many stand above it, `root` the one at the top, `path`
/// the one at which its chain of first replies begins, and `wave` in which step of the sorting it was reached.
const TABLES: &str = "
    CREATE TABLE pages (
        number INTEGER PRIMARY KEY, page TEXT NOT NULL UNIQUE, url TEXT NOT NULL, title TEXT NOT NULL,
        closed INTEGER NOT NULL, real_id INTEGER
    ) STRICT;
    CREATE TABLE aliases (number INTEGER NOT NULL, page TEXT NOT NULL, PRIMARY KEY (number, page)) STRICT, WITHOUT ROWID;
    CREATE TABLE threads (
        source_id TEXT PRIMARY KEY, number INTEGER, deleted INTEGER NOT NULL, link TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE comments (
        seq INTEGER PRIMARY KEY, source_id TEXT NOT NULL UNIQUE, thread TEXT NOT NULL, parent TEXT,
        status TEXT NOT NULL, created_at INTEGER NOT NULL, written_at INTEGER NOT NULL, if_alone TEXT, fate TEXT,
        number INTEGER, above INTEGER, level INTEGER, root INTEGER, root_at INTEGER,
        path INTEGER, path_level INTEGER, wave INTEGER, moved INTEGER NOT NULL DEFAULT 0, real_id INTEGER
    ) STRICT;
    CREATE TABLE texts (
        seq INTEGER PRIMARY KEY, place TEXT NOT NULL, author_id TEXT NOT NULL, author_name TEXT NOT NULL,
        author_email TEXT NOT NULL, email_verified INTEGER NOT NULL, author_url TEXT NOT NULL, format TEXT NOT NULL,
        body TEXT NOT NULL, edited_at INTEGER, up INTEGER NOT NULL, down INTEGER NOT NULL, pinned INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE skipped (seq INTEGER PRIMARY KEY, at TEXT NOT NULL, reason TEXT NOT NULL) STRICT;
    CREATE TABLE notes (seq INTEGER PRIMARY KEY, words TEXT NOT NULL) STRICT;";

/// Nothing here outlives the process, so no journal and no syncing; the cache is what bounds the memory.
const MANNERS: &str = "
    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA cache_size = -16384; PRAGMA temp_store = FILE;";

pub struct Staging {
    connection: Connection,
    seq: i64,
    /// Whether what a comment is known by later has its date in it.
    ids_with_dates: bool,
    reserve: Reserve,
    /// About how much was written since the disk was last looked at.
    unchecked: usize,
}

/// So much is written before the disk is looked at again.
const PIECE: usize = 4 << 20;
/// Of a row, beside its text.
const ROW: usize = 400;

impl Staging {
    /// A new staging file in `folder`. Its name is taken away at once: however the process ends, nothing stays.
    ///
    /// # Errors
    /// When the folder cannot be written to; `Full` when its disk has too little room.
    pub fn new(folder: &Path, ids_with_dates: bool) -> Result<Self> {
        Self::with_reserve(folder, ids_with_dates, Reserve::on(folder))
    }

    fn with_reserve(folder: &Path, ids_with_dates: bool, reserve: Reserve) -> Result<Self> {
        reserve.check()?;
        let file = tempfile::Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder)?;
        let connection = Connection::open(file.path())?;
        connection.execute_batch(MANNERS)?;
        connection.execute_batch(TABLES)?;
        file.close()?;
        connection.execute_batch("BEGIN")?;
        connection.set_prepared_statement_cache_capacity(32);
        Ok(Self { connection, seq: 0, ids_with_dates, reserve, unchecked: 0 })
    }

    /// # Errors
    /// `Full` when the disk has too little room left.
    pub fn expect_room(&self) -> Result<()> {
        self.reserve.check()
    }

    /// Looks at the disk now and then.
    fn wrote(&mut self, bytes: usize) -> Result<()> {
        self.unchecked += bytes + ROW;
        if self.unchecked < PIECE {
            return Ok(());
        }
        self.unchecked = 0;
        self.expect_room()
    }

    pub fn add_thread(&mut self, thread: &KeyedThread) -> Result<()> {
        let number = match &thread.page {
            Some(page) if !thread.deleted => Some(self.add_page(page, thread)?),
            _ => None,
        };
        let sql = "INSERT OR IGNORE INTO threads (source_id, number, deleted, link) VALUES (?1, ?2, ?3, ?4)";
        let values = params![thread.source_id, number, thread.deleted, thread.link];
        self.connection.prepare_cached(sql)?.execute(values)?;
        self.wrote(thread.link.len() * 2)
    }

    /// Threads of the same page become one. It is closed only when all of them are: an open one shows that
    /// people are still meant to write there.
    fn add_page(&self, page: &str, thread: &KeyedThread) -> Result<i64> {
        let sql = "INSERT INTO pages (page, url, title, closed) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (page) DO UPDATE SET closed = min(closed, excluded.closed),
                       title = CASE title WHEN '' THEN excluded.title ELSE title END
                   RETURNING number";
        let mut statement = self.connection.prepare_cached(sql)?;
        let values = params![page, thread.url, thread.title, thread.closed];
        let number = statement.query_row(values, |row| row.get(0))?;
        let sql = "INSERT OR IGNORE INTO aliases (number, page) VALUES (?1, ?2)";
        for alias in &thread.aliases {
            self.connection.prepare_cached(sql)?.execute(params![number, alias])?;
        }
        Ok(number)
    }

    /// `written_at` is its date as the file has it, by which it is known again.
    pub fn add_comment(&mut self, fit: &FitComment, written_at: Millis) -> Result<()> {
        let comment = &fit.comment;
        let seq = self.next();
        let source_id = self.own_id(comment, written_at)?;
        let sql =
            "INSERT OR IGNORE INTO comments (seq, source_id, thread, parent, status, created_at, if_alone, written_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let (status, created_at) = (comment.status.as_str(), comment.created_at);
        let values = params![
            seq,
            source_id,
            comment.thread,
            comment.parent,
            status,
            created_at,
            fit.if_alone,
            written_at
        ];
        if self.connection.prepare_cached(sql)?.execute(values)? == 0 {
            let reason = "the same comment stands in the file twice".to_owned();
            return self.insert_skipped(seq, &Skipped { at: comment.place.clone(), reason });
        }
        let sql = "INSERT INTO texts (seq, place, author_id, author_name, author_email, email_verified, author_url, format,
                       body, edited_at, up, down, pinned)
                   VALUES (:seq, :place, :id, :name, :email, :verified, :url, :format, :body, :edited_at, :up, :down, :pinned)";
        let author = &comment.author;
        self.connection.prepare_cached(sql)?.execute(named_params! {
            ":seq": seq, ":place": comment.place, ":id": author.id, ":name": author.name, ":email": author.email,
            ":verified": author.email_verified, ":url": author.url, ":format": comment.format.as_str(),
            ":body": comment.body, ":edited_at": comment.edited_at, ":up": comment.up, ":down": comment.down,
            ":pinned": comment.pinned,
        })?;
        self.wrote(comment.body.len())
    }

    /// Its id, unless a comment of another time or author has that already. Some systems write one id as text and
    /// as an object, and mean two comments.
    fn own_id(&self, comment: &SourceComment, written_at: Millis) -> Result<String> {
        let sql = "SELECT c.written_at, t.author_name FROM comments c JOIN texts t ON t.seq = c.seq WHERE c.source_id = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let found =
            statement.query_row([&comment.source_id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((known_at, author)): Option<(Millis, String)> = found else {
            return Ok(comment.source_id.clone());
        };
        let name = &comment.author.name;
        // One of the two may be deleted, and then has no author.
        let is_same_author = author.is_empty() || name.is_empty() || author == *name;
        if known_at == written_at && is_same_author {
            return Ok(comment.source_id.clone());
        }
        let time = written_at.0.to_string();
        Ok(format!("{}-{}", comment.source_id, tidy::made_id(&[&time, name])))
    }

    pub fn add_skipped(&mut self, skipped: &Skipped) -> Result<()> {
        let seq = self.next();
        self.insert_skipped(seq, skipped)?;
        self.wrote(0)
    }

    pub fn add_note(&mut self, words: &str) -> Result<()> {
        let sql = "INSERT INTO notes (words) VALUES (?1)";
        self.connection.prepare_cached(sql)?.execute([words])?;
        Ok(())
    }

    fn insert_skipped(&self, seq: i64, skipped: &Skipped) -> Result<()> {
        let sql = "INSERT INTO skipped (seq, at, reason) VALUES (?1, ?2, ?3)";
        self.connection.prepare_cached(sql)?.execute(params![seq, skipped.at, skipped.reason])?;
        Ok(())
    }

    fn next(&mut self) -> i64 {
        self.seq += 1;
        self.seq
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::error::Error;

    #[test]
    fn a_disk_without_room_stops_the_reading() {
        let folder = tempfile::tempdir().unwrap();
        let greedy = Reserve::of(folder.path(), u64::MAX);
        assert!(matches!(Staging::with_reserve(folder.path(), false, greedy.clone()), Err(Error::Full(_))));
        let mut staging = Staging::new(folder.path(), false).unwrap();
        staging.reserve = greedy;
        let skipped = Skipped { at: "line 1".into(), reason: "because".into() };
        let stopped = (0..PIECE).find_map(|_| staging.add_skipped(&skipped).err());
        assert!(matches!(stopped, Some(Error::Full(_))));
        assert!(matches!(staging.expect_room(), Err(Error::Full(_))));
    }
}
