//! What the queue's address asks for, read and written.

use rusqlite::Connection;
use serde::Deserialize;

use super::{By, Filter, Query};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::order::Order;
use crate::community::comments::search::{self, IN_NAMES, IN_TEXTS};
use crate::community::comments::threads;
use crate::community::sites::{self, Site};
use crate::web::access::Access;
use crate::web::form::Form;

pub const QUEUE: &str = "/admin/queue";

/// The filters as they stand in the address, and as a form sends them again.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub status: String,
    /// A site's key.
    pub site: String,
    /// A thread's id.
    pub thread: String,
    /// `guest:ID`, `account:ID`, an email address, or a name.
    pub author: String,
    /// Days, `2026-01-31` (UTC), both included.
    pub since: String,
    pub until: String,
    /// Words to look for.
    pub q: String,
    /// `oldest` for those first that wait longest.
    pub order: String,
}

/// One filter that is on, and the address without it.
pub struct Chip {
    pub label: String,
    pub href: String,
}

const NAMES: [&str; 8] = ["status", "site", "thread", "author", "since", "until", "q", "order"];

impl Asked {
    /// The same from a form's fields.
    #[must_use]
    pub fn of_form(form: &Form) -> Self {
        let text = |name: &str| form.text(name).to_owned();
        Self {
            status: text("status"),
            site: text("site"),
            thread: text("thread"),
            author: text("author"),
            since: text("since"),
            until: text("until"),
            q: text("q"),
            order: text("order"),
        }
    }

    #[must_use]
    pub fn filter(&self) -> Filter {
        Filter::parse(&self.status)
    }

    #[must_use]
    pub fn order(&self) -> Order {
        Order::parse(&self.order)
    }

    /// Name and value of each, for hidden fields; the tab is always there.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, &str)> {
        let values = [
            self.filter().as_str(),
            &self.site,
            &self.thread,
            &self.author,
            &self.since,
            &self.until,
            &self.q,
            self.order().as_str(),
        ];
        NAMES.into_iter().zip(values).filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The address of a page with these filters.
    #[must_use]
    pub fn href(&self, page: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.fields());
        format!("{page}?{}", query.finish())
    }

    #[must_use]
    pub fn with_filter(&self, filter: Filter) -> Self {
        Self { status: filter.as_str().to_owned(), ..self.clone() }
    }

    #[must_use]
    pub fn with_order(&self, order: Order) -> Self {
        Self { order: order.as_str().to_owned(), ..self.clone() }
    }

    /// What these filters ask the database for.
    ///
    /// # Errors
    /// `Invalid` for a value that means nothing. Left out it would mean everything, and something may be done to all
    /// that is found.
    pub fn query(&self, connection: &Connection, access: &Access, sites: &[Site]) -> Result<Query> {
        let words = given(&self.q).map(|question| search::expression(connection, IN_TEXTS, question));
        Ok(Query {
            filter: self.filter(),
            within: access.within(self.site_of(sites)?),
            thread: given(&self.thread)
                .map(|id| id.parse().map_err(|_| Error::invalid("thread", format!("“{id}” is no thread."))))
                .transpose()?,
            author: self.by(connection)?,
            since: day("since", &self.since, "00:00:00.000")?,
            until: day("until", &self.until, "23:59:59.999")?,
            words: words.transpose()?.map(Option::unwrap_or_default),
        })
    }

    fn site_of(&self, sites: &[Site]) -> Result<Option<Id>> {
        let Some(key) = given(&self.site) else { return Ok(None) };
        match sites.iter().find(|site| site.key == key) {
            Some(site) => Ok(Some(site.id)),
            None => Err(Error::invalid("site", format!("There is no site “{key}” that you look after."))),
        }
    }

    fn by(&self, connection: &Connection) -> Result<Option<By>> {
        let Some(author) = given(&self.author) else { return Ok(None) };
        let nobody =
            || Error::invalid("author", format!("“{author}” is neither a name nor an email address."));
        match author.split_once(':') {
            Some(("guest", id)) => return id.parse().map(|id| Some(By::Guest(id))).map_err(|_| nobody()),
            Some(("account", id)) => return id.parse().map(|id| Some(By::Account(id))).map_err(|_| nobody()),
            _ => {}
        }
        if author.contains('@') {
            return Ok(Some(By::Email(author.to_owned())));
        }
        search::expression(connection, IN_NAMES, author)?.map(|name| Some(By::Name(name))).ok_or_else(nobody)
    }

    /// The filters that are on beside the tab and the site, each with the way out of it; `by` is the author that was
    /// understood.
    ///
    /// # Errors
    /// When the names for them cannot be read.
    pub fn chips(&self, connection: &Connection, access: &Access, by: Option<&By>) -> Result<Vec<Chip>> {
        let mut chips = Vec::new();
        let mut chip = |label: String, without: Self| chips.push(Chip { label, href: without.href(QUEUE) });
        if !self.q.is_empty() {
            chip(format!("Words: {}", self.q), Self { q: String::new(), ..self.clone() });
        }
        if let Ok(id) = self.thread.parse::<Id>() {
            let thread = threads::by_id(connection, id).ok().filter(|thread| access.allows(thread.site));
            let name = thread.map_or_else(|| self.thread.clone(), |thread| thread.name().to_owned());
            chip(format!("Thread: {name}"), Self { thread: String::new(), ..self.clone() });
        }
        if !self.author.is_empty() {
            let who = super::store::queue::name_of(connection, access, by)?;
            let who = who.unwrap_or_else(|| self.author.clone());
            chip(format!("Author: {who}"), Self { author: String::new(), ..self.clone() });
        }
        if !self.since.is_empty() {
            chip(format!("Since {}", self.since), Self { since: String::new(), ..self.clone() });
        }
        if !self.until.is_empty() {
            chip(format!("Until {}", self.until), Self { until: String::new(), ..self.clone() });
        }
        Ok(chips)
    }

    /// The question, and the sites that somebody may ask about.
    ///
    /// # Errors
    /// When the sites cannot be read.
    pub fn read(&self, connection: &Connection, access: &Access) -> Result<(Query, Vec<Site>)> {
        let mut sites = sites::all(connection)?;
        sites.retain(|site| access.allows(site.id));
        Ok((self.query(connection, access, &sites)?, sites))
    }
}

/// What was given for a filter, if anything was.
fn given(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn day(field: &str, text: &str, time: &str) -> Result<Option<Millis>> {
    let Some(day) = given(text) else { return Ok(None) };
    match Millis::parse(&format!("{day}T{time}Z")) {
        Ok(moment) => Ok(Some(moment)),
        Err(_) => Err(Error::invalid(field, format!("“{day}” is no day; write it like 2026-01-31."))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::db::Db;

    /// With an empty database.
    fn within<T>(ask: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let folder = tempfile::tempdir().unwrap();
        Db::open(&folder.path().join("filters.sqlite")).unwrap().read_blocking(ask)
    }

    #[test]
    fn an_author_is_a_guest_an_account_an_email_or_a_name() {
        let by = |author: &str| within(|c| Asked { author: author.into(), ..Asked::default() }.by(c));
        assert_eq!(by(&format!("guest:{}", Id(7))).unwrap(), Some(By::Guest(Id(7))));
        assert_eq!(by(&format!("account:{}", Id(7))).unwrap(), Some(By::Account(Id(7))));
        assert_eq!(by("ann@example.org").unwrap(), Some(By::Email("ann@example.org".into())));
        assert_eq!(by("Ann").unwrap(), Some(By::Name("\"Ann\"*".into())));
        assert_eq!(by(" ").unwrap(), None);
        assert!(by("guest:nobody").is_err() && by("\"").is_err());
    }

    #[test]
    fn an_address_keeps_what_was_asked() {
        let asked = Asked { q: "a&b \"c\"".into(), site: "blog".into(), ..Asked::default() };
        assert_eq!(asked.href(QUEUE), "/admin/queue?status=held&site=blog&q=a%26b+%22c%22");
    }

    #[test]
    fn days_are_whole() {
        let asked = Asked { since: "2026-01-31".into(), until: "2026-01-31".into(), ..Asked::default() };
        let query = within(|c| asked.query(c, &Access::Everything, &[])).unwrap();
        assert_eq!(query.until.unwrap().0 - query.since.unwrap().0, 86_399_999);
    }

    #[test]
    fn what_means_nothing_is_not_taken_for_everything() {
        for (field, value) in [
            ("since", "soon"),
            ("until", "2026-99-99"),
            ("site", "nowhere"),
            ("thread", "x"),
            ("author", "guest:"),
        ] {
            let mut asked = Asked::default();
            let place = match field {
                "since" => &mut asked.since,
                "until" => &mut asked.until,
                "site" => &mut asked.site,
                "thread" => &mut asked.thread,
                _ => &mut asked.author,
            };
            value.clone_into(place);
            match within(|c| asked.query(c, &Access::Everything, &[])) {
                Err(Error::Invalid { field: named, .. }) => assert_eq!(named, field),
                other => panic!("{field}: {other:?}"),
            }
        }
    }
}
