//! The audit trail, for people to look through and to take along.

mod export;
pub mod jobs;
pub mod pages;
mod rows;
mod views;

use std::collections::HashMap;

use rusqlite::Connection;
use serde::Deserialize;

use super::sites;
use super::users::accounts;
use crate::base::audit::{Filter, Recorded, Who, entries};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;

pub use crate::base::order::Order;
pub use export::{export, piece};
pub use rows::Format;

/// A filter as somebody typed it; what is empty is no condition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// An account's id or email, or the name of who has none: `command line`.
    pub who: String,
    /// `comment.approve`, or the group `comment`.
    pub action: String,
    pub subject: String,
    /// A site's key.
    pub site: String,
    /// A day, `2026-01-31`, or a moment; in UTC.
    pub since: String,
    /// The same; a day is meant with all its hours.
    pub until: String,
}

impl Asked {
    /// The filter that is meant.
    ///
    /// # Errors
    /// `Invalid` for the first value that means nothing.
    pub fn filter(&self, connection: &Connection) -> Result<Filter> {
        let given = |text: &String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let site = given(&self.site).map(|key| site(connection, &key)).transpose()?;
        Ok(Filter {
            who: given(&self.who).map(|who| whose(connection, &who)).transpose()?,
            action: given(&self.action),
            subject: given(&self.subject),
            site,
            since: given(&self.since).map(|text| moment("since", &text, "T00:00:00Z")).transpose()?,
            until: given(&self.until)
                .map(|text| moment("until", &text, "T23:59:59.999Z").map(|until| Millis(until.0 + 1)))
                .transpose()?,
        })
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn site(connection: &Connection, key: &str) -> Result<Id> {
    match sites::by_key(connection, key) {
        Ok(site) => Ok(site.id),
        Err(Error::NotFound(_)) => Err(Error::invalid("site", format!("There is no site “{key}”."))),
        Err(other) => Err(other),
    }
}

fn whose(connection: &Connection, text: &str) -> Result<Who> {
    if let Ok(id) = text.parse() {
        return Ok(Who::Account(id));
    }
    if !text.contains('@') {
        return Ok(Who::Named(text.to_owned()));
    }
    let account = accounts::by_email(connection, text)?;
    account.map(|account| Who::Account(account.id)).ok_or_else(|| {
        Error::invalid("who", format!("Nobody with the address {text} looks after this instance."))
    })
}

/// A day is taken with this time of day.
fn moment(field: &str, text: &str, time: &str) -> Result<Millis> {
    let full = if text.len() == 10 { format!("{text}{time}") } else { text.to_owned() };
    Millis::parse(&full).map_err(|_| {
        Error::invalid(
            field,
            format!("“{text}” is neither a day like 2026-01-31 nor a time like 2026-01-31T12:00:00Z."),
        )
    })
}

/// An entry, and the key of its site while that is there.
pub struct Line {
    pub entry: Recorded,
    pub site: Option<String>,
}

/// At most `limit` entries beyond the one called `after`.
///
/// # Errors
/// When they cannot be read.
pub fn lines(
    connection: &Connection,
    filter: &Filter,
    order: Order,
    after: Option<Id>,
    limit: usize,
) -> Result<Vec<Line>> {
    let keys: HashMap<Id, String> =
        sites::all(connection)?.into_iter().map(|site| (site.id, site.key)).collect();
    let found = entries(connection, filter, order, after, limit)?;
    Ok(found
        .into_iter()
        .map(|entry| Line { site: entry.site.and_then(|id| keys.get(&id).cloned()), entry })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::db::Db;

    #[test]
    fn a_day_is_meant_with_all_its_hours() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("a.sqlite")).unwrap();
        let ask = |since: &str, until: &str| {
            let asked = Asked { since: since.into(), until: until.into(), ..Asked::default() };
            db.read_blocking(|c| asked.filter(c))
        };
        let day = ask("2026-01-31", "2026-01-31").unwrap();
        assert_eq!(day.until.unwrap().0 - day.since.unwrap().0, 86_400_000);
        assert!(ask("2026-01-31T10:00:00Z", "").is_ok());
        for bad in ["yesterday", "2026-02-31", "31.1.2026"] {
            assert!(matches!(ask("", bad), Err(Error::Invalid { field, .. }) if field == "until"), "{bad}");
        }
    }
}
