//! Taking a site away: hidden at once, and erased when nobody wanted it back for thirty days.

use std::time::Duration;

use rusqlite::{Connection, Transaction};

use super::{Site, even_removed, store};
use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};

/// For so long a removed site can be brought back.
pub const KEPT: Duration = Duration::from_hours(30 * 24);
const A_DAY: u64 = 24 * 60 * 60;

/// Hides a site everywhere; its key stays taken. `typed` shows that whoever asks knows which one it is.
///
/// # Errors
/// `NotFound`; `Conflict` when it is removed already; `Invalid` when its name was not typed.
pub fn remove(tx: &Transaction<'_>, key: &str, typed: &str, by: &Actor, now: Millis) -> Result<Site> {
    let site = even_removed(tx, key)?;
    if site.removed_at.is_some() {
        return Err(Error::Conflict(format!("The site “{}” is removed already.", site.name)));
    }
    if words(typed) != words(&site.name) {
        return Err(Error::invalid(
            "name",
            format!("Nothing was removed. To remove the site, type its name: {}", site.name),
        ));
    }
    store::set_removed(tx, site.id, Some(now))?;
    remember(tx, "site.remove", &site, by, now)?;
    Ok(Site { removed_at: Some(now), ..site })
}

/// Brings a removed site back, with all that was on it.
///
/// # Errors
/// `NotFound`; `Conflict` when it was not removed, or when its time is over.
pub fn restore(tx: &Transaction<'_>, key: &str, by: &Actor, now: Millis) -> Result<Site> {
    let site = even_removed(tx, key)?;
    let Some(at) = site.removed_at else {
        return Err(Error::Conflict(format!("The site “{}” is not removed.", site.name)));
    };
    if days_left(at, now) == 0 {
        return Err(Error::Conflict(format!(
            "It is too late: the site “{}” was removed more than 30 days ago and is being erased.",
            site.name
        )));
    }
    store::set_removed(tx, site.id, None)?;
    remember(tx, "site.restore", &site, by, now)?;
    Ok(Site { removed_at: None, ..site })
}

/// How many days are left to bring it back, the one that has begun included; 0 when its time is over.
#[must_use]
pub fn days_left(removed_at: Millis, now: Millis) -> u64 {
    now.until(removed_at + KEPT).as_secs().div_ceil(A_DAY)
}

/// The sites whose time is over.
pub fn erasable(connection: &Connection, now: Millis) -> Result<Vec<Site>> {
    store::removed_before(connection, now - KEPT)
}

/// Takes the site itself out of the database, once all that hung on it is gone.
pub fn forget(tx: &Transaction<'_>, site: &Site, by: &Actor, now: Millis) -> Result<()> {
    store::delete(tx, site.id)?;
    remember(tx, "site.erase", site, by, now)
}

fn remember(tx: &Transaction<'_>, action: &'static str, site: &Site, by: &Actor, now: Millis) -> Result<()> {
    audit::record(tx, &by.did(action, format!("site:{}", site.key)).on(site.id), now)
}

/// A name as it is compared: spaces at its ends and their number do not count.
fn words(name: &str) -> Vec<&str> {
    name.split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_that_are_left_are_counted_to_the_last() {
        let removed = Millis(1_800_000_000_000);
        let after = |hours: u64| days_left(removed, removed + Duration::from_hours(hours));
        assert_eq!((after(0), after(1), after(24), after(25)), (30, 30, 29, 29));
        assert_eq!((after(30 * 24 - 1), after(30 * 24), after(31 * 24)), (1, 0, 0));
    }

    #[test]
    fn a_name_is_the_same_with_other_spaces() {
        assert_eq!(words("  My   blog "), words("My blog"));
        assert_ne!(words("my blog"), words("My blog"));
    }
}
