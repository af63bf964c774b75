pub mod record;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::accounts::Account;
use super::guests::{Guest, Newcomer};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;

const ACCOUNT: &str = "SELECT id, email, name, password_hash, created_at FROM accounts";

pub fn insert_account(tx: &Transaction<'_>, account: &Account) -> Result<()> {
    tx.execute(
        "INSERT INTO accounts (id, email, name, password_hash, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![account.id, account.email, account.name, account.password_hash, account.created_at],
    )?;
    Ok(())
}

pub fn account_by_email(connection: &Connection, email: &str) -> Result<Option<Account>> {
    Ok(connection
        .prepare_cached(&format!("{ACCOUNT} WHERE email = ?1"))?
        .query_row([email], account)
        .optional()?)
}

pub fn account_by_id(connection: &Connection, id: Id) -> Result<Option<Account>> {
    Ok(connection.prepare_cached(&format!("{ACCOUNT} WHERE id = ?1"))?.query_row([id], account).optional()?)
}

pub fn any_account(connection: &Connection) -> Result<bool> {
    Ok(connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM accounts WHERE password_hash <> '')",
        [],
        |row| row.get(0),
    )?)
}

pub fn set_password(tx: &Transaction<'_>, id: Id, hash: &str) -> Result<()> {
    tx.execute("UPDATE accounts SET password_hash = ?2 WHERE id = ?1", params![id, hash])?;
    Ok(())
}

pub fn guest(connection: &Connection, id: Id) -> Result<Option<Guest>> {
    let mut statement =
        connection.prepare_cached("SELECT id, site_id, name, email, url FROM guests WHERE id = ?1")?;
    let found = statement.query_row([id], |row| {
        Ok(Guest {
            id: row.get(0)?,
            site: row.get(1)?,
            name: row.get(2)?,
            email: row.get(3)?,
            url: row.get(4)?,
        })
    });
    Ok(found.optional()?)
}

pub fn insert_guest(tx: &Transaction<'_>, guest: &Guest, now: Millis) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO guests (id, site_id, name, email, url, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![guest.id, guest.site, guest.name, guest.email, guest.url, now])?;
    Ok(())
}

/// The guest that somebody of another system became, by their id there.
pub fn guest_by_source(connection: &Connection, site: Id, source: (&str, &str)) -> Result<Option<Id>> {
    let mut statement = connection
        .prepare_cached("SELECT id FROM guests WHERE site_id = ?1 AND source = ?2 AND source_id = ?3")?;
    Ok(statement.query_row(params![site, source.0, source.1], |row| row.get(0)).optional()?)
}

/// The oldest guest of a site to whom this address, in lower case, is known to belong.
pub fn guest_by_verified_email(connection: &Connection, site: Id, email: &str) -> Result<Option<Id>> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM guests WHERE email = ?2 AND email <> '' AND email_verified AND site_id = ?1 ORDER BY id LIMIT 1",
    )?;
    Ok(statement.query_row(params![site, email], |row| row.get(0)).optional()?)
}

pub fn insert_imported_guest(
    tx: &Transaction<'_>,
    guest: &Guest,
    person: &Newcomer<'_>,
    now: Millis,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO guests (id, site_id, name, email, url, created_at, email_verified, source, source_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        guest.id,
        guest.site,
        guest.name,
        guest.email,
        guest.url,
        now,
        person.email_verified,
        person.source,
        person.source_id
    ])?;
    Ok(())
}

pub fn update_guest(tx: &Transaction<'_>, id: Id, name: &str, email: &str, url: &str) -> Result<()> {
    tx.prepare_cached("UPDATE guests SET name = ?2, email = ?3, url = ?4 WHERE id = ?1")?
        .execute(params![id, name, email, url])?;
    Ok(())
}

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        id: row.get(0)?,
        email: row.get(1)?,
        name: row.get(2)?,
        password_hash: row.get(3)?,
        created_at: row.get(4)?,
    })
}
