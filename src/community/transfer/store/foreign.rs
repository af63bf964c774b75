//! Another system's SQLite file: opened without ever writing, checked to be what it should be, and read row by
//! row. Nothing says that its columns have the types they should have, so every value is taken as it comes.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, Row};

use crate::base::error::{Error, Result};

const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_');

/// Whose file it is, for people.
#[derive(Debug, Clone, Copy)]
pub struct System {
    /// As in “Isso is writing to this file”.
    pub name: &'static str,
    /// How the file is usually called.
    pub file: &'static str,
}

impl System {
    /// Isso's, Cusdis'.
    fn owner(self) -> String {
        let ending = if self.name.ends_with('s') { "'" } else { "'s" };
        format!("{}{ending}", self.name)
    }
}

/// An open file of another system.
pub struct Foreign {
    connection: Connection,
    system: System,
}

impl Foreign {
    /// # Errors
    /// `Invalid` when it is no SQLite file or cannot be read.
    pub fn open(path: &Path, system: System) -> Result<Self> {
        let has_log = refuse_other_kinds(path, system)?;
        let explain = |error: rusqlite::Error| explain(&error, "the database", system);
        let connection = connect(path, has_log).map_err(explain)?;
        connection
            .execute_batch(
                "PRAGMA trusted_schema = OFF; PRAGMA query_only = ON; PRAGMA cache_size = -8192; BEGIN;",
            )
            .map_err(explain)?;
        Ok(Self { connection, system })
    }

    pub fn user_version(&self) -> Result<i64> {
        self.connection
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .map_err(|error| self.explain(&error, "the database"))
    }

    /// Only a real table will do: a view could run anything.
    pub fn has_table(&self, table: &str) -> Result<bool> {
        let sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1 AND sql NOT LIKE 'CREATE VIRTUAL%'";
        let known: i64 = self
            .connection
            .query_row(sql, [table], |row| row.get(0))
            .map_err(|error| self.explain(&error, "the list of tables"))?;
        Ok(known > 0)
    }

    pub fn has_column(&self, table: &str, column: &str) -> Result<bool> {
        let sql = "SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2";
        let known: i64 = self
            .connection
            .query_row(sql, [table, column], |row| row.get(0))
            .map_err(|error| self.explain(&error, "the list of tables"))?;
        Ok(known > 0)
    }

    /// # Errors
    /// `Invalid` when the file is another system's.
    pub fn expect_table(&self, table: &str, columns: &[&str]) -> Result<()> {
        let owner = self.system.owner();
        if !self.has_table(table)? {
            return Err(refusal(&format!("This SQLite file is not {owner}: it has no table “{table}”.")));
        }
        for column in columns {
            if !self.has_column(table, column)? {
                return Err(refusal(&format!(
                    "This SQLite file is not {owner}: its table “{table}” has no column “{column}”."
                )));
            }
        }
        Ok(())
    }

    /// # Errors
    /// `Invalid` when the file is damaged.
    pub fn expect_sound(&self) -> Result<()> {
        let found: String = self
            .connection
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
            .map_err(|error| self.explain(&error, "the database"))?;
        if found == "ok" { Ok(()) } else { Err(refusal(&format!("The file is damaged: {}.", found.trim()))) }
    }

    /// How many rows a table has.
    pub fn count(&self, table: &str) -> Result<u64> {
        let sql = format!("SELECT count(*) FROM {}", quoted(table));
        let count: i64 = self
            .connection
            .query_row(&sql, [], |row| row.get(0))
            .map_err(|error| self.explain(&error, &format!("table {table}")))?;
        Ok(count.unsigned_abs())
    }

    /// Hands every row to `take`; a fault is told with the last row that could be read, by its first column.
    pub fn each(&self, table: &str, sql: &str, take: &mut dyn FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
        let mut last = None;
        let place = |last: &Option<String>| match last {
            Some(id) => format!("table {table}, after row {id}"),
            None => format!("table {table}"),
        };
        let explain = |error: rusqlite::Error, last: &Option<String>| self.explain(&error, &place(last));
        let mut statement = self.connection.prepare(sql).map_err(|error| explain(error, &last))?;
        let mut rows = statement.query([]).map_err(|error| explain(error, &last))?;
        while let Some(row) = rows.next().map_err(|error| explain(error, &last))? {
            take(row)?;
            last = Some(text(row.get_ref(0)?));
        }
        Ok(())
    }

    fn explain(&self, error: &rusqlite::Error, place: &str) -> Error {
        explain(error, place, self.system)
    }
}

/// A name for SQL, whatever letters are in it.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
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

/// Whether a file begins as SQLite's do.
///
/// # Errors
/// `Invalid` when it cannot be read.
pub fn is_sqlite(path: &Path) -> Result<bool> {
    Ok(start_of(path)?.starts_with(b"SQLite format 3\0"))
}

fn start_of(path: &Path) -> Result<Vec<u8>> {
    let mut start = Vec::new();
    let opened = fs::File::open(path).and_then(|file| file.take(512).read_to_end(&mut start));
    match opened {
        Ok(_) => Ok(start),
        Err(error) => {
            Err(Error::invalid("file", format!("The file {} cannot be read: {error}.", path.display())))
        }
    }
}

/// Also tells whether the file is of the kind that has a write-ahead log, which its header says.
fn refuse_other_kinds(path: &Path, system: System) -> Result<bool> {
    let start = start_of(path)?;
    if start.starts_with(b"SQLite format 3\0") {
        return Ok(start.get(18) == Some(&2));
    }
    Err(refusal(match start.trim_ascii_start() {
        [] => "The file is empty.",
        [0x1f, 0x8b, ..] => "The file is gzipped; unpack it first.",
        [b'<', ..] => {
            "This is XML, not an SQLite database. If it comes from Disqus, import it with: afterword import disqus"
        }
        _ => {
            return Err(refusal(&format!(
                "This is not an SQLite database, which {}'s file is.",
                system.name
            )));
        }
    }))
}

fn explain(error: &rusqlite::Error, place: &str, system: System) -> Error {
    let System { name, file } = system;
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Unavailable(format!(
            "{name} is writing to this file. Stop {name}, or import a copy of the file."
        )),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly) => refusal(&format!(
            "{name} left unfinished work beside this file. Start and stop {name} once, or import a copy made with: sqlite3 {file} \".backup copy.db\"."
        )),
        _ => refusal(&format!("The file is damaged in {place}: {error}.")),
    }
}

/// Why a file is not imported.
pub fn refusal(words: &str) -> Error {
    Error::invalid("file", format!("{words} Nothing was imported."))
}

/// Any value as text; null is empty.
pub fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

pub fn integer(value: ValueRef<'_>) -> Option<i64> {
    match value {
        ValueRef::Integer(number) => Some(number),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok()?.trim().parse().ok(),
        _ => None,
    }
}

pub fn real(value: ValueRef<'_>) -> Option<f64> {
    match value {
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^53")]
        ValueRef::Integer(number) => Some(number as f64),
        ValueRef::Real(number) => Some(number),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok()?.trim().parse().ok(),
        _ => None,
    }
}

/// A number of votes: what is none, or below zero, is zero.
pub fn votes(value: ValueRef<'_>) -> u32 {
    u32::try_from(integer(value).unwrap_or(0).max(0)).unwrap_or(u32::MAX)
}
