//! How much is said, and where: the numbers of the dashboard's first page. Ids hold the time, so that each is a range
//! of an index and no more.

use std::time::Duration;

use rusqlite::Connection;

use super::Status;
use super::store::figures as store;
use super::threads::Thread;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::web::frame::SiteCounts;

pub const A_DAY: Duration = Duration::from_hours(24);
/// Threads are compared by the newest comments; where there are more in a week, the week's busiest are among these too.
const SAMPLE: u32 = 10_000;

/// A day's comments (UTC), by what they are now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    pub begins: Millis,
    pub published: i64,
    pub held: i64,
    pub spam: i64,
}

impl Day {
    #[must_use]
    pub fn total(&self) -> i64 {
        self.published + self.held + self.spam
    }
}

/// A thread, and how much was said in it lately.
#[derive(Clone, Debug, PartialEq)]
pub struct Busy {
    pub thread: Thread,
    pub site_key: String,
    pub comments: i64,
}

/// The last `number` days of these sites, today last.
pub fn days(connection: &Connection, sites: &[Id], number: u32, now: Millis) -> Result<Vec<Day>> {
    let today = midnight(now);
    let day = |ago: u32| {
        let begins = today - A_DAY * ago;
        let (from, to) = (Id::at(begins, 0), Id::at(begins + A_DAY, 0));
        let count = |status| store::count(connection, sites, status, from, to);
        Ok(Day {
            begins,
            published: count(Status::Published)?,
            held: count(Status::Held)?,
            spam: count(Status::Spam)?,
        })
    };
    (0..number).rev().map(day).collect()
}

/// The threads of these sites in which most was said since `since`.
pub fn busiest(connection: &Connection, sites: &[Id], since: Millis, limit: u32) -> Result<Vec<Busy>> {
    store::busiest(connection, sites, Id::at(since, 0), SAMPLE, limit)
}

/// When the comment was written that has waited longest for a moderator of these sites.
pub fn longest_held(connection: &Connection, sites: &[Id]) -> Result<Option<Millis>> {
    Ok(store::oldest(connection, sites, Status::Held)?.map(Id::moment))
}

/// Whether anybody ever said anything on these sites.
pub fn any(connection: &Connection, sites: &[Id]) -> Result<bool> {
    store::any(connection, sites)
}

/// All that hangs on one site.
pub fn of_site(connection: &Connection, site: Id) -> Result<SiteCounts> {
    store::of_site(connection, site)
}

/// When the day of this moment began (UTC).
fn midnight(moment: Millis) -> Millis {
    let day = i64::try_from(A_DAY.as_millis()).unwrap_or(i64::MAX);
    Millis(moment.0 - moment.0.rem_euclid(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_utc() {
        assert_eq!(midnight(Millis(1_700_000_000_000)).to_string(), "2023-11-14T00:00:00.000Z");
        assert_eq!(midnight(Millis(0)), Millis(0));
    }
}
