//! Those who look after this instance.

use rusqlite::{Connection, Transaction};

use super::{passwords, store};
use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;

pub const SHORTEST_PASSWORD: usize = 12;
const LONGEST_PASSWORD: usize = 1000;

#[derive(Clone, Debug)]
pub struct Account {
    pub id: Id,
    pub email: String,
    pub name: String,
    pub password_hash: String,
    pub created_at: Millis,
}

/// A password's hash, see [`passwords`]. Takes some tens of milliseconds, so never call it inside a transaction.
///
/// # Errors
/// `Invalid` when the password is too short or absurdly long.
pub fn hash_password(password: &str) -> Result<String> {
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(Error::invalid(
            "password",
            format!("Choose a password of at least {SHORTEST_PASSWORD} characters; a few words do well."),
        ));
    }
    if password.len() > LONGEST_PASSWORD {
        return Err(Error::invalid("password", format!("A password has at most {LONGEST_PASSWORD} bytes.")));
    }
    passwords::hash(password)
}

/// Whether this is the password of `account`. Takes as long when there is no such account.
#[must_use]
pub fn is_password_of(account: Option<&Account>, password: &str) -> bool {
    // A hash of nothing in particular, of the same cost.
    const NOBODY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5MDE$WXv4tbQ3gJNfWTAn8Ss3oXyYkCjhL4L0jGPTHxfLwYs";
    // One that an import brought has no password yet.
    let account = account.filter(|account| !account.password_hash.is_empty());
    let hash = account.map_or(NOBODY, |account| account.password_hash.as_str());
    let right = password.len() <= LONGEST_PASSWORD && passwords::is_of(hash, password);
    right && account.is_some()
}

/// Adds an account, or gives one that an import brought, and that nobody could sign in with, its password.
///
/// # Errors
/// `Invalid` for an email that is none; `Conflict` when it has an account already.
pub fn create(
    tx: &Transaction<'_>,
    email: &str,
    name: &str,
    password_hash: &str,
    by: &Actor,
    now: Millis,
) -> Result<Account> {
    let email = email.trim();
    if !looks_like_email(email) {
        return Err(Error::invalid("email", "That is not an email address."));
    }
    match by_email(tx, email)? {
        Some(known) if known.password_hash.is_empty() => {
            store::record::claim_account(tx, known.id, name.trim(), password_hash)?;
            let account = by_id(tx, known.id)?;
            audit::record(tx, &by.did("account.create", subject(account.id)).change("", &account.name), now)?;
            return Ok(account);
        }
        Some(_) => return Err(Error::Conflict(format!("{email} has an account already."))),
        None => (),
    }
    let name = if name.trim().is_empty() { email.split('@').next().unwrap_or(email) } else { name.trim() };
    let account = Account {
        id: Id::new(now),
        email: email.to_owned(),
        name: name.to_owned(),
        password_hash: password_hash.to_owned(),
        created_at: now,
    };
    store::insert_account(tx, &account)?;
    audit::record(tx, &by.did("account.create", subject(account.id)).change("", &account.name), now)?;
    Ok(account)
}

/// # Errors
/// When it cannot be read.
pub fn by_email(connection: &Connection, email: &str) -> Result<Option<Account>> {
    store::account_by_email(connection, email.trim())
}

/// # Errors
/// `NotFound` when it is gone.
pub fn by_id(connection: &Connection, id: Id) -> Result<Account> {
    store::account_by_id(connection, id)?.ok_or_else(|| Error::NotFound("That account is gone.".into()))
}

/// Whether anybody who can sign in looks after this instance yet.
pub fn any(connection: &Connection) -> Result<bool> {
    store::any_account(connection)
}

/// Gives an account another password; the audit trail says that it did, and no more.
pub fn set_password(
    tx: &Transaction<'_>,
    id: Id,
    password_hash: &str,
    by: &Actor,
    now: Millis,
) -> Result<()> {
    store::set_password(tx, id, password_hash)?;
    audit::record(tx, &by.did("account.password", subject(id)), now)
}

/// What the audit trail calls an account.
#[must_use]
pub fn subject(id: Id) -> String {
    format!("account:{id}")
}

/// Something, an @, and a host; more cannot be known without sending a message.
#[must_use]
pub fn looks_like_email(text: &str) -> bool {
    let parts = text.rsplit_once('@');
    text.len() <= 254
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
        && parts.is_some_and(|(local, host)| !local.is_empty() && !host.is_empty() && !host.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(hash: &str) -> Account {
        Account {
            id: Id(1),
            email: "a@example.com".into(),
            name: "A".into(),
            password_hash: hash.into(),
            created_at: Millis(0),
        }
    }

    #[test]
    fn only_the_right_password_opens() {
        let hash = hash_password("correct horse battery").unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(is_password_of(Some(&account(&hash)), "correct horse battery"));
        assert!(!is_password_of(Some(&account(&hash)), "incorrect horse battery"));
        assert!(!is_password_of(Some(&account("rubbish")), "correct horse battery"));
        assert!(!is_password_of(None, "correct horse battery"));
    }

    #[test]
    fn a_short_password_is_refused() {
        assert!(matches!(hash_password("short"), Err(Error::Invalid { .. })));
    }

    #[test]
    fn an_email_has_a_name_and_a_host() {
        assert!(looks_like_email("ann@example.com") && looks_like_email("a.b+c@localhost"));
        for text in ["", "ann", "@example.com", "ann@", "a b@example.com", "ann@.com"] {
            assert!(!looks_like_email(text), "{text}");
        }
    }
}
