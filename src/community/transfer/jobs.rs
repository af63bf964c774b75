//! What this room tidies.

use super::runs;
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::jobs::Job;
use crate::settings;

pub const FORGET_REPORTS: Job = Job {
    name: "imports-forget",
    about: "Forgets the reports of older imports (imports.keep_reports_days).",
    schedule: "0 27 4 * * *",
    run: forget_reports,
};

fn forget_reports(app: &App, now: Millis) -> Result<String> {
    app.db.write_blocking(move |tx| {
        let before = now - settings::read(tx)?.imports_keep_for();
        let number = runs::forget_reports(tx, before)?;
        Ok(format!("forgot {number} reports"))
    })
}

pub const FORGET_UPLOADS: Job = Job {
    name: "uploads-forget",
    about: "Removes uploaded files that nobody imported within a week.",
    schedule: "0 7 4 * * *",
    run: forget_uploads,
};

fn forget_uploads(app: &App, now: Millis) -> Result<String> {
    Ok(format!("removed {} uploaded files", runs::forget_files(app, now)?))
}
