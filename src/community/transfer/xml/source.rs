//! The bytes of an XML file, counted: how far we are, at which line and column, and how long a piece gets.

use std::io::{self, BufRead, Read};
use std::path::Path;

use crate::base::error::Result;
use crate::community::transfer::unpacked::Unpacked;

/// One tag or one run of text may not be longer than this, so that memory stays bounded.
const LONGEST_PIECE: usize = 16 << 20;

/// A position in the text; both count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub line: u64,
    pub column: u64,
}

/// Follows lines and columns, and stops a piece that grows without end.
pub struct Source {
    inner: Unpacked,
    place: Place,
    piece: usize,
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
        Ok(Self { inner: Unpacked::open(path)?, place: Place { line: 1, column: 1 }, piece: 0 })
    }

    /// Where in the text the reader is.
    pub fn place(&self) -> Place {
        self.place
    }

    /// From here on, a new tag or text is counted.
    pub fn begin_piece(&mut self) {
        self.piece = 0;
    }

    /// Bytes of the file read so far, and all of them.
    pub fn progress(&self) -> (u64, u64) {
        self.inner.progress().now()
    }
}

impl Place {
    fn pass(&mut self, bytes: &[u8]) {
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
