use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::users::record::{Account, Guest};

/// An account that nobody can sign in with: no password has an empty hash.
pub fn insert_account(tx: &Transaction<'_>, id: Id, account: &Account, now: Millis) -> Result<()> {
    tx.execute(
        "INSERT INTO accounts (id, email, name, password_hash, role, created_at)
         VALUES (?1, ?2, ?3, '', 'moderator', ?4)",
        params![id, account.email, account.name, now],
    )?;
    Ok(())
}

pub fn guest_by_source(connection: &Connection, site: Id, source: &str, id: &str) -> Result<Option<Id>> {
    let mut statement = connection
        .prepare_cached("SELECT id FROM guests WHERE site_id = ?1 AND source = ?2 AND source_id = ?3")?;
    Ok(statement.query_row(params![site, source, id], |row| row.get(0)).optional()?)
}

pub fn insert_guest(tx: &Transaction<'_>, site: Id, guest: &Guest) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO guests (id, site_id, name, email, email_verified, url, created_at, source, source_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        guest.id,
        site,
        guest.name,
        guest.email,
        guest.email_verified,
        guest.url,
        guest.created_at,
        guest.source,
        guest.source_id
    ])?;
    Ok(())
}

pub fn any_guest(connection: &Connection, site: Id) -> Result<bool> {
    let mut statement =
        connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM guests WHERE site_id = ?1)")?;
    Ok(statement.query_row([site], |row| row.get(0))?)
}

/// Gives an account that nobody could sign in with to whoever proved to be its owner.
pub fn claim_account(tx: &Transaction<'_>, id: Id, name: &str, password_hash: &str) -> Result<()> {
    tx.execute(
        "UPDATE accounts SET name = iif(?2 = '', name, ?2), password_hash = ?3 WHERE id = ?1",
        params![id, name, password_hash],
    )?;
    Ok(())
}
