//! A site, whole, as an export of ours carries it.

use rusqlite::{Connection, Transaction};
use serde::{Deserialize, Serialize};

use super::draft::{key_of, origin_of};
use super::{Moderation, Sort, store};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;

/// All that an admin set. The site's own id stays behind: its key says which one it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    pub key: String,
    pub name: String,
    pub origins: Vec<String>,
    pub moderation: String,
    pub sort: String,
    pub display_depth: u32,
    /// Seconds.
    pub edit_window: u32,
    pub max_length: u32,
    pub images: bool,
    pub avatars: bool,
    /// One a line.
    pub blocked_words: String,
    /// Days after a thread's first comment; 0: never.
    pub close_after: u32,
    pub theme: String,
    pub accent: String,
    pub created_at: Millis,
    pub removed_at: Option<Millis>,
}

impl Record {
    /// Whether this can be a site.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn check(&self) -> Result<(), String> {
        key_of(&self.key)?;
        self.moderation.parse::<Moderation>()?;
        self.sort.parse::<Sort>()?;
        if let Some(origin) = self.origins.iter().find(|origin| origin_of(origin).as_ref() != Ok(origin)) {
            return Err(format!("“{origin}” is not an origin like https://blog.example.com"));
        }
        if !matches!(self.theme.as_str(), "" | "light" | "dark") {
            return Err(format!("“{}” is none of light and dark", self.theme));
        }
        let is_colour = |text: &str| {
            text.strip_prefix('#').is_some_and(|digits| {
                digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
            })
        };
        if !self.accent.is_empty() && !is_colour(&self.accent) {
            return Err(format!("“{}” is not a colour like #1f5fbf", self.accent));
        }
        Ok(())
    }
}

/// The id of the site of that key, whether or not it was removed.
///
/// # Errors
/// When it cannot be read.
pub fn find(connection: &Connection, key: &str) -> Result<Option<Id>> {
    store::record::id_of(connection, key)
}

/// Brings a checked site back: a new one, or `onto` one that is there, which takes over all settings.
///
/// # Errors
/// When it cannot be stored.
pub fn restore(tx: &Transaction<'_>, record: &Record, onto: Option<Id>, now: Millis) -> Result<Id> {
    let id = onto.unwrap_or_else(|| Id::new(now));
    if onto.is_none() {
        store::record::insert(tx, id, record)?;
    }
    store::record::update(tx, id, record)?;
    Ok(id)
}
