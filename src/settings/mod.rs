//! What an admin may change while it runs. [`ALL`] lists every setting with its default and its bounds;
//! the database holds only those that somebody changed.

pub mod gate;
mod kind;
mod list;
pub mod pages;
mod store;

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Connection, Transaction};

use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::config::Network;
use crate::base::db::Db;
use crate::base::error::{Error, Result};

pub use kind::{Choice, Kind};
pub use list::{ALL, Group, Keep, Setting};

/// The values that hold.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Those that were changed, by key.
    changed: HashMap<String, String>,
}

impl Settings {
    /// The value of a setting in its usual form.
    #[must_use]
    pub fn text<'a>(&'a self, setting: &'a Setting) -> &'a str {
        self.changed.get(setting.key).map_or(setting.default, String::as_str)
    }

    /// Whether somebody chose the value.
    #[must_use]
    pub fn is_changed(&self, setting: &Setting) -> bool {
        self.changed.contains_key(setting.key)
    }
}

/// The settings as they are now. Kept in memory until anything is committed to the file, so that it may be
/// asked for with every request.
///
/// # Errors
/// When they cannot be read.
pub fn of(db: &Db) -> Result<Arc<Settings>> {
    db.cached(read)
}

/// The settings as a transaction sees them: for jobs and commands.
///
/// # Errors
/// When they cannot be read.
pub fn read(connection: &Connection) -> Result<Settings> {
    let mut changed = HashMap::new();
    for (key, value) in store::all(connection)? {
        // Another release may know another setting, or other bounds.
        if let Ok(Ok(value)) = by_key(&key).map(|setting| setting.check(&value)) {
            changed.insert(key, value);
        } else {
            tracing::debug!(key, "a stored setting means nothing to this release");
        }
    }
    Ok(Settings { changed })
}

/// The networks that may open the dashboard; empty: all of them.
///
/// # Errors
/// When they cannot be read.
pub fn admin_networks(db: &Db) -> Result<Vec<Network>> {
    Ok(of(db)?.admin_networks())
}

/// # Errors
/// `NotFound`, with the keys there are.
pub fn by_key(key: &str) -> Result<&'static Setting> {
    ALL.iter().copied().find(|setting| setting.key == key).ok_or_else(|| {
        let keys: Vec<_> = ALL.iter().map(|setting| setting.key).collect();
        Error::NotFound(format!("There is no setting “{key}”. There are: {}.", keys.join(", ")))
    })
}

/// Gives a setting a value. Answers whether it had another one.
///
/// # Errors
/// `NotFound` for a setting that is none, `Invalid` for a value that it cannot have.
pub fn set(tx: &Transaction<'_>, key: &str, value: &str, by: &Actor, now: Millis) -> Result<bool> {
    let setting = by_key(key)?;
    let value = setting.check(value).map_err(|detail| Error::invalid(key, detail))?;
    let settings = read(tx)?;
    let was = settings.text(setting);
    if was == value {
        return Ok(false);
    }
    store::set(tx, key, &value)?;
    let entry = by.did("setting.change", format!("setting:{key}")).change(was, &value);
    audit::record(tx, &entry, now)?;
    Ok(true)
}

/// Gives a setting its default again. Answers whether it had another value.
///
/// # Errors
/// `NotFound` for a setting that is none.
pub fn reset(tx: &Transaction<'_>, key: &str, by: &Actor, now: Millis) -> Result<bool> {
    let setting = by_key(key)?;
    let settings = read(tx)?;
    let was = settings.text(setting);
    store::remove(tx, key)?;
    if was == setting.default {
        return Ok(false);
    }
    let entry = by.did("setting.reset", format!("setting:{key}")).change(was, setting.default);
    audit::record(tx, &entry, now)?;
    Ok(true)
}

#[cfg(test)]
mod tests;
