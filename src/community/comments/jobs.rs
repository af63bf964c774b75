//! What this room tidies.

use std::time::Duration;

use super::{addresses, store};
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

/// For so long it is known where comments, votes and reports came from.
const ADDRESSES: Duration = Duration::from_hours(30 * 24);

pub const FORGET_ADDRESSES: Job = Job {
    name: "addresses-forget",
    about: "Forgets the network addresses behind comments, votes and reports after 30 days.",
    schedule: "0 37 3 * * *",
    run: forget_addresses,
};

fn forget_addresses(app: &App, now: Millis) -> Result<String> {
    let forgotten = addresses::forget_before(&app.db, now - ADDRESSES)?;
    Ok(format!(
        "forgot the addresses of {} comments, {} votes and {} reports",
        forgotten.comments, forgotten.votes, forgotten.reports
    ))
}

fn forget(app: &App, now: Millis) -> Result<String> {
    let before = now - A_DAY;
    app.db.write_blocking(move |tx| {
        let keys = store::comments::forget_idempotent_before(tx, before)?;
        let facts = outbox::forget_before(tx, before)?;
        Ok(format!("forgot {keys} keys and {facts} facts"))
    })
}
