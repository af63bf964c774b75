//! What this room tidies.

use super::store::kept;
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
        let number = kept::forget_before(tx, before)?;
        Ok(format!("forgot {number} reports"))
    })
}
