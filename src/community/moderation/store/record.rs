use rusqlite::{Transaction, params};

use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::moderation::record::Record;

pub fn insert(tx: &Transaction<'_>, record: &Record, account: Option<Id>) -> Result<()> {
    tx.prepare_cached(
        "INSERT OR IGNORE INTO moderations (id, batch, comment_id, account_id, was, because, became, undone, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        record.id,
        record.batch,
        record.comment,
        account,
        record.was,
        record.because,
        record.became,
        record.undone,
        record.at
    ])?;
    Ok(())
}
