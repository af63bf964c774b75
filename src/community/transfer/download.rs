//! Files that are made while they are downloaded: nothing of them is kept, in memory or on the disk, but the pieces
//! that are on their way. What is read is one snapshot, from a connection that only reads.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::Bytes;
use futures_util::stream::try_unfold;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

use crate::base::error::{Error, Result};

/// So many at once. Each holds a connection and a snapshot, and others want to read, too.
const AT_ONCE: usize = 2;
/// Pieces that wait for a slow browser …
const PIECES: usize = 4;
/// … and for how long. A snapshot that nobody lets go keeps the write-ahead log from being emptied.
const STALL: Duration = Duration::from_mins(1);

/// Those that are being made in this process.
#[derive(Clone)]
pub struct Downloads(Arc<Semaphore>);

impl Default for Downloads {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// What the browser is told of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Letters, digits, dots and hyphens only.
    pub name: String,
    pub kind: &'static str,
}

/// An empty piece is the end: without it, whoever wrote broke off.
type Piece = Result<Bytes>;

/// Answers with what `write` writes, as it is written. What goes wrong before the first piece is answered as an
/// error; what goes wrong later breaks the download off, so that no browser takes it for whole.
///
/// # Errors
/// `Unavailable` while others download; what `write` answers.
pub async fn send<F>(downloads: &Downloads, file: File, write: F) -> Result<HttpResponse>
where
    F: FnOnce(&mut dyn Write) -> Result<()> + Send + 'static,
{
    let permit = Arc::clone(&downloads.0).try_acquire_owned().map_err(|_| {
        Error::Unavailable(
            "Other exports are being downloaded. Wait until they are done, then try again.".into(),
        )
    })?;
    let (to, mut from) = mpsc::channel::<Piece>(PIECES);
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        let mut pipe = Pipe { to, runtime };
        let last = write(&mut pipe).map(|()| Bytes::new());
        if let Err(error) = &last {
            tracing::warn!(%error, "a download broke off");
        }
        // The snapshot is let go by now, so whoever saw the end may begin the next.
        drop(permit);
        pipe.give(last).ok();
    });
    let first = from.recv().await.unwrap_or_else(|| Err(broken_off()))?;
    let pieces = try_unfold((Some(first), from), |(first, mut from)| async move {
        let piece = match first {
            Some(piece) => piece,
            None => from.recv().await.unwrap_or_else(|| Err(broken_off()))?,
        };
        Ok::<_, Error>((!piece.is_empty()).then_some((piece, (None, from))))
    });
    Ok(HttpResponse::Ok()
        .insert_header(("content-type", file.kind))
        .insert_header(("content-disposition", format!("attachment; filename=\"{}\"", file.name)))
        .insert_header(("cache-control", "no-store"))
        // What is to be compressed is compressed already.
        .insert_header(("content-encoding", "identity"))
        .streaming(pieces))
}

fn broken_off() -> Error {
    Error::internal("whoever wrote a download is gone")
}

/// Hands on what is written, no faster than it is taken.
struct Pipe {
    to: mpsc::Sender<Piece>,
    runtime: Handle,
}

impl Pipe {
    fn give(&self, piece: Piece) -> io::Result<()> {
        match self.runtime.block_on(async { timeout(STALL, self.to.send(piece)).await }) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::Error::new(io::ErrorKind::BrokenPipe, "the browser went away")),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the browser stopped taking it")),
        }
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !bytes.is_empty() {
            self.give(Ok(Bytes::copy_from_slice(bytes)))?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;

    use super::*;

    fn file() -> File {
        File { name: "a.txt".into(), kind: "text/plain" }
    }

    #[actix_web::test]
    async fn all_that_is_written_arrives() {
        let downloads = Downloads::default();
        let answer =
            send(&downloads, file(), |out| (0..100).try_for_each(|_| Ok(out.write_all(&[b'x'; 1000])?)));
        let answer = answer.await.unwrap();
        let disposition = answer.headers().get("content-disposition").unwrap();
        assert_eq!(disposition, "attachment; filename=\"a.txt\"");
        assert_eq!(to_bytes(answer.into_body()).await.unwrap().len(), 100_000);
    }

    #[actix_web::test]
    async fn a_fault_at_the_beginning_is_an_error_and_a_later_one_breaks_it_off() {
        let downloads = Downloads::default();
        let fault = || Err(Error::NotFound("nothing".into()));
        let early = send(&downloads, file(), move |_| fault()).await;
        assert!(matches!(early, Err(Error::NotFound(_))));
        let late = send(&downloads, file(), move |out| {
            out.write_all(b"half")?;
            fault()
        });
        assert!(to_bytes(late.await.unwrap().into_body()).await.is_err());
        let panicking = send(&downloads, file(), |out| {
            out.write_all(b"half")?;
            panic!("on purpose");
        });
        assert!(to_bytes(panicking.await.unwrap().into_body()).await.is_err());
    }

    #[actix_web::test]
    async fn whoever_goes_away_ends_it_and_no_more_than_a_few_run_at_once() {
        let downloads = Downloads::default();
        let endless = |out: &mut dyn Write| loop {
            out.write_all(b"more")?;
        };
        let first = send(&downloads, file(), endless).await.unwrap();
        let _second = send(&downloads, file(), endless).await.unwrap();
        assert!(matches!(send(&downloads, file(), endless).await, Err(Error::Unavailable(_))));
        drop(first);
        while downloads.0.available_permits() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
