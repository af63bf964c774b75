//! People, whole, as an export of ours carries them.

use rusqlite::{Connection, Transaction};
use serde::{Deserialize, Serialize};

use super::{accounts, store};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;

/// Somebody who looks after a site, as far as their comments and decisions need them: no password, no role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    pub email: String,
    pub name: String,
}

/// Somebody who commented or voted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guest {
    pub id: Id,
    pub name: String,
    pub email: String,
    pub email_verified: bool,
    pub url: String,
    pub created_at: Millis,
    /// Which system an imported person is of …
    pub source: Option<String>,
    /// … and who they are there.
    pub source_id: Option<String>,
}

/// The account of that address; made if it is not there. A new one cannot sign in and may do nothing, until
/// somebody is made an admin with its address.
///
/// # Errors
/// When it cannot be stored.
pub fn restore_account(tx: &Transaction<'_>, record: &Account, now: Millis) -> Result<Id> {
    if let Some(known) = accounts::by_email(tx, &record.email)? {
        return Ok(known.id);
    }
    let id = Id::new(now);
    store::record::insert_account(tx, id, record, now)?;
    Ok(id)
}

/// The guest of that id or of that source, if there is one, and their site.
///
/// # Errors
/// When it cannot be read.
pub fn find_guest(connection: &Connection, site: Option<Id>, record: &Guest) -> Result<Option<(Id, Id)>> {
    if let Some(known) = store::guest(connection, record.id)? {
        return Ok(Some((known.id, known.site)));
    }
    match (site, &record.source, &record.source_id) {
        (Some(site), Some(source), Some(id)) => {
            Ok(store::record::guest_by_source(connection, site, source, id)?.map(|guest| (guest, site)))
        }
        _ => Ok(None),
    }
}

/// Brings back a guest who is not there, under the id they had: with the same instance key, the token in their
/// browser is good again.
///
/// # Errors
/// When it cannot be stored.
pub fn restore_guest(tx: &Transaction<'_>, site: Id, record: &Guest) -> Result<()> {
    store::record::insert_guest(tx, site, record)
}

/// Whether anybody is known on this site.
///
/// # Errors
/// When it cannot be read.
pub fn any_guest(connection: &Connection, site: Id) -> Result<bool> {
    store::record::any_guest(connection, site)
}
