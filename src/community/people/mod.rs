//! Those who look after this instance: how they are invited, what they may do, and how they leave.

pub mod invitations;
pub mod join_pages;
pub mod jobs;
pub mod list_page;
pub mod pages;
pub mod person_pages;
pub mod reset;
mod store;

use rusqlite::{Connection, Transaction};

use super::sessions;
use super::sites::{self, Site};
use super::users::accounts::{Account, Role};
use super::users::staff::{self, Office};
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;

/// An account with what an owner wants to know of it.
#[derive(Clone, Debug)]
pub struct Person {
    pub account: Account,
    /// The sites they moderate; none for those who have every site.
    pub sites: Vec<Site>,
    /// Browsers in which they are signed in.
    pub sessions: i64,
    /// When one of those was last used.
    pub seen: Option<Millis>,
}

/// All who have an account, by name.
pub fn everybody(connection: &Connection, now: Millis) -> Result<Vec<Person>> {
    let (sites, sessions) = (sites::all(connection)?, sessions::by_account(connection, now)?);
    let person = |account: Account| {
        let own = staff::sites_of(connection, account.id)?;
        let (sessions, seen) =
            sessions.get(&account.id).map_or((0, None), |(number, seen)| (*number, Some(*seen)));
        let sites = sites.iter().filter(|site| own.contains(&site.id)).cloned().collect();
        Ok(Person { account, sites, sessions, seen })
    };
    staff::all(connection)?.into_iter().map(person).collect()
}

/// The role of that name, for the sites of these keys.
///
/// # Errors
/// `Invalid` for a role that is none and for a moderator without sites; `NotFound` for a site.
pub fn office(connection: &Connection, role: &str, sites: &[String]) -> Result<Office> {
    let role: Role = role.parse().map_err(|words: String| Error::invalid("role", words))?;
    let sites = sites.iter().map(|key| Ok(sites::by_key(connection, key)?.id)).collect::<Result<_>>()?;
    Office::new(role, sites)
}

/// Gives an account a role and its sites. Who is no owner any more has nobody invited either.
///
/// # Errors
/// As [`staff::appoint`].
pub fn appoint(tx: &Transaction<'_>, id: Id, office: &Office, by: &Actor, now: Millis) -> Result<()> {
    let was = staff::appoint(tx, id, office, by, now)?;
    if was.role == Role::Owner && office.role != Role::Owner {
        store::delete_invitations_of(tx, id)?;
    }
    Ok(())
}
