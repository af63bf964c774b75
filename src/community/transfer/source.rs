//! The bytes of a file, counted: how far we are, at which line and column, and how long a piece gets.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;

use crate::base::error::{Error, Result};

const BUFFER: usize = 1 << 16;
/// One tag, one run of text or one entry may not be longer than this, so that memory stays bounded.
pub const LONGEST_PIECE: usize = 16 << 20;

/// A position in the text; both count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub line: u64,
    pub column: u64,
}

/// Counts the bytes of the file itself, for the progress bar of a compressed one.
struct Counted {
    file: File,
    read: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.read.set(self.read.get() + count as u64);
        Ok(count)
    }
}

/// Follows lines and columns, and stops a piece that grows without end.
pub struct Source {
    inner: Box<dyn BufRead>,
    place: Place,
    piece: usize,
    size: u64,
    read: Rc<Cell<u64>>,
}

#[derive(Debug)]
pub struct PieceTooLong;

impl std::fmt::Display for PieceTooLong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("too long")
    }
}

impl std::error::Error for PieceTooLong {}

impl PieceTooLong {
    pub fn is_why(error: &io::Error) -> bool {
        matches!(error.get_ref(), Some(inner) if inner.is::<Self>())
    }
}

impl Source {
    /// Opens `path`, gzipped or not.
    pub fn open(path: &Path) -> Result<Self> {
        let refused = |error: io::Error| {
            Error::invalid("file", format!("The file {} cannot be read: {error}.", path.display()))
        };
        let file = File::open(path).map_err(refused)?;
        let size = file.metadata().map_err(refused)?.len();
        let read = Rc::new(Cell::new(0));
        let mut raw = BufReader::with_capacity(BUFFER, Counted { file, read: Rc::clone(&read) });
        let zipped = raw.fill_buf().map_err(refused)?.starts_with(&[0x1f, 0x8b]);
        let inner: Box<dyn BufRead> = if zipped {
            Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(raw)))
        } else {
            Box::new(raw)
        };
        Ok(Self { inner, place: Place { line: 1, column: 1 }, piece: 0, size, read })
    }

    /// Where in the text the reader is.
    pub fn place(&self) -> Place {
        self.place
    }

    /// From here on, a new piece is counted.
    pub fn begin_piece(&mut self) {
        self.piece = 0;
    }

    /// Bytes of the file read so far, and all of them.
    pub fn progress(&self) -> (u64, u64) {
        (self.read.get().min(self.size), self.size)
    }
}

impl Place {
    /// Moves on over `bytes`.
    pub fn pass(&mut self, bytes: &[u8]) {
        // Bytes that go on a character do not begin a column.
        let width = |bytes: &[u8]| bytes.iter().map(|byte| u64::from(*byte & 0xc0 != 0x80)).sum::<u64>();
        match bytes.iter().rposition(|byte| *byte == b'\n') {
            None => self.column += width(bytes),
            Some(last) => {
                self.line += bytes.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
                self.column = 1 + width(&bytes[last + 1..]);
            }
        }
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Source {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.piece > LONGEST_PIECE {
            return Err(io::Error::other(PieceTooLong));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        if count == 0 {
            return;
        }
        // What is consumed is still buffered, so this reads nothing.
        if let Ok(bytes) = self.inner.fill_buf() {
            self.place.pass(&bytes[..count.min(bytes.len())]);
        }
        self.piece += count;
        self.inner.consume(count);
    }
}
