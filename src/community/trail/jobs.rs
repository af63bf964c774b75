//! What this room looks after.

use crate::base::app::App;
use crate::base::audit;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::jobs::Job;

pub const VERIFY: Job = Job {
    name: "audit-verify",
    about: "Checks that no entry of the audit trail was changed or taken out.",
    schedule: "0 7 4 * * *",
    run: verify,
};

fn verify(app: &App, now: Millis) -> Result<String> {
    let verdict = audit::check(&app.db, now)?;
    match verdict.fault {
        None => Ok(format!("{} entries fit together", verdict.entries)),
        Some(fault) => Err(Error::Conflict(fault)),
    }
}
