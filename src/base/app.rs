//! The handles that handlers, jobs and commands are given.

use std::sync::Arc;

use super::config::Config;
use super::db::Db;
use super::error::Result;
use super::outbox::Feed;
use super::secrets::InstanceKey;

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
        let key = InstanceKey::load_or_create(&folder.join("instance.key"))?;
        let db = Db::open(&folder.join("afterword.sqlite"))?;
        let feed = Feed::new(&db)?;
        Ok(Self { config: Arc::new(config), db, key, feed })
    }
}
