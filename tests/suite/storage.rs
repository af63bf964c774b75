//! The database file: what is refused at start, who waits for whom, and what a crash leaves.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use crate::support::{Instance, wait_for, words};

const PAGE: &str = "/posts/a";
const PAGE_SIZE: usize = 4096;

/// An instance with some comments, its server stopped.
fn grown() -> Instance {
    let instance = Instance::blog();
    let server = instance.start();
    for n in 0..40 {
        server.post(PAGE, "Ann", &format!("{n} {}", "words ".repeat(200)));
    }
    server.stop();
    let file = instance.database_file();
    assert_eq!(fs::metadata(beside(&file, "-wal")).map_or(0, |log| log.len()), 0, "all of it is in the file");
    instance
}

/// Where a page in the middle begins of which the write-ahead log has no newer text.
fn page_in_the_middle(file: &Path) -> usize {
    let log = fs::read(beside(file, "-wal")).unwrap_or_default();
    let frames = log.get(32..).unwrap_or_default().chunks(24 + PAGE_SIZE);
    let newer: Vec<usize> =
        frames.map(|frame| u32::from_be_bytes(frame[..4].try_into().unwrap()) as usize).collect();
    let middle = usize::try_from(fs::metadata(file).unwrap().len()).unwrap() / PAGE_SIZE / 2;
    let page = (1..=middle).rev().find(|page| !newer.contains(page)).unwrap();
    assert!(page > 1);
    (page - 1) * PAGE_SIZE
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    PathBuf::from(format!("{}{ending}", file.display()))
}

/// Overwrites part of the file with what is no page.
fn damage(file: &Path, start: usize, length: usize) {
    let mut bytes = fs::read(file).unwrap();
    bytes[start..start + length].fill(0xa5);
    fs::write(file, bytes).unwrap();
}

/// Every command that opens the file must refuse it with these words and leave it as it is.
#[track_caller]
fn is_refused_and_left_alone(instance: &Instance, expected: &[&str]) {
    let file = instance.database_file();
    let state = || [file.clone(), beside(&file, "-wal")].map(|path| fs::read(path).unwrap_or_default());
    let before = state();
    for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["site", "list"], &["admin", "setup-link"]] {
        let refused = instance.run_briefly(command);
        assert_eq!(refused.status.code(), Some(1), "{command:?}: {}", words(&refused));
        let said = String::from_utf8_lossy(&refused.stderr);
        for word in expected.iter().copied().chain([file.to_str().unwrap()]) {
            assert!(said.contains(word), "{word:?} in: {said}");
        }
        assert!(state() == before, "{command:?} changed the database");
    }
}

#[test]
fn a_file_with_a_broken_header_is_refused() {
    let instance = grown();
    damage(&instance.database_file(), 0, 16);
    is_refused_and_left_alone(&instance, &["damaged", "What to do", ".recover"]);
}

#[test]
fn a_file_with_a_broken_page_in_the_middle_is_refused() {
    let instance = grown();
    damage(&instance.database_file(), page_in_the_middle(&instance.database_file()), PAGE_SIZE);
    is_refused_and_left_alone(&instance, &["damaged", "What to do", ".recover"]);
}

#[test]
fn a_file_that_was_cut_short_is_refused() {
    let instance = grown();
    let bytes = fs::read(instance.database_file()).unwrap();
    fs::write(instance.database_file(), &bytes[..bytes.len() / 2 / PAGE_SIZE * PAGE_SIZE]).unwrap();
    is_refused_and_left_alone(&instance, &["damaged", "What to do", ".recover"]);
}

#[test]
fn a_damaged_database_keeps_what_was_not_yet_written_into_it() {
    let instance = grown();
    let server = instance.start();
    server.post(PAGE, "Ann", "Only in the write-ahead log");
    server.kill();
    let file = instance.database_file();
    assert!(fs::metadata(beside(&file, "-wal")).unwrap().len() > 0, "the crash left a log");
    damage(&file, page_in_the_middle(&file), PAGE_SIZE);
    is_refused_and_left_alone(&instance, &["damaged", "-wal"]);
}

#[test]
fn a_database_of_a_newer_release_is_refused() {
    let instance = grown();
    instance.sql("UPDATE meta SET value = '99.1.0' WHERE key = 'min_reader'; PRAGMA user_version = 99");
    instance.sql("PRAGMA wal_checkpoint(TRUNCATE)");
    is_refused_and_left_alone(&instance, &["newer release", "Nothing was changed", "99.1.0"]);
}

#[test]
fn a_database_of_a_newer_release_that_lets_this_one_in_is_served() {
    let instance = grown();
    instance.sql("PRAGMA user_version = 99");
    let server = instance.start();
    assert_eq!(server.thread(PAGE, "")["thread"]["count"], 40);
    server.post(PAGE, "Ann", "And written");
    assert_eq!(instance.number("PRAGMA user_version"), 99, "it is left to the newer release");
}

#[test]
fn an_instance_key_that_is_none_is_refused() {
    let instance = grown();
    let key = instance.data().join("instance.key");
    fs::write(&key, "not a key").unwrap();
    let refused = instance.run_briefly(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(words(&refused).contains(key.to_str().unwrap()), "{}", words(&refused));
    assert_eq!(fs::read(&key).unwrap(), b"not a key");
}

#[test]
fn a_data_folder_that_cannot_be_made_is_refused_with_words() {
    let instance = Instance::new();
    let file = instance.file("in-the-way", "");
    let mut command = instance.bare_command();
    let refused =
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(file.join("data")).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(words(&refused).contains("data folder"), "{}", words(&refused));
}

#[test]
fn readers_do_not_wait_for_the_writer() {
    let instance = Instance::blog();
    let server = instance.start();
    server.post(PAGE, "Ann", "Before");
    let other = instance.database();
    other.execute_batch("BEGIN IMMEDIATE; UPDATE sites SET name = 'Not yet'").unwrap();
    thread::scope(|scope| {
        let posting = scope.spawn(|| server.try_post(PAGE, "Ann", "Waits its turn"));
        for _ in 0..20 {
            let thread = server.thread(PAGE, "");
            assert_eq!((&thread["thread"]["count"], &thread["site"]["name"]), (&1.into(), &"blog".into()));
        }
        assert!(!posting.is_finished(), "it wrote while another process held the file");
        other.execute_batch("COMMIT").unwrap();
        posting.join().unwrap().expect(201);
    });
    assert_eq!(server.thread(PAGE, "")["thread"]["count"], 2);
}

#[test]
fn a_write_that_cannot_be_done_in_time_is_refused_and_can_be_sent_again() {
    let instance = Instance::blog();
    let server = instance.start();
    let other = instance.database();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let answer = server.try_post(PAGE, "Ann", "Not now");
    answer.problem(503);
    assert!(answer.header("retry-after").is_some());
    other.execute_batch("ROLLBACK").unwrap();
    server.post(PAGE, "Ann", "But now");
    assert_eq!(server.thread(PAGE, "")["thread"]["count"], 1);
}

#[test]
fn what_one_process_writes_the_other_serves_at_once() {
    let instance = Instance::blog();
    let (here, there) = (instance.start(), instance.start());
    for n in 0..10 {
        let (writes, reads) = if n % 2 == 0 { (&here, &there) } else { (&there, &here) };
        let posted = writes.post(PAGE, "Ann", &n.to_string());
        assert_eq!(reads.thread(PAGE, "")["thread"]["count"], n + 1);
        let token = posted["edit_token"].as_str().unwrap();
        assert_eq!(reads.me(PAGE, token)["person"]["name"], "Ann", "the token is good in both");
    }
}

#[test]
fn many_who_post_at_once_are_all_stored() {
    let instance = Instance::blog();
    let (here, there) = (instance.start(), instance.start());
    thread::scope(|scope| {
        for writer in 0..8 {
            let server = if writer % 2 == 0 { &here } else { &there };
            scope.spawn(move || {
                (0..10).for_each(|n| drop(server.post(PAGE, "Ann", &format!("{writer} {n}"))));
            });
        }
    });
    let thread = here.thread(PAGE, "&limit=200");
    let mut ids: Vec<_> =
        thread["comments"].as_array().unwrap().iter().map(|one| one["id"].to_string()).collect();
    assert_eq!((ids.len(), &thread["thread"]["count"]), (80, &80.into()));
    ids.dedup();
    assert_eq!(ids.len(), 80);
    wait_for("both to agree", || (there.thread(PAGE, "&limit=200") == thread).then_some(()));
}

#[test]
fn damage_in_a_large_file_ends_writing_but_not_reading() {
    let instance = Instance::blog();
    let server = instance.start();
    server.post(PAGE, "Ann", "Still readable");
    server.stop();
    instance.sql(
        "CREATE TABLE filler (n INTEGER PRIMARY KEY, text TEXT);
         INSERT INTO filler SELECT value, hex(zeroblob(60)) FROM
           (WITH RECURSIVE s (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM s LIMIT 60000) SELECT value FROM s);
         PRAGMA wal_checkpoint(TRUNCATE)",
    );
    let file = instance.database_file();
    assert!(fs::metadata(&file).unwrap().len() > 5 << 20, "large enough to be checked beside the start");
    damage(&file, page_in_the_middle(&file), PAGE_SIZE);
    // The check runs beside the start: a quick one may be done before the server is up.
    let server = match instance.try_start(instance.command(&["serve", "--listen", "127.0.0.1:0"])) {
        Ok(server) => server,
        Err(words) => return assert!(words.contains("damaged"), "{words}"),
    };
    wait_for("the damage to be found", || (server.get("/readyz").status == 503).then_some(()));
    server.get("/readyz").problem(503);
    let (words, _) = server.try_post(PAGE, "Ann", "Not stored").problem(503);
    assert!(words.contains("damaged"), "{words}");
    assert_eq!(server.thread(PAGE, "")["thread"]["count"], 1);
    assert!(server.log().contains(".recover"), "the log says what to do: {}", server.log());
}
