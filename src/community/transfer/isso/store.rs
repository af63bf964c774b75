//! The SQL that reads Isso's file. Its columns have no enforced types, so every value is taken as it comes.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::base::error::{Error, Result};
use crate::community::transfer::tidy::LONGEST_BODY;

const NEWEST_SCHEMA: i64 = 5;
const NEEDED: [(&str, &[&str]); 2] = [
    ("threads", &["id", "uri", "title"]),
    (
        "comments",
        &[
            "tid", "id", "parent", "created", "modified", "mode", "text", "author", "email", "website",
            "likes", "dislikes",
        ],
    ),
];
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_');

/// An open file of Isso's.
pub struct IssoFile {
    connection: Connection,
}

/// A row of `comments`.
#[derive(Debug)]
pub struct Row {
    pub id: i64,
    pub thread: Option<i64>,
    pub parent: Option<i64>,
    pub parent_created: Option<f64>,
    pub created: Option<f64>,
    pub modified: Option<f64>,
    pub mode: Option<i64>,
    /// None when it is too long to be taken.
    pub text: Option<String>,
    pub length: i64,
    pub author: String,
    pub email: String,
    pub website: String,
    pub likes: u32,
    pub dislikes: u32,
}

impl IssoFile {
    /// # Errors
    /// `Invalid` when it is not Isso's, is damaged, or was written by a newer Isso than is known.
    pub fn open(path: &Path) -> Result<Self> {
        let has_log = refuse_other_kinds(path)?;
        let connection = connect(path, has_log).map_err(|error| explain(&error, "the database"))?;
        let isso = Self { connection };
        isso.check()?;
        Ok(isso)
    }

    fn check(&self) -> Result<()> {
        let explain = |error: rusqlite::Error| explain(&error, "the database");
        self.connection
            .execute_batch(
                "PRAGMA trusted_schema = OFF; PRAGMA query_only = ON; PRAGMA cache_size = -8192; BEGIN;",
            )
            .map_err(explain)?;
        let version: i64 =
            self.connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(explain)?;
        if version > NEWEST_SCHEMA {
            return Err(refusal(&format!(
                "The file was written by a newer Isso (schema {version}); up to {NEWEST_SCHEMA} can be read."
            )));
        }
        for (table, columns) in NEEDED {
            self.check_table(table, columns)?;
        }
        let found: String =
            self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(explain)?;
        if found == "ok" { Ok(()) } else { Err(refusal(&format!("The file is damaged: {}.", found.trim()))) }
    }

    /// Only a real table will do: a view could run anything.
    fn check_table(&self, table: &str, columns: &[&str]) -> Result<()> {
        let explain = |error: rusqlite::Error| explain(&error, "the list of tables");
        let sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1 AND sql NOT LIKE 'CREATE VIRTUAL%'";
        let known: i64 = self.connection.query_row(sql, [table], |row| row.get(0)).map_err(explain)?;
        if known == 0 {
            return Err(refusal(&format!("This SQLite file is not Isso's: it has no table “{table}”.")));
        }
        let sql = "SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2";
        for column in columns {
            let known: i64 =
                self.connection.query_row(sql, [table, column], |row| row.get(0)).map_err(explain)?;
            if known == 0 {
                return Err(refusal(&format!(
                    "This SQLite file is not Isso's: its table “{table}” has no column “{column}”."
                )));
            }
        }
        Ok(())
    }

    /// How many comments there are.
    pub fn count(&self) -> Result<u64> {
        let sql = "SELECT count(*) FROM comments";
        let count: i64 = self
            .connection
            .query_row(sql, [], |row| row.get(0))
            .map_err(|error| explain(&error, "table comments"))?;
        Ok(count.unsigned_abs())
    }

    pub fn each_thread(&self, take: &mut dyn FnMut(i64, String, String) -> Result<()>) -> Result<()> {
        self.each("threads", "SELECT id, uri, title FROM threads ORDER BY id", &mut |id, row| {
            take(id, text(row.get_ref(1)?), text(row.get_ref(2)?))
        })
    }

    pub fn each_comment(&self, take: &mut dyn FnMut(Row) -> Result<()>) -> Result<()> {
        let sql = format!(
            "SELECT c.id, c.tid, c.parent, p.created, c.created, c.modified, c.mode,
                    CASE WHEN octet_length(c.text) <= {LONGEST_BODY} THEN c.text END, octet_length(c.text),
                    substr(c.author, 1, 4000), substr(c.email, 1, 4000), substr(c.website, 1, 4000), c.likes, c.dislikes
             FROM comments c LEFT JOIN comments p ON p.id = c.parent ORDER BY c.id"
        );
        self.each("comments", &sql, &mut |id, row| take(comment(id, row)?))
    }

    /// Hands every row to `take`; a fault is told with the last row that could be read.
    fn each(
        &self,
        table: &str,
        sql: &str,
        take: &mut dyn FnMut(i64, &rusqlite::Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut last = None;
        let place = |last: Option<i64>| match last {
            Some(id) => format!("table {table}, after row {id}"),
            None => format!("table {table}"),
        };
        let mut statement = self.connection.prepare(sql).map_err(|error| explain(&error, &place(None)))?;
        let mut rows = statement.query([]).map_err(|error| explain(&error, &place(None)))?;
        while let Some(row) = rows.next().map_err(|error| explain(&error, &place(last)))? {
            let Some(id) = integer(row.get_ref(0)?) else { continue };
            take(id, row)?;
            last = Some(id);
        }
        Ok(())
    }
}

fn comment(id: i64, row: &rusqlite::Row<'_>) -> Result<Row> {
    let body = row.get_ref(7)?;
    let length = integer(row.get_ref(8)?).unwrap_or(0);
    let too_long = usize::try_from(length).is_ok_and(|length| length > LONGEST_BODY);
    Ok(Row {
        id,
        thread: integer(row.get_ref(1)?),
        parent: integer(row.get_ref(2)?),
        parent_created: real(row.get_ref(3)?),
        created: real(row.get_ref(4)?),
        modified: real(row.get_ref(5)?),
        mode: integer(row.get_ref(6)?),
        text: (!too_long).then(|| text(body)),
        length,
        author: text(row.get_ref(9)?),
        email: text(row.get_ref(10)?),
        website: text(row.get_ref(11)?),
        likes: votes(row.get_ref(12)?),
        dislikes: votes(row.get_ref(13)?),
    })
}

/// Opens without ever writing. SQLite reads a file with a write-ahead log only where it may make files beside it,
/// unless it is told that nobody writes; an empty or missing log says so.
fn connect(path: &Path, has_log: bool) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match path.to_str() {
        Some(name) if has_log && !is_log_in_use(path) => {
            let uri = format!("file:{}?immutable=1", utf8_percent_encode(name, PATH));
            Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)?
        }
        _ => Connection::open_with_flags(path, flags)?,
    };
    connection.busy_timeout(Duration::from_secs(10))?;
    Ok(connection)
}

fn is_log_in_use(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    fs::metadata(PathBuf::from(log)).is_ok_and(|file| file.len() > 0)
}

/// Also tells whether the file is of the kind that has a write-ahead log, which its header says.
fn refuse_other_kinds(path: &Path) -> Result<bool> {
    let mut start = Vec::new();
    let opened = fs::File::open(path).and_then(|file| file.take(512).read_to_end(&mut start));
    if let Err(error) = opened {
        return Err(Error::invalid("file", format!("The file {} cannot be read: {error}.", path.display())));
    }
    if start.starts_with(b"SQLite format 3\0") {
        return Ok(start.get(18) == Some(&2));
    }
    Err(refusal(match start.trim_ascii_start() {
        [] => "The file is empty.",
        [0x1f, 0x8b, ..] => "The file is gzipped; unpack it first.",
        [b'<', ..] => {
            "This is XML, not an SQLite database. If it comes from Disqus, import it with: afterword import disqus"
        }
        _ => "This is not an SQLite database, which Isso's file is.",
    }))
}

fn explain(error: &rusqlite::Error, place: &str) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Unavailable(
            "Isso is writing to this file. Stop Isso, or import a copy of the file.".into(),
        ),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly) => refusal(
            "Isso left unfinished work beside this file. Start and stop Isso once, or import a copy made with: sqlite3 comments.db \".backup copy.db\".",
        ),
        _ => refusal(&format!("The file is damaged in {place}: {error}.")),
    }
}

fn refusal(words: &str) -> Error {
    Error::invalid("file", format!("{words} Nothing was imported."))
}

fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn integer(value: ValueRef<'_>) -> Option<i64> {
    match value {
        ValueRef::Integer(number) => Some(number),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok()?.trim().parse().ok(),
        _ => None,
    }
}

fn real(value: ValueRef<'_>) -> Option<f64> {
    match value {
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^53")]
        ValueRef::Integer(number) => Some(number as f64),
        ValueRef::Real(number) => Some(number),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok()?.trim().parse().ok(),
        _ => None,
    }
}

fn votes(value: ValueRef<'_>) -> u32 {
    u32::try_from(integer(value).unwrap_or(0).max(0)).unwrap_or(u32::MAX)
}
