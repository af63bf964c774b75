//! What a job is, and how one is run. `server/schedule.rs` lists them all.

use std::time::Duration;

use rusqlite::{Connection, params};

use super::app::App;
use super::clock::Millis;
use super::error::{Error, Result};
use super::id::Id;

/// How the outcome of a run begins that did not go well.
const FAILED: &str = "failed: ";

/// Something done on a schedule or by hand. Running it twice does no harm.
#[derive(Clone, Copy)]
pub struct Job {
    pub name: &'static str,
    /// One sentence for people.
    pub about: &'static str,
    /// Six fields: second, minute, hour, day of month, month, day of week (UTC).
    pub schedule: &'static str,
    /// Answers, in a few words, what it did.
    pub run: fn(&App, Millis) -> Result<String>,
}

/// How a run went.
pub struct Run {
    pub started: Millis,
    pub ended: Option<Millis>,
    pub outcome: Option<String>,
}

impl Run {
    /// What went wrong, if anything did: it failed, or it has not ended in the `longest` time a job takes.
    #[must_use]
    pub fn failure(&self, now: Millis, longest: Duration) -> Option<&str> {
        match &self.outcome {
            Some(outcome) => outcome.strip_prefix(FAILED),
            None if self.started.until(now) > longest => Some("it did not end"),
            None => None,
        }
    }
}

/// Runs `job` and records its start, end and outcome.
///
/// # Errors
/// What the job answered, or that the record could not be kept.
pub fn run(app: &App, job: &Job) -> Result<String> {
    let (started, name) = (Millis::now(), job.name);
    let id = app.db.write_blocking(move |tx| {
        let id = Id::new(started);
        tx.execute(
            "INSERT INTO job_runs (id, job, started) VALUES (?1, ?2, ?3)",
            params![id, name, started],
        )?;
        Ok(id)
    })?;
    let done = (job.run)(app, started);
    let outcome = done.as_ref().map_or_else(|error| format!("{FAILED}{error}"), Clone::clone);
    app.db.write_blocking(move |tx| {
        tx.execute(
            "UPDATE job_runs SET ended = ?2, outcome = ?3 WHERE id = ?1",
            params![id, Millis::now(), outcome],
        )?;
        tx.execute(
            "DELETE FROM job_runs WHERE job = ?1 AND id NOT IN
               (SELECT id FROM job_runs WHERE job = ?1 ORDER BY started DESC LIMIT 100)",
            params![name],
        )?;
        Ok(())
    })?;
    done
}

/// The newest run of the job of this name.
///
/// # Errors
/// When it cannot be read.
pub fn last_run(connection: &Connection, name: &str) -> Result<Option<Run>> {
    use rusqlite::OptionalExtension;
    let found = connection
        .query_row(
            "SELECT started, ended, outcome FROM job_runs WHERE job = ?1 ORDER BY started DESC LIMIT 1",
            params![name],
            |row| Ok(Run { started: row.get(0)?, ended: row.get(1)?, outcome: row.get(2)? }),
        )
        .optional();
    found.map_err(Error::from)
}
