use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::invitations::Invitation;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::users::accounts::Role;
use crate::community::users::staff::Office;

const SELECT: &str = "SELECT i.id, i.email, i.role, a.name, i.created_at, i.expires_at
     FROM invitations i LEFT JOIN accounts a ON a.id = i.invited_by";

pub fn insert_invitation(
    tx: &Transaction<'_>,
    invitation: &Invitation,
    token_hash: &[u8; 32],
    by: Option<Id>,
) -> Result<()> {
    tx.execute(
        "INSERT INTO invitations (id, token_hash, email, role, invited_by, created_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            invitation.id,
            token_hash,
            invitation.email,
            invitation.office.role.as_str(),
            by,
            invitation.created_at,
            invitation.expires_at
        ],
    )?;
    for site in &invitation.office.sites {
        tx.execute(
            "INSERT OR IGNORE INTO invitation_sites (invitation_id, site_id) VALUES (?1, ?2)",
            [invitation.id, *site],
        )?;
    }
    Ok(())
}

pub fn open_invitations(connection: &Connection, now: Millis) -> Result<Vec<Invitation>> {
    let mut statement =
        connection.prepare_cached(&format!("{SELECT} WHERE i.expires_at > ?1 ORDER BY i.id DESC"))?;
    let found: Vec<_> = statement.query_map([now], read)?.collect::<rusqlite::Result<_>>()?;
    found.into_iter().map(|one| with_sites(connection, one)).collect()
}

pub fn invitation(connection: &Connection, token_hash: &[u8; 32], now: Millis) -> Result<Option<Invitation>> {
    let mut statement =
        connection.prepare_cached(&format!("{SELECT} WHERE i.token_hash = ?1 AND i.expires_at > ?2"))?;
    let found = statement.query_row(params![token_hash, now], read).optional()?;
    found.map(|one| with_sites(connection, one)).transpose()
}

/// Answers whether it was there.
pub fn delete_invitation(tx: &Transaction<'_>, id: Id) -> Result<bool> {
    Ok(tx.execute("DELETE FROM invitations WHERE id = ?1", [id])? > 0)
}

pub fn delete_invitations_to(tx: &Transaction<'_>, email: &str) -> Result<()> {
    tx.execute("DELETE FROM invitations WHERE email = ?1 COLLATE NOCASE", [email])?;
    Ok(())
}

pub fn delete_invitations_of(tx: &Transaction<'_>, account: Id) -> Result<()> {
    tx.execute("DELETE FROM invitations WHERE invited_by = ?1", [account])?;
    Ok(())
}

pub fn delete_expired_invitations(tx: &Transaction<'_>, now: Millis) -> Result<usize> {
    Ok(tx.execute("DELETE FROM invitations WHERE expires_at <= ?1", [now])?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Invitation> {
    // A role nobody knows may do the least.
    let role = row.get::<_, String>(2)?.parse().unwrap_or(Role::Moderator);
    Ok(Invitation {
        id: row.get(0)?,
        email: row.get(1)?,
        office: Office { role, sites: Vec::new() },
        invited_by: row.get(3)?,
        created_at: row.get(4)?,
        expires_at: row.get(5)?,
    })
}

fn with_sites(connection: &Connection, mut invitation: Invitation) -> Result<Invitation> {
    let mut statement =
        connection.prepare_cached("SELECT site_id FROM invitation_sites WHERE invitation_id = ?1")?;
    let sites = statement.query_map([invitation.id], |row| row.get(0))?;
    invitation.office.sites = sites.collect::<rusqlite::Result<_>>()?;
    Ok(invitation)
}
