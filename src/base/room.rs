//! How much room is left on a disk, and how much of it has to stay free.

use std::path::{Path, PathBuf};

use super::error::{Error, Result};

const MB: u64 = 1_000_000;
/// Below this nothing more can be stored before long.
pub const LEAST: u64 = 200 * MB;

/// Free and total bytes of the disk that holds `folder`, as far as this user may fill it.
#[must_use]
pub fn of(folder: &Path) -> Option<(u64, u64)> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some((disk.f_bavail.saturating_mul(disk.f_frsize), disk.f_blocks.saturating_mul(disk.f_frsize)))
}

/// Room that large files must leave to what is small and matters: the comments.
#[derive(Clone, Debug)]
pub struct Reserve {
    folder: PathBuf,
    least: u64,
}

impl Reserve {
    /// On the disk that holds `folder`.
    #[must_use]
    pub fn on(folder: &Path) -> Self {
        Self::of(folder, LEAST)
    }

    /// Of so many bytes.
    #[must_use]
    pub fn of(folder: &Path, least: u64) -> Self {
        Self { folder: folder.to_owned(), least }
    }

    /// # Errors
    /// `Full` when less is left. A disk that does not tell is not full.
    pub fn check(&self) -> Result<()> {
        match of(&self.folder) {
            Some((free, _)) if free < self.least => Err(Error::Full(format!(
                "The disk that holds the data has {} MB left, and {} MB of it stay free for new comments. Make room on it, then try again.",
                free / MB,
                self.least / MB
            ))),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_with_less_than_the_reserve_is_full_in_words() {
        let folder = tempfile::tempdir().unwrap();
        Reserve::of(folder.path(), 0).check().unwrap();
        Reserve::on(Path::new("/nowhere/at/all")).check().unwrap();
        let full = Reserve::of(folder.path(), u64::MAX).check().unwrap_err();
        assert!(matches!(&full, Error::Full(words) if words.contains("Make room")), "{full}");
    }
}
