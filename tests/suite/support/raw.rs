//! Requests written by hand, byte by byte, for what a well-behaved client would not send.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use super::PATIENCE;

pub struct Raw {
    connection: BufReader<TcpStream>,
    host: String,
}

impl Raw {
    pub fn connect(host: &str) -> Self {
        let connection = TcpStream::connect(host).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { connection: BufReader::new(connection), host: host.to_owned() }
    }

    /// The request line and headers, `Host` added.
    pub fn head(&mut self, line: &str, headers: &[(&str, &str)]) {
        let mut head = format!("{line} HTTP/1.1\r\nHost: {}\r\n", self.host);
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        self.send((head + "\r\n").as_bytes());
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.connection.get_mut().write_all(bytes).unwrap();
    }

    /// One line without its end; None once the server has closed.
    pub fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.connection.read_line(&mut line) {
            Ok(0) => None,
            Ok(_) => Some(line.trim_end_matches(['\r', '\n']).to_owned()),
            Err(error) => panic!("nothing more came: {error}"),
        }
    }

    /// The status of the next answer, and its headers in lower case.
    pub fn answer_head(&mut self) -> (u16, Vec<String>) {
        let status = self.line().expect("an answer");
        let headers = std::iter::from_fn(|| self.line()).take_while(|line| !line.is_empty());
        let headers = headers.map(|line| line.to_lowercase()).collect();
        (status.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status"), headers)
    }
}
