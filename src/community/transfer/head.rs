//! The beginning of a file, and which format it shows.

mod paths;
mod store;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use super::unpacked::Unpacked;
use super::xml::{Document, Piece};
use super::{FORMATS, Format};
use crate::base::error::{Error, Result};

/// How much is looked at.
const LENGTH: u64 = 256 << 10;
const SQLITE: &[u8] = b"SQLite format 3\0";

/// What stands at the beginning of a file, unpacked where it is gzipped: what a format is recognised by.
#[derive(Debug, Default)]
pub struct Head {
    text: String,
    root: Option<String>,
    paths: BTreeSet<String>,
    tables: BTreeMap<String, Vec<String>>,
}

impl Head {
    /// Reads the beginning of `file`.
    ///
    /// # Errors
    /// `Invalid` when it cannot be read, or is of a kind that cannot be imported as it is.
    pub fn read(file: &Path) -> Result<Self> {
        let mut start = Vec::new();
        Unpacked::open(file)?
            .take(LENGTH)
            .read_to_end(&mut start)
            .map_err(|error| refusal(&format!("The file cannot be read: {error}.")))?;
        let head = Self::default();
        match start.as_slice() {
            [] => return Err(refusal("The file is empty.")),
            [b'P', b'K', 3, 4, ..] => return Err(refusal("This is a zip archive; unpack it first.")),
            _ if start.starts_with(SQLITE) => return Ok(Self { tables: store::tables(file)?, ..head }),
            _ => (),
        }
        let text = String::from_utf8_lossy(&start).trim_start_matches('\u{feff}').trim_start().to_owned();
        if text.starts_with(['{', '[']) {
            return Ok(Self { paths: paths::of(&text), text, ..head });
        }
        Ok(Self { root: root(file), text, ..head })
    }

    /// The name of the first element, without a prefix, if it is XML.
    #[must_use]
    pub fn root(&self) -> Option<&str> {
        self.root.as_deref()
    }

    /// Whether these words stand in it, if it is text.
    #[must_use]
    pub fn contains(&self, words: &str) -> bool {
        self.text.contains(words)
    }

    /// Whether it is JSON whose first value has a field here: `comments.id` is one of an object in `comments`, or
    /// of the objects in a list there. Lists on the way are not named.
    #[must_use]
    pub fn says(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    /// Whether it is an SQLite database with this table and these columns in it.
    #[must_use]
    pub fn has_table(&self, table: &str, columns: &[&str]) -> bool {
        let known = self.tables.get(table);
        known.is_some_and(|known| columns.iter().all(|column| known.iter().any(|name| name == column)))
    }
}

/// The format that a file shows.
///
/// # Errors
/// `Invalid` (`file`) when it shows none, or more than one; with what can be done.
pub fn recognise(file: &Path) -> Result<&'static dyn Format> {
    let head = Head::read(file)?;
    let fitting: Vec<&'static dyn Format> =
        FORMATS.iter().copied().filter(|format| format.recognises(&head)).collect();
    let names =
        |formats: &[&dyn Format]| formats.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ");
    match fitting.as_slice() {
        [format] => Ok(*format),
        [] => Err(refusal(&format!(
            "It is not clear what kind of file {} is. Name its format: afterword import FORMAT FILE. What can be imported: {}.",
            file.display(),
            names(FORMATS)
        ))),
        several => Err(refusal(&format!(
            "{} may be of several formats: {}. Name the right one: afterword import FORMAT FILE.",
            file.display(),
            names(several)
        ))),
    }
}

fn refusal(words: &str) -> Error {
    Error::invalid("file", format!("{words} Nothing was imported."))
}

fn root(file: &Path) -> Option<String> {
    let mut document = Document::open(file).ok()?;
    loop {
        match document.next().ok()? {
            Piece::Open(tag) => return Some(tag.name),
            Piece::Text(_) | Piece::Close => (),
            Piece::End => return None,
        }
    }
}
