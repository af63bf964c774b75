//! How long from starting the process to the first thread served, on an existing database, and what
//! it holds in memory when idle. The reference is the same executable printing its version: what any
//! process costs here. Run with `cargo bench --bench start`.

mod instance;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use instance::{BINARY, afterword, end, request, serve};

const JSON: &str = "content-type: application/json\r\n";
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
        let answer = request(&address, "POST", "/api/v1/comments", JSON, &body);
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    }
    end(&mut server);
}

fn start_once(folder: &Path) -> Duration {
    let begin = Instant::now();
    let (mut server, address) = serve(folder);
    let answer = request(&address, "GET", "/api/v1/threads?site=bench&page=/p", "", "");
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
    request(&address, "GET", "/api/v1/threads?site=bench&page=/p", "", "");
    std::thread::sleep(Duration::from_secs(3));
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).expect("a running process");
    end(&mut server);
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("its memory");
    let kilobytes: f64 =
        line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number");
    kilobytes / 1024.0
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}
