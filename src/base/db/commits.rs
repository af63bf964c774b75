//! Whether anybody committed, asked for with every request.

use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem::ManuallyDrop;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::base::error::Result;

/// The first of the two copies of the header of SQLite's WAL index (<https://sqlite.org/walformat.html>, 2.1). Every
/// commit of every process changes it, and no commit can be read before it has.
const HEADER: usize = 48;

/// A number that grows with the commits to a file. `PRAGMA data_version` says the same, and takes a lock among the
/// threads and two of the file for it; this is one read of memory that the system shares anyway.
pub struct Commits {
    /// Never closed: with any of its descriptors a process loses all locks that it has on a file (POSIX, `fcntl`), those
    /// of SQLite too.
    index: ManuallyDrop<File>,
    /// The header that was seen last, hashed, and how many others there were before it.
    seen: AtomicU64,
    number: AtomicI64,
    moving: Mutex<()>,
}

impl Commits {
    /// Of the database at `path`, which a connection in WAL mode has open for as long as this lives.
    pub fn open(path: &Path) -> Result<Self> {
        let mut index = path.as_os_str().to_owned();
        index.push("-shm");
        let index = ManuallyDrop::new(File::open(index)?);
        let commits =
            Self { index, seen: AtomicU64::new(0), number: AtomicI64::new(0), moving: Mutex::new(()) };
        commits.number()?;
        Ok(commits)
    }

    /// Greater than before where somebody committed since.
    pub fn number(&self) -> Result<i64> {
        if self.read()? != self.seen.load(Ordering::Acquire) {
            let _moving = self.moving.lock().unwrap_or_else(PoisonError::into_inner);
            // Another thread may have been here first, or another commit.
            let now = self.read()?;
            if now != self.seen.load(Ordering::Acquire) {
                self.number.fetch_add(1, Ordering::AcqRel);
                self.seen.store(now, Ordering::Release);
            }
        }
        Ok(self.number.load(Ordering::Acquire))
    }

    fn read(&self) -> Result<u64> {
        let mut header = [0; HEADER];
        self.index.read_exact_at(&mut header, 0)?;
        let mut hasher = DefaultHasher::new();
        header.hash(&mut hasher);
        Ok(hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Db;

    #[test]
    fn every_commit_of_every_process_moves_it_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sqlite");
        let (here, there) = (Db::open(&path).unwrap(), Db::open(&path).unwrap());
        let mut before = here.commits().unwrap();
        assert_eq!(here.commits().unwrap(), before);
        for round in 0..300 {
            let writer = if round % 2 == 0 { &here } else { &there };
            writer.note("word", round.to_string()).unwrap();
            let after = here.commits().unwrap();
            assert!(after > before, "round {round}");
            here.noted("word").unwrap();
            assert_eq!(here.commits().unwrap(), after, "reading is no commit");
            before = after;
        }
        let failed = here.write_blocking(|_| Err::<(), _>(crate::base::error::Error::internal("no")));
        assert!(failed.is_err());
        assert_eq!(here.noted("word").unwrap().as_deref(), Some("299"));
    }

    #[test]
    fn it_moves_when_the_log_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sqlite");
        let db = Db::open(&path).unwrap();
        let other = rusqlite::Connection::open(&path).unwrap();
        for round in 0..3 {
            other.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
            let before = db.commits().unwrap();
            db.note("word", round.to_string()).unwrap();
            assert!(db.commits().unwrap() > before);
        }
    }
}
