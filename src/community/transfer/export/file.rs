//! Files that are there whole or not at all, gzipped where that is wanted.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::base::error::{Error, Result};

const BUFFER: usize = 1 << 16;

/// What is written to, packed or not. The same text is always packed into the same bytes.
pub enum Packed<W: Write> {
    Plain(BufWriter<W>),
    Gzip(GzEncoder<BufWriter<W>>),
}

impl<W: Write> Packed<W> {
    pub fn new(to: W, gzip: bool) -> Self {
        let to = BufWriter::with_capacity(BUFFER, to);
        if gzip { Self::Gzip(GzEncoder::new(to, Compression::new(6))) } else { Self::Plain(to) }
    }

    /// Writes what is still held back.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> io::Result<W> {
        let buffer = match self {
            Self::Plain(buffer) => buffer,
            Self::Gzip(encoder) => encoder.finish()?,
        };
        buffer.into_inner().map_err(io::IntoInnerError::into_error)
    }
}

impl<W: Write> Write for Packed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(to) => to.write(bytes),
            Self::Gzip(to) => to.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(to) => to.flush(),
            // Flushing a compressor makes its work worse; finishing it writes all.
            Self::Gzip(_) => Ok(()),
        }
    }
}

/// Writes a file beside its place, readable by its owner alone, and puts it there when all of it is written.
///
/// # Errors
/// When it cannot be made; what `write` answers. Then nothing is changed.
pub fn whole<T>(path: &Path, gzip: bool, write: impl FnOnce(&mut dyn Write) -> Result<T>) -> Result<T> {
    let refused = |error: io::Error| match error.kind() {
        io::ErrorKind::StorageFull => Error::Full("The disk is full; the file was not written.".into()),
        _ => Error::invalid("out", format!("Cannot write {}: {error}.", path.display())),
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = tempfile::Builder::new().prefix(".export-").tempfile_in(folder).map_err(refused)?;
    let mut out = Packed::new(file, gzip);
    let done = write(&mut out)?;
    let file = out.finish().map_err(refused)?;
    file.as_file().sync_all().map_err(refused)?;
    file.persist(path).map_err(|error| refused(error.error))?;
    Ok(done)
}

/// Makes the folder of an archive, or sees that there is nothing in it.
///
/// # Errors
/// `Conflict` when there is something in it; `Invalid` when it cannot be made.
pub fn prepare_folder(folder: &Path) -> Result<()> {
    let refused = |error: io::Error| {
        Error::invalid("out", format!("Cannot make the folder {}: {error}.", folder.display()))
    };
    fs::create_dir_all(folder).map_err(refused)?;
    match fs::read_dir(folder).map_err(refused)?.next() {
        None => Ok(()),
        Some(_) => Err(Error::Conflict(format!(
            "There is something in the folder {}. Name one that is empty or not there yet.",
            folder.display()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_fails_halfway_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.jsonl");
        let failed = whole(&path, false, |out| {
            out.write_all(b"half")?;
            Err::<(), _>(Error::NotFound("gone".into()))
        });
        assert!(failed.is_err() && fs::read_dir(folder.path()).unwrap().next().is_none());
        whole(&path, false, |out| Ok(out.write_all(b"whole")?)).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
    }

    #[test]
    fn a_folder_with_something_in_it_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        prepare_folder(&folder.path().join("new/archive")).unwrap();
        assert!(matches!(prepare_folder(folder.path()), Err(Error::Conflict(_))));
    }
}
