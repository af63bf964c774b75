//! A running server, and the calls that are made to it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;
use ureq::http::{Request, request::Builder};

use super::{Answer, BLOG, PATIENCE, Raw, Stream, encoded, wait_for};

/// The last thing that a server prints before it serves.
const READY: [&str; 3] = ["Its dashboard is at", "Too late?", "Ctrl-C ends it"];

pub struct TestServer {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub url: String,
    /// What it printed until it was ready.
    pub printed: String,
    log: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
    agent: Agent,
    _folder: Arc<TempDir>,
}

impl TestServer {
    /// Starts `command` and waits until it says where it listens and that it is ready; else what it said instead.
    pub fn start(mut command: Command, folder: &Arc<TempDir>) -> Result<Self, String> {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let stderr = collect(child.stderr.take().unwrap(), &log);
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let (agent, folder) = (Self::agent(), Arc::clone(folder));
        let (url, printed, readers) = (String::new(), String::new(), vec![stderr]);
        // From here on it is ended whatever happens.
        let mut server = Self { child, url, printed, log, readers, agent, _folder: folder };
        while !READY.iter().any(|end| server.printed.contains(end)) {
            if lines.read_line(&mut server.printed).unwrap() == 0 {
                let code = server.child.wait().unwrap();
                server.readers.drain(..).for_each(|reader| reader.join().unwrap());
                return Err(format!("the server ended ({code}): {}{}", server.printed, server.log()));
            }
        }
        server.readers.push(collect(lines, &Arc::default()));
        server.url = url_in(&server.printed).unwrap_or_default();
        Ok(server)
    }

    /// Somebody who makes calls: follows nothing, takes every status as an answer.
    pub fn agent() -> Agent {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_global(Some(PATIENCE))
            .build();
        config.into()
    }

    /// Host and port.
    pub fn host(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([format!("-{name}"), self.pid().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits until it has ended by itself.
    pub fn ended(&mut self) -> ExitStatus {
        wait_for("the server's end", || self.child.try_wait().unwrap())
    }

    /// Ends it as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Stops it gently, and waits until it is gone.
    pub fn stop(mut self) {
        self.signal("TERM");
        assert!(self.ended().success(), "{}", self.log());
    }

    /// All that it logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    pub fn call(&self, method: &str, path: &str) -> Call<'_> {
        Call::new(&self.agent, method, &format!("{}{path}", self.url))
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.call("GET", path).send()
    }

    #[track_caller]
    pub fn get_json(&self, path: &str) -> Value {
        self.get(path).expect(200).json()
    }

    #[track_caller]
    pub fn post_json(&self, path: &str, body: &Value) -> Answer {
        self.call("POST", path).json(body).send()
    }

    /// A thread of the site `blog`; `more` is appended to the query.
    #[track_caller]
    pub fn thread(&self, page: &str, more: &str) -> Value {
        self.get_json(&format!("/api/v1/threads?site=blog&page={}{more}", encoded(page)))
    }

    /// Posts to a page of the site `blog`, as its own page would.
    #[track_caller]
    pub fn post(&self, page: &str, name: &str, body: &str) -> Value {
        self.try_post(page, name, body).expect(201).json()
    }

    /// A reply, likewise.
    #[track_caller]
    pub fn reply(&self, page: &str, parent: &Value, name: &str, body: &str) -> Value {
        let mut new = comment(page, name, body);
        new["parent_id"] = parent["comment"]["id"].clone();
        self.call("POST", "/api/v1/comments").origin(BLOG).json(&new).send().expect(201).json()
    }

    #[track_caller]
    pub fn try_post(&self, page: &str, name: &str, body: &str) -> Answer {
        self.call("POST", "/api/v1/comments").origin(BLOG).json(&comment(page, name, body)).send()
    }

    /// What `/me` tells the holder of a token about a page of the site `blog`.
    #[track_caller]
    pub fn me(&self, page: &str, token: &str) -> Value {
        let path = format!("/api/v1/me?site=blog&page={}", encoded(page));
        self.call("GET", &path).bearer(token).send().expect(200).json()
    }

    pub fn stream(&self, page: &str) -> Stream {
        Stream::open(self, &format!("/api/v1/stream?site=blog&page={}", encoded(page)))
    }

    /// The status of a path that is sent exactly as it is written.
    pub fn raw_get(&self, path: &str) -> u16 {
        let mut raw = self.raw();
        raw.head(&format!("GET {path}"), &[("Connection", "close")]);
        raw.answer_head().0
    }

    pub fn raw(&self) -> Raw {
        Raw::connect(self.host())
    }
}

/// A new comment on the site `blog`.
pub fn comment(page: &str, name: &str, body: &str) -> Value {
    json!({ "site": "blog", "page": page, "body": body, "author": { "name": name } })
}

/// The address of this machine in what a server printed.
pub fn url_in(printed: &str) -> Option<String> {
    let start = printed.find("http://127.0.0.1:")?;
    let port = printed[start + "http://127.0.0.1:".len()..].chars().take_while(char::is_ascii_digit);
    Some(format!("http://127.0.0.1:{}", port.collect::<String>()))
}

fn collect(mut from: impl Read + Send + 'static, into: &Arc<Mutex<String>>) -> JoinHandle<()> {
    let into = Arc::clone(into);
    std::thread::spawn(move || {
        let mut part = [0; 4096];
        while let Ok(length @ 1..) = from.read(&mut part) {
            into.lock().unwrap().push_str(&String::from_utf8_lossy(&part[..length]));
        }
    })
}

impl Drop for TestServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
        if std::thread::panicking() {
            eprintln!("the server's log:\n{}", self.log());
        }
    }
}

/// A request that is being put together.
pub struct Call<'a> {
    agent: &'a Agent,
    request: Builder,
    body: Option<Vec<u8>>,
}

impl<'a> Call<'a> {
    pub fn new(agent: &'a Agent, method: &str, url: &str) -> Self {
        Self { agent, request: Request::builder().method(method).uri(url), body: None }
    }

    pub fn header(self, name: &str, value: &str) -> Self {
        Self { request: self.request.header(name, value), ..self }
    }

    pub fn origin(self, origin: &str) -> Self {
        self.header("origin", origin)
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn body(self, kind: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { body: Some(bytes.into()), ..self.header("content-type", kind) }
    }

    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    #[track_caller]
    pub fn send(self) -> Answer {
        self.try_send().unwrap_or_else(|error| panic!("no answer: {error}"))
    }

    /// None of the server's words when the connection breaks.
    pub fn try_send(self) -> Result<Answer, ureq::Error> {
        let mut response = match self.body {
            Some(body) => self.agent.run(self.request.body(body)?)?,
            None => self.agent.run(self.request.body(())?)?,
        };
        let bytes = response.body_mut().read_to_vec()?;
        Ok(Answer { status: response.status().as_u16(), headers: response.headers().clone(), bytes })
    }
}
