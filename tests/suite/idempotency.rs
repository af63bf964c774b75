//! A double click, or a retry after a dropped connection, makes one comment.

use std::thread;

use serde_json::{Value, json};

use crate::support::{Answer, Instance, TestServer, comment};

const PAGE: &str = "/posts/a";

fn post(server: &TestServer, key: &str, new: &Value) -> Answer {
    server.call("POST", "/api/v1/comments").header("idempotency-key", key).json(new).send()
}

fn count(server: &TestServer) -> usize {
    server.thread(PAGE, "")["comments"].as_array().unwrap().len()
}

#[test]
fn the_same_request_twice_makes_one_comment() {
    let server = Instance::blog().start();
    let new = comment(PAGE, "Ann", "Once");
    let (first, second) =
        (post(&server, "k1", &new).expect(201).json(), post(&server, "k1", &new).expect(201).json());
    assert_eq!(first, second, "the same comment and the same token");
    assert_eq!(count(&server), 1);
}

#[test]
fn the_same_request_at_the_same_moment_makes_one_comment() {
    let server = Instance::blog().start();
    for round in 0..10 {
        let (key, new) = (format!("k{round}"), comment(PAGE, "Ann", &format!("Round {round}")));
        let answers: Vec<_> = thread::scope(|scope| {
            let send = || scope.spawn(|| post(&server, &key, &new).expect(201).json());
            let threads = [send(), send(), send()];
            threads.map(|one| one.join().unwrap()).into()
        });
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!(count(&server), round + 1);
    }
}

#[test]
fn a_key_stands_for_one_request_only() {
    let server = Instance::blog().start();
    let new = comment(PAGE, "Ann", "Once");
    post(&server, "k1", &new).expect(201);
    let mut others = vec![comment(PAGE, "Ann", "Something else"), comment("/posts/b", "Ann", "Once")];
    others.push(comment(PAGE, "Eve", "Once"));
    for other in others {
        let (words, _) = post(&server, "k1", &other).problem(409);
        assert!(words.contains("Idempotency-Key"), "{words}");
    }
    assert_eq!(count(&server), 1);
}

#[test]
fn keys_of_two_sites_do_not_meet() {
    let instance = Instance::blog();
    instance.site("other", "https://other.example", "none");
    let server = instance.start();
    let mut new = comment(PAGE, "Ann", "Once");
    let here = post(&server, "k1", &new).expect(201).json();
    new["site"] = "other".into();
    let there = post(&server, "k1", &new).expect(201).json();
    assert_ne!(here["comment"]["id"], there["comment"]["id"]);
}

#[test]
fn a_key_that_belongs_to_a_deleted_comment_brings_nothing_back() {
    let server = Instance::blog().start();
    let new = comment(PAGE, "Ann", "Once");
    let first = post(&server, "k1", &new).expect(201).json();
    let path = format!("/api/v1/comments/{}", first["comment"]["id"].as_str().unwrap());
    server.call("DELETE", &path).bearer(first["edit_token"].as_str().unwrap()).send().expect(204);
    post(&server, "k1", &new).problem(409);
    assert_eq!(count(&server), 0);
}

#[test]
fn a_held_comment_is_answered_as_held_again() {
    let server = Instance::blog_with("all").start();
    let new = comment(PAGE, "Ann", "Once");
    let first = post(&server, "k1", &new).expect(202).json();
    assert_eq!(post(&server, "k1", &new).expect(202).json(), first);
}

#[test]
fn a_refused_post_does_not_use_up_its_key() {
    let server = Instance::blog().start();
    post(&server, "k1", &comment(PAGE, "Ann", "")).problem(422);
    let mut orphan = comment(PAGE, "Ann", "Hello");
    orphan["parent_id"] = "0000000000000".into();
    post(&server, "k1", &orphan).problem(404);
    post(&server, "k1", &comment(PAGE, "Ann", "Hello")).expect(201);
}

#[test]
fn a_key_has_1_to_200_bytes() {
    let server = Instance::blog().start();
    let new = comment(PAGE, "Ann", "Hello");
    assert_eq!(post(&server, &"k".repeat(201), &new).refused_field(), "Idempotency-Key");
    assert_eq!(post(&server, "", &new).refused_field(), "Idempotency-Key");
    post(&server, &"k".repeat(200), &new).expect(201);
}

#[test]
fn without_a_key_two_posts_are_two_comments() {
    let server = Instance::blog().start();
    let first = server.post(PAGE, "Ann", "Twice");
    assert_ne!(server.post(PAGE, "Ann", "Twice")["comment"]["id"], first["comment"]["id"]);
    assert_eq!(json!(count(&server)), 2);
}
