//! What a thread's page costs that is not kept: `cargo bench --bench reading`. The reference, in turn with it, is a bare
//! connection that runs the statements which the page needs and reads what they find.

mod instance;

use std::path::Path;
use std::time::{Duration, Instant};

use instance::{Client, afterword, end, serve_with};
use rusqlite::{Connection, OpenFlags, Row};

const ROUNDS: usize = 5;
const A_ROUND: usize = 400;
const COMMENTS: usize = 100;
const BAR: f64 = 2.0;
const WORDS: &str = "the hinges were the hardest part of it and *I* would use larger ones the next time, since wood moves \
     with the seasons, as everybody learns sooner or later who builds a gate";
/// What is asked for a page: the site, its origins, the thread, whether it shows anything, its last event, the two numbers
/// that tell of changes, and its comments in their order with whom they reply to.
const STATEMENTS: [&str; 8] = [
    "SELECT * FROM sites WHERE key = 'bench'",
    "SELECT origin FROM site_origins WHERE site_id = (SELECT id FROM sites WHERE key = 'bench') ORDER BY position",
    "SELECT * FROM threads WHERE site_id = (SELECT id FROM sites WHERE key = 'bench') AND page = '/p'",
    "SELECT EXISTS (SELECT 1 FROM comments WHERE thread_id = (SELECT id FROM threads) AND parent_id IS NULL AND shown)",
    "SELECT coalesce(max(seq), 0) FROM outbox WHERE thread_id = (SELECT id FROM threads)",
    "SELECT revision FROM sites",
    "SELECT revision FROM threads",
    "SELECT c.*, p.author_name FROM (SELECT id FROM comments WHERE thread_id = (SELECT id FROM threads)
         AND pinned = 0 AND parent_id IS NULL AND shown ORDER BY id LIMIT 102) r
     JOIN comments c ON c.root_id = r.id LEFT JOIN comments p ON p.id = c.parent_id AND p.status = 'published'
     WHERE c.shown ORDER BY r.id, c.path LIMIT 101",
];

fn main() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on the disk");
    let made = afterword(
        folder.path(),
        &["site", "create", "bench", "--origin", "https://bench.example", "--moderation", "none"],
    )
    .output();
    assert!(made.is_ok_and(|made| made.status.success()));
    let (mut server, address) = serve_with(folder.path(), &[("AFTERWORD_SERVER_KEPT_MEGABYTES", "0")]);
    let mut client = Client::connect(&address);
    seed(&mut client);
    let bare = open(folder.path());
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(time(|| {
            let (status, body) = client.call("GET", "/api/v1/threads?site=bench&page=/p", "");
            assert!(status == 200 && body.len() > COMMENTS * WORDS.len());
        }));
        theirs.push(time(|| assert_eq!(query(&bare), COMMENTS)));
    }
    end(&mut server);
    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    println!("| what | |\n|---|---|");
    println!("| a thread of {COMMENTS}, not kept, over HTTP | {:.0} µs |", micros(ours));
    println!("| its statements on a bare connection | {:.0} µs |", micros(theirs));
    println!("| ratio (bar: at most {BAR}) | {:.2} |", micros(ours) / micros(theirs));
}

fn seed(client: &mut Client) {
    for number in 0..COMMENTS {
        let body = format!(
            r#"{{"site":"bench","page":"/p","body":"{number}: {WORDS}","author":{{"name":"Person {number}"}}}}"#
        );
        assert_eq!(client.call("POST", "/api/v1/comments", &body).0, 201);
    }
}

fn open(folder: &Path) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(folder.join("afterword.sqlite"), flags).expect("the database")
}

/// Runs the statements in one transaction, as the server does; answers how many rows the last one had.
fn query(bare: &Connection) -> usize {
    let tx = bare.unchecked_transaction().expect("a transaction");
    let mut last = 0;
    for sql in STATEMENTS {
        let mut statement = tx.prepare_cached(sql).expect("a statement");
        let columns = statement.column_count();
        let mut rows = statement.query([]).expect("rows");
        last = 0;
        while let Some(row) = rows.next().expect("a row") {
            std::hint::black_box(read(row, columns));
            last += 1;
        }
    }
    last
}

/// All of a row, as a program would have it.
fn read(row: &Row<'_>, columns: usize) -> Vec<rusqlite::types::Value> {
    (0..columns).map(|at| row.get(at).expect("a value")).collect()
}

/// The time of one, in the middle of many.
fn time(mut once: impl FnMut()) -> Duration {
    let mut times: Vec<_> = (0..A_ROUND)
        .map(|_| {
            let begun = Instant::now();
            once();
            begun.elapsed()
        })
        .collect();
    median(&mut times)
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
