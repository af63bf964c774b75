//! A reader of Server-Sent Events.

use serde_json::Value;

use super::{Raw, TestServer};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    pub kind: String,
    pub id: String,
    pub data: Value,
    pub retry: Option<String>,
}

pub struct Stream {
    raw: Raw,
    pub headers: Vec<String>,
}

impl Stream {
    /// Opens a stream and waits for its greeting, from when on nothing is missed.
    pub fn open(server: &TestServer, path: &str) -> Self {
        Self::ask(server, path, None).unwrap_or_else(|status| panic!("{path}: {status}"))
    }

    /// The number in the greeting: what happened up to it is not told again.
    pub fn greeting(server: &TestServer, path: &str) -> String {
        let mut raw = server.raw();
        raw.head(&format!("GET {path}"), &[("Accept", "text/event-stream")]);
        raw.answer_head();
        loop {
            let line = raw.line().expect("a greeting");
            if let Some(number) = line.strip_prefix("id: ") {
                return number.to_owned();
            }
        }
    }

    /// Comes back after the event of that number.
    pub fn open_at(server: &TestServer, path: &str, seen: &str) -> Self {
        Self::ask(server, path, Some(seen)).unwrap_or_else(|status| panic!("{path}: {status}"))
    }

    /// None when it is refused.
    pub fn try_open(server: &TestServer, path: &str) -> Option<Self> {
        Self::ask(server, path, None).ok()
    }

    fn ask(server: &TestServer, path: &str, seen: Option<&str>) -> Result<Self, u16> {
        let mut raw = server.raw();
        let mut headers = vec![("Accept", "text/event-stream"), ("Accept-Encoding", "gzip, br")];
        headers.extend(seen.map(|id| ("Last-Event-ID", id)));
        raw.head(&format!("GET {path}"), &headers);
        let (status, headers) = raw.answer_head();
        if status != 200 {
            return Err(status);
        }
        let mut stream = Self { raw, headers };
        while stream.line().expect("a greeting") != ": hi" {}
        while !stream.line().expect("the rest of the greeting").is_empty() {}
        Ok(stream)
    }

    /// A line of the stream, with what chunking adds taken away; None at the end.
    fn line(&mut self) -> Option<String> {
        loop {
            let line = self.raw.line()?;
            let is_chunk = !line.is_empty() && line.chars().all(|c| c.is_ascii_hexdigit());
            if line == "0" {
                return None;
            }
            if !is_chunk {
                return Some(line);
            }
        }
    }

    /// The next event; None when the server has ended the stream.
    pub fn event(&mut self) -> Option<Event> {
        let mut event = Event::default();
        loop {
            let line = self.line()?;
            match line.split_once(": ") {
                Some(("event", kind)) => kind.clone_into(&mut event.kind),
                Some(("id", id)) => id.clone_into(&mut event.id),
                Some(("data", data)) => event.data = serde_json::from_str(data).unwrap(),
                Some(("retry", after)) => event.retry = Some(after.to_owned()),
                _ if line.is_empty() && !event.kind.is_empty() => return Some(event),
                _ => {}
            }
        }
    }

    /// The next event, which must be there.
    #[track_caller]
    pub fn next(&mut self) -> Event {
        self.event().expect("an event before the stream ends")
    }

    /// The next event that `fits`; the others are passed over.
    #[track_caller]
    pub fn find(&mut self, fits: impl Fn(&Event) -> bool) -> Event {
        loop {
            let event = self.next();
            if fits(&event) {
                return event;
            }
        }
    }
}
