//! The power is cut in the middle of a posting storm, again and again: every acknowledged comment is there, none twice.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, RwLock};
use std::thread;

use serde_json::Value;

use crate::support::{Call, Instance, TestServer, comment, encoded, wait_for};

const PAGE: &str = "/posts/storm";
const WRITERS: usize = 6;
const CUTS: usize = 20;
/// Acknowledged comments between two cuts, at least.
const BETWEEN: usize = 12;

/// What all who take part see.
struct Storm {
    /// Where the server is now.
    url: RwLock<String>,
    next: AtomicUsize,
    calm: AtomicBool,
    /// Number of a comment to the id it was acknowledged under.
    acknowledged: Mutex<HashMap<usize, String>>,
}

impl Storm {
    fn acknowledged(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    /// Posts one comment after the other; each is sent again, under its key, until it is acknowledged.
    fn post_until_calm(&self) {
        let agent = TestServer::agent();
        while !self.calm.load(Ordering::SeqCst) {
            let number = self.next.fetch_add(1, Ordering::SeqCst);
            let new = comment(PAGE, "Ann", &format!("number {number}"));
            let id = wait_for("an acknowledgement", || {
                let url = format!("{}/api/v1/comments", self.url.read().unwrap());
                let call =
                    Call::new(&agent, "POST", &url).header("idempotency-key", &format!("storm-{number}"));
                let answer = call.json(&new).try_send().ok()?;
                assert!([201, 503].contains(&answer.status), "{}", answer.text());
                (answer.status == 201).then(|| answer.json()["comment"]["id"].as_str().unwrap().to_owned())
            });
            let before = self.acknowledged.lock().unwrap().insert(number, id);
            assert_eq!(before, None);
        }
    }
}

/// Body to ids, of all that readers see.
fn stored(server: &TestServer) -> HashMap<String, Vec<String>> {
    let (mut found, mut cursor) = (HashMap::<_, Vec<_>>::new(), String::new());
    loop {
        let page = server.thread(PAGE, &format!("&limit=200&sort=oldest{cursor}"));
        for one in page["comments"].as_array().unwrap() {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            found.entry(text(&one["html"])).or_default().push(text(&one["id"]));
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={}", encoded(next)),
            None => return found,
        }
    }
}

#[test]
fn every_acknowledged_comment_survives_twenty_power_cuts_and_none_is_there_twice() {
    let instance = Instance::blog();
    let mut server = instance.start();
    let storm = Storm {
        url: RwLock::new(server.url.clone()),
        next: AtomicUsize::new(0),
        calm: AtomicBool::new(false),
        acknowledged: Mutex::default(),
    };
    let server = thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| storm.post_until_calm());
        }
        for cut in 0..CUTS {
            // Not always after the same number, so that the cuts fall into different moments.
            let enough = storm.acknowledged() + BETWEEN + cut * 7 % 5;
            wait_for("the storm to go on", || (storm.acknowledged() >= enough).then_some(()));
            server.kill();
            server = instance.start();
            storm.url.write().unwrap().clone_from(&server.url);
        }
        storm.calm.store(true, Ordering::SeqCst);
        server
    });

    let acknowledged = storm.acknowledged.into_inner().unwrap();
    assert!(acknowledged.len() >= CUTS * BETWEEN);
    let check: String =
        instance.database().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    let rows = instance.number("SELECT count(*) FROM comments");
    assert_eq!(rows, i64::try_from(acknowledged.len()).unwrap(), "every comment was acknowledged in the end");
    assert_eq!(instance.number("SELECT count(DISTINCT body) FROM comments"), rows, "one is there twice");
    assert_eq!(instance.number("SELECT sum(count) FROM threads"), rows);
    let found = stored(&server);
    for (number, id) in acknowledged {
        assert_eq!(found.get(&format!("<p>number {number}</p>")), Some(&vec![id]), "number {number}");
    }
}
