//! Who talks in a thread, as a table on its page.

use rusqlite::Connection;

use super::thread_page::{path, queue_href};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::threads::{self, Person};
use crate::web::frame::When;
use crate::web::table::{Address, Column, Head, Names, Pages, Table};

/// People are told from so many of the newest comments: a thread has no end.
pub const LOOKED_AT: u32 = 2000;

/// By what they can be put in order.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum By {
    Name,
    #[default]
    All,
    Published,
    Held,
    Spam,
    Last,
}

const HEADS: &[Head<By>] = &[
    Head { by: By::Name, word: "name", label: "Name", class: "", descending: false },
    Head { by: By::All, word: "all", label: "All", class: "number", descending: true },
    Head { by: By::Published, word: "published", label: "Published", class: "number", descending: true },
    Head { by: By::Held, word: "held", label: "Held", class: "number", descending: true },
    Head { by: By::Spam, word: "spam", label: "Spam", class: "number", descending: true },
    Head { by: By::Last, word: "last", label: "Last comment", class: "", descending: true },
];

/// A page of them.
pub struct ThreadPeople {
    pub columns: Vec<Column>,
    pub rows: Vec<PersonLine>,
    pub pages: Pages,
}

pub struct PersonLine {
    pub name: String,
    pub email: String,
    /// Their last comment here.
    pub href: String,
    pub last: When,
    pub queue_href: String,
    pub all: i64,
    pub published: i64,
    pub held: i64,
    pub spam: i64,
}

impl ThreadPeople {
    /// As the query of the thread's page asks for them.
    pub fn read(c: &Connection, thread: Id, query: &str, now: Millis) -> Result<Self> {
        let address = Address::new(path(thread), query, &Names::MAIN.all()).at("people");
        let table = Table::asked(&address, Names::MAIN, HEADS);
        let mut people = threads::people(c, thread, LOOKED_AT)?;
        table.arrange(&mut people, |by, one, other| match by {
            By::Name => one.name.to_lowercase().cmp(&other.name.to_lowercase()),
            By::All => one.all().cmp(&other.all()),
            By::Published => one.published.cmp(&other.published),
            By::Held => one.held.cmp(&other.held),
            By::Spam => one.spam.cmp(&other.spam),
            By::Last => one.last.cmp(&other.last),
        });
        let (shown, pages) = table.cut(people);
        let rows = shown.into_iter().map(|person| PersonLine::new(person, thread, now)).collect();
        Ok(Self { columns: table.columns(), rows, pages })
    }
}

impl PersonLine {
    fn new(person: Person, thread: Id, now: Millis) -> Self {
        let author = match (person.account, person.guest) {
            (Some(account), _) => format!("account:{account}"),
            (None, Some(guest)) => format!("guest:{guest}"),
            (None, None) if person.email.is_empty() => person.name.clone(),
            (None, None) => person.email.clone(),
        };
        Self {
            all: person.all(),
            queue_href: queue_href(thread, author),
            name: person.name,
            email: person.email,
            href: format!("/admin/comments/{}", person.last),
            last: When::new(person.last.moment(), now),
            published: person.published,
            held: person.held,
            spam: person.spam,
        }
    }
}
