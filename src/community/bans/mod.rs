//! Who is not welcome any more: by address, network, email or name, for a while or for good. A shadow ban
//! lets somebody write on, and nobody else read it.

pub mod jobs;
mod pattern;
mod store;

use std::net::IpAddr;

use rusqlite::{Connection, Transaction};

use super::users::guests::Guest;
use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::secrets::hex;
use crate::web::caller::Caller;

pub use pattern::Kind;

const LONGEST_REASON: usize = 300;

/// What the rules say of a comment that was written under a shadow ban.
pub const FINDING: &str = "shadow ban";

/// Somebody who is banned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ban {
    pub id: Id,
    /// None: on every site.
    pub site: Option<Id>,
    pub kind: Kind,
    /// An address's keyed hash in hexadecimal digits, a network, or a text in which `*` stands for anything.
    pub pattern: String,
    pub shadow: bool,
    /// For those who look after the site; the banned never read it.
    pub reason: String,
    /// Who made it; none when that account is gone.
    pub by: Option<String>,
    pub created_at: Millis,
    /// None: for good.
    pub expires_at: Option<Millis>,
}

/// A ban as somebody asks for it.
#[derive(Clone, Debug)]
pub struct Draft {
    pub site: Option<Id>,
    pub kind: Kind,
    pub pattern: String,
    pub shadow: bool,
    pub reason: String,
    pub expires_at: Option<Millis>,
}

/// Where a request is from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    pub address: Option<IpAddr>,
    /// As it is stored with a comment.
    pub address_hash: Vec<u8>,
}

impl Origin {
    #[must_use]
    pub fn of(caller: &Caller) -> Self {
        Self { address: Some(caller.address), address_hash: caller.address_hash.clone() }
    }
}

/// Somebody who wants to say something, as far as a ban can know them.
#[derive(Clone, Debug)]
pub struct Person<'a> {
    origin: &'a Origin,
    /// Name and email, as they are given now and as they were given last.
    known_as: Vec<(&'a str, &'a str)>,
}

impl<'a> Person<'a> {
    #[must_use]
    pub fn new(origin: &'a Origin, guest: Option<&'a Guest>) -> Self {
        let known_as = guest.map(|guest| (guest.name.as_str(), guest.email.as_str()));
        Self { origin, known_as: known_as.into_iter().collect() }
    }

    /// Who calls themselves so now.
    #[must_use]
    pub fn called(mut self, name: &'a str, email: &'a str) -> Self {
        self.known_as.push((name, email));
        self
    }
}

impl Draft {
    /// Everything that is wrong with it: a pattern that cannot be or would ban everybody, a reason that is too
    /// long, an end that is past.
    #[must_use]
    pub fn faults(&self, now: Millis) -> Vec<Error> {
        let mut faults: Vec<_> = self.kind.check(&self.pattern).err().into_iter().collect();
        if self.reason.trim().chars().count() > LONGEST_REASON {
            let detail = format!("A reason has at most {LONGEST_REASON} characters.");
            faults.push(Error::invalid("reason", detail));
        }
        if self.expires_at.is_some_and(|end| end <= now) {
            faults.push(Error::invalid("ends", "That moment is past. Choose one that is still to come."));
        }
        faults
    }
}

/// Adds a ban.
///
/// # Errors
/// `Invalid`, with the field of the first fault.
pub fn add(tx: &Transaction<'_>, draft: &Draft, by: &Actor, now: Millis) -> Result<Ban> {
    if let Some(fault) = draft.faults(now).into_iter().next() {
        return Err(fault);
    }
    let ban = Ban {
        id: Id::new(now),
        site: draft.site,
        kind: draft.kind,
        pattern: draft.kind.check(&draft.pattern)?,
        shadow: draft.shadow,
        reason: draft.reason.trim().to_owned(),
        by: None,
        created_at: now,
        expires_at: draft.expires_at,
    };
    store::insert(tx, &ban, by.account)?;
    audit::record(tx, &ban.entry(by, "ban.create").change("", ban.told()), now)?;
    Ok(ban)
}

/// Ends a ban at once. It stays as it was otherwise, so that it can go on; answers when it was to end.
///
/// # Errors
/// `NotFound` when there is none; `Conflict` when it has ended already.
pub fn end(tx: &Transaction<'_>, id: Id, by: &Actor, now: Millis) -> Result<Option<Millis>> {
    let ban = by_id(tx, id)?;
    if ban.expires_at.is_some_and(|end| end <= now) {
        return Err(Error::Conflict("That ban has ended already.".into()));
    }
    store::set_end(tx, id, Some(now))?;
    audit::record(tx, &ban.entry(by, "ban.end").change(ban.told(), "ended"), now)?;
    Ok(ban.expires_at)
}

/// Lets a ban go on that was ended at that moment, until when it was to end before.
///
/// # Errors
/// `NotFound` when it is forgotten; `Conflict` when it did not end then, or would be over by now.
pub fn resume(
    tx: &Transaction<'_>,
    id: Id,
    ended: Millis,
    until: Option<Millis>,
    by: &Actor,
    now: Millis,
) -> Result<()> {
    let ban = by_id(tx, id)?;
    if ban.expires_at != Some(ended) {
        return Err(Error::Conflict("That ban was changed since; it stays as it is.".into()));
    }
    if until.is_some_and(|end| end <= now) {
        return Err(Error::Conflict("That ban would be over by now, so it stays ended.".into()));
    }
    store::set_end(tx, id, until)?;
    let ban = Ban { expires_at: until, ..ban };
    audit::record(tx, &ban.entry(by, "ban.resume").change("ended", ban.told()), now)
}

fn by_id(connection: &Connection, id: Id) -> Result<Ban> {
    store::by_id(connection, id)?.ok_or_else(|| Error::NotFound("There is no such ban.".into()))
}

/// Which bans are listed, and in which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Those that hold, or those that have ended.
    pub ended: bool,
    pub by: By,
    pub descending: bool,
}

/// By what bans are put in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    Pattern,
    Kind,
    /// When they were made.
    #[default]
    Made,
    /// When they end, or ended; those for good never do.
    End,
}

/// Up to `limit` bans after the one that `cursor` names.
pub fn list(
    connection: &Connection,
    listing: Listing,
    after: Option<Id>,
    limit: u32,
    now: Millis,
) -> Result<Vec<Ban>> {
    store::list(connection, listing, after, limit, now)
}

/// How many bans hold now.
pub fn count(connection: &Connection, now: Millis) -> Result<i64> {
    store::count(connection, now)
}

/// Whether this person writes in the shadow.
///
/// # Errors
/// `Forbidden` for somebody who is banned, in words that tell until when and nothing else.
pub fn check(connection: &Connection, site: Id, person: &Person<'_>, now: Millis) -> Result<bool> {
    let (mut shadowed, mut banned) = (false, None::<Option<Millis>>);
    let hash = hex(&person.origin.address_hash);
    for ban in store::holding(connection, site, &hash, now)?.iter().filter(|ban| ban.meets(person)) {
        if ban.shadow {
            shadowed = true;
        } else {
            // The one that holds longest counts; the one for good is longer than all.
            banned = Some(match banned {
                None => ban.expires_at,
                Some(other) => other.zip(ban.expires_at).map(|(a, b)| a.max(b)),
            });
        }
    }
    match banned {
        None => Ok(shadowed),
        Some(until) => Err(refusal(until)),
    }
}

fn refusal(until: Option<Millis>) -> Error {
    let until = until.map(|end| format!(" You can again from {} on.", end.for_people())).unwrap_or_default();
    Error::Forbidden(format!("You can no longer comment here.{until}"))
}

impl Ban {
    /// An entry of the audit trail about it.
    fn entry<'a>(&self, by: &'a Actor, action: &'static str) -> audit::Entry<'a> {
        audit::Entry { site: self.site, ..by.did(action, format!("ban:{}", self.id)) }
    }

    /// What the trail tells of it. Not the pattern: that is somebody's name, email or address, and what stands in
    /// the trail cannot be erased.
    fn told(&self) -> String {
        let how = if self.shadow { ", in the shadow" } else { "" };
        let until = self
            .expires_at
            .map_or_else(|| "for good".to_owned(), |end| format!("until {}", end.for_people()));
        format!("by {}{how}, {until}", self.kind.as_str())
    }

    fn meets(&self, person: &Person<'_>) -> bool {
        match self.kind {
            Kind::Address => {
                !person.origin.address_hash.is_empty() && hex(&person.origin.address_hash) == self.pattern
            }
            Kind::Network => {
                person.origin.address.is_some_and(|address| pattern::network_has(&self.pattern, address))
            }
            Kind::Email => person.known_as.iter().any(|(_, email)| pattern::email_fits(&self.pattern, email)),
            Kind::Name => person.known_as.iter().any(|(name, _)| pattern::name_fits(&self.pattern, name)),
        }
    }
}
