//! What a job is, and how one is run. `server/schedule.rs` lists them all.

use rusqlite::{Connection, params};

use super::app::App;
use super::clock::Millis;
use super::error::{Error, Result};
use super::id::Id;

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
    let outcome = done.as_ref().map_or_else(|error| format!("failed: {error}"), Clone::clone);
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
