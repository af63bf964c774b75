pub mod record;

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::{Colour, Site, Theme};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;

const SELECT: &str = "SELECT id, key, name, moderation, sort, display_depth, edit_window, max_length, images, avatars, created_at,
            blocked_words, theme, accent, first_view_at, removed_at, close_after
     FROM sites";

pub fn by_key(connection: &Connection, key: &str) -> Result<Option<Site>> {
    let found =
        connection.prepare_cached(&format!("{SELECT} WHERE key = ?1"))?.query_row([key], site).optional()?;
    found.map(|site| with_origins(connection, site)).transpose()
}

pub fn by_id(connection: &Connection, id: Id) -> Result<Option<Site>> {
    let found =
        connection.prepare_cached(&format!("{SELECT} WHERE id = ?1"))?.query_row([id], site).optional()?;
    found.map(|site| with_origins(connection, site)).transpose()
}

/// Moves with every change of a site that a reader could see.
pub fn revision(connection: &Connection, id: Id) -> Result<i64> {
    let mut statement = connection.prepare_cached("SELECT revision FROM sites WHERE id = ?1")?;
    Ok(statement.query_row([id], |row| row.get(0))?)
}

pub fn all(connection: &Connection) -> Result<Vec<Site>> {
    several(connection, "WHERE removed_at IS NULL ORDER BY name COLLATE NOCASE, key")
}

pub fn removed(connection: &Connection) -> Result<Vec<Site>> {
    several(connection, "WHERE removed_at IS NOT NULL ORDER BY removed_at DESC, key")
}

fn several(connection: &Connection, which: &str) -> Result<Vec<Site>> {
    let sites: Vec<Site> = connection
        .prepare_cached(&format!("{SELECT} {which}"))?
        .query_map([], site)?
        .collect::<rusqlite::Result<_>>()?;
    sites.into_iter().map(|site| with_origins(connection, site)).collect()
}

pub fn insert(tx: &Transaction<'_>, site: &Site) -> Result<()> {
    tx.execute(
        "INSERT INTO sites (id, key, created_at, name) VALUES (?1, ?2, ?3, ?2)",
        params![site.id, site.key, site.created_at],
    )?;
    update(tx, site)
}

pub fn update(tx: &Transaction<'_>, site: &Site) -> Result<()> {
    tx.execute(
        "UPDATE sites SET name = ?2, moderation = ?3, sort = ?4, display_depth = ?5, edit_window = ?6,
                max_length = ?7, images = ?8, avatars = ?9, blocked_words = ?10, theme = ?11, accent = ?12,
                close_after = ?13 WHERE id = ?1",
        params![
            site.id,
            site.name,
            site.moderation.as_str(),
            site.sort.as_str(),
            site.display_depth,
            i64::try_from(site.edit_window.as_secs()).map_err(Error::internal)?,
            site.max_length,
            site.images,
            site.avatars,
            site.blocked_words,
            if site.theme == Theme::Auto { "" } else { site.theme.as_str() },
            site.accent.map(|accent| accent.to_string()).unwrap_or_default(),
            site.close_after,
        ],
    )?;
    tx.execute("DELETE FROM site_origins WHERE site_id = ?1", [site.id])?;
    for (position, origin) in (0_i64..).zip(&site.origins) {
        tx.execute(
            "INSERT INTO site_origins (site_id, origin, position) VALUES (?1, ?2, ?3)",
            params![site.id, origin, position],
        )?;
    }
    Ok(())
}

pub fn set_seen(tx: &Transaction<'_>, id: Id, now: Millis) -> Result<()> {
    tx.execute(
        "UPDATE sites SET first_view_at = ?2 WHERE id = ?1 AND first_view_at IS NULL",
        params![id, now],
    )?;
    Ok(())
}

pub fn set_removed(tx: &Transaction<'_>, id: Id, at: Option<Millis>) -> Result<()> {
    tx.execute("UPDATE sites SET removed_at = ?2 WHERE id = ?1", params![id, at])?;
    Ok(())
}

pub fn removed_before(connection: &Connection, moment: Millis) -> Result<Vec<Site>> {
    let removed = removed(connection)?.into_iter();
    Ok(removed.filter(|site| site.removed_at.is_some_and(|at| at <= moment)).collect())
}

pub fn delete(tx: &Transaction<'_>, id: Id) -> Result<()> {
    tx.execute("DELETE FROM sites WHERE id = ?1", [id])?;
    Ok(())
}

fn site(row: &Row<'_>) -> rusqlite::Result<Site> {
    Ok(Site {
        id: row.get(0)?,
        key: row.get(1)?,
        name: row.get(2)?,
        origins: Vec::new(),
        moderation: row.get::<_, String>(3)?.parse().unwrap_or_default(),
        sort: row.get::<_, String>(4)?.parse().unwrap_or_default(),
        display_depth: row.get(5)?,
        edit_window: Duration::from_secs(u64::try_from(row.get::<_, i64>(6)?).unwrap_or(0)),
        max_length: row.get(7)?,
        images: row.get(8)?,
        avatars: row.get(9)?,
        created_at: row.get(10)?,
        blocked_words: row.get(11)?,
        theme: row.get::<_, String>(12)?.parse().unwrap_or(Theme::Auto),
        accent: Colour::parse(&row.get::<_, String>(13)?),
        first_view_at: row.get(14)?,
        removed_at: row.get(15)?,
        close_after: row.get(16)?,
    })
}

fn with_origins(connection: &Connection, site: Site) -> Result<Site> {
    let mut statement =
        connection.prepare_cached("SELECT origin FROM site_origins WHERE site_id = ?1 ORDER BY position")?;
    let origins = statement.query_map([site.id], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(Site { origins, ..site })
}
