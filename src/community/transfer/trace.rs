//! What an import leaves in the audit trail: an entry with the first comments that it writes, in their transaction,
//! and one that says how it ended. So even a run that is cut off by the end of the process left a trace.

use rusqlite::Transaction;
use serde_json::{Value, json};

use super::apply::Counts;
use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::db::Db;
use crate::base::error::Result;
use crate::community::sites;

/// One run of an import, as the trail tells of it.
#[derive(Clone, Debug)]
pub struct Trace {
    by: Actor,
    format: &'static str,
    /// The key of the site that gets the comments; none for an export of ours with sites of its own.
    site: Option<String>,
    /// Whether its first entry is stored.
    begun: bool,
    pub counts: Counts,
}

impl Trace {
    pub fn new(by: &Actor, format: &'static str, site: Option<&str>) -> Self {
        let site = site.map(str::to_owned);
        Self { by: by.clone(), format, site, begun: false, counts: Counts::default() }
    }

    /// Writes with `work`; the first time, notes in the same transaction that an import begins.
    ///
    /// # Errors
    /// When it cannot be stored; then nothing is.
    pub fn write<T: Send + 'static>(
        &mut self,
        db: &Db,
        work: impl FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let first = (!self.begun).then(|| self.clone());
        let done = db.write_blocking(move |tx| {
            let done = work(tx)?;
            if let Some(trace) = first {
                trace.note(tx, "import.start", &json!({ "format": trace.format }), Millis::now())?;
            }
            Ok(done)
        })?;
        self.begun = true;
        Ok(done)
    }

    /// Notes how the run ended. A run that failed before it wrote anything changed nothing, and leaves no entry.
    ///
    /// # Errors
    /// What went wrong with the run, or when the entry cannot be stored.
    pub fn end<T>(self, db: &Db, outcome: Result<T>) -> Result<T> {
        if outcome.is_err() && !self.begun {
            return outcome;
        }
        let action = if outcome.is_ok() { "import.run" } else { "import.stop" };
        let noted = db.write_blocking(move |tx| {
            let Counts { imported, already } = self.counts;
            let became = json!({ "format": self.format, "imported": imported, "already": already });
            self.note(tx, action, &became, Millis::now())
        });
        match (outcome, noted) {
            (Ok(done), noted) => noted.map(|()| done),
            (Err(error), noted) => {
                if let Err(unnoted) = noted {
                    tracing::error!(error = %unnoted, "the audit trail does not say that an import stopped");
                }
                Err(error)
            }
        }
    }

    fn note(&self, tx: &Transaction<'_>, action: &'static str, became: &Value, now: Millis) -> Result<()> {
        // The site may have been removed meanwhile, or be one that the file brings later.
        let site = self.site.as_deref().and_then(|key| sites::by_key(tx, key).ok());
        let subject = self.site.as_ref().map_or_else(|| "instance".to_owned(), |key| format!("site:{key}"));
        let entry = self.by.did(action, subject);
        let entry = match site {
            Some(site) => entry.on(site.id),
            None => entry,
        };
        audit::record(tx, &entry.change("", became.to_string()), now)
    }
}
