//! What a job is, and how one is run. `server/schedule.rs` lists them all.

use std::time::Duration;

use chrono::DateTime;
use croner::parser::{CronParser, Seconds};
use rusqlite::{Connection, OptionalExtension, params};

use super::app::App;
use super::audit::{self, Actor};
use super::clock::Millis;
use super::error::Result;
use super::id::Id;

/// How the outcome of a run begins that did not go well.
const FAILED: &str = "failed: ";

/// No job takes so long: what has not ended by then was cut off.
pub const LONGEST: Duration = Duration::from_hours(6);

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

impl Job {
    /// When it is due next after `now`, as the scheduler reckons it; none for a schedule that never comes.
    #[must_use]
    pub fn next_run(&self, now: Millis) -> Option<Millis> {
        let parser = CronParser::builder().seconds(Seconds::Required).dom_and_dow(true).build();
        let (schedule, after) = (parser.parse(self.schedule).ok()?, DateTime::from_timestamp_millis(now.0)?);
        let next = schedule.find_next_occurrence(&after, false).ok()?;
        Some(Millis(next.timestamp() * 1000))
    }

    /// When it runs, in words: `every day at 03:53 UTC`; the bare schedule where that has no simple words.
    #[must_use]
    pub fn times(&self) -> String {
        let fields: Vec<_> = self.schedule.split_whitespace().collect();
        match fields[..] {
            ["0", minute, "*", "*", "*", "*"] if is_number(minute) => {
                format!("every hour at {minute:0>2} minutes past")
            }
            ["0", minute, hour, "*", "*", "*"] if is_number(minute) && is_number(hour) => {
                format!("every day at {hour:0>2}:{minute:0>2} UTC")
            }
            _ => format!("{} (second minute hour day month weekday, UTC)", self.schedule),
        }
    }
}

fn is_number(field: &str) -> bool {
    field.bytes().all(|digit| digit.is_ascii_digit())
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

/// Runs `job` at its time and records its start, end and outcome.
///
/// # Errors
/// What the job answered, or that the record could not be kept.
pub fn run(app: &App, job: &Job) -> Result<String> {
    run_and_record(app, job, None)
}

/// Runs `job` because somebody asks for it, which the audit trail tells, however it went.
///
/// # Errors
/// As [`run`].
pub fn run_by(app: &App, job: &Job, by: &Actor) -> Result<String> {
    run_and_record(app, job, Some(by))
}

fn run_and_record(app: &App, job: &Job, by: Option<&Actor>) -> Result<String> {
    let (started, name, by) = (Millis::now(), job.name, by.cloned());
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
        let now = Millis::now();
        tx.execute("UPDATE job_runs SET ended = ?2, outcome = ?3 WHERE id = ?1", params![id, now, outcome])?;
        tx.execute(
            "DELETE FROM job_runs WHERE job = ?1 AND id NOT IN
               (SELECT id FROM job_runs WHERE job = ?1 ORDER BY started DESC LIMIT 100)",
            params![name],
        )?;
        let Some(by) = by else { return Ok(()) };
        audit::record(tx, &by.did("job.run", format!("job:{name}")).change("", outcome), now)
    })?;
    done
}

/// The newest run of the job of this name.
///
/// # Errors
/// When it cannot be read.
pub fn last_run(connection: &Connection, name: &str) -> Result<Option<Run>> {
    let mut statement = connection.prepare_cached(
        "SELECT started, ended, outcome FROM job_runs WHERE job = ?1 ORDER BY started DESC LIMIT 1",
    )?;
    let run = statement
        .query_row([name], |row| Ok(Run { started: row.get(0)?, ended: row.get(1)?, outcome: row.get(2)? }));
    Ok(run.optional()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(schedule: &'static str) -> Job {
        Job { name: "a-job", about: "", schedule, run: |_, _| Ok(String::new()) }
    }

    #[test]
    fn the_next_run_is_the_first_moment_of_the_schedule_that_is_still_to_come() {
        let next =
            |schedule, now: &str| job(schedule).next_run(Millis::parse(now).unwrap()).map(Millis::for_people);
        let daily = "0 53 3 * * *";
        assert_eq!(next(daily, "2026-11-26T03:52:59.999Z").unwrap(), "2026-11-26 03:53 UTC");
        assert_eq!(next(daily, "2026-11-26T03:53:00Z").unwrap(), "2026-11-27 03:53 UTC");
        assert_eq!(next("0 29 * * * *", "2026-12-31T23:30:00Z").unwrap(), "2027-01-01 00:29 UTC");
        assert_eq!(next("0 0 3 30 2 *", "2026-11-26T00:00:00Z"), None);
        assert_eq!(next("rubbish", "2026-11-26T00:00:00Z"), None);
    }

    #[test]
    fn a_schedule_is_worded_for_people_where_it_is_simple() {
        assert_eq!(job("0 7 * * * *").times(), "every hour at 07 minutes past");
        assert_eq!(job("0 5 4 * * *").times(), "every day at 04:05 UTC");
        assert!(job("0 */5 * * * *").times().starts_with("0 */5 * * * * ("));
    }
}
