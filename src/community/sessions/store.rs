use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Session;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;

const SELECT: &str = "SELECT token_hash, account_id, created_at, seen_at, agent, address FROM sessions";

pub fn insert(tx: &Transaction<'_>, session: &Session, expires_at: Millis) -> Result<()> {
    tx.execute(
        "INSERT INTO sessions (token_hash, account_id, created_at, seen_at, expires_at, agent, address)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            session.token_hash,
            session.account,
            session.created_at,
            session.seen_at,
            expires_at,
            session.agent,
            session.address
        ],
    )?;
    Ok(())
}

pub fn by_hash(connection: &Connection, hash: &[u8; 32], now: Millis) -> Result<Option<Session>> {
    let mut statement =
        connection.prepare_cached(&format!("{SELECT} WHERE token_hash = ?1 AND expires_at > ?2"))?;
    Ok(statement.query_row(params![hash, now], session).optional()?)
}

pub fn of_account(connection: &Connection, account: Id, now: Millis) -> Result<Vec<Session>> {
    let mut statement = connection.prepare_cached(&format!(
        "{SELECT} WHERE account_id = ?1 AND expires_at > ?2 ORDER BY seen_at DESC"
    ))?;
    let sessions = statement.query_map(params![account, now], session)?;
    Ok(sessions.collect::<rusqlite::Result<_>>()?)
}

pub fn by_account(connection: &Connection, now: Millis) -> Result<HashMap<Id, (i64, Millis)>> {
    let mut statement = connection.prepare_cached(
        "SELECT account_id, count(*), max(seen_at) FROM sessions WHERE expires_at > ?1 GROUP BY account_id",
    )?;
    let found = statement.query_map([now], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

pub fn touch(tx: &Transaction<'_>, hash: &[u8; 32], now: Millis, expires_at: Millis) -> Result<()> {
    tx.execute(
        "UPDATE sessions SET seen_at = ?2, expires_at = ?3 WHERE token_hash = ?1",
        params![hash, now, expires_at],
    )?;
    Ok(())
}

pub fn delete(tx: &Transaction<'_>, hash: &[u8; 32]) -> Result<()> {
    tx.execute("DELETE FROM sessions WHERE token_hash = ?1", params![hash])?;
    Ok(())
}

pub fn delete_expired(tx: &Transaction<'_>, now: Millis) -> Result<usize> {
    let links = tx.execute("DELETE FROM setup_links WHERE expires_at <= ?1", params![now])?;
    Ok(links + tx.execute("DELETE FROM sessions WHERE expires_at <= ?1", params![now])?)
}

pub fn replace_setup_token(tx: &Transaction<'_>, hash: &[u8; 32], expires_at: Millis) -> Result<()> {
    delete_setup_tokens(tx)?;
    tx.execute(
        "INSERT INTO setup_links (token_hash, expires_at) VALUES (?1, ?2)",
        params![hash, expires_at],
    )?;
    Ok(())
}

pub fn is_setup_token(connection: &Connection, hash: &[u8; 32], now: Millis) -> Result<bool> {
    Ok(connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM setup_links WHERE token_hash = ?1 AND expires_at > ?2)",
        params![hash, now],
        |row| row.get(0),
    )?)
}

pub fn delete_setup_tokens(tx: &Transaction<'_>) -> Result<()> {
    tx.execute("DELETE FROM setup_links", [])?;
    Ok(())
}

fn session(row: &Row<'_>) -> rusqlite::Result<Session> {
    Ok(Session {
        token_hash: row.get(0)?,
        account: row.get(1)?,
        created_at: row.get(2)?,
        seen_at: row.get(3)?,
        agent: row.get(4)?,
        address: row.get(5)?,
    })
}
