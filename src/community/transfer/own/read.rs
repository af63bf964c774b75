//! A file of our own format, line by line, gzipped or not.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;

use super::line::Line;
use crate::base::error::{Error, Result};

const BUFFER: usize = 1 << 16;
/// No line that we write is longer, and no file can make us hold more than this.
const LONGEST_LINE: u64 = 16 << 20;

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

pub struct Lines {
    from: Box<dyn BufRead>,
    /// The line that was read last; the first is 1.
    number: u64,
    text: Vec<u8>,
    size: u64,
    read: Rc<Cell<u64>>,
}

impl Lines {
    /// # Errors
    /// `Invalid` when the file cannot be read.
    pub fn open(path: &Path) -> Result<Self> {
        let refused = |error: io::Error| {
            Error::invalid("file", format!("The file {} cannot be read: {error}.", path.display()))
        };
        let file = File::open(path).map_err(refused)?;
        let size = file.metadata().map_err(refused)?.len();
        let read = Rc::new(Cell::new(0));
        let mut raw = BufReader::with_capacity(BUFFER, Counted { file, read: Rc::clone(&read) });
        let zipped = raw.fill_buf().map_err(refused)?.starts_with(&[0x1f, 0x8b]);
        let from: Box<dyn BufRead> = if zipped {
            Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(raw)))
        } else {
            Box::new(raw)
        };
        Ok(Self { from, number: 0, text: Vec::new(), size, read })
    }

    /// The next line; none at the file's end.
    ///
    /// # Errors
    /// `Invalid`, with the line's number, when it is not one of ours.
    pub fn next(&mut self) -> Result<Option<Line>> {
        self.number += 1;
        self.text.clear();
        let mut piece = (&mut self.from).take(LONGEST_LINE);
        let length = piece.read_until(b'\n', &mut self.text).map_err(|error| match error.kind() {
            // A compressed file that was cut short, or is none.
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
                self.fault(&format!("the compressed file is damaged ({error})"))
            }
            _ => Error::from(error),
        })?;
        if length == 0 {
            return Ok(None);
        }
        if length as u64 == LONGEST_LINE {
            return Err(self.fault("it is longer than any line of an export"));
        }
        let line = serde_json::from_slice(&self.text).map_err(|error| self.fault(&words(&error)))?;
        Ok(Some(line))
    }

    /// What is wrong with the line that was read last.
    #[must_use]
    pub fn fault(&self, what: &str) -> Error {
        Error::invalid("file", format!("Line {}: {what}. Nothing was changed.", self.number))
    }

    /// Bytes of the file read so far, and all of them.
    #[must_use]
    pub fn progress(&self) -> (u64, u64) {
        (self.read.get().min(self.size), self.size)
    }

    /// Bytes of the line that was read last.
    #[must_use]
    pub fn length(&self) -> usize {
        self.text.len()
    }

    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }
}

/// Without the line that the parser counts: each line is a text of its own to it.
fn words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.rfind(" at line ").map_or(text.as_str(), |end| &text[..end]);
    if error.is_syntax() || error.is_eof() { format!("not JSON ({what})") } else { what.to_owned() }
}
