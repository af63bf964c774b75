//! An instance that a benchmark measures: commands on its folder, its server, and what that answers.

#![allow(dead_code, reason = "each benchmark uses its part of it")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

pub const BINARY: &str = env!("CARGO_BIN_EXE_afterword");

/// One of its commands; what it has to say besides is thrown away.
pub fn afterword(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.arg("--data").arg(folder).args(arguments);
    command.env("AFTERWORD_LIMITS_POSTS_PER_MINUTE", "0").stderr(Stdio::null());
    command
}

/// Its server, and where that listens.
pub fn serve(folder: &Path) -> (Child, String) {
    serve_with(folder, &[])
}

/// The same, configured by these variables.
pub fn serve_with(folder: &Path, variables: &[(&str, &str)]) -> (Child, String) {
    let mut command = afterword(folder, &["serve", "--listen", "127.0.0.1:0"]);
    command.envs(variables.iter().copied());
    let mut server = command.stdout(Stdio::piped()).spawn().expect("the executable starts");
    let mut line = String::new();
    BufReader::new(server.stdout.take().expect("its output")).read_line(&mut line).expect("its first line");
    let address = line.trim().rsplit("http://").next().expect("its address").to_owned();
    (server, address)
}

/// A whole answer, from a connection of its own. Each of the headers ends its line.
pub fn request(address: &str, method: &str, path: &str, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + body).as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}

/// A connection that is kept open.
pub struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    pub fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).expect("it listens");
        stream.set_nodelay(true).expect("a socket");
        Self { stream: BufReader::new(stream) }
    }

    /// The status and the body of an answer.
    pub fn call(&mut self, method: &str, path: &str, body: &str) -> (u16, Vec<u8>) {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        self.stream.get_mut().write_all((head + body).as_bytes()).expect("it reads");
        let status = self.line().split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
        let mut length = 0;
        loop {
            let line = self.line();
            if line.is_empty() {
                break;
            }
            if let Some(text) = line.strip_prefix("content-length: ") {
                length = text.parse().expect("a number");
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).expect("a body");
        (status, body)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).expect("it answers");
        line.truncate(line.trim_end().len());
        line
    }
}

pub fn end(server: &mut Child) {
    let done = Command::new("kill").arg(server.id().to_string()).status();
    assert!(done.is_ok_and(|status| status.success()));
    server.wait().expect("it ends");
}
