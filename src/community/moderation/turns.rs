//! What is either so or not of a comment and its thread, and is turned round by a button on the comment's page.

use rusqlite::Transaction;

use super::{set_locked, set_pinned};
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::web::access::Access;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    Pin(bool),
    Lock(bool),
}

impl Turn {
    const EVERY: [Self; 4] = [Self::Pin(true), Self::Pin(false), Self::Lock(true), Self::Lock(false)];

    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|turn| turn.as_str() == word)
    }

    /// By what a form names it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pin(true) => "pin",
            Self::Pin(false) => "unpin",
            Self::Lock(true) => "lock",
            Self::Lock(false) => "unlock",
        }
    }

    /// What takes it back.
    #[must_use]
    pub fn back(self) -> Self {
        match self {
            Self::Pin(pinned) => Self::Pin(!pinned),
            Self::Lock(locked) => Self::Lock(!locked),
        }
    }

    /// What it did, in words.
    #[must_use]
    pub fn told(self) -> &'static str {
        match self {
            Self::Pin(true) => "Pinned: it stands at the top of its thread.",
            Self::Pin(false) => "No longer pinned.",
            Self::Lock(true) => "The thread is locked: nobody can add to it now.",
            Self::Lock(false) => "The thread is unlocked.",
        }
    }

    /// Answers whether it was not so already.
    ///
    /// # Errors
    /// As [`set_pinned`] and [`set_locked`].
    pub fn perform(
        self,
        tx: &Transaction<'_>,
        comment: Id,
        access: &Access,
        by: &Actor,
        now: Millis,
    ) -> Result<bool> {
        match self {
            Self::Pin(pinned) => set_pinned(tx, comment, pinned, access, by, now),
            Self::Lock(locked) => set_locked(tx, comment, locked, access, by, now),
        }
    }
}
