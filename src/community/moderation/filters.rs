//! What the queue's address asks for, read and written.

use rusqlite::Connection;
use serde::Deserialize;

use super::{By, Filter, Query};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::{search, threads};
use crate::community::sites::{self, Site};
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
}

/// One filter that is on, and the address without it.
pub struct Chip {
    pub label: String,
    pub href: String,
}

const NAMES: [&str; 7] = ["status", "site", "thread", "author", "since", "until", "q"];

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
        }
    }

    #[must_use]
    pub fn filter(&self) -> Filter {
        Filter::parse(&self.status)
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

    /// What these filters ask the database for. A value that means nothing is left out: the page shows what it
    /// understood.
    #[must_use]
    pub fn query(&self, sites: &[Site]) -> Query {
        Query {
            filter: self.filter(),
            site: sites.iter().find(|site| site.key == self.site).map(|site| site.id),
            thread: self.thread.parse().ok(),
            author: self.by(),
            since: day(&self.since, "00:00:00.000"),
            until: day(&self.until, "23:59:59.999"),
            words: search::expression(&self.q),
        }
    }

    fn by(&self) -> Option<By> {
        match self.author.split_once(':') {
            Some(("guest", id)) => return id.parse().ok().map(By::Guest),
            Some(("account", id)) => return id.parse().ok().map(By::Account),
            _ => {}
        }
        if self.author.contains('@') {
            return Some(By::Email(self.author.clone()));
        }
        search::author_expression(&self.author).map(By::Name)
    }

    /// The filters that are on beside the tab and the site, each with the way out of it.
    ///
    /// # Errors
    /// When the names for them cannot be read.
    pub fn chips(&self, connection: &Connection) -> Result<Vec<Chip>> {
        let mut chips = Vec::new();
        let mut chip = |label: String, without: Self| chips.push(Chip { label, href: without.href(QUEUE) });
        if !self.q.is_empty() {
            chip(format!("Words: {}", self.q), Self { q: String::new(), ..self.clone() });
        }
        if let Ok(id) = self.thread.parse::<Id>() {
            let name = threads::by_id(connection, id).map(|thread| thread.name().to_owned());
            let name = name.unwrap_or_else(|_| self.thread.clone());
            chip(format!("Thread: {name}"), Self { thread: String::new(), ..self.clone() });
        }
        if !self.author.is_empty() {
            let who = super::store::queue::name_of(connection, self.by().as_ref())?;
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

    /// The site asked for, if there is one of that key.
    ///
    /// # Errors
    /// When the sites cannot be read.
    pub fn read(&self, connection: &Connection) -> Result<(Query, Vec<Site>)> {
        let sites = sites::all(connection)?;
        Ok((self.query(&sites), sites))
    }
}

fn day(text: &str, time: &str) -> Option<Millis> {
    Millis::parse(&format!("{text}T{time}Z")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_author_is_a_guest_an_account_an_email_or_a_name() {
        let by = |author: &str| Asked { author: author.into(), ..Asked::default() }.by();
        assert_eq!(by(&format!("guest:{}", Id(7))), Some(By::Guest(Id(7))));
        assert_eq!(by(&format!("account:{}", Id(7))), Some(By::Account(Id(7))));
        assert_eq!(by("ann@example.org"), Some(By::Email("ann@example.org".into())));
        assert_eq!(by("Ann"), Some(By::Name("author : (\"Ann\"*)".into())));
        assert_eq!((by(""), by("guest:nobody")), (None, None));
    }

    #[test]
    fn an_address_keeps_what_was_asked() {
        let asked = Asked { q: "a&b \"c\"".into(), site: "blog".into(), ..Asked::default() };
        assert_eq!(asked.href(QUEUE), "/admin/queue?status=held&site=blog&q=a%26b+%22c%22");
    }

    #[test]
    fn days_are_whole() {
        let asked = Asked { since: "2026-01-31".into(), until: "2026-01-31".into(), ..Asked::default() };
        let query = asked.query(&[]);
        assert_eq!(query.until.unwrap().0 - query.since.unwrap().0, 86_399_999);
        assert_eq!(Asked { since: "soon".into(), ..Asked::default() }.query(&[]).since, None);
    }
}
