//! `afterword job`

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Place;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::jobs::{self, Run};
use crate::server::schedule::{JOBS, job};

/// What the server does by itself, at its times or now
#[derive(Args)]
pub struct Job {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List the jobs, with their schedule, last run and next run
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Run one now; works while the server runs
    Run {
        /// As `afterword job list` names it
        name: String,
    },
}

impl Job {
    pub fn run(self, place: &Place) -> Result<()> {
        match self.command {
            Command::List { json } => list(place, json),
            Command::Run { name } => {
                let (job, app) = (job(&name)?, place.existing_app()?);
                let done = jobs::run_by(&app, job, &Actor::command_line())?;
                say!("{}: {done}", job.name);
                Ok(())
            }
        }
    }
}

fn list(place: &Place, as_json: bool) -> Result<()> {
    let (app, now) = (place.existing_app()?, Millis::now());
    let read = |job: &'static jobs::Job| {
        let last = app.db.read_blocking(|c| jobs::last_run(c, job.name))?;
        Ok((job, last, job.next_run(now)))
    };
    let all = JOBS.iter().map(read).collect::<Result<Vec<_>>>()?;
    if as_json {
        let all: Vec<_> = all.iter().map(|(job, last, next)| in_json(job, last.as_ref(), *next)).collect();
        say!("{}", serde_json::to_string_pretty(&all).map_err(Error::internal)?);
        return Ok(());
    }
    for (job, last, next) in all {
        say!("{}\n    {}\n    {}", job.name, job.about, job.times());
        say!("    {}", last.map_or_else(|| "never run yet".to_owned(), in_words));
        say!(
            "    {}\n",
            next.map_or_else(
                || "never due".to_owned(),
                |next| format!("next run {}, if the server runs then", next.for_people())
            )
        );
    }
    Ok(())
}

fn in_words(run: Run) -> String {
    let outcome = run.outcome.unwrap_or_else(|| "did not end".into());
    format!("last run {}: {outcome}", run.started.for_people())
}

fn in_json(job: &jobs::Job, last: Option<&Run>, next: Option<Millis>) -> Value {
    let last = last.map(|run| json!({ "started": run.started, "ended": run.ended, "outcome": run.outcome }));
    json!({ "name": job.name, "about": job.about, "schedule": job.schedule, "last_run": last, "next_run": next })
}
