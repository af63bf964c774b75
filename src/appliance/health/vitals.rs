//! The state of the box in a few lines, each with what to do when it is not well.

mod judged;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::jobs::{self, Job, Run};
use crate::base::room;
use judged::{database, disk, job_runs, memory, span};

/// A page must not hang because the writer does.
const PATIENCE: Duration = Duration::from_secs(2);

/// When this process began to serve.
#[derive(Clone, Copy, Debug)]
pub struct Started(pub Millis);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Good,
    /// Not yet a trouble.
    Watch,
    Bad,
}

impl State {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Watch => "watch",
            Self::Bad => "bad",
        }
    }
}

/// One thing about the box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vital {
    pub name: &'static str,
    pub value: String,
    pub state: State,
    /// What to do; empty when there is nothing.
    pub advice: String,
}

impl Vital {
    fn good(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into(), state: State::Good, advice: String::new() }
    }

    fn but(self, state: State, advice: impl Into<String>) -> Self {
        Self { state, advice: advice.into(), ..self }
    }
}

/// All there is to say of the box at `now`. What cannot be learned is left out.
///
/// # Errors
/// When the database cannot be read.
pub async fn read(app: &App, all: &'static [Job], started: Started, now: Millis) -> Result<Vec<Vital>> {
    let writer = writer(app, now).await;
    let (folder, file) = (app.config.data.dir.clone(), app.db.path().to_owned());
    app.db
        .read(move |c| {
            let (data, log) = (size(&file), size(&beside(&file, "-wal")));
            let mut vitals = vec![writer];
            if let Some((free, total)) = room::of(&folder) {
                vitals.push(disk(free, total, data + log, &folder));
            }
            vitals.push(database(data, log));
            vitals.push(job_runs(&last_runs(c, all)?, now));
            vitals.extend(memory(
                &fs::read_to_string("/proc/self/status").unwrap_or_default(),
                &fs::read_to_string("/proc/meminfo").unwrap_or_default(),
            ));
            vitals.push(Vital::good("Running for", span(started.0.until(now))));
            vitals.push(Vital::good("Version", version()));
            Ok(vitals)
        })
        .await
}

async fn writer(app: &App, now: Millis) -> Vital {
    let name = "Writing";
    if app.db.is_damaged() {
        return Vital::good(name, "The database is damaged").but(
            State::Bad,
            "Nothing is stored any more, so that no more is lost. The server’s log says what to do, step by step.",
        );
    }
    let begun = Instant::now();
    match tokio::time::timeout(PATIENCE, app.db.probe(now)).await {
        Ok(Ok(())) if begun.elapsed() < Duration::from_millis(1) => Vital::good(name, "Works"),
        Ok(Ok(())) => Vital::good(name, format!("Works: on the disk in {} ms", begun.elapsed().as_millis())),
        Ok(Err(Error::Full(_))) => Vital::good(name, "The disk is full").but(
            State::Bad,
            "Comments are refused until there is room; reading goes on, and nothing that was stored is lost. Delete or \
             move what is not needed from that disk.",
        ),
        Ok(Err(error)) => Vital::good(name, "Does not work").but(State::Bad, format!("{error} The server’s log says more.")),
        Err(_) => Vital::good(name, format!("No answer in {} seconds", PATIENCE.as_secs())).but(
            State::Bad,
            "Another program holds the database, or the disk is very slow. Comments wait meanwhile. End whatever else has \
             opened the file, such as an sqlite3 shell.",
        ),
    }
}

fn last_runs(connection: &Connection, all: &'static [Job]) -> Result<Vec<(&'static str, Option<Run>)>> {
    all.iter().map(|job| Ok((job.name, jobs::last_run(connection, job.name)?))).collect()
}

fn version() -> String {
    format!("{}, with SQLite {}", env!("CARGO_PKG_VERSION"), rusqlite::version())
}

fn size(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |file| file.len())
}

fn beside(file: &Path, ending: &str) -> std::path::PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
