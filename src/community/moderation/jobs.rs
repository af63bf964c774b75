//! What this room tidies.

use std::time::Duration;

use super::store;
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::jobs::Job;
use crate::community::comments;

/// For so long a moderator can bring a deleted comment back.
const UNDOABLE: Duration = Duration::from_hours(30 * 24);

pub const ERASE_DELETED: Job = Job {
    name: "deleted-erase",
    about: "Erases the text of comments that a moderator deleted more than 30 days ago.",
    schedule: "0 47 3 * * *",
    run: erase_deleted,
};

fn erase_deleted(app: &App, now: Millis) -> Result<String> {
    app.db.write_blocking(move |tx| {
        let ids = store::deleted_before(tx, now - UNDOABLE)?;
        for id in &ids {
            comments::blank(tx, *id)?;
        }
        Ok(format!("erased {} comments", ids.len()))
    })
}
