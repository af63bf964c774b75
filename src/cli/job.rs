//! `afterword job`

use clap::{Args, Subcommand};

use super::Place;
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
                let job = job(&name)?;
                say!("{}: {}", job.name, jobs::run(&place.app()?, job)?);
                Ok(())
            }
        }
    }
}

fn list(place: &Place) -> Result<()> {
    let app = place.app()?;
    for job in JOBS {
        say!(
            "{}\n    {}\n    at {} (second minute hour day month weekday, UTC)",
            job.name,
            job.about,
            job.schedule
        );
        match app.db.read_blocking(|c| jobs::last_run(c, job.name))? {
            Some(run) => say!(
                "    last run {}: {}\n",
                run.started.for_people(),
                run.outcome.unwrap_or_else(|| "did not end".into())
            ),
            None => say!("    never run yet\n"),
        }
    }
    Ok(())
}
