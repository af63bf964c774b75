//! `GET /api/v1/stream`: Server-Sent Events (WHATWG HTML, 9.2).

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::time::{Interval, interval};
use utoipa::{IntoParams, ToSchema};

use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::base::outbox;
use crate::community::comments::live::{Event, Live, Seat, event, hello};
use crate::community::comments::page::{PageKey, page_key};
use crate::community::comments::threads;
use crate::community::sites::{self, Site};
use crate::web::address;
use crate::web::caller::Caller;
use crate::web::respond::Problem;

/// Proxies close what is silent for long.
const HEARTBEAT: Duration = Duration::from_secs(25);
const MOST_MISSED: usize = 500;
const BYE: &str = "event: bye\nretry: 3000\ndata: {}\n\n";

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StreamQuery {
    /// The site's key.
    site: String,
    /// The page's key, or its URL.
    page: String,
    /// The last event that was heard, for who cannot send `Last-Event-ID`; where both are sent, that counts. To begin
    /// with, a thread's `last_event`.
    since: Option<i64>,
}

/// One event of the stream.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is written as text; this describes it")]
pub struct StreamEvent {
    /// `hello`, `published`, `changed`, `removed`, `thread` or `bye`.
    event: String,
    /// For `Last-Event-ID` and `since`; `bye` has none.
    id: Option<String>,
    /// JSON: what the event is about.
    data: String,
    /// Milliseconds after which to come back when the stream breaks.
    retry: Option<u32>,
}

/// What changes in this thread, as it happens.
///
/// Server-Sent Events: `hello` with how many comments there are and whether the thread is locked, and once more when the
/// thread has to be read anew: it was merged with another one, or more was missed than is told; `published`, `changed` and `removed` with the comment's id, its
/// parent's, the thread's and its count; `thread` when it was locked, opened, renamed or moved; `bye` before the server stops.
/// `Last-Event-ID` or `since` brings what was missed, for a day.
#[utoipa::path(get, path = "/api/v1/stream", tag = "Reading", params(StreamQuery), responses(
    (status = 200, description = "The stream", body = StreamEvent, content_type = "text/event-stream"),
    (status = 404, description = "No such site", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "A value is not acceptable", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "Too many streams from one address", body = Problem, content_type = "application/problem+json"),
))]
pub async fn stream(
    request: HttpRequest,
    app: Data<App>,
    live: Data<Live>,
    caller: Caller,
    query: Query<StreamQuery>,
) -> Result<HttpResponse> {
    let seat = live.seat(caller.network)?;
    let (events, closing) = (live.listen(), live.closing());
    let seen = address::header(&request, "last-event-id").and_then(|id| id.parse::<i64>().ok());
    let query = query.into_inner();
    let seen = seen.or(query.since);
    let now = Millis::now();
    let mut start = app.db.read(move |c| Start::read(c, &query, seen, now)).await?;
    let hello = Some(std::mem::take(&mut start.hello));
    let mut quiet = interval(HEARTBEAT);
    quiet.reset();
    let listener = Listener { app: app.get_ref().clone(), events, closing, start, hello, quiet, _seat: seat };
    Ok(HttpResponse::Ok()
        .insert_header(("content-type", "text/event-stream"))
        .insert_header(("cache-control", "no-store"))
        // Neither our own compression nor nginx may hold events back.
        .insert_header(("content-encoding", "identity"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(listener.into_stream()))
}

/// Where a stream starts.
struct Start {
    site: Site,
    page: PageKey,
    /// None until somebody comments on the page.
    thread: Option<Id>,
    /// The newest fact then: what is told later of it or of earlier ones is no news.
    newest: i64,
    /// How the thread stands, so that a page which was read a moment ago can tell whether it still is
    /// so; then what happened since the listener was last here.
    hello: String,
}

impl Start {
    fn read(
        connection: &rusqlite::Connection,
        query: &StreamQuery,
        seen: Option<i64>,
        now: Millis,
    ) -> Result<Self> {
        let site = sites::by_key(connection, &query.site)?;
        let page = page_key(&site, &query.page)?;
        let found = threads::find(connection, &site, &page)?;
        let (count, locked) = found
            .as_ref()
            .map_or((0, false), |thread| (thread.count, thread.closing(&site, now).is_closed()));
        let (greeting, newest) = (hello(count, locked), outbox::newest(connection)?);
        let thread = found.map(|thread| thread.id);
        let seen = seen.map_or(newest, |seen| seen.min(newest));
        let mut hello = format!(": hi\nretry: 3000\nid: {seen}\n{greeting}");
        if let Some(thread) = thread {
            let missed = outbox::of_thread_since(connection, thread, seen, MOST_MISSED)?;
            for fact in &missed {
                hello.push_str(&event(connection, fact, now)?.text);
            }
            if missed.len() == MOST_MISSED {
                hello.push_str(&format!("id: {newest}\n{greeting}"));
            }
        }
        Ok(Self { site, page, thread, newest, hello })
    }
}

/// One open stream.
struct Listener {
    app: App,
    events: Receiver<Arc<Event>>,
    closing: watch::Receiver<bool>,
    start: Start,
    hello: Option<String>,
    /// Rings when nothing was sent for a while.
    quiet: Interval,
    _seat: Seat,
}

impl Listener {
    fn into_stream(self) -> impl Stream<Item = std::result::Result<Bytes, actix_web::Error>> {
        stream::unfold(Some(self), |listener| async {
            let mut listener = listener?;
            let (text, goes_on) = listener.next().await?;
            Some((Ok(Bytes::from(text)), goes_on.then_some(listener)))
        })
    }

    /// What to send next, and whether more can follow.
    async fn next(&mut self) -> Option<(String, bool)> {
        if let Some(hello) = self.hello.take() {
            return Some((hello, true));
        }
        loop {
            let event = tokio::select! {
                biased;
                _ = self.closing.wait_for(|closing| *closing) => return Some((BYE.to_owned(), false)),
                event = self.events.recv() => event,
                _ = self.quiet.tick() => return Some((": hi\n\n".to_owned(), true)),
            };
            match event {
                Ok(event) if self.is_meant(&event).await => {
                    self.quiet.reset();
                    return Some((event.text.clone(), true));
                }
                Ok(_) => {}
                // Too slow: the browser comes back and asks for what it missed.
                Err(RecvError::Lagged(_) | RecvError::Closed) => return None,
            }
        }
    }

    async fn is_meant(&mut self, event: &Event) -> bool {
        if event.seq <= self.start.newest {
            return false;
        }
        if self.start.thread.is_none() {
            let (site, page) = (self.start.site.clone(), self.start.page.clone());
            let found = self.app.db.read(move |c| threads::find(c, &site, &page)).await;
            self.start.thread = found.ok().flatten().map(|thread| thread.id);
        }
        let is_meant = self.start.thread == Some(event.thread);
        if is_meant {
            self.start.thread = Some(event.leads_to);
        }
        is_meant
    }
}
