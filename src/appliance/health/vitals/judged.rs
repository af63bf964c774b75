//! What is well and what is not, and the words for it.

use std::path::Path;
use std::time::Duration;

use super::{State, Vital};
use crate::base::clock::Millis;
use crate::base::jobs::{LONGEST, Run};
use crate::base::room::LEAST;

const KB: u64 = 1000;
const MB: u64 = 1000 * KB;
const GB: u64 = 1000 * MB;

const DISK_LITTLE: u64 = GB;
/// SQLite writes its log back at 4 MB; far above that, something keeps it from doing so.
const LOG_MUCH: u64 = 256 * MB;
const MEMORY_LITTLE: u64 = 100 * MB;

pub fn disk(free: u64, total: u64, used: u64, folder: &Path) -> Vital {
    let vital = Vital::good("Free disk", format!("{} of {}", bytes(free), bytes(total)));
    let place = folder.display();
    if free < LEAST {
        vital.but(
            State::Bad,
            format!("Comments are refused once it is full. Make room on the disk that holds {place}."),
        )
    } else if free < DISK_LITTLE || free < 2 * used {
        let reason =
            if free < DISK_LITTLE { "It fills up." } else { "A copy of the database would hardly fit." };
        vital.but(
            State::Watch,
            format!("{reason} Make room on the disk that holds {place}, or take a larger one."),
        )
    } else {
        vital
    }
}

pub fn database(data: u64, log: u64) -> Vital {
    if log > LOG_MUCH {
        return Vital::good("Database", format!("{} and a log of {}", bytes(data), bytes(log))).but(
            State::Watch,
            "The log beside the database is not written back, since something has been reading for very long. End other \
             programs that have the file open; if it stays so, restart the server.",
        );
    }
    Vital::good("Database", bytes(data + log))
}

pub fn job_runs(runs: &[(&'static str, Option<Run>)], now: Millis) -> Vital {
    let name = "Jobs";
    let wrong: Vec<String> = runs
        .iter()
        .filter_map(|(job, run)| {
            let run = run.as_ref()?;
            let failure = run.failure(now, LONGEST)?;
            Some(format!("{job}, {}: {failure}", run.started.for_people()))
        })
        .collect();
    if wrong.is_empty() {
        let ran = runs.iter().filter(|(_, run)| run.is_some()).count();
        let value = match ran {
            0 => "None has run yet".to_owned(),
            1 => "The one that ran went well".to_owned(),
            ran => format!("The {ran} that ran went well"),
        };
        return Vital::good(name, value);
    }
    let value = if wrong.len() == 1 { "One failed".to_owned() } else { format!("{} failed", wrong.len()) };
    Vital::good(name, value).but(
        State::Bad,
        format!(
            "{}. To run one again, see the page of all jobs, or: afterword job run NAME. The server’s log says more.",
            wrong.join("; ")
        ),
    )
}

/// From `/proc/self/status` and `/proc/meminfo`, whose figures are in kibibytes.
pub fn memory(own: &str, box_: &str) -> Option<Vital> {
    let figure = |text: &str, name: &str| -> Option<u64> {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
    };
    let held = figure(own, "VmRSS")?;
    let Some((left, total)) = figure(box_, "MemAvailable").zip(figure(box_, "MemTotal")) else {
        return Some(Vital::good("Memory", bytes(held)));
    };
    let vital = Vital::good(
        "Memory",
        format!("{}; {} of {} are left on the box", bytes(held), bytes(left), bytes(total)),
    );
    if left < MEMORY_LITTLE {
        return Some(vital.but(
            State::Watch,
            "The system may end programs when it runs out, this one among them. Stop what is not needed, or add memory or swap.",
        ));
    }
    Some(vital)
}

/// `1.2 GB`: in thousands, as disks are sold.
fn bytes(number: u64) -> String {
    let tenths = |unit: u64| format!("{}.{}", number / unit, number % unit * 10 / unit);
    match number {
        0..KB => format!("{number} bytes"),
        KB..MB => format!("{} kB", number / KB),
        MB..GB => format!("{} MB", if number < 10 * MB { tenths(MB) } else { (number / MB).to_string() }),
        _ => format!("{} GB", if number < 100 * GB { tenths(GB) } else { (number / GB).to_string() }),
    }
}

pub fn span(time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    let (number, unit) = match minutes {
        0 => return "less than a minute".to_owned(),
        1..60 => (minutes, "minute"),
        60..2880 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_800_000_000_000);

    fn run(ended: Option<Millis>, outcome: Option<&str>) -> Run {
        Run { started: NOW - Duration::from_hours(7), ended, outcome: outcome.map(ToOwned::to_owned) }
    }

    #[test]
    fn a_disk_that_fills_up_is_told_before_it_is_full() {
        let state = |free, used| disk(free, 100 * GB, used, Path::new("/data")).state;
        assert_eq!(state(50 * GB, GB), State::Good);
        assert_eq!(state(999 * MB, MB), State::Watch);
        assert_eq!(state(50 * GB, 30 * GB), State::Watch);
        assert_eq!(state(100 * MB, MB), State::Bad);
        assert!(disk(0, GB, 0, Path::new("/data")).advice.contains("/data"));
    }

    #[test]
    fn a_log_that_is_not_written_back_is_told() {
        assert_eq!(database(5 * MB, 4 * MB), Vital::good("Database", "9.0 MB"));
        assert_eq!(database(5 * MB, 300 * MB).state, State::Watch);
    }

    #[test]
    fn jobs_that_failed_are_named_with_what_they_said() {
        let ok = ("good-job", Some(run(Some(NOW), Some("forgot 3 keys"))));
        assert_eq!(job_runs(&[("never", None)], NOW).value, "None has run yet");
        assert_eq!(job_runs(&[ok, ("never", None)], NOW).state, State::Good);
        let failed = job_runs(&[("bad-job", Some(run(Some(NOW), Some("failed: no room"))))], NOW);
        assert!(
            failed.state == State::Bad
                && failed.advice.contains("bad-job")
                && failed.advice.contains("no room")
        );
        let cut = job_runs(&[("cut-job", Some(run(None, None)))], NOW);
        assert!(cut.state == State::Bad && cut.advice.contains("did not end"), "{cut:?}");
    }

    #[test]
    fn memory_is_read_from_the_system_s_own_figures() {
        let own = "Name:\tafterword\nVmRSS:\t   20000 kB\n";
        let vital = memory(own, "MemTotal: 1000000 kB\nMemAvailable:  500000 kB\n").unwrap();
        assert_eq!(
            (vital.value.as_str(), vital.state),
            ("20 MB; 512 MB of 1.0 GB are left on the box", State::Good)
        );
        assert_eq!(
            memory(own, "MemTotal: 1000000 kB\nMemAvailable: 50000 kB\n").unwrap().state,
            State::Watch
        );
        assert_eq!(memory(own, "").unwrap().value, "20 MB");
        assert_eq!(memory("", ""), None);
    }

    #[test]
    fn numbers_are_worded_for_people() {
        assert_eq!(
            [0, 999, 20_480, 1_260_000, 45_000_000, 1_260_000_000, 450_000_000_000].map(bytes),
            ["0 bytes", "999 bytes", "20 kB", "1.2 MB", "45 MB", "1.2 GB", "450 GB"]
        );
        assert_eq!(span(Duration::from_secs(30)), "less than a minute");
        assert_eq!(span(Duration::from_mins(61)), "1 hour");
        assert_eq!(span(Duration::from_hours(49)), "2 days");
    }
}
