//! What this room tidies.

use super::forget_old;
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::jobs::Job;

pub const FORGET: Job = Job {
    name: "sessions-forget",
    about: "Forgets sessions and setup links that have run out.",
    schedule: "0 29 * * * *",
    run: forget,
};

fn forget(app: &App, now: Millis) -> Result<String> {
    let number = app.db.write_blocking(move |tx| forget_old(tx, now))?;
    Ok(format!("forgot {number}"))
}
