//! From checked lines into the database.

use std::collections::HashMap;

use rusqlite::Transaction;

use super::line::Line;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::comments::record::{
    self as comments, Comment, Place, Report, Thread, Uncounted, Version, Vote,
};
use crate::community::moderation::record as moderation;
use crate::community::sites::record as sites;
use crate::community::transfer::apply::Counts;
use crate::community::users::record as users;

/// What is written at once.
pub enum Unit {
    Account(users::Account),
    Site(Box<sites::Record>),
    Guest(users::Guest),
    Thread(Thread),
    Comment(Box<Whole>),
}

/// A comment and all that hangs on it.
pub struct Whole {
    comment: Comment,
    versions: Vec<Version>,
    votes: Vec<Vote>,
    reports: Vec<Report>,
    actions: Vec<moderation::Record>,
}

impl Unit {
    /// None for a line that belongs to one before it.
    pub fn of(key: &str, line: Line) -> Option<Self> {
        match line {
            Line::Account(account) => Some(Self::Account(account)),
            Line::Site(site) => Some(Self::Site(Box::new(sites::Record { key: key.to_owned(), ..site }))),
            Line::Guest(guest) => Some(Self::Guest(guest)),
            Line::Thread(thread) => Some(Self::Thread(thread)),
            Line::Comment(mut comment) => {
                comment.html = comments::safe_html(&comment.format, &comment.body, &comment.html);
                Some(Self::Comment(Box::new(Whole {
                    comment: *comment,
                    versions: Vec::new(),
                    votes: Vec::new(),
                    reports: Vec::new(),
                    actions: Vec::new(),
                })))
            }
            _ => None,
        }
    }
}

impl Whole {
    /// Takes a line that hangs on this comment; gives back any other.
    pub fn hang(&mut self, line: Line) -> Option<Line> {
        match line {
            Line::Version(mut version) => {
                version.html = comments::safe_html(&self.comment.format, &version.body, &version.html);
                self.versions.push(version);
            }
            Line::Vote(vote) => self.votes.push(vote),
            Line::Report(report) => self.reports.push(report),
            Line::Moderation(action) => self.actions.push(action),
            other => return Some(other),
        }
        None
    }
}

/// Where the next unit goes, and what became of those before it.
#[derive(Default)]
pub struct Target {
    /// By address; made here once something of theirs is.
    accounts: HashMap<String, users::Account>,
    site: Option<Id>,
    thread: Option<Id>,
    /// Those who are here under another id, since they came from the same other system before.
    guests: HashMap<Id, Id>,
    /// On a site that has threads already, only those come back of whom something else does: who was erased here
    /// stays so.
    needed: bool,
    waiting: HashMap<Id, users::Guest>,
    comments: HashMap<Id, Id>,
    uncounted: Uncounted,
    pub counts: Counts,
}

impl Target {
    /// # Errors
    /// When it cannot be stored.
    pub fn write(&mut self, tx: &Transaction<'_>, units: &[Unit], now: Millis) -> Result<()> {
        units.iter().try_for_each(|unit| self.write_one(tx, unit, now))?;
        self.uncounted.settle(tx)
    }

    fn write_one(&mut self, tx: &Transaction<'_>, unit: &Unit, now: Millis) -> Result<()> {
        match unit {
            Unit::Account(account) => {
                self.accounts.insert(account.email.to_lowercase(), account.clone());
            }
            Unit::Site(site) => self.site(tx, site, now)?,
            Unit::Guest(guest) => self.guest(tx, guest)?,
            Unit::Thread(thread) => {
                self.thread = Some(comments::restore_thread(tx, self.current_site()?, thread)?);
                self.comments.clear();
            }
            Unit::Comment(whole) => self.comment(tx, whole, now)?,
        }
        Ok(())
    }

    /// A site that nobody used yet takes over the file's settings; any other keeps its own.
    fn site(&mut self, tx: &Transaction<'_>, site: &sites::Record, now: Millis) -> Result<()> {
        let known = sites::find(tx, &site.key)?;
        self.needed = known.map_or(Ok(false), |id| comments::any_thread(tx, id))?;
        let in_use = self.needed || known.map_or(Ok(false), |id| users::any_guest(tx, id))?;
        self.site = if in_use { known } else { Some(sites::restore(tx, site, known, now)?) };
        self.guests.clear();
        self.waiting.clear();
        self.thread = None;
        Ok(())
    }

    fn guest(&mut self, tx: &Transaction<'_>, guest: &users::Guest) -> Result<()> {
        let site = self.current_site()?;
        match users::find_guest(tx, Some(site), guest)? {
            Some((known, _)) if known == guest.id => (),
            Some((known, _)) => drop(self.guests.insert(guest.id, known)),
            None if self.needed => drop(self.waiting.insert(guest.id, guest.clone())),
            None => users::restore_guest(tx, site, guest)?,
        }
        Ok(())
    }

    /// The guest as they are known here; brought back if they were not.
    fn guest_of(&mut self, tx: &Transaction<'_>, site: Id, id: Id) -> Result<Id> {
        if let Some(guest) = self.waiting.remove(&id) {
            users::restore_guest(tx, site, &guest)?;
        }
        Ok(renamed(&self.guests, id))
    }

    fn comment(&mut self, tx: &Transaction<'_>, whole: &Whole, now: Millis) -> Result<()> {
        let (comment, site) = (&whole.comment, self.current_site()?);
        if let Some((known, _)) = comments::find(tx, Some(site), comment)? {
            self.counts.already += 1;
            if known != comment.id {
                self.comments.insert(comment.id, known);
            }
            return Ok(());
        }
        let place = Place {
            site,
            thread: self.thread.ok_or_else(nowhere)?,
            parent: comment.parent.map(|id| renamed(&self.comments, id)),
            guest: comment.guest.map(|id| self.guest_of(tx, site, id)).transpose()?,
            account: self.account(tx, comment.account.as_deref(), now)?,
        };
        comments::restore(tx, comment, place, &mut self.uncounted)?;
        self.counts.imported += 1;
        whole.versions.iter().try_for_each(|version| comments::restore_version(tx, version))?;
        for vote in &whole.votes {
            comments::restore_vote(tx, vote, self.guest_of(tx, site, vote.guest)?)?;
        }
        comments::restore_reports(tx, &whole.reports)?;
        for action in &whole.actions {
            moderation::restore(tx, action, self.account(tx, action.account.as_deref(), now)?)?;
        }
        Ok(())
    }

    fn account(&self, tx: &Transaction<'_>, email: Option<&str>, now: Millis) -> Result<Option<Id>> {
        let account = email.and_then(|email| self.accounts.get(&email.to_lowercase()));
        account.map(|account| users::restore_account(tx, account, now)).transpose()
    }

    fn current_site(&self) -> Result<Id> {
        self.site.ok_or_else(nowhere)
    }
}

fn renamed(names: &HashMap<Id, Id>, id: Id) -> Id {
    names.get(&id).copied().unwrap_or(id)
}

/// The order of lines was checked, so this does not happen.
fn nowhere() -> Error {
    Error::internal("a line of an export stands before what it belongs to")
}
