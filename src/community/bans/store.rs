use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::{Ban, By, Kind, Listing};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;

const SELECT: &str =
    "SELECT b.id, b.site_id, b.kind, b.pattern, b.shadow, b.reason, a.name, b.created_at, b.expires_at
     FROM bans b LEFT JOIN accounts a ON a.id = b.account_id";

pub fn insert(tx: &Transaction<'_>, ban: &Ban, by: Option<Id>) -> Result<()> {
    tx.execute(
        "INSERT INTO bans (id, site_id, kind, pattern, shadow, reason, account_id, created_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            ban.id,
            ban.site,
            ban.kind.as_str(),
            ban.pattern,
            ban.shadow,
            ban.reason,
            by,
            ban.created_at,
            ban.expires_at
        ],
    )?;
    Ok(())
}

pub fn by_id(connection: &Connection, id: Id) -> Result<Option<Ban>> {
    let mut statement = connection.prepare_cached(&format!("{SELECT} WHERE b.id = ?1"))?;
    Ok(statement.query_row([id], ban).optional()?)
}

pub fn set_end(tx: &Transaction<'_>, id: Id, end: Option<Millis>) -> Result<()> {
    tx.execute("UPDATE bans SET expires_at = ?2 WHERE id = ?1", params![id, end])?;
    Ok(())
}

/// Those that hold on a site now, but for those of other addresses than this one.
pub fn holding(connection: &Connection, site: Id, address: &str, now: Millis) -> Result<Vec<Ban>> {
    let mut statement = connection.prepare_cached(&format!(
        "{SELECT} WHERE (b.site_id IS NULL OR b.site_id = ?1) AND (b.expires_at IS NULL OR b.expires_at > ?2)
            AND (b.kind <> 'address' OR b.pattern = ?3)"
    ))?;
    let bans = statement.query_map(params![site, now, address], ban)?;
    Ok(bans.collect::<rusqlite::Result<_>>()?)
}

/// A page of them, by an order and then by their ids; the mark is the last ban of the page before.
pub fn list(
    connection: &Connection,
    listing: Listing,
    after: Option<Id>,
    limit: u32,
    now: Millis,
) -> Result<Vec<Ban>> {
    let which = if listing.ended { "b.expires_at <= ?1" } else { "coalesce(b.expires_at, ?4) > ?1" };
    let key = match listing.by {
        By::Pattern => "lower(b.pattern)",
        By::Kind => "b.kind",
        By::Made => "b.id",
        By::End => "coalesce(b.expires_at, ?4)",
    };
    let (further, direction) = if listing.descending { ("<", "DESC") } else { (">", "ASC") };
    let beyond = match after {
        Some(_) => format!("({key}, b.id) {further} (SELECT {key}, b.id FROM bans b WHERE b.id = ?2)"),
        None => "?2 IS NULL".to_owned(),
    };
    let mut statement = connection.prepare_cached(&format!(
        "{SELECT} WHERE {which} AND {beyond} AND ?4 IS NOT NULL
         ORDER BY {key} {direction}, b.id {direction} LIMIT ?3"
    ))?;
    let bans = statement.query_map(params![now, after, limit, i64::MAX], ban)?;
    Ok(bans.collect::<rusqlite::Result<_>>()?)
}

pub fn count(connection: &Connection, now: Millis) -> Result<i64> {
    let mut statement =
        connection.prepare_cached("SELECT count(*) FROM bans WHERE expires_at IS NULL OR expires_at > ?1")?;
    Ok(statement.query_row([now], |row| row.get(0))?)
}

pub fn delete_ended_before(tx: &Transaction<'_>, moment: Millis) -> Result<usize> {
    Ok(tx.execute("DELETE FROM bans WHERE expires_at < ?1", [moment])?)
}

fn ban(row: &Row<'_>) -> rusqlite::Result<Ban> {
    Ok(Ban {
        id: row.get(0)?,
        site: row.get(1)?,
        // The table's own rule leaves no other word.
        kind: row.get::<_, String>(2)?.parse().unwrap_or(Kind::Name),
        pattern: row.get(3)?,
        shadow: row.get(4)?,
        reason: row.get(5)?,
        by: row.get(6)?,
        created_at: row.get(7)?,
        expires_at: row.get(8)?,
    })
}
