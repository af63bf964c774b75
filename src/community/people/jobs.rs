//! What this room tidies.

use super::invitations;
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::jobs::Job;

pub const FORGET: Job = Job {
    name: "invitations-forget",
    about: "Forgets invitations that have run out.",
    schedule: "0 31 * * * *",
    run: forget,
};

fn forget(app: &App, now: Millis) -> Result<String> {
    let number = app.db.write_blocking(move |tx| invitations::forget_old(tx, now))?;
    Ok(format!("forgot {number}"))
}
