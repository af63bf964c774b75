//! What is refused, and that the words say why.

use serde_json::{Value, json};

use crate::support::{Answer, BLOG, Instance, TestServer, comment};

const PAGE: &str = "/posts/a";

fn post(server: &TestServer, new: &Value) -> Answer {
    server.post_json("/api/v1/comments", new)
}

fn with(key: &str, value: impl Into<Value>) -> Value {
    let mut new = comment(PAGE, "Ann", "Hello");
    match key.split_once('.') {
        Some((outer, inner)) => new[outer][inner] = value.into(),
        None => new[key] = value.into(),
    }
    new
}

fn is_empty(server: &TestServer) -> bool {
    server.thread(PAGE, "")["comments"] == json!([])
}

#[test]
fn each_bad_field_is_named() {
    let server = Instance::blog().start();
    let cases = [
        (with("body", ""), "body"),
        (with("body", " \n\t "), "body"),
        (with("body", "x".repeat(10_001)), "body"),
        (with("author.name", ""), "author.name"),
        (with("author.name", "  "), "author.name"),
        (with("author.name", "x".repeat(81)), "author.name"),
        (with("author.name", "Ann\u{202e}nnA"), "author.name"),
        (with("author.name", "\u{200b}\u{2060}"), "author.name"),
        (with("author.email", "nobody"), "author.email"),
        (with("author.url", "no website"), "author.url"),
        (with("page", ""), "page"),
        (with("page", "/a\u{7}"), "page"),
        (with("page", format!("/{}", "x".repeat(2048))), "page"),
        (with("elapsed_ms", 100), "elapsed_ms"),
    ];
    for (new, field) in cases {
        assert_eq!(post(&server, &new).refused_field(), field, "{new}");
    }
    assert!(is_empty(&server));
    for fine in [
        with("body", "ö".repeat(10_000)),
        with("author.name", "ö".repeat(80)),
        with("elapsed_ms", 60_000),
        with("body", "[](https://a.example)"),
    ] {
        post(&server, &fine).expect(201);
    }
}

#[test]
fn what_is_missing_is_refused_by_name() {
    let server = Instance::blog().start();
    for field in ["site", "page", "body"] {
        let mut new = comment(PAGE, "Ann", "Hello");
        new.as_object_mut().unwrap().remove(field);
        let (words, _) = post(&server, &new).problem(422);
        assert!(words.contains(field), "{words}");
    }
    let mut nameless = comment(PAGE, "", "Hello");
    nameless.as_object_mut().unwrap().remove("author");
    assert_eq!(post(&server, &nameless).refused_field(), "author.name");
}

#[test]
fn who_has_no_token_is_told_nothing_of_what_is_there() {
    let server = Instance::blog().start();
    for id in [server.post(PAGE, "Ann", "Hello")["comment"]["id"].as_str().unwrap(), "0000000000000"] {
        let path = format!("/api/v1/comments/{id}");
        server.call("PATCH", &path).json(&json!({ "body": "x" })).send().problem(403);
        server.call("PATCH", &path).bearer("made-up").json(&json!({ "body": "x" })).send().problem(403);
        server.call("DELETE", &path).send().problem(403);
        server.get(&format!("{path}/source")).problem(403);
    }
}

#[test]
fn what_is_not_there_is_not_found() {
    let server = Instance::blog().start();
    let (words, _) = post(&server, &with("site", "blok")).problem(404);
    assert!(words.contains("blok"), "{words}");
    post(&server, &with("parent_id", "0000000000000")).problem(404);
    for path in [
        "threads?site=blok&page=/a",
        "me?site=blok&page=/a",
        "counts?site=blok&page=/a",
        "stream?site=blok&page=/a",
    ] {
        server.get(&format!("/api/v1/{path}")).problem(404);
    }
    let token = server.post("/posts/elsewhere", "Ann", "Hello")["edit_token"].as_str().unwrap().to_owned();
    for id in ["0000000000000", "not-an-id", "vvvvvvvvvvvvv", "7vvvvvvvvvvvv", "1hc7q9k2m0a3bb"] {
        let path = format!("/api/v1/comments/{id}");
        server.call("PATCH", &path).bearer(&token).json(&json!({ "body": "x" })).send().problem(404);
        server.call("DELETE", &path).bearer(&token).send().problem(404);
        server.call("GET", &format!("{path}/source")).bearer(&token).send().problem(404);
        server.call("PUT", &format!("{path}/vote")).json(&json!({ "value": 1 })).send().problem(404);
        server.post_json(&format!("{path}/report"), &json!({ "reason": "x" })).problem(404);
    }
    assert!(is_empty(&server));
}

#[test]
fn a_reply_belongs_to_the_page_of_its_parent() {
    let instance = Instance::blog();
    instance.site("other", "https://other.example", "none");
    let server = instance.start();
    let posted = server.post("/posts/b", "Ann", "Hello");
    let mut astray = with("parent_id", posted["comment"]["id"].clone());
    post(&server, &astray).problem(404);
    astray["site"] = "other".into();
    astray["page"] = "/posts/b".into();
    post(&server, &astray).problem(404);
    assert!(is_empty(&server));
}

#[test]
fn nobody_replies_to_what_readers_do_not_see() {
    let (_instance, server, admin) = Instance::desk("none");
    let posted = server.post(PAGE, "Ann", "Hello");
    server.reply(PAGE, &posted, "Bob", "Hi");
    for verb in ["hold", "spam", "delete"] {
        admin.moderate(&server, verb, &[posted["comment"]["id"].as_str().unwrap()]);
        post(&server, &with("parent_id", posted["comment"]["id"].clone())).problem(404);
    }
}

#[test]
fn unknown_addresses_are_told_in_problem_documents() {
    let server = Instance::blog().start();
    for path in
        ["/api/v1/", "/api/v1/nothing", "/api/v2/threads", "/nothing", "/w/x/nothing.js", "/feeds/none.atom"]
    {
        server.get(path).problem(404);
    }
    server.call("POST", "/nothing").send().problem(404);
}

#[test]
fn a_method_that_an_address_does_not_take_is_refused_as_that() {
    let server = Instance::blog().start();
    for (method, path, taken) in [
        ("GET", "/api/v1/comments/0000000000000", "DELETE"),
        ("POST", "/api/v1/threads", "GET"),
        ("DELETE", "/api/v1/me", "GET"),
        ("GET", "/api/v1/comments", "POST"),
        ("POST", "/api/v1/comments/0000000000000/vote", "PUT"),
        ("GET", "/api/v1/preview", "POST"),
        ("PUT", "/healthz", "GET"),
    ] {
        let answer = server.call(method, path).send();
        assert_eq!(answer.status, 405, "{method} {path}");
        answer.problem(405);
        let allowed = answer.header("allow").unwrap_or_else(|| panic!("{method} {path}: no Allow header"));
        assert!(allowed.contains(taken), "{method} {path}: {allowed}");
    }
}

#[test]
fn a_browser_gets_a_page_where_a_program_gets_a_document() {
    let server = Instance::blog().start();
    let page = server.call("GET", "/nothing").header("accept", "text/html").send().expect(404);
    assert!(page.header("content-type").unwrap().starts_with("text/html"), "{page:?}");
    assert!(page.text().contains("There is nothing here"), "{}", page.text());
    server.call("GET", "/api/v1/nothing").header("accept", "text/html").send().problem(404);
}

#[test]
fn malformed_json_is_refused_with_words() {
    let server = Instance::blog().start();
    for body in
        ["", "{", "[]", "null", "\"x\"", "{\"site\":1}", "{\"site\":\"blog\",\"page\":\"/a\",\"body\":[]}"]
    {
        for (method, path) in [("POST", "comments"), ("POST", "preview")] {
            let answer =
                server.call(method, &format!("/api/v1/{path}")).body("application/json", body).send();
            answer.problem(422);
        }
    }
    let not_utf8 = b"{\"site\":\"blog\",\"page\":\"/a\",\"body\":\"\xff\xfe\"}";
    server.call("POST", "/api/v1/comments").body("application/json", not_utf8).send().problem(422);
    assert!(is_empty(&server));
}

#[test]
fn a_huge_body_is_refused_before_it_is_read() {
    let server = Instance::blog().start();
    let answer = post(&server, &with("body", "x".repeat(300_000)));
    assert!([413, 422].contains(&answer.status), "{}", answer.text());
    answer.problem(answer.status);
    // Claimed only: a server that waited for it would wait for ever.
    let mut raw = server.raw();
    let length = (10_u64 << 30).to_string();
    raw.head("POST /api/v1/comments", &[("Content-Type", "application/json"), ("Content-Length", &length)]);
    let (status, _) = raw.answer_head();
    assert!([413, 422].contains(&status), "{status}");
}

/// Four hundred bytes can become a gigabyte: nothing is unpacked to find out.
#[test]
fn a_packed_body_is_refused_before_it_is_unpacked() {
    let server = Instance::blog().start();
    for path in ["/api/v1/preview", "/api/v1/comments", "/admin/sign-in", "/admin/setup", "/healthz"] {
        for encoding in ["br", "gzip", "deflate", "zstd", "identity, br", "GZIP"] {
            let call = server.call("POST", path).header("content-encoding", encoding);
            let answer = call.body("application/json", b"\x1f\x8b\x08\x00".as_slice()).send();
            answer.problem(415);
            assert_eq!(answer.header("accept-encoding"), Some("identity"), "{path} {encoding}");
        }
    }
    let call = server.call("POST", "/api/v1/preview").header("content-encoding", "identity");
    call.json(&json!({ "body": "x", "site": "blog" })).send().expect(200);
}

#[test]
fn who_says_several_origins_or_none_that_can_be_read_is_from_elsewhere() {
    let server = Instance::blog().start();
    let body = with("body", "x").to_string();
    let length = body.len().to_string();
    let origins: [&[&str]; 3] =
        [&[BLOG, "https://evil.example"], &["https://evil.example", BLOG], &["bl\u{f6}g"]];
    for origins in origins {
        let mut raw = server.raw();
        let mut headers = vec![("Content-Type", "application/json"), ("Content-Length", &*length)];
        headers.extend(origins.iter().map(|origin| ("Origin", *origin)));
        raw.head("POST /api/v1/comments", &headers);
        raw.send(body.as_bytes());
        assert_eq!(raw.answer_head().0, 403, "{origins:?}");
    }
    let (words, _) =
        server.call("POST", "/api/v1/comments").origin("null").json(&with("body", "x")).send().problem(403);
    assert!(words.contains("opened from the disk") && !words.contains("add null"), "{words}");
    assert!(is_empty(&server));
}

#[test]
fn a_query_that_does_not_fit_is_refused_with_words() {
    let server = Instance::blog().start();
    for query in ["", "site=blog", "page=/a", "site=blog&page=/a&sort=worst", "site=blog&page=/a&sort="] {
        let (words, _) = server.get(&format!("/api/v1/threads?{query}")).problem(422);
        assert!(!words.contains("serde"), "{words}");
    }
}

#[test]
fn too_many_at_once_are_told_when_to_come_back() {
    let instance = Instance::blog();
    let limits = [
        ("LIMITS_POSTS_PER_MINUTE", "2"),
        ("LIMITS_VOTES_PER_MINUTE", "2"),
        ("LIMITS_REPORTS_PER_MINUTE", "2"),
        ("LIMITS_PREVIEWS_PER_MINUTE", "2"),
    ];
    let server = instance.start_with(&limits);
    let posted = server.post(PAGE, "Ann", "1");
    server.post(PAGE, "Ann", "2");
    let path = format!("/api/v1/comments/{}", posted["comment"]["id"].as_str().unwrap());
    let token = posted["edit_token"].as_str().unwrap();
    let late = |answer: &Answer| {
        answer.problem(429);
        let seconds: u64 = answer.header("retry-after").expect("Retry-After").parse().unwrap();
        assert!((1..=60).contains(&seconds), "{seconds}");
    };
    late(&server.try_post(PAGE, "Ann", "3"));
    late(&server.call("PATCH", &path).bearer(token).json(&json!({ "body": "x" })).send());
    late(&server.call("DELETE", &path).bearer(token).send());
    let thrice = |ask: &dyn Fn() -> Answer| {
        assert!(ask().status < 300 && ask().status < 300);
        late(&ask());
    };
    thrice(&|| server.call("PUT", &format!("{path}/vote")).bearer(token).json(&json!({ "value": 1 })).send());
    thrice(&|| server.post_json(&format!("{path}/report"), &json!({})));
    thrice(&|| server.post_json("/api/v1/preview", &json!({ "body": "x" })));
    assert_eq!(server.thread(PAGE, "")["thread"]["count"], 2);
}

#[test]
fn one_person_s_limit_holds_for_posts_and_for_edits() {
    let server = Instance::blog().start_with(&[("LIMITS_PERSON_POSTS_PER_MINUTE", "2")]);
    let posted = server.post(PAGE, "Ann", "First, as nobody known");
    let token = posted["edit_token"].as_str().unwrap();
    let again =
        || server.call("POST", "/api/v1/comments").bearer(token).json(&comment(PAGE, "Ann", "More")).send();
    assert_eq!((again().status, again().status), (201, 201));
    again().problem(429);
    server.post(PAGE, "Bob", "Somebody else is not held up");
    let path = format!("/api/v1/comments/{}", posted["comment"]["id"].as_str().unwrap());
    server.call("PATCH", &path).bearer(token).json(&json!({ "body": "x" })).send().problem(429);
}
