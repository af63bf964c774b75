//! Which comments of the queue are asked for: the filters of its page.

use super::Filter;
use crate::base::clock::Millis;
use crate::base::id::Id;
use crate::web::access::Access;

/// All that must hold of a comment to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    pub filter: Filter,
    /// Of which sites: those that somebody may look at, or the one of them that was asked for.
    pub within: Access,
    pub thread: Option<Id>,
    pub author: Option<By>,
    pub since: Option<Millis>,
    /// Written on or before that moment's day.
    pub until: Option<Millis>,
    /// Full-text search, see [`crate::community::comments::search::expression()`]; an empty one finds nothing.
    pub words: Option<String>,
}

/// Whose comments are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    Guest(Id),
    Account(Id),
    /// Whole, in any case.
    Email(String),
    /// A full-text expression for the name.
    Name(String),
}

impl Query {
    /// Only the filter: what a tab shows when nothing else was asked for.
    #[must_use]
    pub fn of(filter: Filter, within: Access) -> Self {
        Self { filter, within, thread: None, author: None, since: None, until: None, words: None }
    }

    /// Whether words are looked for, in a text or a name.
    #[must_use]
    pub fn has_words(&self) -> bool {
        self.words.is_some() || matches!(self.author, Some(By::Name(_)))
    }

    /// Whether it asks for more than a tab, perhaps of one site.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        *self != Self::of(self.filter, self.within.clone())
    }
}
