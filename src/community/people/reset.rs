//! A link with which somebody sets a new password. It is not stored: its tag covers the password that it
//! replaces, so it works once, and no longer than any other change of the password.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::{Connection, Transaction};

use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::secrets::{InstanceKey, same};
use crate::community::sessions;
use crate::community::users::accounts::{self, Account};

pub const VALID: Duration = Duration::from_hours(24);

/// Makes a link's token; the trail says that there is one.
///
/// # Errors
/// `NotFound` when the account is gone.
pub fn make(
    tx: &Transaction<'_>,
    key: &InstanceKey,
    id: Id,
    by: &Actor,
    now: Millis,
) -> Result<(Account, String)> {
    let account = accounts::by_id(tx, id)?;
    audit::record(tx, &by.did("account.reset-link", accounts::subject(id)), now)?;
    let token = signed(key, &account, now + VALID);
    Ok((account, token))
}

/// The link as it is shown.
#[must_use]
pub fn link(base_url: &str, token: &str) -> String {
    format!("{base_url}/admin/reset#{token}")
}

/// Whose password a token replaces.
///
/// # Errors
/// `Invalid` for one that was made up, was used, or ran out.
pub fn find(connection: &Connection, key: &InstanceKey, token: &str, now: Millis) -> Result<Account> {
    let account = match parse(token) {
        Some((id, expires)) if now < expires => accounts::by_id(connection, id).ok(),
        _ => None,
    };
    let genuine = account.filter(|account| {
        parse(token)
            .is_some_and(|(_, expires)| same(signed(key, account, expires).as_bytes(), token.as_bytes()))
    });
    genuine.ok_or_else(|| {
        Error::invalid(
            "code",
            "This link is not right, was used, or has run out: it is valid for a day. Ask an owner for a new one.",
        )
    })
}

/// Sets the password and ends all sessions that were opened with the old one.
///
/// # Errors
/// As [`find`].
pub fn complete(
    tx: &Transaction<'_>,
    key: &InstanceKey,
    token: &str,
    password_hash: &str,
    by: &Actor,
    now: Millis,
) -> Result<Account> {
    let account = find(tx, key, token, now)?;
    let by = Actor { name: "reset link".into(), ..by.clone() };
    accounts::set_password(tx, account.id, password_hash, &by, now)?;
    sessions::end_all(tx, account.id, None, &by, now)?;
    Ok(account)
}

fn signed(key: &InstanceKey, account: &Account, expires: Millis) -> String {
    let covered = format!("{}\n{}\n{}", account.id, expires.0, account.password_hash);
    let tag = key.tag("password-reset", covered.as_bytes());
    format!("{}.{}.{}", account.id, expires.0, URL_SAFE_NO_PAD.encode(tag))
}

fn parse(token: &str) -> Option<(Id, Millis)> {
    let mut parts = token.splitn(3, '.');
    let id = parts.next()?.parse().ok()?;
    Some((id, Millis(parts.next()?.parse().ok()?)))
}
