//! The setup link: the only way to become the first admin. Its token is shown once, on the
//! terminal, stands in the URL's fragment so that no log holds it, and is stored hashed.

use std::time::Duration;

use rusqlite::{Connection, Transaction};

use super::store;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::secrets::{hash_token, random_token};
use crate::community::users::accounts::{self, Account};

pub const VALID: Duration = Duration::from_mins(30);

/// Whether the first admin is still to come.
pub fn is_open(connection: &Connection) -> Result<bool> {
    Ok(!accounts::any(connection)?)
}

/// Makes a new token and forgets those before it.
///
/// # Errors
/// `Conflict` once there is an admin.
pub fn new_token(tx: &Transaction<'_>, now: Millis) -> Result<String> {
    if !is_open(tx)? {
        return Err(closed());
    }
    let token = random_token();
    store::replace_setup_token(tx, &hash_token(&token), now + VALID)?;
    Ok(token)
}

/// The link as it is printed.
#[must_use]
pub fn link(base_url: &str, token: &str) -> String {
    format!("{base_url}/admin/setup#{token}")
}

/// Whether this token makes an admin.
///
/// # Errors
/// `Conflict` once there is an admin, `Invalid` for a token that is not right or ran out.
pub fn check(connection: &Connection, token: &str, now: Millis) -> Result<()> {
    if !is_open(connection)? {
        return Err(closed());
    }
    if store::is_setup_token(connection, &hash_token(token), now)? {
        return Ok(());
    }
    Err(Error::invalid(
        "code",
        "This setup code is not right or has run out: it is valid for 30 minutes. Run  afterword admin setup-link  for a new one.",
    ))
}

/// Makes the first admin of whoever holds the token, which is used up by it.
///
/// # Errors
/// As [`check`], and `Invalid` for an email that is none.
pub fn complete(
    tx: &Transaction<'_>,
    token: &str,
    email: &str,
    name: &str,
    password_hash: &str,
    by: &Actor,
    now: Millis,
) -> Result<Account> {
    check(tx, token, now)?;
    let by = Actor { name: "setup link".into(), ..by.clone() };
    let account = accounts::create(tx, email, name, password_hash, &by, now)?;
    store::delete_setup_tokens(tx)?;
    Ok(account)
}

fn closed() -> Error {
    Error::Conflict("Setup is closed: this instance has an admin already. Sign in instead.".into())
}
