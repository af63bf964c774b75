//! Which tables an SQLite file has.

use std::collections::BTreeMap;
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rusqlite::{Connection, OpenFlags};

use crate::base::error::{Error, Result};

const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_');

/// Every table of a file with its columns.
///
/// # Errors
/// `Invalid` when it is gzipped or damaged.
pub fn tables(file: &Path) -> Result<BTreeMap<String, Vec<String>>> {
    let refused = |error: rusqlite::Error| {
        let hint = "This may be a damaged SQLite database, or one that is gzipped: unpack it first";
        Error::invalid("file", format!("{hint} ({error}). Nothing was imported."))
    };
    // Nothing may be written beside the file, not even to read it; what its log holds does not matter here.
    let name = file.to_string_lossy();
    let uri = format!("file:{}?immutable=1", utf8_percent_encode(&name, PATH));
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(uri, flags).map_err(refused)?;
    connection.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA query_only = ON;").map_err(refused)?;
    let sql = "SELECT s.name, c.name FROM sqlite_schema s JOIN pragma_table_info(s.name) c
               WHERE s.type = 'table' AND s.sql NOT LIKE 'CREATE VIRTUAL%' LIMIT 10000";
    let mut statement = connection.prepare(sql).map_err(refused)?;
    let mut rows = statement.query([]).map_err(refused)?;
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    while let Some(row) = rows.next().map_err(refused)? {
        tables.entry(row.get(0).map_err(refused)?).or_default().push(row.get(1).map_err(refused)?);
    }
    Ok(tables)
}
