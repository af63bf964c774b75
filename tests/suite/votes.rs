//! Votes: one for each person, which may be changed or taken back.

use serde_json::{Value, json};

use crate::support::{Instance, TestServer};

const PAGE: &str = "/posts/a";

fn vote(server: &TestServer, posted: &Value, value: i8, token: Option<&str>) -> Value {
    let id = posted["comment"]["id"].as_str().unwrap();
    let call = server.call("PUT", &format!("/api/v1/comments/{id}/vote")).json(&json!({ "value": value }));
    let call = if let Some(token) = token { call.bearer(token) } else { call };
    call.send().expect(200).json()
}

fn score(server: &TestServer) -> i64 {
    server.thread(PAGE, "")["comments"][0]["score"].as_i64().unwrap()
}

#[test]
fn a_person_votes_once_and_may_change_their_mind() {
    let server = Instance::blog().start();
    let posted = server.post(PAGE, "Ann", "Hello");
    let first = vote(&server, &posted, 1, None);
    let token = first["token"].as_str().expect("a token for somebody new").to_owned();
    assert_eq!(first, json!({ "id": posted["comment"]["id"], "score": 1, "value": 1, "token": token }));
    for (value, expected) in [(1, 1), (1, 1), (-1, -1), (0, 0), (0, 0), (1, 1)] {
        let answer = vote(&server, &posted, value, Some(&token));
        assert_eq!(answer["token"], Value::Null, "they have one");
        assert_eq!(
            (answer["score"].as_i64(), answer["value"].as_i64()),
            (Some(expected), Some(value.into()))
        );
        assert_eq!(score(&server), expected, "after {value}");
    }
}

#[test]
fn the_votes_of_several_people_add_up() {
    let instance = Instance::blog();
    let server = instance.start();
    let posted = server.post(PAGE, "Ann", "Hello");
    for value in [1, 1, -1, 1] {
        vote(&server, &posted, value, None);
    }
    assert_eq!(score(&server), 2);
    assert_eq!(instance.number("SELECT up * 10 + down FROM comments"), 31);
}

#[test]
fn the_author_s_token_is_a_voter_s_token_too() {
    let server = Instance::blog().start();
    let posted = server.post(PAGE, "Ann", "Hello");
    let token = posted["edit_token"].as_str().unwrap();
    vote(&server, &posted, 1, Some(token));
    let id = posted["comment"]["id"].as_str().unwrap();
    assert_eq!(server.me(PAGE, token)["votes"], json!({ id: 1 }));
    vote(&server, &posted, 0, Some(token));
    assert_eq!(server.me(PAGE, token)["votes"], json!({}));
}

#[test]
fn a_voter_s_token_posts_under_the_same_person() {
    let server = Instance::blog().start();
    let posted = server.post(PAGE, "Ann", "Hello");
    let token = vote(&server, &posted, -1, None)["token"].as_str().unwrap().to_owned();
    let new = crate::support::comment(PAGE, "Bob", "I disagree");
    let answer = server.call("POST", "/api/v1/comments").bearer(&token).json(&new).send().expect(201).json();
    assert_eq!(answer["edit_token"], token.as_str());
    assert_eq!(server.me(PAGE, &token)["person"], json!({ "name": "Bob", "email": "", "url": "" }));
}

#[test]
fn a_vote_is_one_of_three_numbers() {
    let server = Instance::blog().start();
    let posted = server.post(PAGE, "Ann", "Hello");
    let path = format!("/api/v1/comments/{}/vote", posted["comment"]["id"].as_str().unwrap());
    let put = |value: Value| server.call("PUT", &path).json(&json!({ "value": value })).send();
    assert_eq!(put(json!(2)).refused_field(), "value");
    for bad in [json!(1000), json!("1"), json!(0.5), json!(null)] {
        put(bad).problem(422);
    }
    assert_eq!(score(&server), 0);
}

#[test]
fn what_readers_do_not_see_takes_no_votes_and_no_reports() {
    let (_instance, server, admin) = Instance::desk("all");
    let held = server.try_post(PAGE, "Ann", "Hello").expect(202).json();
    let id = held["comment"]["id"].as_str().unwrap();
    let refused = || {
        let path = format!("/api/v1/comments/{id}");
        server.call("PUT", &format!("{path}/vote")).json(&json!({ "value": 1 })).send().problem(404);
        server.post_json(&format!("{path}/report"), &json!({ "reason": "" })).problem(404);
    };
    refused();
    admin.moderate(&server, "spam", &[id]);
    refused();
    admin.moderate(&server, "approve", &[id]);
    vote(&server, &held, 1, None);
}

#[test]
fn one_address_does_not_make_a_crowd() {
    let instance = Instance::blog();
    let server = instance.start();
    let posted = server.post(PAGE, "Ann", "Hello");
    let path = format!("/api/v1/comments/{}/vote", posted["comment"]["id"].as_str().unwrap());
    let mut accepted = 0;
    for _ in 0..30 {
        let answer = server.call("PUT", &path).json(&json!({ "value": 1 })).send();
        if answer.status == 200 {
            accepted += 1;
        } else {
            answer.problem(403);
        }
    }
    assert!((1..30).contains(&accepted), "{accepted} votes of one address were counted");
    assert_eq!(score(&server), accepted);
    assert_eq!(instance.number("SELECT count(*) FROM votes"), accepted);
}
