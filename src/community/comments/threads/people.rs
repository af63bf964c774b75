//! Who talks in a thread.

use rusqlite::Connection;

use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::store;

/// Somebody, as far as this thread tells: a guest, an account, or a name and an email that were imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their last comment here, which has their name as they write it now.
    pub last: Id,
    pub name: String,
    pub email: String,
    pub guest: Option<Id>,
    pub account: Option<Id>,
    pub published: i64,
    pub held: i64,
    pub spam: i64,
}

impl Person {
    /// All they wrote here that was not deleted.
    #[must_use]
    pub fn all(&self) -> i64 {
        self.published + self.held + self.spam
    }
}

/// All who wrote among a thread's newest `looked_at` comments; whoever wrote last comes first.
pub fn people(connection: &Connection, thread: Id, looked_at: u32) -> Result<Vec<Person>> {
    store::thread_list::people(connection, thread, looked_at)
}
