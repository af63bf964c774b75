//! Where the files of an archive go: into a folder, or one behind the other into a single file.

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::Packed;
use crate::base::clock::Millis;
use crate::base::error::Result;

const BUFFER: usize = 1 << 16;

/// What writes the text of one file.
pub type Fill<'a> = Box<dyn FnOnce(&mut dyn Write) -> Result<()> + 'a>;

/// Takes the files of an archive.
pub trait Shelf {
    /// Puts one file there; answers how many files that made.
    ///
    /// # Errors
    /// When it cannot be written; what `fill` answers.
    fn put(&mut self, name: &str, fill: Fill<'_>) -> Result<u64>;
}

/// A folder; with `packed`, a gzipped copy beside each file.
pub struct Folder<'a> {
    pub path: &'a Path,
    pub packed: bool,
}

impl Shelf for Folder<'_> {
    fn put(&mut self, name: &str, fill: Fill<'_>) -> Result<u64> {
        let path = self.path.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        public(&path, self.packed, fill)?;
        Ok(1 + u64::from(self.packed))
    }
}

/// A tar file with everything below one folder. How large a file is stands before it, so each is first written
/// beside it: to the disk, when it is larger than a page is.
pub struct Tarball<W: Write> {
    tar: tar::Builder<W>,
    folder: String,
    at: Millis,
    room: PathBuf,
}

impl<W: Write> Tarball<W> {
    /// `room` is a folder for the one file that is being written.
    pub fn new(to: W, folder: &str, at: Millis, room: &Path) -> Self {
        Self { tar: tar::Builder::new(to), folder: folder.to_owned(), at, room: room.to_owned() }
    }

    /// Writes its end.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> Result<W> {
        Ok(self.tar.into_inner()?)
    }
}

impl<W: Write> Shelf for Tarball<W> {
    fn put(&mut self, name: &str, fill: Fill<'_>) -> Result<u64> {
        const IN_MEMORY: usize = 1 << 20;
        let mut spool = tempfile::spooled_tempfile_in(IN_MEMORY, &self.room);
        fill(&mut spool)?;
        let size = spool.stream_position()?;
        spool.seek(SeekFrom::Start(0))?;
        let mut header = tar::Header::new_gnu();
        header.set_size(size);
        header.set_mode(0o644);
        header.set_mtime(u64::try_from(self.at.0 / 1000).unwrap_or_default());
        self.tar.append_data(&mut header, format!("{}/{name}", self.folder), spool)?;
        Ok(1)
    }
}

/// Writes a file of an archive, which anybody may read, and with `packed` a gzipped one beside it.
fn public(path: &Path, packed: bool, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let mut plain = BufWriter::with_capacity(BUFFER, File::create(path)?);
    if !packed {
        fill(&mut plain)?;
        return Ok(plain.flush()?);
    }
    let mut name = path.as_os_str().to_owned();
    name.push(".gz");
    let mut both = Both { plain, gzip: Packed::new(File::create(name)?, true) };
    fill(&mut both)?;
    both.gzip.finish()?;
    Ok(both.plain.flush()?)
}

struct Both {
    plain: BufWriter<File>,
    gzip: Packed<File>,
}

impl Write for Both {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.plain.write_all(bytes)?;
        self.gzip.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.plain.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_tar_file_has_what_was_put_there_whatever_its_size() {
        let room = tempfile::tempdir().unwrap();
        let mut tarball = Tarball::new(Vec::new(), "archive", Millis(1_700_000_000_000), room.path());
        let large = "x".repeat(3 << 20);
        let long = format!("blog/{}/index.html", "long".repeat(60));
        for (name, text) in [("index.html", "front"), ("a.txt", large.as_str()), (&long, "deep")] {
            tarball.put(name, Box::new(|out| Ok(out.write_all(text.as_bytes())?))).unwrap();
        }
        let bytes = tarball.finish().unwrap();
        let mut found = Vec::new();
        for entry in tar::Archive::new(bytes.as_slice()).entries().unwrap() {
            let mut entry = entry.unwrap();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            found.push((entry.path().unwrap().display().to_string(), text.len()));
        }
        let expected = [
            ("archive/index.html".into(), 5),
            ("archive/a.txt".into(), 3 << 20),
            (format!("archive/{long}"), 4),
        ];
        assert_eq!(found, expected);
        assert!(fs::read_dir(room.path()).unwrap().next().is_none());
    }
}
