//! Taking comments away: as our own JSON Lines, as WordPress' WXR, or as a tree of files that any web server
//! can show. All of it is read from one snapshot, one comment at a time.

mod file;
mod lines;
mod pages;
mod shelf;
mod store;
mod tree;
mod wxr;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::io::Write;
use std::path::Path;

use rusqlite::{Connection, Transaction};
use serde::Serialize;

use super::{Progress, Stage};
use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::db::Db;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::personal;
use crate::community::sites;
use store::KeyedSite;

pub use file::{Packed, whole};

/// What an export has in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    Instance,
    /// The site of this key.
    Site(String),
    /// The comments of whoever has this email address.
    Person(String),
}

/// What an export is written as, where it is one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Jsonl,
    Wxr,
}

/// What was exported.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub format: &'static str,
    pub sites: u64,
    pub threads: u64,
    pub comments: u64,
    /// Files written, where it is a tree of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<u64>,
}

/// Writes an export that is one file.
///
/// # Errors
/// `NotFound` for a site that is not there or a person of whom there is no comment; `Invalid` for several sites
/// where the format holds one; whatever `out` answers.
pub fn write(
    db: &Db,
    selection: &Selection,
    format: Format,
    out: &mut dyn Write,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary> {
    db.read_blocking(|connection| {
        let mut chosen = Chosen::new(connection, selection, progress)?;
        match format {
            Format::Jsonl => lines::write(&mut chosen, selection, out),
            Format::Wxr => wxr::write(&mut chosen, out),
        }
    })
}

/// Writes an archive that any web server can show, into a folder that is empty or not there yet; with `packed`,
/// a gzipped copy beside each file.
///
/// # Errors
/// As [`write`]; `Conflict` when there is something in the folder.
pub fn write_tree(
    db: &Db,
    selection: &Selection,
    folder: &Path,
    packed: bool,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary> {
    file::prepare_folder(folder)?;
    db.read_blocking(|connection| {
        let mut chosen = Chosen::new(connection, selection, progress)?;
        tree::write(&mut chosen, &mut shelf::Folder { path: folder, packed })
    })
}

/// Writes the same archive as one gzipped tar file, in which everything lies in the folder `name`.
///
/// # Errors
/// As [`write`].
pub fn write_tarball(
    db: &Db,
    selection: &Selection,
    (name, at, room): (&str, Millis, &Path),
    out: &mut dyn Write,
) -> Result<Summary> {
    let mut progress = |_| ();
    db.read_blocking(|connection| {
        let mut chosen = Chosen::new(connection, selection, &mut progress)?;
        let mut tarball = shelf::Tarball::new(Packed::new(out, true), name, at, room);
        let summary = tree::write(&mut chosen, &mut tarball)?;
        tarball.finish()?.finish()?;
        Ok(summary)
    })
}

/// Notes in the audit trail that somebody took comments away; of a person not whose.
///
/// # Errors
/// When it cannot be stored.
pub fn note(
    tx: &Transaction<'_>,
    by: &Actor,
    selection: &Selection,
    format: &str,
    now: Millis,
) -> Result<()> {
    let subject = match selection {
        Selection::Instance => "instance".to_owned(),
        Selection::Site(key) => format!("site:{key}"),
        Selection::Person(_) => "person".to_owned(),
    };
    let mut entry = by.did("export.run", subject);
    if let Selection::Site(key) = selection {
        entry = entry.on(sites::even_removed(tx, key)?.id);
    }
    audit::record(tx, &entry.change("", serde_json::json!({ "format": format }).to_string()), now)
}

/// What was selected, and how far along the writing is.
struct Chosen<'a> {
    connection: &'a Connection,
    sites: Vec<KeyedSite>,
    /// The comments of one person; none: everybody's.
    only: Option<HashSet<Id>>,
    /// Guests who are that person.
    guests: HashSet<Id>,
    progress: &'a mut dyn FnMut(Progress),
    done: u64,
    total: u64,
}

impl<'a> Chosen<'a> {
    fn new(
        connection: &'a Connection,
        selection: &Selection,
        progress: &'a mut dyn FnMut(Progress),
    ) -> Result<Self> {
        let mut sites = store::sites(connection)?;
        let (mut only, mut guests) = (None, HashSet::new());
        match selection {
            Selection::Instance => (),
            Selection::Site(key) => sites.retain(|site| site.record.key == *key),
            Selection::Person(email) => {
                let person = personal::find(connection, email)?;
                let comments: HashSet<_> = person.comments.into_iter().collect();
                guests = person.guests.into_iter().collect();
                let theirs = store::sites_of(connection, &comments)?;
                sites.retain(|site| theirs.contains(&site.id));
                only = Some(comments);
            }
        }
        if sites.is_empty() {
            return Err(nothing(selection));
        }
        let total = match &only {
            Some(only) => only.len() as u64,
            None => sites
                .iter()
                .try_fold(0, |sum, site| Ok::<_, Error>(sum + store::count(connection, site.id)?))?,
        };
        Ok(Self { connection, sites, only, guests, progress, done: 0, total })
    }

    /// The threads of a site that have something of what was selected, in the order of their ids.
    fn threads(&self, site: Id) -> Result<Vec<Id>> {
        match &self.only {
            None => store::threads(self.connection, site),
            Some(only) => store::threads_of(self.connection, site, only),
        }
    }

    fn wants(&self, comment: Id) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(&comment))
    }

    /// Counts a comment that was written.
    fn step(&mut self) {
        const SELDOM: u64 = 200;
        self.done += 1;
        if self.done.is_multiple_of(SELDOM) {
            self.tell();
        }
    }

    fn tell(&mut self) {
        (self.progress)(Progress {
            stage: Stage::Writing,
            done: self.done,
            total: self.total.max(self.done),
        });
    }

    /// Says that all is written.
    fn finish(&mut self) {
        self.total = self.done;
        self.tell();
    }
}

fn nothing(selection: &Selection) -> Error {
    Error::NotFound(match selection {
        Selection::Instance => "There is no site here, so there is nothing to export.".into(),
        Selection::Site(key) => {
            format!("There is no site “{key}” here. The command  afterword site list  shows the keys.")
        }
        Selection::Person(email) => format!("There is no comment of {email} here."),
    })
}

/// Puts a value on a line of its own.
fn json(out: &mut dyn Write, value: &impl Serialize) -> Result<()> {
    serde_json::to_writer(&mut *out, value).map_err(|error| match error.io_error_kind() {
        Some(kind) => Error::from(std::io::Error::from(kind)),
        None => Error::internal(error),
    })
}
