//! The threads of some sites, filtered and in order, page by page.

use std::cmp::Ordering;
use std::fmt;

use rusqlite::Connection;

use super::Thread;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::store;

/// By what threads are put in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Their last comment.
    #[default]
    Newest,
    /// How many published comments they have.
    Count,
    /// Title, or the page's key where there is none.
    Name,
}

/// Which threads are meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    #[default]
    Any,
    /// Those that take new comments.
    Open,
    Locked,
    /// Those that have closed by themselves.
    Closed,
    /// Those in which every new comment waits.
    Held,
    /// Those in which a comment waits.
    Waiting,
}

impl State {
    pub const EVERY: [Self; 6] =
        [Self::Any, Self::Open, Self::Locked, Self::Closed, Self::Held, Self::Waiting];

    #[must_use]
    pub fn parse(word: &str) -> Self {
        Self::EVERY.into_iter().find(|state| state.as_str() == word).unwrap_or_default()
    }

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Open => "open",
            Self::Locked => "locked",
            Self::Closed => "closed",
            Self::Held => "held",
            Self::Waiting => "waiting",
        }
    }
}

impl Order {
    pub const EVERY: [Self; 3] = [Self::Newest, Self::Count, Self::Name];

    #[must_use]
    pub fn parse(word: &str) -> Self {
        Self::EVERY.into_iter().find(|order| order.as_str() == word).unwrap_or_default()
    }

    /// Its word in an address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "last",
            Self::Count => "comments",
            Self::Name => "title",
        }
    }
}

/// What to list.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub sites: Vec<Id>,
    pub state: State,
    /// A part of the title or of a key; any when empty.
    pub text: String,
    pub order: Order,
    pub descending: bool,
    /// The last thread of the page before.
    pub after: Option<Mark>,
    pub limit: usize,
    pub now: Millis,
}

/// A thread's place in the order: by what it goes, then by its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub key: Key,
    pub id: Id,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Number(i64),
    Text(String),
}

/// A thread in the list.
#[derive(Clone, Debug)]
pub struct Row {
    pub thread: Thread,
    pub mark: Mark,
}

impl Mark {
    /// Reads what its `Display` wrote, for this order.
    #[must_use]
    pub fn parse(text: &str, order: Order) -> Option<Self> {
        let (id, key) = text.split_once('.')?;
        let key = match order {
            Order::Name => Key::Text(key.to_owned()),
            Order::Newest | Order::Count => Key::Number(key.parse().ok()?),
        };
        Some(Self { key, id: id.parse().ok()? })
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key).then(self.id.cmp(&other.id))
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Key::Number(number) => write!(f, "{}.{number}", self.id),
            Key::Text(text) => write!(f, "{}.{text}", self.id),
        }
    }
}

/// One page of the threads that are wanted. Without a filter each site's are read by an index; a filter looks at every
/// thread, which even for a hundred thousand of them takes a moment only.
pub fn list(connection: &Connection, wanted: &Wanted) -> Result<Vec<Row>> {
    if wanted.state != State::Any || !wanted.text.is_empty() {
        return store::thread_list::filtered(connection, wanted);
    }
    let mut rows = Vec::new();
    for site in &wanted.sites {
        rows.extend(store::thread_list::of_site(connection, *site, wanted)?);
    }
    rows.sort_by(|a, b| {
        let order = a.mark.compare(&b.mark);
        if wanted.descending { order.reverse() } else { order }
    });
    rows.truncate(wanted.limit);
    Ok(rows)
}

/// Other threads of the site by the same name, busiest first: a page that moved often left one behind.
pub fn namesakes(connection: &Connection, of: &Thread, limit: u32) -> Result<Vec<Thread>> {
    store::thread_list::namesakes(connection, of, limit)
}

/// Comments of a thread that wait for a moderator.
pub fn waiting(connection: &Connection, thread: Id) -> Result<i64> {
    store::thread_list::waiting(connection, thread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_reads_back_as_it_was_written() {
        for (order, key) in [
            (Order::Newest, Key::Number(1_800_000_000_000 << 20)),
            (Order::Count, Key::Number(0)),
            (Order::Name, Key::Text("a title. with dots.".into())),
        ] {
            let mark = Mark { key, id: Id(77) };
            assert_eq!(Mark::parse(&mark.to_string(), order), Some(mark));
        }
        assert_eq!(Mark::parse("rubbish", Order::Newest), None);
        assert_eq!(Mark::parse("0000000000001.many", Order::Count), None);
    }
}
