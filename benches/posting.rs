//! How many comments a second are on the disk when they are answered, at 1, 8 and 64 clients that each wait for their
//! answer: `cargo bench --bench posting`. The reference, in turn with it on the same disk, is a bare connection that commits
//! the same rows one by one with `synchronous=FULL`.

mod instance;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use instance::{Client, afterword, end, serve};
use rusqlite::types::Value;
use rusqlite::{Connection, Transaction, params_from_iter};

/// Clients, and the least that the ratio should be.
const CLIENTS: [(usize, f64); 3] = [(1, 0.7), (8, 0.7), (64, 3.0)];
const ROUNDS: usize = 3;
const PAGES: u64 = 20;
const WORDS: &str = "the hinges were the hardest part of it and *I* would use larger ones the next time, since wood moves \
     with the seasons, as everybody learns sooner or later who builds a gate";
/// The tables that a post adds rows to, and which of a table's rows are one comment's.
const ADDED: [(&str, &str); 3] = [
    ("guests", "id = (SELECT guest_id FROM comments WHERE id = ?1)"),
    ("comments", "id = ?1"),
    ("outbox", "comment_id = ?1"),
];

fn main() {
    let seconds = std::env::var("SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(4);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on the disk");
    let data = folder.path().join("data");
    for site in [&data, &folder.path().join("empty")] {
        let made = afterword(
            site,
            &["site", "create", "bench", "--origin", "https://bench.example", "--moderation", "none"],
        )
        .output();
        assert!(made.is_ok_and(|made| made.status.success()));
    }
    let (mut server, address) = serve(&data);
    let made = Arc::new(AtomicU64::new(0));
    post_for(&address, 8, Duration::from_secs(1), &made);
    println!(
        "| clients | posts/s | p50 ms | p99 ms | bare commits/s | ratio | bar |\n|---|---|---|---|---|---|---|"
    );
    for (clients, bar) in CLIENTS {
        let (mut rates, mut bare, mut times) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let took = post_for(&address, clients, Duration::from_secs(seconds), &made);
            rates.push(rate(took.len(), seconds));
            times.extend(took);
            let copy = folder.path().join(format!("bare-{clients}-{round}"));
            bare.push(commit_for(&folder.path().join("empty"), &copy, &data, Duration::from_secs(seconds)));
        }
        times.sort_unstable();
        let (ours, theirs) = (median(&mut rates), median(&mut bare));
        let at = |percent: usize| ms(times[(times.len() - 1) * percent / 100]);
        println!(
            "| {clients} | {ours:.0} | {:.1} | {:.1} | {theirs:.0} | {:.2} | {bar} |",
            at(50),
            at(99),
            ours / theirs
        );
    }
    end(&mut server);
}

#[allow(clippy::cast_precision_loss)]
fn rate(number: usize, seconds: u64) -> f64 {
    number as f64 / seconds as f64
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// How long each post took; all of them are stored.
fn post_for(address: &str, clients: usize, time: Duration, made: &Arc<AtomicU64>) -> Vec<Duration> {
    let end = Instant::now() + time;
    let posting = (0..clients).map(|_| {
        let (address, made) = (address.to_owned(), Arc::clone(made));
        std::thread::spawn(move || {
            let mut client = Client::connect(&address);
            let mut took = Vec::new();
            while Instant::now() < end {
                let number = made.fetch_add(1, Ordering::Relaxed);
                let begun = Instant::now();
                post(&mut client, number);
                took.push(begun.elapsed());
            }
            took
        })
    });
    let posting: Vec<_> = posting.collect();
    posting.into_iter().flat_map(|one| one.join().expect("no post failed")).collect()
}

fn post(client: &mut Client, number: u64) {
    let page = number % PAGES;
    let body = format!(
        r#"{{"site":"bench","page":"/{page}","body":"{number}: {WORDS}","author":{{"name":"Person {number}"}}}}"#
    );
    let (status, answer) = client.call("POST", "/api/v1/comments", &body);
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
}

/// How many a second a bare connection commits of the rows that were posted, each in a transaction of its own.
fn commit_for(empty: &Path, copy: &Path, posted: &Path, time: Duration) -> f64 {
    std::fs::create_dir(copy).expect("a folder");
    let file = copy.join("afterword.sqlite");
    std::fs::copy(empty.join("afterword.sqlite"), &file).expect("a copy of an empty instance");
    let mut bare = Connection::open(file).expect("a database");
    bare.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;")
        .expect("SQLite");
    let rows = Rows::read(&Connection::open(posted.join("afterword.sqlite")).expect("what was posted"));
    bare.execute_batch(&rows.threads).expect("the threads");
    let begun = Instant::now();
    let mut number = 0;
    for comment in &rows.comments {
        if begun.elapsed() >= time {
            break;
        }
        let tx = bare.transaction().expect("a transaction");
        comment.insert(&tx);
        tx.commit().expect("room on the disk");
        number += 1;
    }
    f64::from(number) / begun.elapsed().as_secs_f64()
}

/// What was posted, read beforehand.
struct Rows {
    threads: String,
    comments: Vec<Comment>,
}

struct Comment {
    id: i64,
    thread: i64,
    inserts: Vec<(String, Vec<Value>)>,
}

impl Rows {
    fn read(posted: &Connection) -> Self {
        let columns = ADDED.map(|(table, _)| {
            let sql = format!("SELECT name FROM pragma_table_xinfo('{table}') WHERE hidden = 0");
            let mut statement = posted.prepare(&sql).expect("a table");
            let names = statement.query_map([], |row| row.get::<_, String>(0)).expect("its columns");
            names.map(|name| name.expect("a name")).collect::<Vec<_>>()
        });
        let mut threads =
            posted.prepare("SELECT id, site_id, page, created_at FROM threads").expect("threads");
        let threads = threads.query_map([], |row| {
            let (id, site, page, at): (i64, i64, String, i64) =
                (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            Ok(format!(
                "INSERT INTO threads (id, site_id, page, created_at) VALUES ({id}, {site}, '{page}', {at});"
            ))
        });
        let threads = threads.expect("threads").map(|sql| sql.expect("a thread")).collect();
        let mut ids = posted
            .prepare("SELECT id, thread_id FROM comments ORDER BY id DESC LIMIT 20000")
            .expect("comments");
        let ids = ids.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("comments");
        let comments = ids.map(|id| Comment::read(posted, &columns, id.expect("an id"))).collect();
        Self { threads, comments }
    }
}

impl Comment {
    fn read(posted: &Connection, columns: &[Vec<String>; 3], (id, thread): (i64, i64)) -> Self {
        let mut inserts = Vec::new();
        for ((table, which), names) in ADDED.iter().zip(columns) {
            let list = names.join(", ");
            let places = vec!["?"; names.len()].join(", ");
            let mut statement =
                posted.prepare_cached(&format!("SELECT {list} FROM {table} WHERE {which}")).expect("a table");
            let row = statement.query_row([id], |row| (0..names.len()).map(|at| row.get(at)).collect());
            inserts.push((format!("INSERT INTO {table} ({list}) VALUES ({places})"), row.expect("a row")));
        }
        Self { id, thread, inserts }
    }

    fn insert(&self, tx: &Transaction<'_>) {
        for (sql, values) in &self.inserts {
            let mut statement = tx.prepare_cached(sql).expect("a statement");
            statement.execute(params_from_iter(values)).expect("a row");
        }
        let mut words = tx
            .prepare_cached("INSERT INTO comments_fts (rowid, author, words, marks) SELECT id, author_name, body, '' FROM comments WHERE id = ?1")
            .expect("the index");
        words.execute([self.id]).expect("its words");
        let mut count =
            tx.prepare_cached("UPDATE threads SET count = count + 1 WHERE id = ?1").expect("a statement");
        count.execute([self.thread]).expect("the count");
    }
}
