//! What moderators change about a thread, and what takes that back.

use rusqlite::Transaction;

use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::comments;
use crate::community::comments::moving::{Place, move_comment};
use crate::community::comments::page::page_key;
use crate::community::comments::threads::{self, Thread};
use crate::community::sites;

/// One change. All but merging have a way back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Lock(bool),
    Hold(bool),
    Title(String),
    /// Days; none is as the site says, 0 is never.
    Close(Option<u32>),
    /// Another key for its page.
    TakeKey(String),
    LeaveKey(String),
    /// Another page key; the old one stays with it, except the one that is named.
    Move {
        page: String,
        without: Option<String>,
    },
}

/// Does it. Answers the change that takes it back.
///
/// # Errors
/// `NotFound` for no thread; `Invalid` or `Conflict` for a value that cannot be.
pub fn change(tx: &Transaction<'_>, id: Id, change: &Change, by: &Actor, now: Millis) -> Result<Change> {
    let thread = threads::by_id(tx, id)?;
    let entry = by.did(change.action(), subject(thread.id)).on(thread.site);
    let back = perform(tx, thread, change, now)?;
    audit::record(tx, &entry.change(back.value(), change.value()), now)?;
    Ok(back)
}

/// Puts all comments of one thread into another one; answers how many.
///
/// # Errors
/// As [`threads::merge`].
pub fn merge(tx: &Transaction<'_>, from: Id, into: Id, by: &Actor, now: Millis) -> Result<i64> {
    let (site, from) = (threads::by_id(tx, into)?.site, threads::by_id(tx, from)?.id);
    let moved = threads::merge(tx, from, into, now)?;
    audit::record(tx, &by.did("thread.merge", subject(from)).on(site).change("", subject(into)), now)?;
    Ok(moved)
}

/// Moves a comment and all below it; answers where it was.
///
/// # Errors
/// As [`move_comment`].
pub fn move_to(tx: &Transaction<'_>, id: Id, to: Place, by: &Actor, now: Millis) -> Result<Place> {
    let from = move_comment(tx, id, to, now)?;
    let site = comments::by_id(tx, id)?.site;
    let entry = by.did("comment.move", format!("comment:{id}")).on(site);
    audit::record(tx, &entry.change(subject(from.thread), subject(to.thread)), now)?;
    Ok(from)
}

/// What the audit trail calls a thread.
pub fn subject(thread: Id) -> String {
    format!("thread:{thread}")
}

fn perform(tx: &Transaction<'_>, thread: Thread, change: &Change, now: Millis) -> Result<Change> {
    let id = thread.id;
    match change {
        Change::Lock(locked) => {
            threads::set_locked(tx, id, *locked, now)?;
            Ok(Change::Lock(thread.locked))
        }
        Change::Hold(held) => {
            threads::set_held(tx, id, *held, now)?;
            Ok(Change::Hold(thread.held))
        }
        Change::Title(title) => {
            threads::retitle(tx, id, title, now)?;
            Ok(Change::Title(thread.title))
        }
        Change::Close(days) => {
            threads::set_close_after(tx, id, *days, now)?;
            Ok(Change::Close(thread.close_after))
        }
        Change::TakeKey(page) => {
            let key = page_key(&sites::by_id(tx, thread.site)?, page)?;
            threads::claim_alias(tx, &thread, &key, now)?;
            Ok(Change::LeaveKey(key.to_string()))
        }
        Change::LeaveKey(page) => {
            threads::remove_alias(tx, id, page, now)?;
            Ok(Change::TakeKey(page.clone()))
        }
        Change::Move { page, without } => move_page(tx, thread, page, without.as_deref(), now),
    }
}

fn move_page(
    tx: &Transaction<'_>,
    thread: Thread,
    page: &str,
    without: Option<&str>,
    now: Millis,
) -> Result<Change> {
    let site = sites::by_id(tx, thread.site)?;
    let known = threads::aliases(tx, thread.id)?;
    let key = threads::move_page(tx, thread.id, page, now)?.to_string();
    if let Some(page) = without {
        threads::remove_alias(tx, thread.id, page, now)?;
    }
    // By its address where that says as much, so that this comes back too.
    let says_as_much = page_key(&site, &thread.url).is_ok_and(|key| key.as_str() == thread.page);
    let page = if says_as_much { thread.url } else { thread.page };
    Ok(Change::Move { page, without: Some(key).filter(|key| !known.contains(key)) })
}

impl Change {
    /// By what the audit trail names it.
    fn action(&self) -> &'static str {
        match self {
            Self::Lock(true) => "thread.lock",
            Self::Lock(false) => "thread.unlock",
            Self::Hold(true) => "thread.hold",
            Self::Hold(false) => "thread.unhold",
            Self::Title(_) => "thread.title",
            Self::Close(_) => "thread.close",
            Self::TakeKey(_) => "thread.take_key",
            Self::LeaveKey(_) => "thread.leave_key",
            Self::Move { .. } => "thread.move",
        }
    }

    /// What it sets, in words.
    fn value(&self) -> String {
        match self {
            Self::Lock(true) => "locked".into(),
            Self::Lock(false) => "open".into(),
            Self::Hold(true) => "held".into(),
            Self::Hold(false) => "free".into(),
            Self::Title(text) | Self::TakeKey(text) | Self::LeaveKey(text) => text.clone(),
            Self::Close(None) => "as the site says".into(),
            Self::Close(Some(days)) => format!("after {days} days"),
            Self::Move { page, .. } => page.clone(),
        }
    }

    /// By what a form names it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Lock(true) => "lock",
            Self::Lock(false) => "unlock",
            Self::Hold(true) => "hold",
            Self::Hold(false) => "unhold",
            Self::Title(_) => "title",
            Self::Close(_) => "close",
            Self::TakeKey(_) => "take_key",
            Self::LeaveKey(_) => "leave_key",
            Self::Move { .. } => "move",
        }
    }

    /// As a form sends it.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![("act", self.word().to_owned())];
        match self {
            Self::Lock(_) | Self::Hold(_) => {}
            Self::Title(title) => fields.push(("title", title.clone())),
            Self::Close(None) => fields.push(("close", "site".into())),
            Self::Close(Some(0)) => fields.push(("close", "never".into())),
            Self::Close(Some(days)) => {
                fields.extend([("close", "days".into()), ("days", days.to_string())]);
            }
            Self::TakeKey(page) | Self::LeaveKey(page) => fields.push(("key", page.clone())),
            Self::Move { page, without } => {
                fields.extend([("page", page.clone()), ("without", without.clone().unwrap_or_default())]);
            }
        }
        fields
    }

    /// Reads what a form sent: `text` gives a field's value.
    ///
    /// # Errors
    /// `Invalid` for a word that is none, or a number that is none.
    pub fn read<'a>(text: impl Fn(&str) -> &'a str) -> Result<Self> {
        let owned = |name: &str| text(name).to_owned();
        match text("act") {
            word @ ("lock" | "unlock") => Ok(Self::Lock(word == "lock")),
            word @ ("hold" | "unhold") => Ok(Self::Hold(word == "hold")),
            "title" => Ok(Self::Title(owned("title"))),
            "close" => Ok(Self::Close(days(text("close"), text("days"))?)),
            "take_key" => Ok(Self::TakeKey(owned("key"))),
            "leave_key" => Ok(Self::LeaveKey(owned("key"))),
            "move" => Ok(Self::Move {
                page: owned("page"),
                without: Some(owned("without")).filter(|page| !page.is_empty()),
            }),
            other => {
                Err(Error::invalid("act", format!("“{other}” is nothing that can be done to a thread.")))
            }
        }
    }

    /// What it did, in words.
    #[must_use]
    pub fn told(&self) -> &'static str {
        match self {
            Self::Lock(true) => "Locked: nobody can add to it now.",
            Self::Lock(false) => "Unlocked.",
            Self::Hold(true) => "From now on every new comment here waits for a moderator.",
            Self::Hold(false) => "New comments go by the site’s rule again.",
            Self::Title(_) => "Renamed.",
            Self::Close(_) => "Saved when it closes.",
            Self::TakeKey(_) => "The key leads here now.",
            Self::LeaveKey(_) => "The key is free: its page begins a thread of its own.",
            Self::Move { without: None, .. } => "Moved. The old key still leads here.",
            Self::Move { without: Some(_), .. } => "Moved back.",
        }
    }
}

fn days(which: &str, days: &str) -> Result<Option<u32>> {
    match which {
        "site" => Ok(None),
        "never" => Ok(Some(0)),
        _ => match days.parse() {
            Ok(0) | Err(_) => Err(Error::invalid(
                "days",
                format!("Write a whole number of days from 1 to {}.", sites::MOST_DAYS),
            )),
            Ok(days) => Ok(Some(days)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_reads_back_from_its_form() {
        for change in [
            Change::Lock(true),
            Change::Lock(false),
            Change::Hold(true),
            Change::Hold(false),
            Change::Title(String::new()),
            Change::Title("Bread & butter".into()),
            Change::Close(None),
            Change::Close(Some(0)),
            Change::Close(Some(30)),
            Change::TakeKey("/old".into()),
            Change::LeaveKey("/old".into()),
            Change::Move { page: "/new".into(), without: None },
            Change::Move { page: "/old".into(), without: Some("/new".into()) },
        ] {
            let fields = change.fields();
            let text = |name: &str| {
                fields.iter().find(|(field, _)| *field == name).map_or("", |(_, value)| value.as_str())
            };
            assert_eq!(Change::read(text).unwrap(), change);
        }
    }

    #[test]
    fn days_are_a_number_of_them() {
        for wrong in ["", "0", "-1", "soon", "1.5"] {
            assert!(days("days", wrong).is_err(), "{wrong}");
        }
        assert_eq!(days("days", "30").unwrap(), Some(30));
    }
}
