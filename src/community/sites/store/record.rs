use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::sites::record::Record;

pub fn id_of(connection: &Connection, key: &str) -> Result<Option<Id>> {
    let mut statement = connection.prepare_cached("SELECT id FROM sites WHERE key = ?1")?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}

pub fn insert(tx: &Transaction<'_>, id: Id, site: &Record) -> Result<()> {
    let sql = "INSERT INTO sites (id, key, name, created_at) VALUES (?1, ?2, ?3, ?4)";
    tx.execute(sql, params![id, site.key, site.name, site.created_at])?;
    Ok(())
}

pub fn update(tx: &Transaction<'_>, id: Id, site: &Record) -> Result<()> {
    tx.execute(
        "UPDATE sites SET name = ?2, moderation = ?3, sort = ?4, display_depth = ?5, edit_window = ?6,
                max_length = ?7, images = ?8, avatars = ?9, blocked_words = ?10, close_after = ?11, theme = ?12,
                accent = ?13, created_at = ?14, removed_at = ?15 WHERE id = ?1",
        params![
            id,
            site.name,
            site.moderation,
            site.sort,
            site.display_depth,
            site.edit_window,
            site.max_length,
            site.images,
            site.avatars,
            site.blocked_words,
            site.close_after,
            site.theme,
            site.accent,
            site.created_at,
            site.removed_at
        ],
    )?;
    tx.execute("DELETE FROM site_origins WHERE site_id = ?1", [id])?;
    for (position, origin) in (0_i64..).zip(&site.origins) {
        let sql = "INSERT INTO site_origins (site_id, origin, position) VALUES (?1, ?2, ?3)";
        tx.execute(sql, params![id, origin, position])?;
    }
    Ok(())
}
