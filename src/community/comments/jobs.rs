//! What this room tidies.

use std::time::Duration;

use super::store;
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

fn forget(app: &App, now: Millis) -> Result<String> {
    let before = now - A_DAY;
    app.db.write_blocking(move |tx| {
        let keys = store::comments::forget_idempotent_before(tx, before)?;
        let facts = outbox::forget_before(tx, before)?;
        Ok(format!("forgot {keys} keys and {facts} facts"))
    })
}
