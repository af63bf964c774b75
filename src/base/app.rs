//! The handles that handlers, jobs and commands are given.

use std::path::Path;
use std::sync::Arc;

use super::config::Config;
use super::db::Db;
use super::error::{Error, Result};
use super::outbox::Feed;
use super::secrets::InstanceKey;

const DATABASE: &str = "afterword.sqlite";
const KEY: &str = "instance.key";

/// Cheap to clone; there are no globals beside it.
#[derive(Clone)]
pub struct App {
    pub config: Arc<Config>,
    pub db: Db,
    pub key: InstanceKey,
    pub feed: Feed,
}

impl App {
    /// Opens the data folder, making what is not there yet.
    ///
    /// # Errors
    /// When the folder cannot be used or the database is refused; the words say what to do.
    pub fn open(config: Config) -> Result<Self> {
        let folder = config.data.dir.as_path();
        super::db::prepare_folder(folder)?;
        let (key, database) = (folder.join(KEY), folder.join(DATABASE));
        if !key.exists() && is_filled(&database) {
            return Err(key_is_missing(folder));
        }
        let key = InstanceKey::load_or_create(&key)?;
        let db = Db::open(&database)?;
        let feed = Feed::new(&db)?;
        Ok(Self { config: Arc::new(config), db, key, feed })
    }
}

/// Whether there is an instance in this folder.
#[must_use]
pub fn is_instance(folder: &Path) -> bool {
    is_filled(&folder.join(DATABASE))
}

/// Makes a new instance key where the old one is lost.
///
/// # Errors
/// `Conflict` where there is one.
pub fn replace_lost_key(folder: &Path) -> Result<()> {
    let key = folder.join(KEY);
    if key.exists() {
        return Err(Error::Conflict(format!("{} is there; nothing was changed.", key.display())));
    }
    InstanceKey::load_or_create(&key).map(drop)
}

fn is_filled(file: &Path) -> bool {
    std::fs::metadata(file).is_ok_and(|file| file.len() > 0)
}

fn key_is_missing(folder: &Path) -> Error {
    Error::Unavailable(format!(
        "There is a database in {0}, but not its {KEY}. Put the key back from your copy.\n\
         If it is lost for good, make a new one with  afterword admin new-key --data {0}\n\
         Readers then lose the right to edit what they wrote; all else stays.",
        folder.display()
    ))
}
