//! Every job on one page.

use tokio_cron_scheduler::{Job as Scheduled, JobScheduler};

use crate::base::app::App;
use crate::base::error::{Error, Result};
use crate::base::jobs::{self, Job};
use crate::community::bans::jobs as bans;
use crate::community::comments::jobs as comments;
use crate::community::moderation::jobs as moderation;
use crate::community::people::jobs as people;
use crate::community::sessions::jobs as sessions;
use crate::community::trail::jobs as trail;
use crate::community::transfer::jobs as transfer;

pub const JOBS: &[Job] = &[
    comments::FORGET,
    comments::INDEX,
    comments::ERASE_SITES,
    comments::ROTATE_SALT,
    comments::FORGET_ADDRESSES,
    comments::FORGET_GUESTS,
    sessions::FORGET,
    people::FORGET,
    bans::FORGET,
    moderation::ERASE_DELETED,
    transfer::FORGET_UPLOADS,
    transfer::FORGET_REPORTS,
    trail::VERIFY,
];

/// The job of that name.
///
/// # Errors
/// `NotFound`, with the names there are.
pub fn job(name: &str) -> Result<&'static Job> {
    JOBS.iter().find(|job| job.name == name).ok_or_else(|| {
        let names: Vec<_> = JOBS.iter().map(|job| job.name).collect();
        Error::NotFound(format!("There is no job “{name}”. There are: {}.", names.join(", ")))
    })
}

/// Runs each job at its times for as long as the process lives.
pub async fn start(app: App) -> Result<()> {
    let scheduler = JobScheduler::new().await.map_err(Error::internal)?;
    for job in JOBS {
        let app = app.clone();
        let timed = Scheduled::new_async(job.schedule, move |_, _| {
            let app = app.clone();
            Box::pin(async move {
                let ran = tokio::task::spawn_blocking(move || jobs::run(&app, job)).await;
                match ran {
                    Ok(Ok(outcome)) => tracing::info!(job = job.name, outcome, "job done"),
                    Ok(Err(error)) => tracing::error!(job = job.name, %error, "job failed"),
                    Err(error) => tracing::error!(job = job.name, %error, "job broke off"),
                }
            })
        });
        scheduler.add(timed.map_err(Error::internal)?).await.map_err(Error::internal)?;
    }
    scheduler.start().await.map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_on_operations_lists_every_job_with_its_times() {
        let page = include_str!("../../docs/operations.md");
        let cells = |line: &'static str| line.split(" | ").map(|cell| cell.trim_matches(['|', ' ', '`']));
        let mut listed: Vec<_> = page
            .lines()
            .filter(|line| line.starts_with("| `") && line.contains("` | every "))
            .filter_map(|line| Some((cells(line).next()?.to_owned(), cells(line).nth(1)?.to_owned())))
            .collect();
        let mut jobs: Vec<_> = JOBS.iter().map(|job| (job.name.to_owned(), job.times())).collect();
        listed.sort_unstable();
        jobs.sort_unstable();
        assert_eq!(listed, jobs, "docs/operations.md, under Jobs");
    }

    #[test]
    fn every_job_is_due_some_time_and_no_two_have_one_name() {
        let now = crate::base::clock::Millis(1_800_000_000_000);
        assert!(JOBS.iter().all(|job| job.next_run(now).is_some()));
        let mut names: Vec<_> = JOBS.iter().map(|job| job.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), JOBS.len());
    }
}
