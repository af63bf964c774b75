//! Opening the file: what is refused, and with which words.

use std::fs;
use std::io::Read;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::{Connection, OpenFlags};

use super::migrate;
use crate::base::error::{Error, Result};

/// Up to SQLite 3.51.2 two connections that write and checkpoint at once can corrupt a WAL database
/// ("WAL-reset bug", fixed in 3.51.3).
const OLDEST_SQLITE: i32 = 3_051_003;
/// Files up to this size are checked before the first request; larger ones beside it.
const LARGE: u64 = 4 << 20;
const READERS: u32 = 4;
const BUSY: Duration = Duration::from_secs(5);

/// Makes the data folder, readable by its owner alone.
///
/// # Errors
/// When it cannot be made or is not a folder.
pub fn prepare_folder(folder: &Path) -> Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let refused = |error: std::io::Error| {
        Error::Unavailable(format!(
            "Cannot make the data folder {}: {error}. Name another one with --data DIR.",
            folder.display()
        ))
    };
    fs::create_dir_all(folder).map_err(refused)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(refused)
}

pub fn writer_connection(path: &Path) -> Result<Connection> {
    check_sqlite(rusqlite::version_number())?;
    refuse_what_is_no_database(path)?;
    inspect(path)?;
    create_private(path).map_err(|error| cannot_make(path, &error))?;
    let mut connection = Connection::open(path).map_err(|error| cannot_open(path, &error))?;
    prepare(&connection).map_err(|error| cannot_open(path, &error))?;
    migrate::up(&mut connection, path)?;
    Ok(connection)
}

/// Looks at a file that is there before anything can change it: a connection that may write would
/// move the write-ahead log into a damaged file when it closes.
fn inspect(path: &Path) -> Result<()> {
    if !fs::metadata(path).is_ok_and(|file| file.len() > 0) {
        return Ok(());
    }
    let connection = reader_connection(path)?;
    if !is_large(path) {
        check(&connection, path)?;
    }
    migrate::check_newer(&connection, path)
}

pub fn reader_pool(path: &Path) -> Result<r2d2::Pool<SqliteConnectionManager>> {
    let manager = SqliteConnectionManager::file(path).with_flags(reader_flags()).with_init(prepare_reader);
    r2d2::Pool::builder()
        .max_size(READERS)
        .min_idle(Some(1))
        .connection_timeout(BUSY)
        .test_on_check_out(false)
        .build(manager)
        .map_err(Error::internal)
}

pub fn reader_connection(path: &Path) -> Result<Connection> {
    let open = || {
        let mut connection = Connection::open_with_flags(path, reader_flags())?;
        prepare_reader(&mut connection)?;
        Ok(connection)
    };
    open().map_err(|error| cannot_open(path, &error))
}

pub fn is_large(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.len() > LARGE)
}

/// Reads every page and index (`quick_check`).
pub fn check(connection: &Connection, path: &Path) -> Result<()> {
    let answer: rusqlite::Result<String> =
        connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0));
    match answer {
        Ok(text) if text == "ok" => Ok(()),
        Ok(text) => Err(damaged(path, &text)),
        Err(error) => Err(cannot_open(path, &error)),
    }
}

fn reader_flags() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

fn prepare_reader(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;")
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;",
    )
}

fn check_sqlite(number: i32) -> Result<()> {
    if number >= OLDEST_SQLITE {
        return Ok(());
    }
    Err(Error::Unavailable(format!(
        "This executable was built with SQLite {}.{}.{}, which can corrupt the database (its WAL-reset bug). \
         Build it with SQLite 3.51.3 or newer; the bundled one is.",
        number / 1_000_000,
        number / 1000 % 1000,
        number % 1000
    )))
}

/// Makes the file readable by its owner alone before anything is in it; SQLite gives the files beside
/// it the same rights.
fn create_private(path: &Path) -> std::io::Result<()> {
    let made = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other.map(drop),
    }
}

fn cannot_make(path: &Path, error: &std::io::Error) -> Error {
    Error::Unavailable(format!(
        "Cannot make the database {}: {error}. Check that this user may write to its folder and that the disk has room.",
        path.display()
    ))
}

fn refuse_what_is_no_database(path: &Path) -> Result<()> {
    let header = b"SQLite format 3\0";
    let mut start = Vec::with_capacity(header.len());
    match fs::File::open(path).and_then(|file| file.take(header.len() as u64).read_to_end(&mut start)) {
        Ok(_) if start.is_empty() || start == header => Ok(()),
        Ok(_) => Err(damaged(path, "it does not begin as an SQLite file does")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Error::Unavailable(format!("Cannot read {}: {error}", path.display()))),
    }
}

fn cannot_open(path: &Path, error: &rusqlite::Error) -> Error {
    use rusqlite::ErrorCode::{DatabaseCorrupt, DiskFull, NotADatabase};
    match error.sqlite_error_code() {
        Some(DatabaseCorrupt | NotADatabase) => damaged(path, &error.to_string()),
        Some(DiskFull) => {
            Error::Full(format!("The disk that holds {} is full. Make room and start again.", path.display()))
        }
        _ => Error::Unavailable(format!(
            "Cannot open the database {}: {error}. Check that this user may read and write it and its folder.",
            path.display()
        )),
    }
}

fn damaged(path: &Path, found: &str) -> Error {
    let path = path.display();
    Error::Unavailable(format!(
        "The database {path} is damaged ({found}), and writing to it could lose more.\n\
         What to do:\n\
         1. Keep a copy of {path}, {path}-wal and {path}-shm as they are.\n\
         2. Put your latest copy of the database back and start again, or\n\
         3. save what can be read:  sqlite3 {path} .recover | sqlite3 repaired.sqlite"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_sqlite_with_the_wal_reset_bug_is_refused() {
        let refusal = check_sqlite(3_051_002).unwrap_err().to_string();
        assert!(refusal.contains("3.51.2") && refusal.contains("3.51.3"), "{refusal}");
        assert!(check_sqlite(3_051_003).is_ok());
        assert!(check_sqlite(rusqlite::version_number()).is_ok());
    }

    #[test]
    fn a_file_that_is_no_database_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("afterword.sqlite");
        fs::write(&path, "hello").unwrap();
        let refusal = writer_connection(&path).unwrap_err().to_string();
        assert!(refusal.contains("damaged") && refusal.contains(".recover"), "{refusal}");
        assert_eq!(fs::read(&path).unwrap(), b"hello");
    }
}
