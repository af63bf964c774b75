//! From the staging file into the database: a parent always before its replies, and in small transactions, so that a
//! running server goes on answering.

use std::collections::HashMap;

use rusqlite::Transaction;

use super::store::{Mark, Page, Ready, Staging};
use super::trace::Trace;
use super::{Progress, Stage};
use crate::base::clock::Millis;
use crate::base::db::Db;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::comments::imported::{self, Imported, Outcome};
use crate::community::comments::page::page_key_of_own;
use crate::community::comments::record::Uncounted;
use crate::community::comments::threads;
use crate::community::sites::Site;

const BATCH: usize = 500;
const BATCH_BYTES: usize = 4 << 20;

/// What became of the comments.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub imported: u64,
    pub already: u64,
}

/// What became of one comment.
enum Fate {
    New(Id),
    Already(Id),
    Refused(String),
}

/// Writes everything that is not there yet.
///
/// # Errors
/// When the database cannot be written to. What was written stays; another run goes on from there.
pub fn apply(
    db: &Db,
    site: &Site,
    source: &'static str,
    staging: &mut Staging,
    trace: &mut Trace,
    progress: &mut dyn FnMut(Progress) -> Result<()>,
) -> Result<()> {
    each_batch(staging, progress, |staging, batch| {
        let pages = staging.pages(&numbers(&batch))?;
        let notes: Vec<i64> = batch.iter().map(|ready| ready.seq).collect();
        let target = site.clone();
        let shown = render(db, site, source, &batch)?;
        let (threads, fates) =
            trace.write(db, move |tx| write(tx, &target, source, &pages, &batch, &shown))?;
        for (number, thread) in threads {
            staging.page_is(number, thread)?;
        }
        for (seq, fate) in notes.into_iter().zip(fates) {
            match fate {
                Fate::New(id) => {
                    trace.counts.imported += 1;
                    staging.comment_is(seq, id)?;
                }
                Fate::Already(id) => {
                    trace.counts.already += 1;
                    staging.comment_is(seq, id)?;
                }
                Fate::Refused(reason) => staging.refused(seq, &reason)?,
            }
        }
        Ok(())
    })
}

/// Counts what [`apply`] would write, and writes nothing.
///
/// # Errors
/// When the database cannot be read.
pub fn foresee(
    db: &Db,
    site: &Site,
    source: &'static str,
    staging: &mut Staging,
    progress: &mut dyn FnMut(Progress) -> Result<()>,
) -> Result<Counts> {
    let mut counts = Counts::default();
    each_batch(staging, progress, |_, batch| {
        let already = db.read_blocking(|connection| {
            batch.iter().try_fold(0, |sum, ready| {
                let found = imported::find(connection, site.id, source, &ready.source_id)?;
                Ok(sum + u64::from(found.is_some()))
            })
        })?;
        counts.already += already;
        counts.imported += batch.len() as u64 - already;
        Ok(())
    })?;
    Ok(counts)
}

fn each_batch(
    staging: &mut Staging,
    progress: &mut dyn FnMut(Progress) -> Result<()>,
    mut work: impl FnMut(&mut Staging, Vec<Ready>) -> Result<()>,
) -> Result<()> {
    let total = staging.tally()?.kept;
    let mut done = 0;
    let mut mark = Mark::FIRST;
    loop {
        let batch = staging.batch(mark, BATCH, BATCH_BYTES)?;
        let Some(last) = batch.last() else { return Ok(()) };
        mark = last.mark;
        done += batch.len() as u64;
        staging.expect_room()?;
        work(staging, batch)?;
        progress(Progress { stage: Stage::Writing, done, total })?;
    }
}

fn numbers(batch: &[Ready]) -> Vec<i64> {
    let mut numbers: Vec<i64> =
        batch.iter().filter(|ready| ready.thread.is_none()).map(|ready| ready.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// The HTML of each comment that is not here yet, made while nobody waits for the writer.
fn render(db: &Db, site: &Site, source: &str, batch: &[Ready]) -> Result<Vec<String>> {
    let known = db.read_blocking(|c| {
        let known = batch.iter().map(|ready| imported::find(c, site.id, source, &ready.source_id));
        known.collect::<Result<Vec<_>>>()
    })?;
    let shown = batch.iter().zip(known).map(|(ready, known)| match known {
        Some(_) => String::new(),
        None => imported::html(site, ready.format, &ready.body),
    });
    Ok(shown.collect())
}

type Written = (HashMap<i64, Id>, Vec<Fate>);

fn write(
    tx: &Transaction<'_>,
    site: &Site,
    source: &str,
    pages: &[Page],
    batch: &[Ready],
    shown: &[String],
) -> Result<Written> {
    let now = Millis::now();
    let mut fresh = HashMap::new();
    for page in pages {
        fresh.insert(page.number, open_thread(tx, site, page, now)?);
    }
    let (mut fates, mut made) = (Vec::with_capacity(batch.len()), HashMap::new());
    let mut uncounted = Uncounted::default();
    for (ready, html) in batch.iter().zip(shown) {
        let thread = ready.thread.or_else(|| fresh.get(&ready.number).copied());
        let thread = thread.ok_or_else(|| Error::internal("an imported comment has no thread"))?;
        let parent = ready.parent.or_else(|| made.get(&ready.above?).copied());
        let comment = imported(ready, source, html, thread, parent);
        let fate = insert(tx, site, &comment, &mut uncounted, now)?;
        if let Fate::New(id) | Fate::Already(id) = fate {
            made.insert(ready.seq, id);
        }
        fates.push(fate);
    }
    uncounted.settle(tx)?;
    Ok((fresh, fates))
}

fn imported<'a>(
    ready: &'a Ready,
    source: &'a str,
    html: &'a str,
    thread: Id,
    parent: Option<Id>,
) -> Imported<'a> {
    Imported {
        source,
        source_id: &ready.source_id,
        thread,
        parent,
        author_id: &ready.author_id,
        author_name: &ready.author_name,
        author_email: &ready.author_email,
        email_verified: ready.email_verified,
        author_url: &ready.author_url,
        format: ready.format,
        body: &ready.body,
        html,
        status: ready.status,
        created_at: ready.created_at,
        edited_at: ready.edited_at,
        up: ready.up,
        down: ready.down,
        pinned: ready.pinned,
    }
}

fn insert(
    tx: &Transaction<'_>,
    site: &Site,
    comment: &Imported<'_>,
    uncounted: &mut Uncounted,
    now: Millis,
) -> Result<Fate> {
    match imported::insert_uncounted(tx, site, comment, uncounted, now) {
        Ok(Outcome::New(id)) => Ok(Fate::New(id)),
        Ok(Outcome::Already(id)) => Ok(Fate::Already(id)),
        Err(Error::Invalid { detail, .. } | Error::Conflict(detail)) => Ok(Fate::Refused(detail)),
        Err(error) => Err(error),
    }
}

/// The thread of a page. One that is there already keeps its lock: somebody may have changed that here.
fn open_thread(tx: &Transaction<'_>, site: &Site, page: &Page, now: Millis) -> Result<Id> {
    let key = page_key_of_own(&page.key)?;
    let is_known = threads::find(tx, site, &key)?.is_some();
    let thread = threads::find_or_create(tx, site, &key, &page.url, &page.title, now)?;
    if !is_known {
        threads::date_back(tx, thread.id, page.begun.unwrap_or(now))?;
    }
    if page.closed && !is_known {
        threads::set_locked(tx, thread.id, true, now)?;
    }
    for alias in &page.aliases {
        threads::add_alias(tx, site, &page_key_of_own(alias)?, thread.id)?;
    }
    Ok(thread.id)
}
