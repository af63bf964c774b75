//! The bytes of a JSON file, counted: how far we are, on which line, and how long a value gets.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::path::Path;
use std::rc::Rc;

use crate::base::error::{Error, Result};
use crate::community::transfer::unpacked::{Progress, Unpacked};
use crate::community::transfer::xml::Place;

/// One value of a list may not be longer than this, so that memory stays bounded. Tests need not write so much.
const LONGEST_PIECE: usize = if cfg!(test) { 1 << 20 } else { 32 << 20 };
const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// Follows lines, and stops a value that grows without end.
pub struct Source {
    inner: Unpacked,
    meter: Rc<Meter>,
}

/// What [`Source`] has counted, for whoever gave it away.
pub struct Meter {
    progress: Progress,
    line: Cell<u64>,
    column: Cell<u64>,
    piece: Cell<usize>,
    /// The line on which the present piece begins, once it has.
    begun: Cell<Option<u64>>,
}

impl Source {
    /// Opens `path`, gzipped or not.
    ///
    /// # Errors
    /// `Invalid` when it cannot be read, or does not look like JSON at all.
    pub fn open(path: &Path) -> Result<(Self, Rc<Meter>)> {
        let mut inner = Unpacked::open(path)?;
        let start =
            inner.fill_buf().map_err(|error| refusal(&format!("The file cannot be read: {error}.")))?;
        let marked = start.starts_with(&BYTE_ORDER_MARK);
        let text = if marked { &start[BYTE_ORDER_MARK.len()..] } else { start };
        if let Some(words) = other_kind(text) {
            return Err(refusal(words));
        }
        if marked {
            inner.consume(BYTE_ORDER_MARK.len());
        }
        let meter = Rc::new(Meter {
            progress: inner.progress(),
            line: Cell::new(1),
            column: Cell::new(0),
            piece: Cell::new(0),
            begun: Cell::new(None),
        });
        Ok((Self { inner, meter: Rc::clone(&meter) }, meter))
    }
}

fn refusal(words: &str) -> Error {
    Error::invalid("file", format!("{words} Nothing was imported."))
}

fn other_kind(start: &[u8]) -> Option<&'static str> {
    Some(match start.trim_ascii_start() {
        [] => "The file is empty.",
        [b'{' | b'[', ..] => return None,
        [b'<', ..] => "This is XML or a web page, not JSON.",
        [b'P', b'K', 3, 4, ..] => "This is a zip archive; unpack it first.",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "The file is written in UTF-16; only UTF-8 can be read.",
        text if text.starts_with(b"SQLite format 3\0") => "This is an SQLite database, not JSON.",
        _ => "This is not a JSON file: it begins with neither { nor [.",
    })
}

impl Meter {
    /// From here on, a new value is counted.
    pub fn begin_piece(&self) {
        self.piece.set(0);
        self.begun.set(None);
    }

    /// The line on which the present piece begins.
    pub fn line(&self) -> u64 {
        self.begun.get().unwrap_or_else(|| self.line.get())
    }

    /// How far the reader is.
    pub fn place(&self) -> Place {
        Place { line: self.line.get(), column: self.column.get() }
    }

    pub fn progress(&self) -> (u64, u64) {
        self.progress.now()
    }

    pub fn is_too_long(&self) -> bool {
        self.piece.get() > LONGEST_PIECE
    }

    fn pass(&self, byte: u8) {
        self.piece.set(self.piece.get() + 1);
        if byte == b'\n' {
            self.line.set(self.line.get() + 1);
            self.column.set(0);
            return;
        }
        self.column.set(self.column.get() + 1);
        if self.begun.get().is_none() && !byte.is_ascii_whitespace() && byte != b',' {
            self.begun.set(Some(self.line.get()));
        }
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.meter.is_too_long() {
            return Err(io::Error::other("a value is too long"));
        }
        let count = self.inner.read(buffer)?;
        buffer[..count].iter().for_each(|byte| self.meter.pass(*byte));
        Ok(count)
    }
}
