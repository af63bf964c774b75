//! What this room tidies.

use std::time::Duration;

use super::{search, store};
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::jobs::Job;
use crate::base::outbox;

/// A repeated request is recognised for this long; so are the facts a live stream can ask for again.
const A_DAY: Duration = Duration::from_hours(24);

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

fn forget(app: &App, now: Millis) -> Result<String> {
    let before = now - A_DAY;
    app.db.write_blocking(move |tx| {
        let keys = store::comments::forget_idempotent_before(tx, before)?;
        let facts = outbox::forget_before(tx, before)?;
        Ok(format!("forgot {keys} keys and {facts} facts"))
    })
}
