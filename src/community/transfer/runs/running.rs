//! The imports that this process is busy with: how far they are, how many there may be, and how one is stopped.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Run, by_id, go, keep, rules_of, store};
use crate::base::app::App;
use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::transfer::{Progress, Stage, moment};

/// So many at once: each reads, writes and fills the disk beside the readers' own comments.
pub const AT_ONCE: usize = 2;

#[derive(Clone, Copy)]
struct State {
    progress: Progress,
    /// Whether somebody asked it to stop.
    stopping: bool,
}

/// See the module.
#[derive(Clone, Default)]
pub struct Runs(Arc<Mutex<HashMap<Id, State>>>);

/// A place among those that run, given back however the run ends.
struct Place {
    runs: Runs,
    id: Id,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.runs.lock().remove(&self.id);
    }
}

impl Place {
    /// # Errors
    /// `Conflict` when somebody asked it to stop.
    fn update(&self, progress: Progress, dry_run: bool) -> Result<()> {
        let mut runs = self.runs.lock();
        let Some(state) = runs.get_mut(&self.id) else { return Ok(()) };
        state.progress = progress;
        if !state.stopping {
            return Ok(());
        }
        Err(Error::Conflict(if dry_run {
            "It was stopped. A trial writes nothing.".into()
        } else {
            "It was stopped. What had been written stays, and nothing is written twice: tried and imported again, it goes on where it was.".into()
        }))
    }
}

impl Runs {
    fn lock(&self) -> MutexGuard<'_, HashMap<Id, State>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// None for one that is not running here.
    #[must_use]
    pub fn progress(&self, id: Id) -> Option<Progress> {
        self.lock().get(&id).map(|state| state.progress)
    }

    fn enter(&self, id: Id) -> Result<Place> {
        let mut runs = self.lock();
        if runs.contains_key(&id) {
            return Err(being_read());
        }
        if runs.len() >= AT_ONCE {
            return Err(busy());
        }
        let progress = Progress { stage: Stage::Reading, done: 0, total: 1 };
        runs.insert(id, State { progress, stopping: false });
        Ok(Place { runs: self.clone(), id })
    }

    /// Starts reading the file of an import, on trial or for good, beside other work.
    ///
    /// # Errors
    /// `Conflict` while it runs already, or when it is done; `Unavailable` while as many run as may; `Invalid` for rules
    /// (`rules`) or a time zone (`zone`) that cannot be read.
    pub fn start(&self, app: &App, id: Id, how: How, by: Actor) -> Result<()> {
        rules_of(&how.rules)?;
        moment::zone(&how.zone)?;
        let place = self.enter(id)?;
        let run = app.db.write_blocking(move |tx| {
            if by_id(tx, id)?.is_imported() {
                let words = "This file was imported. Upload it again to see what is new in it.";
                return Err(Error::Conflict(words.into()));
            }
            store::start(tx, id, &how, Millis::now())?;
            by_id(tx, id)
        })?;
        let app = app.clone();
        std::thread::spawn(move || place.run(&app, &run, &by));
        Ok(())
    }

    /// Asks an import to stop, which it does before its next comments. One that is not running is left as it is.
    ///
    /// # Errors
    /// When it cannot be noted.
    pub fn stop(&self, app: &App, id: Id, by: Actor) -> Result<()> {
        if self.progress(id).is_none() {
            return Ok(());
        }
        app.db.write_blocking(move |tx| {
            let run = by_id(tx, id)?;
            audit::record(tx, &by.did("import.cancel", format!("import:{id}")).on(run.site), Millis::now())
        })?;
        if let Some(state) = self.lock().get_mut(&id) {
            state.stopping = true;
        }
        Ok(())
    }
}

impl Place {
    fn run(self, app: &App, run: &Run, by: &Actor) {
        let done = go(app, run, by, &mut |progress| self.update(progress, run.dry_run));
        if let Err(error) = keep(app, run, done) {
            tracing::error!(%error, import = %self.id, "the report of an import could not be kept");
        }
    }
}

/// How a file is to be read.
#[derive(Clone, Debug, Default)]
pub struct How {
    pub dry_run: bool,
    /// For pages, one a line.
    pub rules: String,
    /// Of dates that do not say theirs.
    pub zone: String,
}

pub fn being_read() -> Error {
    Error::Conflict("This file is being read just now. Wait until that is done, or stop it.".into())
}

fn busy() -> Error {
    Error::Unavailable(format!(
        "{AT_ONCE} imports are running, and no more run at once. Wait until one of them is done, or stop it, then try again."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_two_run_at_once_and_none_twice() {
        let runs = Runs::default();
        let first = runs.enter(Id(1)).ok().unwrap();
        let _second = runs.enter(Id(2)).ok().unwrap();
        assert!(matches!(runs.enter(Id(1)), Err(Error::Conflict(_))));
        assert!(matches!(runs.enter(Id(3)), Err(Error::Unavailable(_))));
        drop(first);
        assert!(runs.enter(Id(3)).is_ok());
    }

    #[test]
    fn a_run_that_is_to_stop_is_told_at_its_next_step() {
        let runs = Runs::default();
        let place = runs.enter(Id(1)).ok().unwrap();
        let step = Progress { stage: Stage::Writing, done: 1, total: 2 };
        place.update(step, false).unwrap();
        runs.lock().get_mut(&Id(1)).unwrap().stopping = true;
        assert!(place.update(step, false).unwrap_err().to_string().contains("What had been written stays"));
        assert!(place.update(step, true).unwrap_err().to_string().contains("writes nothing"));
    }
}
