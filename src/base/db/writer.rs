//! The one writer: a thread that takes what is waiting, runs each piece in a savepoint of one
//! transaction, and answers all of them after one durable commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use crate::base::error::{Error, Result};

/// How many pieces of work share one commit at the most.
const GROUP: usize = 256;

/// Runs the work in the transaction, if one could be begun, and gives back how to answer once its fate is known.
type Work = Box<dyn FnOnce(Option<&mut Transaction<'_>>) -> Answer + Send>;
/// Called with the commit's outcome.
type Answer = Box<dyn FnOnce(Result<()>) + Send>;

pub struct Writer {
    /// None once it is closed.
    queue: Mutex<Option<Sender<Work>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    pub fn start(connection: Connection) -> Result<Self> {
        let (queue, waiting) = channel();
        let thread =
            std::thread::Builder::new().name("writer".into()).spawn(move || run(connection, &waiting))?;
        Ok(Self { queue: Mutex::new(Some(queue)), thread: Mutex::new(Some(thread)) })
    }

    /// Takes nothing more, and waits until what it took is on disk and in the database file itself.
    pub fn close(&self) {
        drop(lock(&self.queue).take());
        let thread = lock(&self.thread).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the writer ended badly");
        }
    }

    pub fn submit<T, F>(&self, work: F) -> Result<oneshot::Receiver<Result<T>>>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        let (sender, answer) = oneshot::channel();
        let boxed: Work = Box::new(move |transaction| {
            let done =
                transaction.map_or_else(|| Err(stopped()), |transaction| in_savepoint(transaction, work));
            Box::new(move |committed| {
                // Nobody may be waiting any more; what was committed stays committed.
                let _ = sender.send(committed.and(done));
            })
        });
        let queue = lock(&self.queue).clone().ok_or_else(stopped)?;
        queue.send(boxed).map_err(|_| stopped())?;
        Ok(answer)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub fn stopped() -> Error {
    Error::Unavailable("The server is stopping; please try again in a moment.".into())
}

fn run(mut connection: Connection, waiting: &Receiver<Work>) {
    while let Ok(first) = waiting.recv() {
        let group = std::iter::once(first).chain(waiting.try_iter().take(GROUP - 1));
        commit(&mut connection, group);
    }
    // So that a copy of the one file is a copy of everything; another process may be in the way.
    let emptied = connection
        .busy_timeout(Duration::ZERO)
        .and_then(|()| connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())));
    if let Err(error) = emptied {
        tracing::debug!(%error, "the write-ahead log stays");
    }
}

fn commit(connection: &mut Connection, group: impl Iterator<Item = Work>) {
    let mut answers = Vec::new();
    let outcome = match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
        Ok(mut transaction) => {
            for work in group {
                // A full disk can make SQLite take the whole transaction back in the midst of it.
                let is_open = !transaction.is_autocommit();
                answers.push(work(is_open.then_some(&mut transaction)));
            }
            if transaction.is_autocommit() {
                Err(taken_back())
            } else {
                transaction.commit().map_err(Error::from)
            }
        }
        Err(error) => {
            answers.extend(group.map(|work| work(None)));
            Err(Error::from(error))
        }
    };
    if let Err(error) = &outcome {
        tracing::error!(%error, "could not commit");
    }
    for answer in answers {
        answer(outcome.as_ref().copied().map_err(not_stored));
    }
}

fn taken_back() -> Error {
    Error::Full("The server's disk is full; nothing was stored.".into())
}

/// Undoes the work alone when it fails or panics, so that its neighbours are not harmed.
fn in_savepoint<T>(
    transaction: &mut Transaction<'_>,
    work: impl FnOnce(&Transaction<'_>) -> Result<T>,
) -> Result<T> {
    transaction.execute_batch("SAVEPOINT work")?;
    let done = catch_unwind(AssertUnwindSafe(|| work(transaction)))
        .unwrap_or_else(|_| Err(Error::internal("a write panicked; it was undone")));
    match &done {
        Ok(_) => transaction.execute_batch("RELEASE work")?,
        Err(_) => transaction.execute_batch("ROLLBACK TO work; RELEASE work")?,
    }
    done
}

/// The same words for each of those who shared the commit.
fn not_stored(error: &Error) -> Error {
    match error {
        Error::Full(words) => Error::Full(words.clone()),
        Error::Unavailable(words) => Error::Unavailable(words.clone()),
        _ => Error::Unavailable("The server could not store this; please try again in a moment.".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writer() -> (tempfile::TempDir, Writer, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.sqlite");
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER NOT NULL UNIQUE)")
            .unwrap();
        (folder, Writer::start(connection).unwrap(), Connection::open(&path).unwrap())
    }

    fn insert(n: i64) -> impl FnOnce(&Transaction<'_>) -> Result<i64> + Send + 'static {
        move |tx| {
            tx.execute("INSERT INTO t (n) VALUES (?1)", [n])?;
            Ok(n)
        }
    }

    #[test]
    fn one_failure_leaves_its_neighbours_alone() {
        let (_folder, writer, reader) = writer();
        let (a, b, c) = (writer.submit(insert(1)), writer.submit(insert(1)), writer.submit(insert(2)));
        assert_eq!(a.unwrap().blocking_recv().unwrap().unwrap(), 1);
        assert!(b.unwrap().blocking_recv().unwrap().is_err());
        assert_eq!(c.unwrap().blocking_recv().unwrap().unwrap(), 2);
        let rows: i64 = reader.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 2);
    }

    #[test]
    fn a_panic_is_undone_and_the_writer_goes_on() {
        let (_folder, writer, reader) = writer();
        let panicking = writer.submit(|tx| -> Result<()> {
            tx.execute("INSERT INTO t (n) VALUES (7)", [])?;
            panic!("on purpose");
        });
        assert!(panicking.unwrap().blocking_recv().unwrap().is_err());
        assert!(writer.submit(insert(8)).unwrap().blocking_recv().unwrap().is_ok());
        let rows: Vec<i64> = reader
            .prepare("SELECT n FROM t")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(rows, [8]);
    }

    #[test]
    fn what_is_answered_is_already_committed() {
        let (_folder, writer, reader) = writer();
        for n in 0..50 {
            writer.submit(insert(n)).unwrap().blocking_recv().unwrap().unwrap();
            let found: bool =
                reader.query_row("SELECT count(*) FROM t WHERE n = ?1", [n], |row| row.get(0)).unwrap();
            assert!(found);
        }
    }
}
