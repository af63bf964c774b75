//! The one database file: a single writer that groups durable commits, and readers that never wait for it.

mod cached;
mod commits;
mod migrate;
mod open;
mod rewrite;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::clock::Millis;
use super::error::{Error, Result};
use writer::Writer;

pub use open::prepare_folder;

/// Handles to the database. Clones share one writer and one pool of readers.
#[derive(Clone)]
pub struct Db {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    writer: Writer,
    readers: r2d2::Pool<SqliteConnectionManager>,
    cache: cached::Cache,
    commits: commits::Commits,
    damaged: AtomicBool,
    /// When a probe last went well, in milliseconds since 1970.
    probed: AtomicI64,
}

impl Db {
    /// Opens the file, or makes it, and brings its schema up to date.
    ///
    /// # Errors
    /// `Unavailable`, with words that say what to do, when the file is damaged, was written by a newer
    /// release, is no database, or SQLite is too old to be trusted with it.
    pub fn open(path: &Path) -> Result<Self> {
        let connection = open::writer_connection(path)?;
        let readers = open::reader_pool(path)?;
        let writer = Writer::start(connection)?;
        let shared = Shared {
            path: path.to_owned(),
            writer,
            readers,
            cache: cached::Cache::open(path)?,
            commits: commits::Commits::open(path)?,
            damaged: AtomicBool::new(false),
            probed: AtomicI64::new(0),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Runs `work` in the writer's next transaction and answers when that is on disk
    /// (`synchronous=FULL`). An error of `work` undoes what it did and nothing else.
    ///
    /// # Errors
    /// What `work` answered; `Full` when the disk is; `Unavailable` when the writer has stopped.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        self.writer()?.submit(work)?.await.map_err(|_| writer::stopped())?
    }

    /// [`Db::write`] for threads that may wait: commands and tests.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub fn write_blocking<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        self.writer()?.submit(work)?.blocking_recv().map_err(|_| writer::stopped())?
    }

    /// Runs `work` on a read-only connection, off the async threads, over one consistent snapshot.
    ///
    /// # Errors
    /// What `work` answered; `Unavailable` when no connection was free in time.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let db = self.clone();
        tokio::task::spawn_blocking(move || db.read_blocking(work)).await.map_err(Error::internal)?
    }

    /// [`Db::read`] for threads that may wait.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub fn read_blocking<T, F>(&self, work: F) -> Result<T>
    where
        F: FnOnce(&Connection) -> Result<T>,
    {
        let mut connection = self.shared.readers.get().map_err(|error| {
            tracing::warn!(%error, "no free connection to read with");
            Error::Unavailable("The server is busy; please try again in a moment.".into())
        })?;
        let snapshot = connection.transaction()?;
        work(&snapshot)
    }

    /// What `load` reads, kept in memory until anything is committed to the file. One value of each type is
    /// kept, so give it a type of its own.
    ///
    /// # Errors
    /// What `load` answered.
    pub fn cached<T, F>(&self, load: F) -> Result<Arc<T>>
    where
        T: Send + Sync + 'static,
        F: FnOnce(&Connection) -> Result<T>,
    {
        self.shared.cache.get(load)
    }

    /// Keeps a word about this instance for other commands.
    ///
    /// # Errors
    /// When it cannot be stored.
    pub fn note(&self, key: &'static str, value: String) -> Result<()> {
        self.write_blocking(move |tx| {
            tx.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)", [key, &value])?;
            Ok(())
        })
    }

    /// What was noted last under this key.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn noted(&self, key: &str) -> Result<Option<String>> {
        self.read_blocking(|c| noted_in(c, key))
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// Whether the check of a large file, which runs after the start, found damage.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        self.shared.damaged.load(Ordering::Relaxed)
    }

    /// A number that grows with what any process commits to the file, this one's writer included. Asking takes
    /// less than a microsecond and never waits for a writer, so async code may.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn commits(&self) -> Result<i64> {
        self.shared.commits.number()
    }

    /// A number that moves whenever any process commits to the file, this one's writer included.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn watch(&self) -> Result<Watch> {
        Ok(Watch(open::reader_connection(&self.shared.path)?))
    }

    /// Reads and really writes, to learn whether both still work; at most once a second, so that
    /// asking often costs nothing.
    ///
    /// # Errors
    /// Why it does not: `Full`, `Unavailable` or `Internal`.
    pub async fn probe(&self, now: Millis) -> Result<()> {
        let last = &self.shared.probed;
        if (0..1000).contains(&(now.0 - last.load(Ordering::Relaxed))) {
            return Ok(());
        }
        self.read(|c| Ok(c.query_row("SELECT count(*) FROM meta", [], |_| Ok(()))?)).await?;
        self.write(move |tx| {
            tx.execute(
                "INSERT OR REPLACE INTO meta (key, value) VALUES ('probed_at', ?1)",
                [now.to_string()],
            )?;
            Ok(())
        })
        .await?;
        last.store(now.0, Ordering::Relaxed);
        Ok(())
    }

    /// Ends writing: waits until all that was submitted is in the file, and takes nothing more.
    pub fn close(&self) {
        self.shared.writer.close();
    }

    /// Nothing is added to a damaged file: it could lose more.
    fn writer(&self) -> Result<&Writer> {
        if self.is_damaged() {
            return Err(Error::Unavailable(
                "The server's database is damaged, so nothing is stored. Whoever looks after it finds in its log what to do.".into(),
            ));
        }
        Ok(&self.shared.writer)
    }

    /// Checks a file that was too large to be checked before it was opened, beside other work. When it
    /// is damaged the log says so, [`Db::is_damaged`] too, and nothing more is written.
    pub fn check_a_large_file(&self) {
        if !open::is_large(&self.shared.path) {
            return;
        }
        let db = self.clone();
        std::thread::spawn(move || {
            if let Err(error) = db.read_blocking(|connection| open::check(connection, &db.shared.path)) {
                tracing::error!(
                    "{error}\nUntil then this process serves what it can read, and refuses to write."
                );
                db.shared.damaged.store(true, Ordering::Relaxed);
            }
        });
    }
}

/// What was noted last under this key, for whoever reads already.
///
/// # Errors
/// When it cannot be read.
pub fn noted_in(connection: &Connection, key: &str) -> Result<Option<String>> {
    let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}

/// A connection of its own that looks for commits, see [`Db::watch`].
pub struct Watch(Connection);

impl Watch {
    /// SQLite's `data_version`: differs from the last answer when something was committed since.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn version(&self) -> Result<i64> {
        Ok(self.0.pragma_query_value(None, "data_version", |row| row.get(0))?)
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked, DiskFull, ReadOnly};
        match error.sqlite_error_code() {
            Some(DiskFull) => Self::Full("The server's disk is full; nothing was stored.".into()),
            Some(DatabaseBusy | DatabaseLocked) => {
                Self::Unavailable("Another process holds the database; please try again in a moment.".into())
            }
            Some(ReadOnly) => {
                Self::Unavailable("The server cannot write to its database at the moment.".into())
            }
            _ => Self::internal(error),
        }
    }
}
