//! What this room tidies.

use std::time::Duration;

use super::store;
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::jobs::Job;

/// For so long it can be looked up who was banned.
const KEPT: Duration = Duration::from_hours(90 * 24);

pub const FORGET: Job = Job {
    name: "bans-forget",
    about: "Forgets bans that ended more than 90 days ago.",
    schedule: "0 53 3 * * *",
    run: forget,
};

fn forget(app: &App, now: Millis) -> Result<String> {
    let number = app.db.write_blocking(move |tx| store::delete_ended_before(tx, now - KEPT))?;
    Ok(format!("forgot {number}"))
}
