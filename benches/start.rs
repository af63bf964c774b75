//! How long from starting the process to the first thread served, on an existing database, and what
//! it holds in memory when idle. The reference is the same executable printing its version: what any
//! process costs here. Run with `cargo bench --bench start`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const BINARY: &str = env!("CARGO_BIN_EXE_afterword");
const ROUNDS: usize = 30;
const COMMENTS: usize = 100;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    seed(folder.path());
    let mut starts: Vec<Duration> = (0..ROUNDS).map(|_| start_once(folder.path())).collect();
    let mut floor: Vec<Duration> = (0..ROUNDS).map(|_| version_once()).collect();
    let (start, floor) = (median(&mut starts), median(&mut floor));
    let memory = idle_memory(folder.path());
    println!("cold start to first thread served ({COMMENTS} comments), median of {ROUNDS}: {start:?}");
    println!(
        "the process alone (--version): {floor:?}; ratio {:.1}",
        start.as_secs_f64() / floor.as_secs_f64()
    );
    println!("resident when idle: {memory:.1} MB");
}

fn seed(folder: &Path) {
    let done = afterword(
        folder,
        &["site", "create", "bench", "--origin", "http://bench.example", "--moderation", "none"],
    )
    .stdout(Stdio::null())
    .status();
    assert!(done.is_ok_and(|status| status.success()), "the site could not be made");
    let (mut server, address) = serve(folder);
    for number in 0..COMMENTS {
        let body = format!(
            r#"{{"site":"bench","page":"/p","body":"Comment {number}, with *some* words in it.","author":{{"name":"Ann"}}}}"#
        );
        let answer = request(&address, "POST", "/api/v1/comments", &body);
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    }
    end(&mut server);
}

fn start_once(folder: &Path) -> Duration {
    let begin = Instant::now();
    let (mut server, address) = serve(folder);
    let answer = request(&address, "GET", "/api/v1/threads?site=bench&page=/p", "");
    let took = begin.elapsed();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    end(&mut server);
    took
}

fn version_once() -> Duration {
    let begin = Instant::now();
    let done = Command::new(BINARY).arg("--version").stdout(Stdio::null()).status();
    assert!(done.is_ok_and(|status| status.success()));
    begin.elapsed()
}

fn idle_memory(folder: &Path) -> f64 {
    let (mut server, address) = serve(folder);
    request(&address, "GET", "/api/v1/threads?site=bench&page=/p", "");
    std::thread::sleep(Duration::from_secs(3));
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).expect("a running process");
    end(&mut server);
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("its memory");
    let kilobytes: f64 =
        line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number");
    kilobytes / 1024.0
}

fn afterword(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.arg("--data").arg(folder).args(arguments);
    command.env("AFTERWORD_LIMITS_POSTS_PER_MINUTE", "0").stderr(Stdio::null());
    command
}

fn serve(folder: &Path) -> (Child, String) {
    let mut command = afterword(folder, &["serve", "--listen", "127.0.0.1:0"]);
    let mut server = command.stdout(Stdio::piped()).spawn().expect("the executable starts");
    let mut line = String::new();
    BufReader::new(server.stdout.take().expect("its output")).read_line(&mut line).expect("its first line");
    let address = line.trim().rsplit("http://").next().expect("its address").to_owned();
    (server, address)
}

fn request(address: &str, method: &str, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + body).as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}

fn end(server: &mut Child) {
    let done = Command::new("kill").arg(server.id().to_string()).status();
    assert!(done.is_ok_and(|status| status.success()));
    server.wait().expect("it ends");
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}
