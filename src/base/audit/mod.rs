//! Who did what, when and from where, what was before and what became of it. Entries are added in the
//! transaction of the change they tell of, and never changed: triggers see to that, and each entry's hash
//! covers the one before it, so that a change behind our back shows.
//!
//! Entries carry ids and settings. The names, emails and texts of readers stay out of them, since nothing
//! that stands here can be erased.

mod chain;
mod search;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::Serialize;
use serde_json::{Map, Value};

use super::clock::Millis;
use super::error::Result;
use super::id::Id;

pub use chain::{Checked, Verdict, check, holds, last_check, verify};
pub use search::{Filter, Who, actions, actors, entries, is_longer_than};

/// A text of an entry has at most so many characters; a long word list need not be here twice.
const LONGEST: usize = 4000;
const LONGEST_FIELD: usize = 500;

/// Who acts, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// None for the command line, for jobs, and for somebody who did not sign in.
    pub account: Option<Id>,
    pub name: String,
    /// Shortened to a network, but for a sign-in; empty where there is none.
    pub address: String,
}

impl Actor {
    /// Whoever may run commands on this box.
    #[must_use]
    pub fn command_line() -> Self {
        Self { account: None, name: "command line".into(), address: String::new() }
    }

    /// The job of this name, at its time.
    #[must_use]
    pub fn job(name: &str) -> Self {
        Self { account: None, name: format!("job {name}"), address: String::new() }
    }

    /// Somebody who has not signed in.
    #[must_use]
    pub fn somebody(address: String) -> Self {
        Self { account: None, name: "somebody".into(), address }
    }

    /// What this actor did, and to what: `by.did("comment.pin", format!("comment:{id}"))`.
    pub fn did(&self, action: &'static str, subject: impl Into<String>) -> Entry<'_> {
        Entry {
            actor: self,
            action,
            subject: subject.into(),
            site: None,
            was: String::new(),
            became: String::new(),
        }
    }
}

/// Something that is to be remembered.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    pub actor: &'a Actor,
    /// Group and verb: `comment.approve`.
    pub action: &'static str,
    /// Kind and id or key: `comment:ID`, `site:KEY`, `account:ID`.
    pub subject: String,
    pub site: Option<Id>,
    /// A short text, or the fields that differ as a JSON object.
    pub was: String,
    pub became: String,
}

impl Entry<'_> {
    /// On which site.
    #[must_use]
    pub fn on(self, site: Id) -> Self {
        Self { site: Some(site), ..self }
    }

    /// What was, and what became of it.
    #[must_use]
    pub fn change(self, was: impl Into<String>, became: impl Into<String>) -> Self {
        Self { was: was.into(), became: became.into(), ..self }
    }

    /// The fields in which `became` differs from `was`; none when nothing does.
    pub fn fields(self, was: &impl Serialize, became: &impl Serialize) -> Option<Self> {
        let (was, became) = (object(was), object(became));
        let differ = |name: &String| was.get(name) != became.get(name);
        let names: Vec<&String> =
            became.keys().chain(was.keys().filter(|name| !became.contains_key(*name))).collect();
        let names: Vec<&String> = names.into_iter().filter(|name| differ(name)).collect();
        if names.is_empty() {
            return None;
        }
        let only = |of: &Map<String, Value>| -> String {
            let kept = names.iter().filter_map(|name| Some(((*name).clone(), short(of.get(*name)?))));
            let kept: Map<String, Value> = kept.collect();
            if kept.is_empty() { String::new() } else { Value::Object(kept).to_string() }
        };
        let (was, became) = (only(&was), only(&became));
        Some(self.change(was, became))
    }
}

fn object(value: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

fn short(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(cut(text, LONGEST_FIELD)),
        other => other.clone(),
    }
}

fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// An entry as it stands in the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub id: Id,
    pub at: Millis,
    pub account: Option<Id>,
    pub actor: String,
    pub address: String,
    pub action: String,
    pub subject: String,
    pub site: Option<Id>,
    pub was: String,
    pub became: String,
    pub hash: Vec<u8>,
}

const COLUMNS: &str = "id, at, account_id, actor, address, action, subject, site_id, was, became, hash";

fn recorded(row: &Row<'_>) -> rusqlite::Result<Recorded> {
    Ok(Recorded {
        id: row.get(0)?,
        at: row.get(1)?,
        account: row.get(2)?,
        actor: row.get(3)?,
        address: row.get(4)?,
        action: row.get(5)?,
        subject: row.get(6)?,
        site: row.get(7)?,
        was: row.get(8)?,
        became: row.get(9)?,
        hash: row.get(10)?,
    })
}

/// Adds an entry as part of `tx`: it is there when the change is, and not when the change fails.
///
/// # Errors
/// When it cannot be stored.
pub fn record(tx: &Transaction<'_>, entry: &Entry<'_>, now: Millis) -> Result<()> {
    let (last, before) = newest(tx)?.unwrap_or((Id(0), chain::START.to_vec()));
    let row = Recorded {
        // Ids are the order of the chain, whatever the clocks of two processes say.
        id: Id::new(now).max(last.next()),
        at: now,
        account: entry.actor.account,
        actor: entry.actor.name.clone(),
        address: entry.actor.address.clone(),
        action: entry.action.to_owned(),
        subject: entry.subject.clone(),
        site: entry.site,
        was: cut(&entry.was, LONGEST),
        became: cut(&entry.became, LONGEST),
        hash: Vec::new(),
    };
    let hash = chain::hash(&before, &row);
    tx.prepare_cached(
        "INSERT INTO audit (id, at, account_id, actor, address, action, subject, site_id, was, became, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        row.id,
        row.at,
        row.account,
        row.actor,
        row.address,
        row.action,
        row.subject,
        row.site,
        row.was,
        row.became,
        hash
    ])?;
    Ok(())
}

/// The id and the hash of the entry that was added last.
fn newest(connection: &Connection) -> Result<Option<(Id, Vec<u8>)>> {
    let mut statement = connection.prepare_cached("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1")?;
    Ok(statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

#[cfg(test)]
mod tests;
