//! Facts, with ids only, written in the transaction that made them true. Whoever cares reads them
//! later: the live streams now, other jobs as they come.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Row, Transaction, params};
use tokio::sync::broadcast;

use super::clock::Millis;
use super::db::{Db, Watch};
use super::error::Result;
use super::id::Id;

const LOOK_EVERY: Duration = Duration::from_millis(200);
const BACKLOG: usize = 1024;

/// Something that became true, and of which thread or comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Grows with every fact of this file, whichever process wrote it.
    pub seq: i64,
    pub fact: String,
    pub thread: Id,
    pub comment: Option<Id>,
}

/// Notes a fact as part of `tx`.
///
/// # Errors
/// When it cannot be stored.
pub fn record(tx: &Transaction<'_>, fact: &str, thread: Id, comment: Option<Id>, now: Millis) -> Result<()> {
    tx.prepare_cached("INSERT INTO outbox (fact, thread_id, comment_id, at) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![fact, thread, comment, now])?;
    Ok(())
}

/// The facts after number `seq`, oldest first, at most `limit`.
///
/// # Errors
/// When they cannot be read.
pub fn since(connection: &Connection, seq: i64, limit: usize) -> Result<Vec<Fact>> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, fact, thread_id, comment_id FROM outbox WHERE seq > ?1 ORDER BY seq LIMIT ?2",
    )?;
    let facts = statement.query_map(params![seq, i64::try_from(limit).unwrap_or(i64::MAX)], fact)?;
    Ok(facts.collect::<rusqlite::Result<_>>()?)
}

/// The facts of one thread after number `seq`, oldest first, at most `limit`.
///
/// # Errors
/// When they cannot be read.
pub fn of_thread_since(connection: &Connection, thread: Id, seq: i64, limit: usize) -> Result<Vec<Fact>> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, fact, thread_id, comment_id FROM outbox WHERE thread_id = ?3 AND seq > ?1 ORDER BY seq LIMIT ?2",
    )?;
    let facts = statement.query_map(params![seq, i64::try_from(limit).unwrap_or(i64::MAX), thread], fact)?;
    Ok(facts.collect::<rusqlite::Result<_>>()?)
}

fn fact(row: &Row<'_>) -> rusqlite::Result<Fact> {
    Ok(Fact { seq: row.get(0)?, fact: row.get(1)?, thread: row.get(2)?, comment: row.get(3)? })
}

/// Forgets facts from before `moment`; answers how many.
///
/// # Errors
/// When they cannot be removed.
pub fn forget_before(tx: &Transaction<'_>, moment: Millis) -> Result<usize> {
    Ok(tx.execute("DELETE FROM outbox WHERE at < ?1", params![moment])?)
}

/// The number of the newest fact, even if it was forgotten; 0 when there was none.
///
/// # Errors
/// When it cannot be read.
pub fn newest(connection: &Connection) -> Result<i64> {
    let sql = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'outbox'), 0)";
    Ok(connection.query_row(sql, [], |row| row.get(0))?)
}

/// The number of the newest fact of one thread; 0 when none is kept.
///
/// # Errors
/// When it cannot be read.
pub fn newest_of_thread(connection: &Connection, thread: Id) -> Result<i64> {
    let mut statement =
        connection.prepare_cached("SELECT coalesce(max(seq), 0) FROM outbox WHERE thread_id = ?1")?;
    Ok(statement.query_row([thread], |row| row.get(0))?)
}

/// Facts as they come, from this process or another one on the same file.
#[derive(Clone)]
pub struct Feed {
    facts: broadcast::Sender<Arc<Fact>>,
    place: Arc<Mutex<Place>>,
    db: Db,
}

struct Place {
    watch: Watch,
    version: i64,
    seq: i64,
}

impl Feed {
    /// Starts at the newest fact.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn new(db: &Db) -> Result<Self> {
        let watch = db.watch()?;
        let place = Place { version: watch.version()?, watch, seq: db.read_blocking(newest)? };
        let (facts, _) = broadcast::channel(BACKLOG);
        Ok(Self { facts, place: Arc::new(Mutex::new(place)), db: db.clone() })
    }

    /// What comes from now on. A listener that falls far behind is told that it lost facts.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Arc<Fact>> {
        self.facts.subscribe()
    }

    /// Looks for new facts for as long as the process lives.
    pub async fn run(self) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let feed = self.clone();
            let looked = tokio::task::spawn_blocking(move || feed.look()).await;
            if let Ok(Err(error)) = looked {
                tracing::warn!(%error, "could not look for new facts");
            }
        }
    }

    fn look(&self) -> Result<()> {
        let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        let version = place.watch.version()?;
        if version == place.version {
            return Ok(());
        }
        let seq = place.seq;
        let facts = self.db.read_blocking(|connection| since(connection, seq, BACKLOG))?;
        // Looked at again next time when there may be more than one load.
        if facts.len() < BACKLOG {
            place.version = version;
        }
        for fact in facts {
            place.seq = fact.seq;
            // No listener is no fault.
            let _ = self.facts.send(Arc::new(fact));
        }
        Ok(())
    }
}
