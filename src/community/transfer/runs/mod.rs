//! Imports started from the dashboard: a file is uploaded, read on trial, looked at, then imported for good. Each
//! runs on a thread of its own; what it says at the end is kept.

pub mod list_page;
pub mod pages;
mod running;
mod store;
mod tables;

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, Transaction};

use super::unpacked::{PREFIX, SUFFIX};
use super::{PageMap, Progress, Report, Request, import};
use crate::base::app::App;
use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::sites;

pub use running::{AT_ONCE, How, Runs};

/// Below the data folder, each named by its import's id.
const FOLDER: &str = "uploads";
/// An uploaded file waits so long to be imported.
const KEPT: Duration = Duration::from_hours(7 * 24);
/// A file that no import wrote to for so long belongs to none that runs.
const LEFT_OVER: Duration = Duration::from_hours(2 * 24);

/// One file that was uploaded, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub id: Id,
    pub site: Id,
    /// Who uploaded it; none when that account is gone.
    pub account: Option<Id>,
    /// What it was said to be; empty to tell it from the file.
    pub format: String,
    /// What the file was called where it came from.
    pub file: String,
    /// The admin's rules for pages, one a line.
    pub rules: String,
    /// The time zone of dates in the file that do not say theirs; empty when nobody knows.
    pub zone: String,
    /// Whether the last go was a trial.
    pub dry_run: bool,
    pub started: Millis,
    pub ended: Option<Millis>,
    /// What the last go did, if it went well.
    pub report: Option<Report>,
    /// Why it did not, in words.
    pub failure: Option<String>,
}

/// One import in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub id: Id,
    pub file: String,
    /// The site's name.
    pub site: String,
    pub format: String,
    pub dry_run: bool,
    pub started: Millis,
    pub ended: Option<Millis>,
    pub failed: bool,
    /// How many comments the last go brought, or would.
    pub imported: Option<u64>,
}

/// By what imports are put in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    File,
    Site,
    Format,
    #[default]
    When,
}

impl Run {
    /// One whose file has just come.
    #[must_use]
    pub fn uploaded(id: Id, site: Id, account: Id, format: String, file: String) -> Self {
        Self {
            id,
            site,
            account: Some(account),
            format,
            file,
            rules: String::new(),
            zone: String::new(),
            dry_run: true,
            started: id.moment(),
            ended: None,
            report: None,
            failure: None,
        }
    }

    /// Whether its comments were brought over, all of them.
    #[must_use]
    pub fn is_imported(&self) -> bool {
        !self.dry_run && self.ended.is_some() && self.failure.is_none()
    }
}

/// Where the uploaded file of an import lies.
#[must_use]
pub fn file_of(app: &App, id: Id) -> PathBuf {
    app.config.data.dir.join(FOLDER).join(id.to_string())
}

/// The folder for uploads, made if it is not there.
///
/// # Errors
/// When it cannot be made.
pub fn folder(app: &App) -> Result<PathBuf> {
    let folder = app.config.data.dir.join(FOLDER);
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Notes an uploaded file.
///
/// # Errors
/// When it cannot be stored.
pub fn add(tx: &Transaction<'_>, run: &Run) -> Result<()> {
    store::insert(tx, run)
}

/// Keeps why an import could not be started.
///
/// # Errors
/// When it cannot be stored.
pub fn refuse(tx: &Transaction<'_>, id: Id, words: &str, now: Millis) -> Result<()> {
    store::end(tx, id, None, Some(words), now)
}

/// # Errors
/// `NotFound` when there is no such import.
pub fn by_id(connection: &Connection, id: Id) -> Result<Run> {
    store::by_id(connection, id)?.ok_or_else(|| Error::NotFound("There is no such import.".into()))
}

/// Imports in an order, but for those into sites that were removed.
///
/// # Errors
/// When they cannot be read.
pub fn lines(
    connection: &Connection,
    by: By,
    descending: bool,
    from: usize,
    limit: usize,
) -> Result<Vec<Line>> {
    store::lines(connection, by, descending, from, limit)
}

/// How many [`lines`] there are.
///
/// # Errors
/// When they cannot be read.
pub fn count(connection: &Connection) -> Result<usize> {
    store::count(connection)
}

fn go(app: &App, run: &Run, by: &Actor, progress: &mut dyn FnMut(Progress) -> Result<()>) -> Result<Report> {
    let site = app.db.read_blocking(|c| sites::by_id(c, run.site))?;
    let pages = rules_of(&run.rules)?;
    let request = Request {
        format: Some(run.format.as_str()).filter(|format| !format.is_empty()),
        file: &file_of(app, run.id),
        site: &site.key,
        pages: &pages,
        zone: &run.zone,
        dry_run: run.dry_run,
        folder: &app.config.data.dir,
    };
    import(&app.db, &request, by, progress)
}

fn rules_of(text: &str) -> Result<PageMap> {
    let mut pages = PageMap::default();
    pages.add_lines(text)?;
    Ok(pages)
}

/// What an import did is kept; the file is not needed any more once it is in.
fn keep(app: &App, run: &Run, done: Result<Report>) -> Result<()> {
    let (id, now) = (run.id, Millis::now());
    let is_in = done.as_ref().is_ok_and(|report| !report.dry_run);
    // Told from the file, if nobody said it.
    let format = done.as_ref().map_or_else(|_| run.format.clone(), |report| report.format.clone());
    let (report, failure) = match done {
        Ok(report) => (Some(serde_json::to_string(&report).map_err(Error::internal)?), None),
        Err(Error::Internal(source)) => {
            tracing::error!(error = %source, import = %id, "an import failed");
            (None, Some("Something went wrong on the server; its log says what.".to_owned()))
        }
        Err(error) => (None, Some(in_other_words(app, id, &error))),
    };
    app.db.write_blocking(move |tx| {
        store::end(tx, id, report.as_deref(), failure.as_deref(), now)?;
        store::set_format(tx, id, &format)
    })?;
    if is_in { drop_file(&file_of(app, id)) } else { Ok(()) }
}

/// The upload's own path means nothing to whoever sent it.
fn in_other_words(app: &App, id: Id, error: &Error) -> String {
    let path = file_of(app, id);
    error.to_string().replace(&path.display().to_string(), "the file")
}

/// Takes an import and its file away, unless it did its work: its report is kept, then.
///
/// # Errors
/// `NotFound` when there is none; `Conflict` when it is running or done; when it cannot be removed.
pub fn discard(runs: &Runs, app: &App, id: Id, by: Actor) -> Result<()> {
    if runs.progress(id).is_some() {
        return Err(running::being_read());
    }
    app.db.write_blocking(move |tx| {
        let run = by_id(tx, id)?;
        if run.is_imported() {
            return Err(Error::Conflict(
                "It was imported, and its report is kept. There is nothing to discard.".into(),
            ));
        }
        store::remove(tx, id)?;
        let entry = by.did("import.discard", format!("import:{id}")).on(run.site);
        audit::record(tx, &entry.change(run.format.clone(), ""), Millis::now())
    })?;
    drop_file(&file_of(app, id))
}

fn drop_file(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Removes the reports of imports that ended before `moment`; answers how many.
///
/// # Errors
/// When they cannot be removed.
pub fn forget_reports(tx: &Transaction<'_>, moment: Millis) -> Result<usize> {
    store::forget_before(tx, moment)
}

/// How many uploaded files wait to be imported. Nothing in them can be erased by itself.
#[must_use]
pub fn waiting_files(app: &App) -> usize {
    files(&app.config.data.dir.join(FOLDER)).map_or(0, |files| files.len())
}

/// Removes uploaded files that nobody imported in time, and what imports left that were killed; answers how many.
///
/// # Errors
/// When a folder cannot be read or a file cannot be removed.
pub fn forget_files(app: &App, now: Millis) -> Result<usize> {
    let mut removed = 0;
    for path in files(&folder(app)?)? {
        let id = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse::<Id>().ok());
        if id.is_none_or(|id| id < Id::at(now - KEPT, 0)) {
            drop_file(&path)?;
            removed += 1;
        }
    }
    for path in files(&app.config.data.dir)?.iter().filter(|path| is_left_over(path)) {
        drop_file(path)?;
        removed += 1;
    }
    Ok(removed)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    entries.collect()
}

/// An import holds such a file while it runs, which is not for days.
fn is_left_over(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let changed = path.metadata().and_then(|file| file.modified());
    let age = changed.ok().and_then(|changed| SystemTime::now().duration_since(changed).ok());
    name.starts_with(PREFIX) && name.ends_with(SUFFIX) && age.is_some_and(|age| age > LEFT_OVER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_an_import_left_long_ago_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let long_ago = SystemTime::now() - LEFT_OVER - Duration::from_mins(1);
        for (name, changed, expected) in [
            ("import-abc.tmp", long_ago, true),
            ("import-abc.tmp", SystemTime::now(), false),
            ("afterword.sqlite", long_ago, false),
        ] {
            let path = folder.path().join(name);
            std::fs::File::create(&path).unwrap().set_modified(changed).unwrap();
            assert_eq!(is_left_over(&path), expected, "{name}");
        }
    }
}
