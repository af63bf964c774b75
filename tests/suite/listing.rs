//! The order of a thread, and reading it page by page.

use serde_json::{Value, json};

use crate::support::{Instance, TestServer, encoded};

const PAGE: &str = "/posts/a";

fn bodies(thread: &Value) -> Vec<String> {
    let list = thread["comments"].as_array().unwrap().iter();
    list.map(|one| one["html"].as_str().unwrap().replace("<p>", "").replace("</p>", "")).collect()
}

fn vote(server: &TestServer, posted: &Value, value: i8) {
    let id = posted["comment"]["id"].as_str().unwrap();
    server
        .call("PUT", &format!("/api/v1/comments/{id}/vote"))
        .json(&json!({ "value": value }))
        .send()
        .expect(200);
}

/// All pages of a thread; `meanwhile` is called after each.
fn walk(server: &TestServer, sort: &str, limit: usize, mut meanwhile: impl FnMut(usize)) -> Vec<String> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    for number in 0.. {
        assert!(number < 200, "the pages have no end");
        let page = server.thread(PAGE, &format!("&sort={sort}&limit={limit}{cursor}"));
        let found = bodies(&page);
        assert!(found.len() <= limit, "{page}");
        all.extend(found);
        meanwhile(number);
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={}", encoded(next)),
            None => break,
        }
    }
    all
}

/// Five conversations `0` to `4`, the even ones with two replies.
fn grow(server: &TestServer) -> Vec<String> {
    let mut bodies = Vec::new();
    for n in 0..5 {
        let root = server.post(PAGE, "Ann", &format!("{n}"));
        bodies.push(format!("{n}"));
        for m in 0..if n % 2 == 0 { 2 } else { 0 } {
            server.reply(PAGE, &root, "Bob", &format!("{n}-{m}"));
            bodies.push(format!("{n}-{m}"));
        }
    }
    bodies
}

#[test]
fn oldest_and_newest_order_conversations_and_replies_stay_in_turn() {
    let server = Instance::blog().start();
    let a = server.post(PAGE, "Ann", "a");
    server.post(PAGE, "Ann", "b");
    let reply = server.reply(PAGE, &a, "Bob", "a1");
    server.reply(PAGE, &a, "Bob", "a2");
    server.reply(PAGE, &reply, "Cat", "a1x");
    assert_eq!(bodies(&server.thread(PAGE, "&sort=oldest")), ["a", "a1", "a1x", "a2", "b"]);
    assert_eq!(bodies(&server.thread(PAGE, "&sort=newest")), ["b", "a", "a1", "a1x", "a2"]);
    let depths: Vec<_> = server.thread(PAGE, "")["comments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["depth"].as_u64().unwrap())
        .collect();
    assert_eq!(depths, [0, 1, 2, 1, 0]);
}

#[test]
fn best_goes_by_votes_and_few_votes_prove_little() {
    let server = Instance::blog().start();
    let posts: Vec<_> = ["none", "one of one", "five of six", "disliked"]
        .iter()
        .map(|body| server.post(PAGE, "Ann", body))
        .collect();
    vote(&server, &posts[1], 1);
    for value in [1, 1, 1, 1, 1, -1] {
        vote(&server, &posts[2], value);
    }
    vote(&server, &posts[3], -1);
    let best = bodies(&server.thread(PAGE, "&sort=best"));
    assert_eq!(best[..2], ["five of six", "one of one"]);
    assert_eq!(best.len(), 4);
}

#[test]
fn without_a_sort_the_site_s_own_holds() {
    let instance = Instance::blog();
    instance.sql("UPDATE sites SET sort = 'newest'");
    let server = instance.start();
    server.post(PAGE, "Ann", "a");
    server.post(PAGE, "Ann", "b");
    let thread = server.thread(PAGE, "");
    assert_eq!((&thread["sort"], bodies(&thread)), (&"newest".into(), vec!["b".to_owned(), "a".to_owned()]));
    assert_eq!(server.thread(PAGE, "&sort=oldest")["site"]["sort"], "newest");
}

#[test]
fn pinned_conversations_come_first_in_every_order() {
    let (_instance, server, admin) = Instance::desk("none");
    let posts: Vec<_> = ["a", "b", "c"].iter().map(|body| server.post(PAGE, "Ann", body)).collect();
    server.reply(PAGE, &posts[1], "Bob", "b1");
    vote(&server, &posts[2], 1);
    let path = format!("/admin/comments/{}", posts[1]["comment"]["id"].as_str().unwrap());
    admin.post(&server, &path, &[("act", "pin")]).expect(303);
    for (sort, expected) in [
        ("oldest", ["b", "b1", "a", "c"]),
        ("newest", ["b", "b1", "c", "a"]),
        ("best", ["b", "b1", "c", "a"]),
    ] {
        let thread = server.thread(PAGE, &format!("&sort={sort}"));
        assert_eq!(bodies(&thread), expected, "{sort}");
        assert_eq!(
            (&thread["comments"][0]["pinned"], &thread["comments"][2]["pinned"]),
            (&true.into(), &false.into())
        );
        assert_eq!(walk(&server, sort, 1, |_| {}), expected, "{sort}, page by page");
    }
    admin.post(&server, &path, &[("act", "unpin")]).expect(303);
    assert_eq!(bodies(&server.thread(PAGE, "&sort=oldest")), ["a", "b", "b1", "c"]);
}

#[test]
fn replies_deeper_than_the_site_indents_say_whom_they_answer() {
    let instance = Instance::blog();
    instance.sql("UPDATE sites SET display_depth = 1");
    let server = instance.start();
    let mut above = server.post(PAGE, "Ann", "0");
    let first = above.clone();
    for name in ["Bob", "Cat", "Dan"] {
        above = server.reply(PAGE, &above, name, name);
    }
    let thread = server.thread(PAGE, "");
    let list = thread["comments"].as_array().unwrap();
    assert_eq!(thread["site"]["display_depth"], 1);
    assert_eq!(list.iter().map(|one| one["depth"].as_u64().unwrap()).collect::<Vec<_>>(), [0, 1, 2, 3]);
    assert_eq!((&list[0]["reply_to"], &list[1]["reply_to"]), (&Value::Null, &Value::Null));
    assert_eq!(list[1]["parent_id"], first["comment"]["id"]);
    assert_eq!(list[2]["reply_to"], json!({ "id": list[1]["id"], "name": "Bob" }));
    assert_eq!(list[3]["reply_to"], json!({ "id": list[2]["id"], "name": "Cat" }));
}

#[test]
fn a_conversation_may_be_as_deep_as_people_make_it() {
    let server = Instance::blog().start();
    let mut above = server.post(PAGE, "Ann", "0");
    for n in 1..60 {
        above = server.reply(PAGE, &above, "Ann", &n.to_string());
    }
    let expected: Vec<_> = (0..60).map(|n| n.to_string()).collect();
    assert_eq!(walk(&server, "oldest", 7, |_| {}), expected);
}

#[test]
fn pages_join_to_the_whole_thread() {
    let server = Instance::blog().start();
    let all = grow(&server);
    for limit in [1, 2, 3, 4, 200] {
        assert_eq!(walk(&server, "oldest", limit, |_| {}), all, "{limit} a page");
        for sort in ["newest", "best"] {
            let whole = bodies(&server.thread(PAGE, &format!("&sort={sort}")));
            assert_eq!(walk(&server, sort, limit, |_| {}), whole, "{sort}, {limit} a page");
        }
    }
}

#[test]
fn a_thread_of_single_comments_is_read_to_its_end() {
    let server = Instance::blog().start();
    let all: Vec<_> = (0..7).map(|n| n.to_string()).collect();
    for body in &all {
        server.post(PAGE, "Ann", body);
    }
    assert_eq!(walk(&server, "oldest", 2, |_| {}), all);
    assert_eq!(walk(&server, "newest", 2, |_| {}), all.iter().rev().cloned().collect::<Vec<_>>());
    assert_eq!(walk(&server, "best", 3, |_| {}).len(), 7);
}

#[test]
fn pages_stay_stable_while_others_post() {
    for sort in ["oldest", "newest"] {
        let server = Instance::blog().start();
        let mut before = grow(&server);
        let seen = walk(&server, sort, 2, |number| {
            if number < 4 {
                server.post(PAGE, "Eve", &format!("new {number}"));
            }
        });
        let mut found: Vec<_> = seen.iter().filter(|body| !body.starts_with("new")).cloned().collect();
        found.sort();
        before.sort();
        assert_eq!(found, before, "{sort}: none missing, none twice");
        let mut new: Vec<_> = seen.iter().filter(|body| body.starts_with("new")).collect();
        let number = new.len();
        new.sort();
        new.dedup();
        assert_eq!(new.len(), number, "{sort}: no new one twice");
    }
}

#[test]
fn pages_stay_stable_while_comments_go() {
    let (_instance, server, admin) = Instance::desk("none");
    let posts: Vec<_> = (0..6).map(|n| server.post(PAGE, "Ann", &n.to_string())).collect();
    let seen = walk(&server, "oldest", 2, |number| {
        if number == 0 {
            // The last one that was read: the cursor stands on it.
            admin.moderate(&server, "delete", &[posts[1]["comment"]["id"].as_str().unwrap()]);
        }
    });
    assert_eq!(seen, ["0", "1", "2", "3", "4", "5"]);
}

#[test]
fn a_limit_is_a_number_from_1_to_200() {
    let server = Instance::blog().start();
    for bad in ["0", "201"] {
        let answer = server.get(&format!("/api/v1/threads?site=blog&page=/a&limit={bad}"));
        assert_eq!(answer.refused_field(), "limit", "{bad}");
    }
    for bad in ["-1", "many", "1.5", ""] {
        server.get(&format!("/api/v1/threads?site=blog&page=/a&limit={bad}")).problem(422);
    }
    server.get_json("/api/v1/threads?site=blog&page=/a&limit=200");
}

#[test]
fn a_page_has_a_hundred_comments_unless_asked_otherwise() {
    let server = Instance::blog().start();
    for n in 0..101 {
        server.post(PAGE, "Ann", &n.to_string());
    }
    let first = server.thread(PAGE, "");
    assert_eq!(first["comments"].as_array().unwrap().len(), 100);
    assert_eq!(first["thread"]["count"], 101);
    let next = first["next_cursor"].as_str().unwrap();
    assert_eq!(bodies(&server.thread(PAGE, &format!("&cursor={next}"))), ["100"]);
}

#[test]
fn a_cursor_that_is_none_of_ours_is_refused() {
    let server = Instance::blog().start();
    grow(&server);
    let cursor = server.thread(PAGE, "&sort=oldest&limit=1")["next_cursor"].as_str().unwrap().to_owned();
    for query in [format!("&sort=newest&cursor={cursor}"), "&cursor=rubbish".into(), "&cursor=".into()] {
        let answer = server.get(&format!("/api/v1/threads?site=blog&page={PAGE}{query}"));
        assert_eq!(answer.refused_field(), "cursor", "{query}");
    }
}

#[test]
fn an_unchanged_thread_is_not_sent_again() {
    let server = Instance::blog().start();
    server.post(PAGE, "Ann", "a");
    for path in ["/api/v1/threads?site=blog&page=/posts/a", "/api/v1/counts?site=blog&page=/posts/a"] {
        let first = server.get(path).expect(200);
        let tag = first.header("etag").expect("an ETag").to_owned();
        let again = server.call("GET", path).header("if-none-match", &tag).send().expect(304);
        assert!(again.bytes.is_empty());
        assert_eq!(again.header("etag"), Some(tag.as_str()));
        assert_eq!(again.header("access-control-allow-origin"), Some("*"));
        server.post(PAGE, "Ann", "b");
        let changed = server.call("GET", path).header("if-none-match", &tag).send().expect(200);
        assert_ne!(changed.header("etag"), Some(tag.as_str()));
    }
}
