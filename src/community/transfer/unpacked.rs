//! A file's bytes, unpacked where it is gzipped, and how far along the file itself they are.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;

use crate::base::error::{Error, Result};

const BUFFER: usize = 1 << 16;

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

/// See the module.
pub struct Unpacked {
    inner: Box<dyn BufRead>,
    progress: Progress,
}

/// How far along the file a reader is that somebody else has by now.
#[derive(Clone)]
pub struct Progress {
    size: u64,
    read: Rc<Cell<u64>>,
}

impl Unpacked {
    /// Opens `path`, gzipped or not.
    ///
    /// # Errors
    /// `Invalid` when it cannot be read.
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
        Ok(Self { inner, progress: Progress { size, read } })
    }

    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }
}

impl Progress {
    /// Bytes of the file read so far, and all of them.
    pub fn now(&self) -> (u64, u64) {
        (self.read.get().min(self.size), self.size)
    }
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer)
    }
}

impl BufRead for Unpacked {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.inner.consume(count);
    }
}
