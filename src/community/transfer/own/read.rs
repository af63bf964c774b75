//! A file of our own format, line by line, gzipped or not.

use std::io::{self, BufRead, Read};
use std::path::Path;

use super::line::Line;
use crate::base::error::{Error, Result};
use crate::community::transfer::unpacked::Unpacked;

/// No line that we write is longer, and no file can make us hold more than this.
const LONGEST_LINE: u64 = 16 << 20;

pub struct Lines {
    from: Unpacked,
    /// The line that was read last; the first is 1.
    number: u64,
    text: Vec<u8>,
}

impl Lines {
    /// # Errors
    /// `Invalid` when the file cannot be read.
    pub fn open(path: &Path) -> Result<Self> {
        Ok(Self { from: Unpacked::open(path)?, number: 0, text: Vec::new() })
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
            // A compressed file that was cut short, is none, or unpacks without end.
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
                self.fault(&format!("the compressed file cannot be read further ({error})"))
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
        self.from.progress().now()
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
