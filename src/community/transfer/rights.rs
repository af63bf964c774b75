//! A person's rights: everything that is known about one email address handed out, or forgotten. Which columns
//! that is, and how their rows are found, `base/personal` declares.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;

use rusqlite::{Connection, Transaction};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::personal::{self, Fate, Forget, Person, Table};
use crate::community::comments::{self, Status, search, status, threads};
use crate::community::users::accounts;

/// What the header of a person's copy calls the format, and its version.
const FORMAT: &str = "afterword-person";
const VERSION: u32 = 1;
/// So many of the texts that still have the address in them are named.
const MOST_MENTIONS: u32 = 100;

/// What was forgotten about somebody, or would be.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Erased {
    pub email: String,
    pub dry_run: bool,
    /// Their texts stay, and nobody can tell whose they are.
    pub anonymous: bool,
    /// Rows of each table, where there were any.
    pub rows: BTreeMap<&'static str, u64>,
    /// Where the address still stands in what people wrote.
    pub mentions: Vec<Mention>,
}

/// What there is about somebody.
#[derive(Debug, PartialEq, Eq)]
pub struct Known {
    /// Rows of each table, where there are any.
    pub rows: BTreeMap<&'static str, u64>,
    /// Why they cannot be forgotten, in words, if that is so.
    pub kept: Option<String>,
}

/// A text with the address in it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Mention {
    pub table: &'static str,
    /// The comment's id.
    pub id: Id,
}

/// Writes everything that is known about somebody; how many rows that was.
///
/// # Errors
/// `Invalid` for what is no email address; `NotFound` when nothing is known about it; whatever `out` answers.
pub fn export(connection: &Connection, email: &str, out: &mut dyn Write) -> Result<u64> {
    let email = address(email)?;
    let person = personal::find(connection, email)?;
    if personal::count(connection, &person)?.is_empty() {
        return Err(nobody(email));
    }
    put(out, &json!({ "type": "header", "format": FORMAT, "version": VERSION, "email": email }))?;
    let mut rows = 0;
    personal::each_row(connection, &person, &mut |table, values| {
        rows += 1;
        put(out, &row(connection, table, values)?)
    })?;
    put(out, &json!({ "type": "end", "rows": rows }))?;
    out.flush()?;
    Ok(rows)
}

/// A row; of a comment also the page it stands on, as ids say little.
fn row(connection: &Connection, table: &Table, values: Map<String, Value>) -> Result<Value> {
    let mut row = json!({ "type": "row", "table": table.name });
    let thread = values.get("thread_id").and_then(Value::as_str).and_then(|id| id.parse().ok());
    if let Some(id) = thread {
        let thread = threads::by_id(connection, id)?;
        row["page"] = json!({ "key": thread.page, "url": thread.url, "title": thread.title });
    }
    row["values"] = values.into();
    Ok(row)
}

fn put(out: &mut dyn Write, value: &Value) -> Result<()> {
    Ok(writeln!(out, "{value}")?)
}

/// How much [`export`] would write, and whether [`erase`] may be done.
///
/// # Errors
/// As [`export`].
pub fn known(connection: &Connection, email: &str) -> Result<Known> {
    let email = address(email)?;
    let person = personal::find(connection, email)?;
    let counts = personal::count(connection, &person)?;
    if counts.is_empty() {
        return Err(nobody(email));
    }
    let kept = match somebody(connection, email) {
        Ok(_) => None,
        Err(Error::Conflict(words)) => Some(words),
        Err(other) => return Err(other),
    };
    Ok(Known { rows: counts.into_iter().map(|(table, count)| (table.name, count)).collect(), kept })
}

/// Notes in the audit trail that somebody took a copy; not of whom.
///
/// # Errors
/// When it cannot be stored.
pub fn note_copy(tx: &Transaction<'_>, by: &Actor, now: Millis) -> Result<()> {
    audit::record(tx, &by.did("person.export", "person"), now)
}

/// Says what [`erase`] would forget.
///
/// # Errors
/// As [`erase`].
pub fn foresee(connection: &Connection, email: &str, how: Forget) -> Result<Erased> {
    let person = somebody(connection, email)?;
    let counts = personal::count(connection, &person)?;
    let rows = counts.into_iter().filter(|(table, _)| !matches!(table.erased, Fate::Kept(_)));
    Ok(Erased {
        email: person.email,
        dry_run: true,
        anonymous: how == Forget::WhoItWas,
        rows: rows.map(|(table, count)| (table.name, count)).collect(),
        mentions: Vec::new(),
    })
}

/// Forgets somebody: their comments are blanked or, with [`Forget::WhoItWas`], made anonymous. What others
/// replied keeps its place.
///
/// # Errors
/// `Invalid` for what is no email address; `NotFound` when nothing is known about it; `Conflict` for somebody
/// who has an account.
pub fn erase(tx: &Transaction<'_>, email: &str, how: Forget, by: &Actor, now: Millis) -> Result<Erased> {
    let person = somebody(tx, email)?;
    if how == Forget::Everything {
        for id in &person.comments {
            let comment = comments::by_id(tx, *id)?;
            if comment.status != Status::Deleted {
                status::set(tx, &comment, Status::Deleted, "", now)?;
            }
        }
    }
    let gone = personal::forget(tx, &person, how)?;
    if how == Forget::WhoItWas {
        for id in &person.comments {
            let comment = comments::by_id(tx, *id)?;
            search::index(tx, comment.id)?;
            status::changed(tx, &comment, now)?;
        }
    }
    let mentions = personal::mentions(tx, &person.email, MOST_MENTIONS)?;
    let rows: BTreeMap<_, _> = gone.into_iter().map(|(table, count)| (table.name, count as u64)).collect();
    // Who it was must not stand in the trail, of all places.
    let action = if how == Forget::Everything { "person.erase" } else { "person.anonymise" };
    audit::record(tx, &by.did(action, "person").change("", json!(rows).to_string()), now)?;
    Ok(Erased {
        email: person.email,
        dry_run: false,
        anonymous: how == Forget::WhoItWas,
        rows,
        mentions: mentions.into_iter().map(|found| Mention { table: found.table, id: found.id }).collect(),
    })
}

fn address(email: &str) -> Result<&str> {
    let email = email.trim();
    if accounts::looks_like_email(email) {
        return Ok(email);
    }
    Err(Error::invalid("email", format!("“{email}” is not an email address.")))
}

/// Somebody who may be forgotten.
fn somebody(connection: &Connection, email: &str) -> Result<Person> {
    let email = address(email)?;
    if accounts::by_email(connection, email)?.is_some() {
        return Err(Error::Conflict(format!(
            "{email} is the address of somebody who looks after this instance. Remove their account first; \
             what they wrote signed in then belongs to nobody."
        )));
    }
    let person = personal::find(connection, email)?;
    if personal::count(connection, &person)?.is_empty() {
        return Err(nobody(email));
    }
    Ok(person)
}

fn nobody(email: &str) -> Error {
    Error::NotFound(format!("Nothing is known about {email} here."))
}

/// What each table is called where people read it.
const LABELS: [(&str, &str); 11] = [
    ("comments", "comments"),
    ("comment_versions", "earlier texts of them"),
    ("reports", "reports about them"),
    ("guests", "introductions"),
    ("votes", "votes"),
    ("invitations", "invitations"),
    ("bans", "bans"),
    ("accounts", "accounts"),
    ("sessions", "sessions"),
    ("audit", "entries of the audit trail"),
    ("idempotency", "requests sent lately"),
];

/// The rows that have a label, in the order of those.
fn labelled(rows: &BTreeMap<&'static str, u64>) -> Vec<(&'static str, u64)> {
    LABELS.iter().filter_map(|(table, label)| rows.get(table).map(|count| (*label, *count))).collect()
}

impl Known {
    /// For people.
    #[must_use]
    pub fn labelled(&self) -> Vec<(&'static str, u64)> {
        labelled(&self.rows)
    }
}

impl Erased {
    /// For people.
    #[must_use]
    pub fn labelled(&self) -> Vec<(&'static str, u64)> {
        let comments = if self.anonymous { "comments made anonymous" } else { "comments blanked" };
        let rows = labelled(&self.rows).into_iter();
        rows.map(|(label, count)| (if label == "comments" { comments } else { label }, count)).collect()
    }
}

impl fmt::Display for Erased {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.dry_run {
            writeln!(f, "Dry run: nothing was changed. This would go:")?;
        }
        for (label, count) in self.labelled().into_iter().filter(|(_, count)| *count > 0) {
            writeln!(f, "{label:>26}  {count}")?;
        }
        if self.mentions.is_empty() {
            return Ok(());
        }
        writeln!(f, "These comments, or texts about them, still have the address in what somebody wrote:")?;
        self.mentions.iter().try_for_each(|mention| writeln!(f, "  {}", mention.id))
    }
}
