//! What moderators did, whole, as an export of ours carries it.

use rusqlite::Transaction;
use serde::{Deserialize, Serialize};

use super::store;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;

/// One decision on one comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    pub id: Id,
    pub comment: Id,
    /// What was decided with one press of a button has one batch.
    pub batch: Id,
    /// The address of whoever decided it.
    pub account: Option<String>,
    pub was: String,
    /// Why it was held or spam before.
    pub because: String,
    pub became: String,
    pub undone: bool,
    pub at: Millis,
}

/// Brings a decision back.
///
/// # Errors
/// When it cannot be stored.
pub fn restore(tx: &Transaction<'_>, record: &Record, account: Option<Id>) -> Result<()> {
    store::record::insert(tx, record, account)
}
