//! `afterword job`

use clap::{Args, Subcommand};

use super::Place;
use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::jobs;
use crate::server::schedule::{JOBS, job};

/// What the server does by itself, at its times or now
#[derive(Args)]
pub struct Job {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List the jobs, with their schedule and last run
    List,
    /// Run one now; works while the server runs
    Run {
        /// As `afterword job list` names it
        name: String,
    },
}

impl Job {
    pub fn run(self, place: &Place) -> Result<()> {
        match self.command {
            Command::List => list(place),
            Command::Run { name } => {
                let (job, app) = (job(&name)?, place.existing_app()?);
                let done = jobs::run(&app, job)?;
                say!("{}: {done}", job.name);
                app.db.write_blocking(move |tx| {
                    let by = Actor::command_line();
                    let entry = by.did("job.run", format!("job:{}", job.name)).change("", done);
                    audit::record(tx, &entry, Millis::now())
                })
            }
        }
    }
}

fn list(place: &Place) -> Result<()> {
    let app = place.existing_app()?;
    for job in JOBS {
        say!(
            "{}\n    {}\n    at {} (second minute hour day month weekday, UTC)",
            job.name,
            job.about,
            job.schedule
        );
        let last = app.db.read_blocking(|c| jobs::last_run(c, job.name))?;
        let words = last.map_or_else(
            || "never run yet".to_owned(),
            |run| {
                let outcome = run.outcome.unwrap_or_else(|| "did not end".into());
                format!("last run {}: {outcome}", run.started.for_people())
            },
        );
        say!("    {words}\n");
    }
    Ok(())
}
