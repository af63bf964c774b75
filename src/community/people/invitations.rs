//! Invitations: a link that makes its holder one of those who look after this instance. As with the setup
//! link, its token is shown once, stands in the URL's fragment so that no log holds it, and is stored hashed.

use std::time::Duration;

use rusqlite::{Connection, Transaction};

use super::store;
use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::secrets::{hash_token, random_token};
use crate::community::users::accounts::{self, Account, Role};
use crate::community::users::staff::Office;

pub const VALID: Duration = Duration::from_hours(7 * 24);

/// Somebody who is invited and has not come yet.
#[derive(Clone, Debug)]
pub struct Invitation {
    pub id: Id,
    pub email: String,
    pub office: Office,
    /// The owner's name; none when it was made on the command line.
    pub invited_by: Option<String>,
    pub created_at: Millis,
    pub expires_at: Millis,
}

/// Invites whoever reads that email. Answers the token; an older invitation of the same email is void.
///
/// # Errors
/// `Invalid` for an email that is none; `Conflict` when it has an account.
pub fn invite(tx: &Transaction<'_>, email: &str, office: &Office, by: &Actor, now: Millis) -> Result<String> {
    let email = email.trim();
    accounts::check_free(tx, email)?;
    let token = random_token();
    store::delete_invitations_to(tx, email)?;
    let invitation = Invitation {
        id: Id::new(now),
        email: email.to_owned(),
        office: office.clone(),
        invited_by: None,
        created_at: now,
        expires_at: now + VALID,
    };
    store::insert_invitation(tx, &invitation, &hash_token(&token), by.account)?;
    let entry = by.did("invitation.create", subject(invitation.id)).change("", office.told());
    audit::record(tx, &entry, now)?;
    Ok(token)
}

/// What the audit trail calls an invitation.
fn subject(id: Id) -> String {
    format!("invitation:{id}")
}

/// The link as it is shown.
#[must_use]
pub fn link(base_url: &str, token: &str) -> String {
    format!("{base_url}/admin/join#{token}")
}

/// Those that can still be accepted, newest first.
pub fn open(connection: &Connection, now: Millis) -> Result<Vec<Invitation>> {
    store::open_invitations(connection, now)
}

/// The invitation of a token.
///
/// # Errors
/// `Invalid` for one that is not right, was used or taken back, or ran out.
pub fn find(connection: &Connection, token: &str, now: Millis) -> Result<Invitation> {
    store::invitation(connection, &hash_token(token), now)?.ok_or_else(|| {
        Error::invalid(
            "code",
            "This invitation is not right, was used or taken back, or has run out: it is valid for 7 days. \
             Ask whoever invited you for a new one.",
        )
    })
}

/// Makes an account of whoever holds the token, which is used up by it.
///
/// # Errors
/// As [`find`]; `Conflict` when the email has got an account meanwhile.
pub fn accept(
    tx: &Transaction<'_>,
    token: &str,
    name: &str,
    password_hash: &str,
    by: &Actor,
    now: Millis,
) -> Result<Account> {
    let invitation = find(tx, token, now)?;
    let by = Actor { name: "invitation".into(), ..by.clone() };
    let person = (invitation.email.as_str(), name);
    let account = accounts::create_as(tx, &invitation.office, person, password_hash, &by, now)?;
    store::delete_invitation(tx, invitation.id)?;
    Ok(account)
}

/// Takes an invitation back.
///
/// # Errors
/// `NotFound` when it is gone already.
pub fn revoke(tx: &Transaction<'_>, id: Id, by: &Actor, now: Millis) -> Result<()> {
    if store::delete_invitation(tx, id)? {
        return audit::record(tx, &by.did("invitation.revoke", subject(id)), now);
    }
    Err(Error::NotFound("That invitation is gone: it was accepted, taken back, or has run out.".into()))
}

/// Forgets those that have run out.
pub fn forget_old(tx: &Transaction<'_>, now: Millis) -> Result<usize> {
    store::delete_expired_invitations(tx, now)
}

/// “a moderator of A and B”, as the invited reads it.
#[must_use]
pub fn in_words(role: Role, sites: &[String]) -> String {
    match (role, sites) {
        (Role::Owner | Role::Admin, _) | (Role::Moderator, []) => role.with_article().to_owned(),
        (Role::Moderator, [one]) => format!("a moderator of {one}"),
        (Role::Moderator, [some @ .., last]) => format!("a moderator of {} and {last}", some.join(", ")),
    }
}
