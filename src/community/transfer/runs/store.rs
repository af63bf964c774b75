use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::{By, How, Line, Run};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;

const COLUMNS: &str =
    "id, site_id, account_id, format, file, rules, zone, dry_run, started, ended, report, failure";

fn run(row: &Row<'_>) -> rusqlite::Result<Run> {
    let report: Option<String> = row.get(10)?;
    Ok(Run {
        id: row.get(0)?,
        site: row.get(1)?,
        account: row.get(2)?,
        format: row.get(3)?,
        file: row.get(4)?,
        rules: row.get(5)?,
        zone: row.get(6)?,
        dry_run: row.get(7)?,
        started: row.get(8)?,
        ended: row.get(9)?,
        report: report.and_then(|json| serde_json::from_str(&json).ok()),
        failure: row.get(11)?,
    })
}

pub fn insert(tx: &Transaction<'_>, run: &Run) -> Result<()> {
    tx.execute(
        "INSERT INTO imports (id, site_id, account_id, format, file, rules, zone, dry_run, started)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            run.id,
            run.site,
            run.account,
            run.format,
            run.file,
            run.rules,
            run.zone,
            run.dry_run,
            run.started
        ],
    )?;
    Ok(())
}

pub fn start(tx: &Transaction<'_>, id: Id, how: &How, now: Millis) -> Result<()> {
    tx.execute(
        "UPDATE imports SET dry_run = ?2, rules = ?3, zone = ?4, started = ?5, ended = NULL, report = NULL, failure = NULL
         WHERE id = ?1",
        params![id, how.dry_run, how.rules, how.zone.trim(), now],
    )?;
    Ok(())
}

pub fn end(
    tx: &Transaction<'_>,
    id: Id,
    report: Option<&str>,
    failure: Option<&str>,
    now: Millis,
) -> Result<()> {
    tx.execute(
        "UPDATE imports SET report = ?2, failure = ?3, ended = ?4 WHERE id = ?1",
        params![id, report, failure, now],
    )?;
    Ok(())
}

pub fn by_id(connection: &Connection, id: Id) -> Result<Option<Run>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM imports WHERE id = ?1"))?;
    Ok(statement.query_row([id], run).optional()?)
}

const SHOWN: &str = "site_id NOT IN (SELECT id FROM sites WHERE removed_at IS NOT NULL)";

pub fn lines(
    connection: &Connection,
    by: By,
    descending: bool,
    from: usize,
    limit: usize,
) -> Result<Vec<Line>> {
    let column = match by {
        By::File => "lower(file)",
        By::Site => "lower(s.name)",
        By::Format => "format",
        By::When => "started",
    };
    let direction = if descending { "DESC" } else { "ASC" };
    // Reports are long, so they are opened for what is shown alone.
    let mut statement = connection.prepare_cached(&format!(
        "SELECT i.id, i.file, i.name, i.format, i.dry_run, i.started, i.ended, i.failed,
                (SELECT json_extract(report, '$.imported') FROM imports WHERE id = i.id)
         FROM (SELECT imports.id, file, s.name, format, dry_run, started, ended, failure IS NOT NULL AS failed,
                      row_number() OVER (ORDER BY {column} {direction}, imports.id DESC) AS number
               FROM imports JOIN sites s ON s.id = site_id WHERE {SHOWN}
               ORDER BY number LIMIT ?2 OFFSET ?1) i
         ORDER BY i.number"
    ))?;
    let found = statement.query_map(params![signed(from), signed(limit)], line)?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

fn signed(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn line(row: &Row<'_>) -> rusqlite::Result<Line> {
    Ok(Line {
        id: row.get(0)?,
        file: row.get(1)?,
        site: row.get(2)?,
        format: row.get(3)?,
        dry_run: row.get(4)?,
        started: row.get(5)?,
        ended: row.get(6)?,
        failed: row.get(7)?,
        imported: row.get::<_, Option<i64>>(8)?.map(i64::unsigned_abs),
    })
}

pub fn count(connection: &Connection) -> Result<usize> {
    let sql = format!("SELECT count(*) FROM imports WHERE {SHOWN}");
    let number: i64 = connection.query_row(&sql, [], |row| row.get(0))?;
    Ok(usize::try_from(number).unwrap_or_default())
}

pub fn set_format(tx: &Transaction<'_>, id: Id, format: &str) -> Result<()> {
    tx.execute("UPDATE imports SET format = ?2 WHERE id = ?1", params![id, format])?;
    Ok(())
}

pub fn remove(tx: &Transaction<'_>, id: Id) -> Result<()> {
    tx.execute("DELETE FROM imports WHERE id = ?1", [id])?;
    Ok(())
}

/// Removes what ended before `moment`, or began before it and never did; answers how many.
pub fn forget_before(tx: &Transaction<'_>, moment: Millis) -> Result<usize> {
    Ok(tx.execute("DELETE FROM imports WHERE coalesce(ended, started) < ?1", [moment])?)
}
