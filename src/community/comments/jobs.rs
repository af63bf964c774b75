//! What this room tidies, and what it forgets of people.

use std::time::Duration;

use rusqlite::Transaction;

use super::addresses::{self, Forgotten};
use super::{erase, search, store};
use crate::base::app::App;
use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::jobs::Job;
use crate::base::{outbox, salts};
use crate::community::sites;
use crate::settings;

/// A repeated request is recognised for this long; so are the facts a live stream can ask for again.
const A_DAY: Duration = Duration::from_hours(24);
/// So many rows at a time, so that readers who write something do not wait for long.
const BATCH: u32 = 1000;

pub const FORGET: Job = Job {
    name: "comments-forget",
    about: "Forgets idempotency keys and facts for live streams after a day.",
    schedule: "0 17 * * * *",
    run: forget,
};

/// Comments that one transaction puts into the index.
const AT_ONCE: u32 = 500;

pub const INDEX: Job = Job {
    name: "search-index",
    about: "Makes every comment findable by its words that is not yet: those of an older release's file.",
    schedule: "0 27 4 * * *",
    run: index,
};

fn index(app: &App, _now: Millis) -> Result<String> {
    let mut added = 0;
    loop {
        match app.db.write_blocking(|tx| search::catch_up(tx, AT_ONCE))? {
            0 => return Ok(format!("added {added} comments to the index")),
            more => added += more,
        }
    }
}

pub const ROTATE_SALT: Job = Job {
    name: "addresses-rotate",
    about: "Replaces the salt that addresses are hashed with, once it is old enough (addresses.salt_days).",
    schedule: "0 7 * * * *",
    run: rotate_salt,
};

pub const FORGET_ADDRESSES: Job = Job {
    name: "addresses-forget",
    about: "Forgets the address hashes and networks of older comments, votes and reports (addresses.forget_after_days).",
    schedule: "0 37 3 * * *",
    run: forget_addresses,
};

pub const FORGET_GUESTS: Job = Job {
    name: "guests-forget",
    about: "Forgets people who have no comment, and who cast their votes (guests.forget_after_days).",
    schedule: "0 57 3 * * *",
    run: forget_guests,
};

pub const ERASE_SITES: Job = Job {
    name: "sites-erase",
    about: "Erases sites that were removed more than 30 days ago, with all their comments.",
    schedule: "0 37 4 * * *",
    run: erase_sites,
};

fn erase_sites(app: &App, now: Millis) -> Result<String> {
    let due = app.db.read_blocking(|c| sites::erasable(c, now))?;
    let mut done = Vec::new();
    for site in due {
        let erased = erase::site(&app.db, &site, Actor::job(ERASE_SITES.name), now)?;
        let (comments, threads, people) = (erased.comments, erased.threads, erased.people);
        done.push(format!("“{}”: {comments} comments, {threads} threads, {people} people", site.key));
    }
    Ok(if done.is_empty() { "nothing was due".to_owned() } else { format!("erased {}", done.join("; ")) })
}

fn forget(app: &App, now: Millis) -> Result<String> {
    let before = now - A_DAY;
    app.db.write_blocking(move |tx| {
        let keys = store::comments::forget_idempotent_before(tx, before)?;
        let facts = outbox::forget_before(tx, before)?;
        Ok(format!("forgot {keys} keys and {facts} facts"))
    })
}

fn rotate_salt(app: &App, now: Millis) -> Result<String> {
    app.db.write_blocking(move |tx| {
        let period = settings::read(tx)?.addresses_salt_for();
        let rotated = salts::rotate(tx, Some(period), now)?;
        let since = rotated.salt.since.for_people();
        if !rotated.is_new && rotated.forgotten == 0 {
            return Ok(format!("the salt of {since} still holds"));
        }
        remember(tx, &ROTATE_SALT, "addresses.rotate", rotated.forgotten, now)?;
        let made = if rotated.is_new { "made a new salt" } else { "kept the newest salt" };
        Ok(format!("{made} and threw {} away", rotated.forgotten))
    })
}

fn forget_addresses(app: &App, now: Millis) -> Result<String> {
    let before = now - app.db.read_blocking(settings::read)?.addresses_forget_after();
    let Forgotten { comments, votes, reports } = addresses::forget_before(&app.db, before)?;
    let sum = comments + votes + reports;
    app.db.write_blocking(move |tx| remember(tx, &FORGET_ADDRESSES, "addresses.forget", sum, now))?;
    Ok(format!(
        "forgot the addresses of {comments} comments, {votes} votes and {reports} reports from before {}",
        before.for_people()
    ))
}

fn forget_guests(app: &App, now: Millis) -> Result<String> {
    let Some(span) = app.db.read_blocking(settings::read)?.guests_forget_after() else {
        return Ok("nobody: guests.forget_after_days is 0".into());
    };
    let before = now - span;
    let (mut sum, mut after) = (0, None);
    loop {
        let ids = app.db.read_blocking(|c| store::guests::without_comments(c, before, after, BATCH))?;
        let Some(last) = ids.last() else { break };
        after = Some(*last);
        sum += app.db.write_blocking(move |tx| store::guests::forget(tx, &ids, before))?;
    }
    app.db.write_blocking(move |tx| remember(tx, &FORGET_GUESTS, "guests.forget", sum, now))?;
    Ok(format!("forgot {sum} people who had no comment since {}", before.for_people()))
}

/// What a job erased is in the audit trail, if it was anything.
fn remember(tx: &Transaction<'_>, job: &Job, action: &'static str, number: usize, now: Millis) -> Result<()> {
    if number == 0 {
        return Ok(());
    }
    let by = Actor::job(job.name);
    audit::record(tx, &by.did(action, format!("job:{}", job.name)).change("", number.to_string()), now)
}

#[cfg(test)]
mod tests;
