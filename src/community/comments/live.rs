//! What changes in threads, told once to all who listen.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};

use super::{Status, by_id, status, threads};
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::outbox::Fact;
use crate::community::sites;

const BACKLOG: usize = 1024;

/// A fact made ready for the wire.
#[derive(Clone, Debug)]
pub struct Event {
    /// The fact's number.
    pub seq: i64,
    /// In which thread it happened.
    pub thread: Id,
    /// The one that it was merged into since; itself, if it was not.
    pub leads_to: Id,
    /// An event of a Server-Sent Events stream, with its blank line.
    pub text: String,
}

/// Everybody who listens, in this process.
#[derive(Clone)]
pub struct Live {
    events: broadcast::Sender<Arc<Event>>,
    closing: watch::Sender<bool>,
    open: Arc<Mutex<HashMap<IpAddr, u32>>>,
    most: u32,
}

/// A place among the listeners of one address; given back when dropped.
pub struct Seat {
    live: Live,
    address: IpAddr,
}

impl Live {
    #[must_use]
    pub fn new(streams_per_address: u32) -> Self {
        let (events, _) = broadcast::channel(BACKLOG);
        let (closing, _) = watch::channel(false);
        Self { events, closing, open: Arc::default(), most: streams_per_address }
    }

    /// Turns facts into events for as long as the process lives.
    pub async fn run(self, app: App) {
        let mut facts = app.feed.listen();
        loop {
            match facts.recv().await {
                Ok(fact) if self.events.receiver_count() > 0 => self.tell(&app, fact).await,
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    }

    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Arc<Event>> {
        self.events.subscribe()
    }

    /// Becomes true when the server stops.
    #[must_use]
    pub fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }

    /// Tells all who listen to come back later.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// # Errors
    /// `TooMany` when this address listens often enough.
    pub fn seat(&self, address: IpAddr) -> Result<Seat> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_default();
        if self.most > 0 && *count >= self.most {
            let detail = "Too many live streams are open from your network.".to_owned();
            return Err(Error::TooMany { retry_after: std::time::Duration::from_secs(30), detail });
        }
        *count += 1;
        drop(open);
        Ok(Seat { live: self.clone(), address })
    }

    async fn tell(&self, app: &App, fact: Arc<Fact>) {
        match app.db.read(move |c| event(c, &fact, Millis::now())).await {
            // Whoever stopped listening meanwhile misses nothing.
            Ok(event) => drop(self.events.send(Arc::new(event))),
            Err(error) => tracing::warn!(%error, "could not tell of a change"),
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.live.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

/// How a thread stands, as a stream's first event and whenever it has to be read anew.
#[must_use]
pub fn hello(count: u32, locked: bool) -> String {
    format!("event: hello\ndata: {}\n\n", json!({ "count": count, "locked": locked }))
}

/// Words a fact as it stands now: ids and counts only, so that nothing unpublished can leave here.
pub fn event(connection: &Connection, fact: &Fact, now: Millis) -> Result<Event> {
    let thread = threads::by_id(connection, fact.thread)?;
    let text = match fact.comment {
        None => {
            let site = sites::by_id(connection, thread.site)?;
            let locked = thread.closing(&site, now).is_closed();
            if fact.fact == status::MERGED {
                format!("id: {}\n{}", fact.seq, hello(thread.count, locked))
            } else {
                told(fact, &fact.fact, &json!({ "thread_id": thread.id, "locked": locked }))
            }
        }
        Some(id) => {
            let comment = by_id(connection, id)?;
            let is_here = comment.thread == thread.id;
            let what = match fact.fact.as_str() {
                status::MOVED if is_here && comment.status == Status::Published => status::PUBLISHED,
                status::MOVED => status::REMOVED,
                other => other,
            };
            let parent = comment.parent.filter(|_| is_here);
            let data =
                json!({ "id": id, "parent_id": parent, "thread_id": thread.id, "count": thread.count });
            told(fact, what, &data)
        }
    };
    Ok(Event { seq: fact.seq, thread: fact.thread, leads_to: thread.id, text })
}

fn told(fact: &Fact, what: &str, data: &serde_json::Value) -> String {
    format!("event: {what}\nid: {}\ndata: {data}\n\n", fact.seq)
}
