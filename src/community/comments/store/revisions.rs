//! The numbers that move with every change of what readers see (`0004_expand_revisions.sql`).

use rusqlite::Connection;

use crate::base::error::Result;
use crate::base::id::Id;

pub fn of_thread(connection: &Connection, id: Id) -> Result<i64> {
    let mut statement = connection.prepare_cached("SELECT revision FROM threads WHERE id = ?1")?;
    Ok(statement.query_row([id], |row| row.get(0))?)
}
