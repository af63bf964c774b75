//! A file's bytes, unpacked where it is gzipped, and how far along the file itself they are.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;
use tempfile::NamedTempFile;

use super::Stage;
use crate::base::error::{Error, Result};
use crate::base::room::Reserve;

const BUFFER: usize = 1 << 16;
const SQLITE: &[u8] = b"SQLite format 3\0";
/// Exports are packed five to twenty times. What is packed more than this, beyond what fits into memory anyway, was
/// made to fill a disk.
const MOST_PACKED: u64 = 200;
const HARMLESS: u64 = 64 << 20;
/// So much is written before the disk is looked at again.
const PIECE: u64 = 16 << 20;
/// What a database that was packed is called while it is read; see `runs::forget_files`.
pub const PREFIX: &str = "import-";
pub const SUFFIX: &str = ".tmp";

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

/// Unpacks, but not without end.
struct Bounded {
    from: MultiGzDecoder<BufReader<Counted>>,
    read: Rc<Cell<u64>>,
    made: u64,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(buffer)?;
        self.made += count as u64;
        if self.made > HARMLESS && self.made / MOST_PACKED > self.read.get() {
            let words = format!(
                "it unpacks to more than {MOST_PACKED} times its size, which no export does; unpack it yourself if it is one"
            );
            return Err(io::Error::new(io::ErrorKind::InvalidData, words));
        }
        Ok(count)
    }
}

/// See the module.
pub struct Unpacked {
    inner: Box<dyn BufRead>,
    progress: Progress,
    is_zipped: bool,
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
        let is_zipped = raw.fill_buf().map_err(refused)?.starts_with(&[0x1f, 0x8b]);
        let inner: Box<dyn BufRead> = if is_zipped {
            let bounded = Bounded { from: MultiGzDecoder::new(raw), read: Rc::clone(&read), made: 0 };
            Box::new(BufReader::with_capacity(BUFFER, bounded))
        } else {
            Box::new(raw)
        };
        Ok(Self { inner, progress: Progress { size, read }, is_zipped })
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

/// An SQLite database that is gzipped, unpacked into `folder`: SQLite reads no other. None for any other file.
///
/// # Errors
/// `Invalid` when it cannot be unpacked; `Full` when there is no room for it; what `told` answers.
pub fn database(
    file: &Path,
    folder: &Path,
    told: &mut dyn FnMut(super::Progress) -> Result<()>,
) -> Result<Option<NamedTempFile>> {
    let mut from = Unpacked::open(file)?;
    if !from.is_zipped || !from.fill_buf().map_err(|error| broken(&error))?.starts_with(SQLITE) {
        return Ok(None);
    }
    let reserve = Reserve::on(folder);
    let mut to = tempfile::Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder)?;
    loop {
        reserve.check()?;
        let (done, total) = from.progress.now();
        told(super::Progress { stage: Stage::Reading, done, total })?;
        if copy_piece(&mut from, &mut to)? == 0 {
            to.flush()?;
            return Ok(Some(to));
        }
    }
}

/// How many bytes there were to copy.
fn copy_piece(from: &mut Unpacked, to: &mut NamedTempFile) -> Result<u64> {
    let mut copied = 0;
    while copied < PIECE {
        let bytes = from.fill_buf().map_err(|error| broken(&error))?;
        let count = bytes.len();
        if count == 0 {
            break;
        }
        to.write_all(bytes)?;
        from.consume(count);
        copied += count as u64;
    }
    Ok(copied)
}

fn broken(error: &io::Error) -> Error {
    Error::invalid("file", format!("The compressed file cannot be read: {error}. Nothing was imported."))
}

#[cfg(test)]
mod tests {
    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn packed(bytes: u64, of: u8) -> NamedTempFile {
        let file = NamedTempFile::new().unwrap();
        let mut encoder = GzEncoder::new(&file, Compression::fast());
        io::copy(&mut io::repeat(of).take(bytes), &mut encoder).unwrap();
        encoder.finish().unwrap();
        file
    }

    #[test]
    fn a_small_file_that_would_fill_the_disk_is_refused() {
        let file = packed(HARMLESS * 2, b'x');
        let mut from = Unpacked::open(file.path()).unwrap();
        let error = io::copy(&mut from, &mut io::sink()).unwrap_err();
        assert!(error.to_string().contains("200 times its size"), "{error}");
    }

    #[test]
    fn a_small_file_may_be_packed_as_well_as_it_can_be() {
        let file = packed(HARMLESS / 2, b'x');
        let mut from = Unpacked::open(file.path()).unwrap();
        assert_eq!(io::copy(&mut from, &mut io::sink()).unwrap(), HARMLESS / 2);
    }

    #[test]
    fn only_a_database_is_unpacked_into_the_folder_and_gone_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let mut told = 0;
        let text = packed(1000, b'x');
        assert!(database(text.path(), folder.path(), &mut |_| Ok(())).unwrap().is_none());
        let file = NamedTempFile::new().unwrap();
        let mut encoder = GzEncoder::new(&file, Compression::fast());
        encoder.write_all(SQLITE).unwrap();
        encoder.write_all(b"and more").unwrap();
        encoder.finish().unwrap();
        let unpacked = database(file.path(), folder.path(), &mut |_| {
            told += 1;
            Ok(())
        });
        let unpacked = unpacked.unwrap().unwrap();
        assert_eq!(std::fs::read(unpacked.path()).unwrap(), [SQLITE, b"and more"].concat());
        drop(unpacked);
        assert!(told > 0 && std::fs::read_dir(folder.path()).unwrap().next().is_none());
    }
}
