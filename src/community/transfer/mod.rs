//! Bringing comments over from other systems.
//!
//! A [`Format`] reads one kind of file and hands out [`Record`]s; everything after that is the same for all of
//! them. The whole file goes into a staging file first, so that a broken one is refused before anything is
//! written, and so that a reply may stand before what it answers. A further format is one more file beside
//! `disqus.rs` and a line in [`FORMATS`].

mod apply;
mod artalk;
mod comentario;
mod commento;
mod cusdis;
mod dated;
mod disqus;
pub mod download;
pub mod export;
pub mod export_page;
mod head;
mod isso;
pub mod jobs;
mod json;
mod moment;
pub mod own;
mod page_map;
pub mod person_page;
mod remark42;
mod report;
pub mod rights;
pub mod runs;
mod seen;
mod store;
mod tidy;
mod trace;
mod twikoo;
mod unpacked;
mod waline;
mod wordpress;
mod xml;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::Path;

use jiff::tz::TimeZone;

use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::db::Db;
use crate::base::error::{Error, Result};
use crate::community::comments::{Format as BodyFormat, Status};
use crate::community::sites;
use dated::Dated;
use store::Staging;
use trace::Trace;

pub use head::Head;
pub use page_map::PageMap;
pub use report::{Preview, Report, Skipped};

/// All that can be imported, in the order in which help lists them.
pub const FORMATS: &[&dyn Format] = &[
    &disqus::Disqus,
    &isso::Isso,
    &wordpress::WordPress,
    &remark42::Remark42,
    &commento::Commento,
    &comentario::Comentario,
    &artalk::Artalk,
    &waline::Waline,
    &twikoo::Twikoo,
    &cusdis::Cusdis,
];

/// What a command calls each kind of file that can be imported, and what that is: the other systems', and ours.
#[must_use]
pub fn formats() -> Vec<(&'static str, &'static str)> {
    let others = FORMATS.iter().map(|format| (format.name(), format.about()));
    others.chain([(own::FORMAT, own::ABOUT)]).collect()
}

/// One kind of file that another system leaves behind.
pub trait Format: Sync {
    /// What a command calls it; also what its comments carry as their source.
    fn name(&self) -> &'static str;

    /// The file it reads, in a few words for help.
    fn about(&self) -> &'static str;

    /// Whether a file that begins like this is of this kind and of no other.
    fn recognises(&self, head: &Head) -> bool;

    /// Whether its ids are numbers that every server counts from one, so that only their dates tell the comments
    /// of two servers apart.
    fn counts_from_one(&self) -> bool {
        false
    }

    /// Hands every thread and comment of `file` to `sink`, in the file's order and in bounded memory.
    ///
    /// # Errors
    /// `Invalid` with the place of the fault when the file is not what it should be; whatever `sink` answers.
    fn read(&self, file: &Path, sink: &mut dyn Sink) -> Result<()>;
}

/// Where a [`Format`] leaves what it read.
pub trait Sink {
    /// Takes the next record.
    ///
    /// # Errors
    /// When it cannot be kept (the disk is full).
    fn take(&mut self, record: Record) -> Result<()>;

    /// Is told how far along the file the reader is, in units of the format's choosing.
    fn at(&mut self, done: u64, total: u64);

    /// The time zone of dates that do not say theirs, if anybody knows it.
    fn zone(&self) -> Option<TimeZone> {
        None
    }
}

/// What a file says, one piece at a time.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    Thread(SourceThread),
    Comment(Box<SourceComment>),
    /// A comment that cannot be brought over.
    Skipped(Skipped),
    /// What the admin should know about the file as a whole.
    Note(String),
}

/// A thread as the file has it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SourceThread {
    pub source_id: String,
    /// The page's address or path; empty when the file does not say.
    pub link: String,
    pub title: String,
    pub closed: bool,
    /// Deleted over there: its comments stay behind.
    pub deleted: bool,
    /// Other keys that the site may know the page by.
    pub aliases: Vec<String>,
}

/// A comment as the file has it.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceComment {
    /// The same at every export of the same comment, and no other's.
    pub source_id: String,
    pub thread: String,
    pub parent: Option<String>,
    pub author: SourceAuthor,
    pub body: String,
    pub format: BodyFormat,
    pub status: Status,
    pub created_at: Millis,
    pub edited_at: Option<Millis>,
    pub up: u32,
    pub down: u32,
    /// Stands above the others; only for one that starts a conversation.
    pub pinned: bool,
    /// Where in the file it stands, for people.
    pub place: String,
}

/// Whoever wrote a comment; what is not known is empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SourceAuthor {
    /// Who they are over there, the same at every export; empty when the file does not say.
    pub id: String,
    pub name: String,
    pub email: String,
    /// Whether the other system made sure that the address is theirs.
    pub email_verified: bool,
    pub url: String,
}

/// What to import, and where to.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// What a command calls the format; none to tell it from the file.
    pub format: Option<&'a str>,
    pub file: &'a Path,
    /// The key of the site that gets the comments; may be empty for an export of ours: each site its own, then.
    pub site: &'a str,
    /// Which page is which, where the file and the site do not agree.
    pub pages: &'a PageMap,
    /// The time zone of dates in the file that do not say theirs: `+08:00`, `Asia/Shanghai`, or empty when nobody
    /// knows.
    pub zone: &'a str,
    /// Say what would happen and write nothing.
    pub dry_run: bool,
    /// The data folder: the staging file lies there while the import runs.
    pub folder: &'a Path,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub stage: Stage,
    pub done: u64,
    pub total: u64,
}

/// What an import is busy with. The units of `done` and `total` differ between stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Reading,
    Sorting,
    Writing,
}

impl Stage {
    /// The word for a progress bar.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Sorting => "sorting",
            Self::Writing => "writing",
        }
    }
}

/// Imports a file, or says what an import would do. May be run again at any time: what is there already is left
/// as it is, so a run that was cut short goes on where it stopped. It stops with what `progress` answers, if that is
/// an error.
///
/// # Errors
/// `NotFound` for an unknown site; `Invalid` (`format`, `zone` or `file`) when there is no such format or time zone,
/// or the file is not one of that kind, with the place of the fault. Then nothing was written. `Full` when the disk
/// has too little room left.
pub fn import(
    db: &Db,
    request: &Request<'_>,
    by: &Actor,
    progress: &mut dyn FnMut(Progress) -> Result<()>,
) -> Result<Report> {
    if own::is_ours(request.format, request.file)? {
        let site = Some(request.site).filter(|key| !key.is_empty());
        let request = own::Request { file: request.file, site, dry_run: request.dry_run };
        return own::import(db, &request, by, progress);
    }
    let unpacked = unpacked::database(request.file, request.folder, progress)?;
    let file = unpacked.as_ref().map_or(request.file, |unpacked| unpacked.path());
    let format = match request.format {
        Some(name) => format(name)?,
        None => head::recognise(file)?,
    };
    let site = db.read_blocking(|connection| sites::by_key(connection, request.site))?;
    let zone = Some(request.zone).filter(|zone| !zone.is_empty()).map(moment::zone).transpose()?;
    let mut staging = Staging::new(request.folder, format.counts_from_one())?;
    let mut used = BTreeSet::new();
    let mut intake = Intake {
        staging: &mut staging,
        site: &site,
        pages: request.pages,
        used: &mut used,
        zone,
        dated: Dated::new(Millis::now()),
        halt: None,
        progress,
    };
    format.read(file, &mut intake)?;
    intake.finish()?;
    staging.settle(&mut |done, total| progress(Progress { stage: Stage::Sorting, done, total }))?;
    let counts = if request.dry_run {
        apply::foresee(db, &site, format.name(), &mut staging, progress)?
    } else {
        let mut trace = Trace::new(by, format.name(), Some(request.site));
        let applied = apply::apply(db, &site, format.name(), &mut staging, &mut trace, progress);
        let counts = trace.counts;
        trace.end(db, applied)?;
        counts
    };
    let unused = request.pages.unused(&used);
    report::build(format.name(), request.dry_run, counts, &staging, unused)
}

fn format(name: &str) -> Result<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name).ok_or_else(|| {
        let known = formats().into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(", ");
        Error::invalid("format", format!("“{name}” cannot be imported. What can be: {known}."))
    })
}

/// Puts what a format reads into the staging file.
struct Intake<'a> {
    staging: &'a mut Staging,
    site: &'a sites::Site,
    pages: &'a PageMap,
    /// The rules that a thread was found for.
    used: &'a mut BTreeSet<usize>,
    zone: Option<TimeZone>,
    dated: Dated,
    /// Why it is not to go on.
    halt: Option<Error>,
    progress: &'a mut dyn FnMut(Progress) -> Result<()>,
}

impl Intake<'_> {
    fn comment(&mut self, mut comment: SourceComment) -> Result<()> {
        let written_at = comment.created_at;
        self.dated.settle(&mut comment);
        match tidy::comment(comment) {
            Ok(comment) => self.staging.add_comment(&comment, written_at),
            Err(skipped) => self.staging.add_skipped(&skipped),
        }
    }

    fn finish(&mut self) -> Result<()> {
        self.go_on()?;
        self.dated.notes().iter().try_for_each(|note| self.staging.add_note(note))
    }

    fn go_on(&mut self) -> Result<()> {
        self.halt.take().map_or(Ok(()), Err)
    }
}

impl Sink for Intake<'_> {
    fn take(&mut self, record: Record) -> Result<()> {
        self.go_on()?;
        match record {
            Record::Thread(thread) => {
                let called = tidy::called(&thread);
                let (thread, rule) = self.pages.apply(thread);
                self.used.extend(rule);
                self.staging.add_thread(&tidy::thread(self.site, called, thread))
            }
            Record::Comment(comment) => self.comment(*comment),
            Record::Skipped(skipped) => self.staging.add_skipped(&skipped),
            Record::Note(words) => self.staging.add_note(&words),
        }
    }

    fn at(&mut self, done: u64, total: u64) {
        if let Err(error) = (self.progress)(Progress { stage: Stage::Reading, done, total }) {
            self.halt = Some(error);
        }
    }

    fn zone(&self) -> Option<TimeZone> {
        self.zone.clone()
    }
}
