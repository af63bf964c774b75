//! Signing in and staying signed in.

pub mod account_pages;
pub mod jobs;
pub mod middleware;
pub mod pages;
pub mod setup;
mod store;

use std::time::Duration;

use rusqlite::{Connection, Transaction};

use super::users::accounts::{self, Account};
use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::secrets::{hash_token, hex, random_token};

/// How long a session lives after it was last used.
const IDLE: Duration = Duration::from_hours(30 * 24);
/// A session's last use is noted at most this often.
const NOTE_EVERY: Duration = Duration::from_mins(1);

/// A browser in which somebody signed in.
#[derive(Clone, Debug)]
pub struct Session {
    pub token_hash: [u8; 32],
    pub account: Id,
    pub created_at: Millis,
    pub seen_at: Millis,
    pub agent: String,
    pub address: String,
}

/// What is told of the browser that signs in.
#[derive(Clone, Debug, Default)]
pub struct Device {
    pub agent: String,
    pub address: String,
}

/// Starts a session and answers its token, of which only the hash is stored. The session that the
/// browser had before, if any, ends: a token from before signing in is worth nothing after it.
pub fn start(
    tx: &Transaction<'_>,
    account: Id,
    device: &Device,
    before: Option<&str>,
    now: Millis,
) -> Result<String> {
    if let Some(token) = before {
        store::delete(tx, &hash_token(token))?;
    }
    let token = random_token();
    let session = Session {
        token_hash: hash_token(&token),
        account,
        created_at: now,
        seen_at: now,
        agent: device.agent.chars().take(300).collect(),
        address: device.address.clone(),
    };
    store::insert(tx, &session, now + IDLE)?;
    // One's own sign-in has the whole address, as the list of one's sessions has: it is there to be recognised.
    let name = accounts::by_id(tx, account)?.name;
    let by = Actor { account: Some(account), name, address: device.address.clone() };
    audit::record(tx, &by.did("session.start", accounts::subject(account)), now)?;
    Ok(token)
}

/// Remembers that somebody could not sign in, and at whose account; what they typed is not kept, as it may be
/// anything. `unsaid` is how many more there were since the last one that was remembered.
pub fn remember_refused(
    tx: &Transaction<'_>,
    action: &'static str,
    email: &str,
    unsaid: u64,
    by: &Actor,
    now: Millis,
) -> Result<()> {
    let account = accounts::by_email(tx, email)?;
    let subject =
        account.map_or_else(|| "account:unknown".to_owned(), |account| accounts::subject(account.id));
    let more = if unsaid > 0 { format!("and {unsaid} more before it") } else { String::new() };
    audit::record(tx, &by.did(action, subject).change("", more), now)
}

/// The session of a token and its account, if it still holds.
pub fn find(connection: &Connection, token: &str, now: Millis) -> Result<Option<(Session, Account)>> {
    let Some(session) = store::by_hash(connection, &hash_token(token), now)? else { return Ok(None) };
    match accounts::by_id(connection, session.account) {
        Ok(account) => Ok(Some((session, account))),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether the last use of `session` is to be noted again.
#[must_use]
pub fn is_stale(session: &Session, now: Millis) -> bool {
    session.seen_at.until(now) > NOTE_EVERY
}

/// Notes that a session was used.
pub fn touch(tx: &Transaction<'_>, token_hash: &[u8; 32], now: Millis) -> Result<()> {
    store::touch(tx, token_hash, now, now + IDLE)
}

/// Ends the session in which somebody signs out.
pub fn end(tx: &Transaction<'_>, token_hash: &[u8; 32], by: &Actor, now: Millis) -> Result<()> {
    store::delete(tx, token_hash)?;
    let subject = by.account.map(accounts::subject).unwrap_or_default();
    audit::record(tx, &by.did("session.sign-out", subject), now)
}

/// The sessions of an account, last used first.
pub fn of_account(connection: &Connection, account: Id, now: Millis) -> Result<Vec<Session>> {
    store::of_account(connection, account, now)
}

/// Ends the session of that name.
pub fn end_one(tx: &Transaction<'_>, account: Id, name: &str, by: &Actor, now: Millis) -> Result<()> {
    end_those(tx, account, |session| name_of(&session.token_hash) == name, by, now)
}

/// Ends all of an account's sessions, but for one that is kept.
pub fn end_all(
    tx: &Transaction<'_>,
    account: Id,
    kept: Option<&[u8; 32]>,
    by: &Actor,
    now: Millis,
) -> Result<()> {
    end_those(tx, account, |session| Some(&session.token_hash) != kept, by, now)
}

fn end_those(
    tx: &Transaction<'_>,
    account: Id,
    is_meant: impl Fn(&Session) -> bool,
    by: &Actor,
    now: Millis,
) -> Result<()> {
    let mut sessions = store::of_account(tx, account, now)?;
    sessions.retain(is_meant);
    if sessions.is_empty() {
        return Ok(());
    }
    sessions.iter().try_for_each(|session| store::delete(tx, &session.token_hash))?;
    let ended = format!("{} ended", sessions.len());
    audit::record(tx, &by.did("session.end", accounts::subject(account)).change("", ended), now)
}

/// A name for a session that does not open it.
#[must_use]
pub fn name_of(token_hash: &[u8; 32]) -> String {
    hex(&token_hash[..8])
}

/// Forgets what has run out.
pub fn forget_old(tx: &Transaction<'_>, now: Millis) -> Result<usize> {
    store::delete_expired(tx, now)
}
