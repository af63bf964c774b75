//! The chain of hashes, and whether it holds.

use rusqlite::{Connection, OptionalExtension};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{COLUMNS, Recorded, newest, recorded};
use crate::base::clock::Millis;
use crate::base::db::Db;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::secrets::hex;

/// Stands before the first entry.
pub const START: [u8; 32] = [0; 32];
/// Under these words it is noted what the last check found, and the newest entry when all was in order.
const CHECKED: &str = "audit_checked";
const SOUND: &str = "audit_sound";

/// SHA-256 of the hash before and of every field, each after its length (eight bytes, big-endian), so
/// that nothing can move from one field to the next. Numbers are eight bytes; what is not there is empty.
#[must_use]
pub fn hash(before: &[u8], row: &Recorded) -> Vec<u8> {
    let number = |number: Option<i64>| number.map(i64::to_be_bytes);
    let (id, at) = (row.id.0.to_be_bytes(), row.at.0.to_be_bytes());
    let (account, site) = (number(row.account.map(|id| id.0)), number(row.site.map(|id| id.0)));
    let fields: [&[u8]; 10] = [
        &id,
        &at,
        account.as_ref().map_or(&[], |bytes| bytes),
        row.actor.as_bytes(),
        row.address.as_bytes(),
        row.action.as_bytes(),
        row.subject.as_bytes(),
        site.as_ref().map_or(&[], |bytes| bytes),
        row.was.as_bytes(),
        row.became.as_bytes(),
    ];
    let mut hash = Sha256::new();
    hash.update(before);
    for field in fields {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field);
    }
    hash.finalize().to_vec()
}

/// What a look at the whole trail found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// How many entries fit together, from the first one on.
    pub entries: u64,
    /// The hash of the last of them, in hexadecimal digits; empty when there is none.
    pub head: String,
    /// The first thing that does not fit, in words.
    pub fault: Option<String>,
}

/// Reads the trail from its first entry, and says where it stops fitting together: an entry that was
/// changed, taken out or put in, or the end gone that the last check had found.
///
/// # Errors
/// When it cannot be read.
pub fn verify(connection: &Connection) -> Result<Verdict> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM audit ORDER BY id"))?;
    let (mut entries, mut before) = (0, START.to_vec());
    let (mut fault, mut rows) = (None, statement.query([])?);
    while let Some(row) = rows.next()? {
        let row = recorded(row)?;
        if hash(&before, &row) != row.hash {
            fault = Some(does_not_follow(&row));
            break;
        }
        entries += 1;
        before = row.hash;
    }
    let head = if entries == 0 { String::new() } else { hex(&before) };
    let fault = match fault {
        None => cut_off(connection)?,
        found => found,
    };
    Ok(Verdict { entries, head, fault })
}

fn does_not_follow(row: &Recorded) -> String {
    format!(
        "The entry {} of {} does not follow from those before it: it was changed, or one before it was taken out or put in, \
         by something else than Afterword.",
        row.id,
        row.at.for_people()
    )
}

/// The chain alone does not tell that its end is missing; the last check that found it in order does.
fn cut_off(connection: &Connection) -> Result<Option<String>> {
    let Some(sound) = noted::<Sound>(connection, SOUND)? else { return Ok(None) };
    let found: Option<Vec<u8>> = connection
        .query_row("SELECT hash FROM audit WHERE id = ?1", [sound.newest], |row| row.get(0))
        .optional()?;
    if found.is_some_and(|hash| hex(&hash) == sound.head) {
        return Ok(None);
    }
    Ok(Some(format!(
        "The entry {}, the newest one when the trail was checked on {}, is not there any more: the end was cut off or written \
         anew by something else than Afterword.",
        sound.newest,
        Millis(sound.at).for_people()
    )))
}

/// Whether an entry of this hash is in the trail: somebody wrote it down elsewhere.
///
/// # Errors
/// When it cannot be read.
pub fn holds(connection: &Connection, head: &str) -> Result<bool> {
    let mut statement = connection.prepare_cached("SELECT hash FROM audit ORDER BY id DESC")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if hex(&row.get::<_, Vec<u8>>(0)?).eq_ignore_ascii_case(head) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A check of the past, for pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Milliseconds since 1970.
    pub at: i64,
    pub verdict: Verdict,
}

/// The newest entry when all was in order the last time.
#[derive(Serialize, Deserialize)]
struct Sound {
    at: i64,
    newest: Id,
    head: String,
}

/// Verifies the trail and notes what came of it, for the pages and for the next check.
///
/// # Errors
/// When it cannot be read, or the note not be kept.
pub fn check(db: &Db, now: Millis) -> Result<Verdict> {
    let (verdict, newest) = db.read_blocking(|c| Ok((verify(c)?, newest(c)?)))?;
    if let (None, Some((newest, _))) = (&verdict.fault, newest) {
        note(db, SOUND, &Sound { at: now.0, newest, head: verdict.head.clone() })?;
    }
    note(db, CHECKED, &Checked { at: now.0, verdict: verdict.clone() })?;
    Ok(verdict)
}

/// What the last check found, if there was one.
///
/// # Errors
/// When it cannot be read.
pub fn last_check(connection: &Connection) -> Result<Option<Checked>> {
    noted(connection, CHECKED)
}

fn note(db: &Db, key: &'static str, value: &impl Serialize) -> Result<()> {
    db.note(key, serde_json::to_string(value).map_err(Error::internal)?)
}

fn noted<T: DeserializeOwned>(connection: &Connection, key: &str) -> Result<Option<T>> {
    let text: Option<String> =
        connection.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0)).optional()?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}
