//! What this room tidies.

use super::store;
use crate::base::app::App;
use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::jobs::Job;
use crate::community::comments;
use crate::settings;

pub const ERASE_DELETED: Job = Job {
    name: "deleted-erase",
    about: "Erases the text of comments that a moderator deleted long enough ago (deleted.erase_after_days).",
    schedule: "0 47 3 * * *",
    run: erase_deleted,
};

fn erase_deleted(app: &App, now: Millis) -> Result<String> {
    app.db.write_blocking(move |tx| {
        let span = settings::read(tx)?.deleted_erase_after();
        let ids = store::deleted_before(tx, now - span)?;
        for id in &ids {
            comments::blank(tx, *id)?;
        }
        if !ids.is_empty() {
            let by = Actor::job(ERASE_DELETED.name);
            audit::record(
                tx,
                &by.did("comment.erase", format!("job:{}", ERASE_DELETED.name))
                    .change("", ids.len().to_string()),
                now,
            )?;
        }
        Ok(format!("erased {} comments", ids.len()))
    })
}
