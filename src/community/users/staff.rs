//! What the accounts are here: their roles, and the sites that moderators moderate.

use rusqlite::{Connection, Transaction};

use super::accounts::{Access, Account, Role, by_id, subject};
use super::store;
use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;

/// What an account is, and for which sites when it is a moderator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    pub role: Role,
    pub sites: Vec<Id>,
}

impl Office {
    /// A moderator without a site could not do anything; the others have every site.
    ///
    /// # Errors
    /// `Invalid`, with the field.
    pub fn new(role: Role, sites: Vec<Id>) -> Result<Self> {
        match role {
            Role::Moderator if sites.is_empty() => {
                Err(Error::invalid("site", "Choose at least one site that the moderator is to look after."))
            }
            Role::Moderator => Ok(Self { role, sites }),
            Role::Owner | Role::Admin => Ok(Self { role, sites: Vec::new() }),
        }
    }
}

impl Office {
    /// As the audit trail tells it: `moderator of 01h2…, 01h3…`, the sites by their ids.
    #[must_use]
    pub fn told(&self) -> String {
        let mut sites: Vec<_> = self.sites.iter().map(ToString::to_string).collect();
        sites.sort_unstable();
        if sites.is_empty() {
            self.role.to_string()
        } else {
            format!("{} of {}", self.role, sites.join(", "))
        }
    }
}

/// Whose comments an account may see and act on.
pub fn access(connection: &Connection, account: &Account) -> Result<Access> {
    match account.role {
        Role::Owner | Role::Admin => Ok(Access::Everything),
        Role::Moderator => Ok(Access::Sites(store::present_sites_of(connection, account.id)?)),
    }
}

/// All accounts that somebody can sign in with, by name.
pub fn all(connection: &Connection) -> Result<Vec<Account>> {
    store::accounts(connection)
}

/// The sites that an account moderates.
pub fn sites_of(connection: &Connection, account: Id) -> Result<Vec<Id>> {
    store::sites_of(connection, account)
}

/// Gives an account a role and its sites. Answers the account as it was.
///
/// # Errors
/// `NotFound`; `Conflict` when nobody would be left who may do everything.
pub fn appoint(tx: &Transaction<'_>, id: Id, office: &Office, by: &Actor, now: Millis) -> Result<Account> {
    let account = by_id(tx, id)?;
    if account.role == Role::Owner && office.role != Role::Owner {
        check_other_owner(tx, id)?;
    }
    let was = Office { role: account.role, sites: store::sites_of(tx, id)? };
    store::set_office(tx, id, office)?;
    if was.told() != office.told() {
        audit::record(tx, &by.did("account.role", subject(id)).change(was.told(), office.told()), now)?;
    }
    Ok(account)
}

/// Takes an account away, and with it its sessions. What it wrote and did stays.
///
/// # Errors
/// `NotFound`; `Conflict` for the last owner.
pub fn remove(tx: &Transaction<'_>, id: Id, by: &Actor, now: Millis) -> Result<Account> {
    let account = by_id(tx, id)?;
    if account.role == Role::Owner {
        check_other_owner(tx, id)?;
    }
    store::delete_account(tx, id)?;
    let was = format!("{}, {}", account.name, account.role);
    audit::record(tx, &by.did("account.remove", subject(id)).change(was, ""), now)?;
    Ok(account)
}

fn check_other_owner(tx: &Transaction<'_>, id: Id) -> Result<()> {
    if store::is_other_owner(tx, id)? {
        return Ok(());
    }
    Err(Error::Conflict(
        "This is the only owner, and somebody has to be one. Make somebody else an owner first.".into(),
    ))
}
