//! Values read from the file and kept in memory until somebody commits to it, this process or another
//! one on the same file.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;

use super::Watch;
use super::open::reader_connection;
use crate::base::error::{Error, Result};

/// What is kept, and the `data_version` it was read under.
pub struct Cache {
    kept: Mutex<Kept>,
}

struct Kept {
    watch: Watch,
    version: i64,
    values: HashMap<TypeId, Arc<dyn Any + Send + Sync>>,
}

impl Cache {
    pub fn open(path: &Path) -> Result<Self> {
        let watch = Watch(reader_connection(path)?);
        let version = watch.version()?;
        Ok(Self { kept: Mutex::new(Kept { watch, version, values: HashMap::new() }) })
    }

    /// The value of this type, read with `load` when there is none or the file is another one by now.
    /// Asking for the version takes microseconds and never waits for a writer, so async code may.
    pub fn get<T, F>(&self, load: F) -> Result<Arc<T>>
    where
        T: Send + Sync + 'static,
        F: FnOnce(&Connection) -> Result<T>,
    {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let version = kept.watch.version()?;
        if version != kept.version {
            kept.version = version;
            kept.values.clear();
        }
        if let Some(value) = kept.values.get(&TypeId::of::<T>()) {
            return Arc::clone(value).downcast().map_err(|_| Error::internal("a kept value of another type"));
        }
        // What is committed in between moves the version, and so this is read again.
        let value = Arc::new(load(&kept.watch.0)?);
        kept.values.insert(TypeId::of::<T>(), Arc::clone(&value) as Arc<dyn Any + Send + Sync>);
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Db;
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Word(Option<String>);

    fn word(connection: &Connection) -> Result<Word> {
        use rusqlite::OptionalExtension;
        let found = connection.query_row("SELECT value FROM meta WHERE key = 'word'", [], |row| row.get(0));
        Ok(Word(found.optional()?))
    }

    fn is(text: &str) -> Word {
        Word(Some(text.into()))
    }

    #[test]
    fn a_value_is_read_once_until_somebody_commits() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("a.sqlite")).unwrap();
        db.note("word", "one".into()).unwrap();
        assert_eq!(*db.cached(word).unwrap(), is("one"));
        let never = |_: &Connection| -> Result<Word> { panic!("it was kept") };
        assert_eq!(*db.cached(never).unwrap(), is("one"));
        db.note("word", "two".into()).unwrap();
        assert_eq!(*db.cached(word).unwrap(), is("two"));
    }

    #[test]
    fn another_process_s_commit_counts_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sqlite");
        let (here, there) = (Db::open(&path).unwrap(), Db::open(&path).unwrap());
        assert_eq!(*here.cached(word).unwrap(), Word(None));
        there.note("word", "one".into()).unwrap();
        assert_eq!(*here.cached(word).unwrap(), is("one"));
    }
}
