//! Whose rows they are.

use rusqlite::Connection;

use crate::base::error::Result;
use crate::base::id::Id;

/// Everyone who has the address, as far as the database can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub email: String,
    /// Those who last introduced themselves with the address; or with none, when they gave it before and never
    /// another.
    pub guests: Vec<Id>,
    /// Comments that carry the address; that carry none and were written by one of those guests; or that
    /// somebody wrote signed in with it.
    pub comments: Vec<Id>,
    /// Whoever signs in with it.
    pub accounts: Vec<Id>,
}

/// How the rows about a person are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// The column has the address, where the condition holds.
    Email(&'static str, &'static str),
    /// The column has the id of one of the person's guests …
    Guest(&'static str),
    /// … comments …
    Comment(&'static str),
    /// … or accounts.
    Account(&'static str),
}

const GUESTS: &str = "
    SELECT id FROM guests WHERE email <> '' AND email = ?1 COLLATE NOCASE
    UNION SELECT g.id FROM comments c JOIN guests g ON g.id = c.guest_id
          WHERE c.author_email <> '' AND c.author_email = ?1 COLLATE NOCASE AND g.email = ''
            AND NOT EXISTS (SELECT 1 FROM comments o WHERE o.guest_id = g.id AND o.author_email <> ''
                            AND o.author_email <> ?1 COLLATE NOCASE)
    ORDER BY 1";
const COMMENTS_WITH_IT: &str =
    "SELECT id FROM comments WHERE author_email <> '' AND author_email = ?1 COLLATE NOCASE";
const COMMENTS_OF_A_GUEST: &str = "SELECT id FROM comments WHERE guest_id = ?1 AND author_email = ''";
const COMMENTS_OF_AN_ACCOUNT: &str = "SELECT id FROM comments WHERE account_id = ?1";

/// Finds out who has this address. Upper and lower case are the same.
///
/// # Errors
/// When it cannot be read.
pub fn find(connection: &Connection, email: &str) -> Result<Person> {
    let ids = |sql: &str, of: &dyn rusqlite::ToSql| -> Result<Vec<Id>> {
        let mut statement = connection.prepare_cached(sql)?;
        let ids = statement.query_map([of], |row| row.get(0))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    };
    let guests = ids(GUESTS, &email)?;
    let accounts = ids("SELECT id FROM accounts WHERE email = ?1", &email)?;
    let mut comments = ids(COMMENTS_WITH_IT, &email)?;
    for guest in &guests {
        comments.extend(ids(COMMENTS_OF_A_GUEST, guest)?);
    }
    for account in &accounts {
        comments.extend(ids(COMMENTS_OF_AN_ACCOUNT, account)?);
    }
    comments.sort_unstable();
    comments.dedup();
    Ok(Person { email: email.to_owned(), guests, comments, accounts })
}

impl Found {
    /// The condition on a row, with one parameter.
    pub(super) fn condition(self) -> String {
        match self {
            Self::Email(column, more) => format!("{more} AND {column} = ?1 COLLATE NOCASE"),
            Self::Guest(column) | Self::Comment(column) | Self::Account(column) => {
                format!("{column} IN (SELECT value FROM json_each(?1))")
            }
        }
    }

    /// The parameter.
    pub(super) fn value(self, person: &Person) -> String {
        let list = |ids: &[Id]| {
            let numbers: Vec<_> = ids.iter().map(|id| id.0.to_string()).collect();
            format!("[{}]", numbers.join(","))
        };
        match self {
            Self::Email(..) => person.email.clone(),
            Self::Guest(_) => list(&person.guests),
            Self::Comment(_) => list(&person.comments),
            Self::Account(_) => list(&person.accounts),
        }
    }
}
