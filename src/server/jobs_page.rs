//! What the server does by itself: every job with its last and next run, and a button to run it now.

use std::time::Duration;

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use rusqlite::Connection;
use serde::Deserialize;

use super::schedule::{JOBS, job};
use crate::appliance::health::vitals::Started;
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::jobs::{self, Job, LONGEST, Run};
use crate::web::caller::Admin;
use crate::web::form::Form;
use crate::web::frame::{Flash, Frame, When};
use crate::web::respond::{page, see_other};
use crate::web::table::{Address, Column, Head, Names, Table};

const HERE: &str = "/admin/jobs";
/// Most jobs are done in a moment: the page waits so long to tell what came of it.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Template)]
#[template(path = "jobs/jobs.html")]
struct JobsPage {
    frame: Frame,
    columns: Vec<Column>,
    jobs: Vec<Line>,
}

struct Line {
    name: &'static str,
    about: &'static str,
    times: String,
    last: Option<Last>,
    next: Option<When>,
}

struct Last {
    when: When,
    state: State,
    /// What it did, or what went wrong.
    outcome: String,
    took: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Running,
    Done,
    Failed,
}

/// By what the jobs can be put in order.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum By {
    #[default]
    Name,
    Last,
    Next,
}

const HEADS: &[Head<By>] = &[
    Head { by: By::Name, word: "name", label: "Job", class: "", descending: false },
    Head { by: By::Last, word: "last", label: "Last run", class: "", descending: true },
    Head { by: By::Next, word: "next", label: "Next run", class: "", descending: false },
];

/// A job, its last run and its next.
type Standing = (&'static Job, Option<Run>, Option<Millis>);

#[derive(Deserialize)]
pub struct Done {
    /// The job that was just run.
    #[serde(default)]
    ran: String,
}

/// `GET /admin/jobs`
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    _admin: Admin,
    done: Query<Done>,
) -> Result<HttpResponse> {
    let now = Millis::now();
    let address = Address::new(HERE, request.query_string(), &Names::MAIN.all());
    let table = Table::asked(&address, Names::MAIN, HEADS);
    let mut jobs = app.db.read(move |c| standing(c, now)).await?;
    table.arrange(&mut jobs, |by, one, other| match by {
        By::Name => one.0.name.cmp(other.0.name),
        By::Last => last(one).cmp(&last(other)),
        By::Next => one.2.cmp(&other.2),
    });
    let jobs: Vec<Line> = jobs.into_iter().map(|one| Line::new(one, now)).collect();
    let flash = jobs.iter().find(|line| line.name == done.ran).and_then(Line::told);
    let frame = Frame::of(&request, &app, "Jobs", "").await?.with_flash(flash);
    page(&JobsPage { frame, columns: table.columns(), jobs })
}

/// `POST /admin/jobs/{name}/run`
pub async fn run(
    app: Data<App>,
    started: Data<Started>,
    _admin: Admin,
    by: Actor,
    name: Path<String>,
    _form: Form,
) -> Result<HttpResponse> {
    let (job, now) = (job(&name)?, Millis::now());
    let last = app.db.read(move |c| jobs::last_run(c, job.name)).await?;
    // What began before this process did not end with the one it was in.
    if last.is_some_and(|run| run.started >= started.0 && is_running(&run, now)) {
        return Err(Error::Conflict(format!(
            "The job {} is running already. Wait until it has ended.",
            job.name
        )));
    }
    let app = app.get_ref().clone();
    let running = tokio::task::spawn_blocking(move || {
        let done = jobs::run_by(&app, job, &by);
        if let Err(error) = &done {
            tracing::error!(job = job.name, %error, "job failed");
        }
    });
    if let Ok(broken) = tokio::time::timeout(PATIENCE, running).await {
        broken.map_err(Error::internal)?;
    }
    Ok(see_other(&format!("{HERE}?ran={}", job.name)))
}

fn standing(c: &Connection, now: Millis) -> Result<Vec<Standing>> {
    JOBS.iter().map(|job| Ok((job, jobs::last_run(c, job.name)?, job.next_run(now)))).collect()
}

fn last(standing: &Standing) -> Option<Millis> {
    standing.1.as_ref().map(|run| run.started)
}

fn is_running(run: &Run, now: Millis) -> bool {
    run.outcome.is_none() && run.failure(now, LONGEST).is_none()
}

impl Line {
    fn new((job, last, next): Standing, now: Millis) -> Self {
        Self {
            name: job.name,
            about: job.about,
            times: job.times(),
            last: last.map(|run| Last::new(&run, now)),
            next: next.map(When::exact),
        }
    }

    /// What came of it when somebody ran it by hand.
    fn told(&self) -> Option<Flash> {
        let (name, last) = (self.name, self.last.as_ref()?);
        let flash = match last.state {
            State::Running => {
                Flash::done(format!("{name} is running. Load this page again to see what comes of it."))
            }
            State::Done => Flash::done(format!("{name} has run: {}.", last.outcome)),
            State::Failed => Flash { wrong: true, ..Flash::done(format!("{name} failed: {}", last.outcome)) },
        };
        Some(flash)
    }
}

impl Last {
    fn new(run: &Run, now: Millis) -> Self {
        let (state, outcome) = match run.failure(now, LONGEST) {
            Some(failure) => (State::Failed, failure.to_owned()),
            None if run.outcome.is_none() => (State::Running, String::new()),
            None => (State::Done, run.outcome.clone().unwrap_or_default()),
        };
        Self {
            when: When::new(run.started, now),
            state,
            outcome,
            took: run.ended.map(|ended| lasting(run.started.until(ended))),
        }
    }
}

/// `40 ms`, `2.5 seconds`, `3 minutes`
fn lasting(time: Duration) -> String {
    match time.as_millis() {
        millis @ 0..1000 => format!("{millis} ms"),
        millis @ 1000..120_000 => format!("{}.{} seconds", millis / 1000, millis % 1000 / 100),
        millis => format!("{} minutes", millis / 60_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_it_took_is_worded_for_people() {
        let words = |millis| lasting(Duration::from_millis(millis));
        assert_eq!([0, 999, 2_540, 185_000].map(words), ["0 ms", "999 ms", "2.5 seconds", "3 minutes"]);
    }

    #[test]
    fn a_run_without_an_end_is_running_until_no_job_takes_so_long() {
        let begun = Millis(1_800_000_000_000);
        let state = |now| Last::new(&Run { started: begun, ended: None, outcome: None }, now).state;
        assert!(state(begun + Duration::from_mins(1)) == State::Running);
        assert!(state(begun + Duration::from_hours(7)) == State::Failed);
    }
}
