//! Bringing back an export of our own: ids, status, votes and all the rest as they were. A file is read twice,
//! first to see that it is whole and fits, then to write it in small transactions, so that a running server
//! goes on answering. What is there already stays as it is.

mod line;
mod order;
mod read;
mod restore;
#[cfg(test)]
pub(super) mod tests;

use std::path::Path;

use rusqlite::Connection;

use super::trace::Trace;
use super::{Progress, Report, Stage};
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::db::Db;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::{comments, sites, users};
use order::Order;
use read::Lines;
use restore::{Target, Unit};

pub use line::{End, FORMAT, Header, Line, Scope, VERSION};

/// What to bring back, and where to.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub file: &'a Path,
    /// Of a file with several sites only this one; the comments of a file with one site go to the site of this
    /// key. None: every site under its own key.
    pub site: Option<&'a str>,
    /// Say what would happen and write nothing.
    pub dry_run: bool,
}

/// What the file is, in a few words for help.
pub const ABOUT: &str = "Afterword: what  afterword export --format jsonl  wrote";

/// Whether a file is an export of ours: as it is called, or else as it begins.
///
/// # Errors
/// `Invalid` for a file that cannot be opened.
pub fn is_ours(format: Option<&str>, file: &Path) -> Result<bool> {
    match format {
        Some(name) => Ok(name == FORMAT),
        None => Ok(matches!(Lines::open(file)?.next(), Ok(Some(Line::Header(_))))),
    }
}

/// Brings a file back, or says what that would do. May be run again at any time.
///
/// # Errors
/// `Invalid` with the line of the fault for a file that is broken or newer; `Conflict` when what is in it
/// stands on another site here; `NotFound` for a site that is not in it. Then nothing was written.
pub fn import(
    db: &Db,
    request: &Request<'_>,
    by: &Actor,
    progress: &mut dyn FnMut(Progress) -> Result<()>,
) -> Result<Report> {
    let mut report = db.read_blocking(|connection| check(connection, request, progress))?;
    if request.dry_run {
        return Ok(report);
    }
    let trace = Trace::new(by, FORMAT, request.site);
    let mut writer = Writer { db, trace, target: Target::default(), batch: Vec::new(), bytes: 0 };
    let written = each(request, Stage::Writing, progress, |lines, key, line| {
        writer.bytes += lines.length();
        writer.take(key, line)
    });
    let written = written.and_then(|()| writer.write());
    (report.imported, report.already) = (writer.trace.counts.imported, writer.trace.counts.already);
    writer.trace.end(db, written)?;
    Ok(report)
}

/// Reads a file from its first to its last line, and hands out what is wanted of it; with each line the key of
/// the site it goes to.
fn each(
    request: &Request<'_>,
    stage: Stage,
    progress: &mut dyn FnMut(Progress) -> Result<()>,
    mut take: impl FnMut(&Lines, &str, Line) -> Result<()>,
) -> Result<()> {
    const SELDOM: u64 = 500;
    let (mut lines, mut order) = (Lines::open(request.file)?, Order::default());
    let (mut renamed, mut key) = (None, None);
    while let Some(line) = lines.next()? {
        order.take(&line).map_err(|what| lines.fault(&what))?;
        if lines.number().is_multiple_of(SELDOM) {
            let (done, total) = lines.progress();
            progress(Progress { stage, done, total })?;
        }
        match &line {
            Line::Header(header) => renamed = wanted(header, request.site)?,
            Line::Site(site) => {
                let is_wanted = renamed.is_some() || request.site.is_none_or(|only| only == site.key);
                key = is_wanted.then(|| renamed.clone().unwrap_or_else(|| site.key.clone()));
            }
            _ => (),
        }
        match (&key, line) {
            (_, Line::Header(_) | Line::End(_)) | (None, Line::Site(_)) => (),
            (_, line @ Line::Account(_)) => take(&lines, "", line)?,
            (Some(key), line) => take(&lines, key, line)?,
            (None, _) => (),
        }
    }
    order.finish().map_err(|what| lines.fault(&what))?;
    let (_, total) = lines.progress();
    progress(Progress { stage, done: total, total })
}

/// The other key under which the one site of a file is brought back, if any.
fn wanted(header: &Header, site: Option<&str>) -> Result<Option<String>> {
    match (site, header.sites.as_slice()) {
        (Some(site), [one]) if one != site => Ok(Some(site.to_owned())),
        (Some(site), many) if !many.iter().any(|key| key == site) => Err(Error::NotFound(format!(
            "The site “{site}” is not in the file. It has: {}.",
            header.sites.join(", ")
        ))),
        _ => Ok(None),
    }
}

/// Reads all of it, and says what writing it would do.
fn check(
    connection: &Connection,
    request: &Request<'_>,
    progress: &mut dyn FnMut(Progress) -> Result<()>,
) -> Result<Report> {
    let mut report = Report { format: FORMAT.to_owned(), dry_run: request.dry_run, ..Report::default() };
    let mut site = None;
    each(request, Stage::Reading, progress, |lines, key, line| {
        match line {
            Line::Site(mut record) => {
                key.clone_into(&mut record.key);
                record.check().map_err(|what| lines.fault(&what))?;
                site = sites::record::find(connection, key)?;
            }
            Line::Guest(guest) => {
                let found = users::record::find_guest(connection, site, &guest)?.map(|(_, site)| site);
                is_here(lines, found, site)?;
            }
            Line::Thread(thread) => {
                report.threads += 1;
                let found = comments::record::find_thread(connection, site, &thread)?;
                is_here(lines, found.map(|thread| thread.site), site)?;
            }
            Line::Comment(comment) => {
                let found = comments::record::find(connection, site, &comment)?.map(|(_, site)| site);
                is_here(lines, found, site)?;
                count(&mut report, &comment, found.is_some());
            }
            _ => (),
        }
        Ok(())
    })?;
    Ok(report)
}

/// Ids are kept, so nothing can be on two sites.
fn is_here(lines: &Lines, found: Option<Id>, site: Option<Id>) -> Result<()> {
    if found.is_none() || found == site {
        return Ok(());
    }
    Err(Error::Conflict(format!(
        "Line {}: this is here already, on another site. It can be on one only. Nothing was changed.",
        lines.number()
    )))
}

fn count(report: &mut Report, comment: &comments::record::Comment, is_known: bool) {
    report.read += 1;
    if is_known {
        report.already += 1;
    } else {
        report.imported += 1;
    }
    match comment.status.as_str() {
        "held" => report.held += 1,
        "spam" => report.spam += 1,
        "deleted" => report.deleted += 1,
        _ => (),
    }
}

/// Gathers what belongs together, and writes it in pieces of a bearable size.
struct Writer<'a> {
    db: &'a Db,
    trace: Trace,
    target: Target,
    batch: Vec<Unit>,
    bytes: usize,
}

const BATCH: usize = 500;
const BATCH_BYTES: usize = 4 << 20;

impl Writer<'_> {
    fn take(&mut self, key: &str, line: Line) -> Result<()> {
        // What hangs on a comment goes with it, so that a run that is cut short leaves none without.
        let line = match (self.batch.last_mut(), line) {
            (Some(Unit::Comment(comment)), line) => match comment.hang(line) {
                Some(other) => other,
                None => return Ok(()),
            },
            (_, line) => line,
        };
        if self.batch.len() >= BATCH || self.bytes >= BATCH_BYTES {
            self.write()?;
        }
        let Some(unit) = Unit::of(key, line) else { return Ok(()) };
        self.batch.push(unit);
        Ok(())
    }

    fn write(&mut self) -> Result<()> {
        let (batch, mut target) = (std::mem::take(&mut self.batch), std::mem::take(&mut self.target));
        self.bytes = 0;
        self.target = self.trace.write(self.db, move |tx| {
            target.write(tx, &batch, Millis::now())?;
            Ok(target)
        })?;
        self.trace.counts = self.target.counts;
        Ok(())
    }
}
