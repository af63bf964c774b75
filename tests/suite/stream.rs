//! Live streams: what changes in a thread, as it happens.

use serde_json::{Value, json};

use crate::support::{BLOG, Instance, Stream};

const PAGE: &str = "/posts/a";

fn id(posted: &Value) -> &str {
    posted["comment"]["id"].as_str().unwrap()
}

#[test]
fn a_new_comment_is_told_to_who_listens() {
    let server = Instance::blog().start();
    let first = server.post(PAGE, "Ann", "Hello");
    let mut stream = server.stream(PAGE);
    let reply = server.reply(PAGE, &first, "Bob", "Hi");
    let event = stream.find(|event| event.data["id"] == reply["comment"]["id"]);
    assert_eq!(event.kind, "published");
    let thread = server.thread(PAGE, "")["thread"]["id"].clone();
    assert_eq!(
        event.data,
        json!({ "id": id(&reply), "parent_id": id(&first), "thread_id": thread, "count": 2 })
    );
    assert!(event.id.parse::<i64>().is_ok(), "{event:?}");
}

#[test]
fn a_stream_may_be_open_before_the_first_comment() {
    let server = Instance::blog().start();
    let mut stream = server.stream(PAGE);
    let first = server.post(PAGE, "Ann", "Hello");
    let event = stream.next();
    assert_eq!((event.kind.as_str(), &event.data["id"]), ("published", &first["comment"]["id"]));
    assert_eq!((&event.data["parent_id"], &event.data["count"]), (&Value::Null, &1.into()));
}

#[test]
fn other_threads_and_other_sites_are_not_heard() {
    let instance = Instance::blog();
    instance.site("other", "https://other.example", "none");
    let server = instance.start();
    let mut stream = server.stream(PAGE);
    server.post("/posts/b", "Ann", "Elsewhere");
    let mut new = crate::support::comment(PAGE, "Ann", "On another site");
    new["site"] = "other".into();
    server.post_json("/api/v1/comments", &new).expect(201);
    let here = server.post(PAGE, "Ann", "Here");
    assert_eq!(stream.next().data["id"], here["comment"]["id"]);
}

#[test]
fn edits_votes_deletions_and_locks_are_told() {
    let (_instance, server, admin) = Instance::desk("none");
    let posted = server.post(PAGE, "Ann", "Hello");
    let (path, token) = (format!("/api/v1/comments/{}", id(&posted)), posted["edit_token"].as_str().unwrap());
    let mut stream = server.stream(PAGE);
    server.call("PATCH", &path).bearer(token).json(&json!({ "body": "Hello!" })).send().expect(200);
    stream.find(|event| event.kind == "changed");
    server.call("PUT", &format!("{path}/vote")).json(&json!({ "value": 1 })).send().expect(200);
    assert_eq!(stream.next().kind, "changed");
    let page = format!("/admin/comments/{}", id(&posted));
    for (act, locked) in [("lock", true), ("unlock", false)] {
        admin.post(&server, &page, &[("act", act)]).expect(303);
        let event = stream.next();
        assert_eq!((event.kind.as_str(), &event.data["locked"]), ("thread", &locked.into()));
    }
    server.call("DELETE", &path).origin(BLOG).bearer(token).send().expect(204);
    let event = stream.next();
    assert_eq!((event.kind.as_str(), &event.data["count"]), ("removed", &0.into()));
}

#[test]
fn a_held_comment_is_told_when_it_is_approved_and_not_before() {
    let (_instance, server, admin) = Instance::desk("all");
    let held = server.try_post(PAGE, "Ann", "Wait").expect(202).json();
    let approved = server.try_post(PAGE, "Bob", "Me first").expect(202).json();
    let mut stream = server.stream(PAGE);
    let another = server.try_post(PAGE, "Cat", "And me").expect(202).json();
    admin.moderate(&server, "approve", &[id(&approved)]);
    let event = stream.next();
    assert_eq!((event.kind.as_str(), &event.data["id"]), ("published", &approved["comment"]["id"]));
    admin.moderate(&server, "approve", &[id(&held), id(&another)]);
    assert_eq!((stream.next().kind, stream.next().kind), ("published".into(), "published".into()));
}

#[test]
fn who_comes_back_is_told_what_they_missed() {
    let server = Instance::blog().start();
    let mut stream = server.stream(PAGE);
    server.post(PAGE, "Ann", "1");
    let seen = stream.next();
    drop(stream);
    let missed: Vec<_> =
        ["2", "3"].map(|body| server.post(PAGE, "Ann", body)["comment"]["id"].clone()).into();
    server.post("/posts/b", "Ann", "Elsewhere");
    let path = format!("/api/v1/stream?site=blog&page={PAGE}");
    let mut again = Stream::open_at(&server, &path, &seen.id);
    assert_eq!([again.next().data["id"].clone(), again.next().data["id"].clone()], missed[..]);
    let now = server.post(PAGE, "Ann", "4")["comment"]["id"].clone();
    again.find(|event| event.data["id"] == now);
}

#[test]
fn the_greeting_has_a_number_from_which_what_was_missed_is_told() {
    let (_instance, server, admin) = Instance::desk("all");
    let early = server.try_post(PAGE, "Ann", "Waiting").expect(202).json();
    let later = server.try_post(PAGE, "Bob", "Approved at once").expect(202).json();
    admin.moderate(&server, "approve", &[id(&later)]);
    let path = format!("/api/v1/stream?site=blog&page={PAGE}");
    let number = Stream::greeting(&server, &path);
    assert_eq!(
        server.thread(PAGE, "")["last_event"],
        number,
        "what was read may be listened to from there on"
    );
    admin.moderate(&server, "hold", &[id(&later)]);
    admin.moderate(&server, "approve", &[id(&early)]);
    let mut back = Stream::open(&server, &format!("{path}&since={number}"));
    let told = [back.next(), back.next()].map(|event| (event.kind, event.data["id"].clone()));
    let expected = [("removed", &later), ("published", &early)];
    assert_eq!(told, expected.map(|(kind, of)| (kind.to_owned(), of["comment"]["id"].clone())));
    let newest = Stream::greeting(&server, &path);
    assert_eq!(Stream::greeting(&server, &format!("{path}&since=99999")), newest, "a number from the future");
}

#[test]
fn what_was_missed_is_told_once() {
    let server = Instance::blog().start();
    let mut stream = server.stream(PAGE);
    server.post(PAGE, "Ann", "1");
    let seen = stream.next();
    drop(stream);
    server.post(PAGE, "Ann", "2");
    let mut again = Stream::open_at(&server, &format!("/api/v1/stream?site=blog&page={PAGE}"), &seen.id);
    let last = server.post(PAGE, "Ann", "3")["comment"]["id"].clone();
    let mut numbers = vec![];
    while numbers.last().is_none_or(|(_, id)| *id != last) {
        let event = again.next();
        numbers.push((event.id.parse::<i64>().unwrap(), event.data["id"].clone()));
    }
    assert!(numbers.windows(2).all(|pair| pair[0].0 < pair[1].0), "{numbers:?}");
}

#[test]
fn a_stream_begins_with_what_happens_after_it_was_opened() {
    let server = Instance::blog().start();
    server.post(PAGE, "Ann", "Before");
    let mut stream = server.stream(PAGE);
    let after = server.post(PAGE, "Ann", "After");
    assert_eq!(stream.next().data["id"], after["comment"]["id"]);
}

#[test]
fn a_stream_is_neither_kept_nor_compressed_and_open_to_all_pages() {
    let server = Instance::blog().start();
    let stream = server.stream(PAGE);
    let has = |wanted: &str| {
        assert!(stream.headers.iter().any(|one| one == wanted), "{wanted}: {:?}", stream.headers);
    };
    has("content-type: text/event-stream");
    has("cache-control: no-store");
    has("access-control-allow-origin: *");
    assert!(!stream.headers.iter().any(|one| one.contains("gzip") || one.contains("encoding: br")));
}

#[test]
fn one_address_holds_only_so_many_streams() {
    let server = Instance::blog().start_with(&[("LIMITS_STREAMS_PER_ADDRESS", "2")]);
    let (first, _second) = (server.stream(PAGE), server.stream("/posts/b"));
    let path = format!("/api/v1/stream?site=blog&page={PAGE}");
    let refused = server.get(&path);
    refused.problem(429);
    assert!(refused.header("retry-after").is_some());
    drop(first);
    // The server notices that somebody left when it next has something to say to them.
    crate::support::wait_for("a free seat", || {
        server.post(PAGE, "Ann", "Anybody there?");
        Stream::try_open(&server, &path)
    });
}

#[test]
fn two_processes_on_one_file_tell_each_other_s_news() {
    let instance = Instance::blog();
    let (here, there) = (instance.start(), instance.start());
    let mut stream = there.stream(PAGE);
    let posted = here.post(PAGE, "Ann", "From the other one");
    let event = stream.next();
    assert_eq!((event.kind.as_str(), &event.data["id"]), ("published", &posted["comment"]["id"]));
    assert_eq!(there.thread(PAGE, "")["comments"][0]["id"], posted["comment"]["id"]);
    let mut back = here.stream(PAGE);
    let reply = there.reply(PAGE, &posted, "Bob", "And back");
    back.find(|event| event.data["id"] == reply["comment"]["id"]);
    assert_eq!(here.thread(PAGE, "")["thread"]["count"], 2);
}
