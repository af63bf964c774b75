//! Mistakes that other comment systems made, each by name: none of them is to be made again here.

use serde_json::{Value, json};

use crate::support::{BLOG, Instance, TestServer, comment};

const PAGE: &str = "/posts/a";
const EVIL: &str = "https://evil.example";

fn id(posted: &Value) -> &str {
    posted["comment"]["id"].as_str().unwrap()
}

fn token(posted: &Value) -> &str {
    posted["edit_token"].as_str().unwrap()
}

fn edit(server: &TestServer, posted: &Value, body: &str) -> Value {
    let call = server.call("PATCH", &format!("/api/v1/comments/{}", id(posted))).bearer(token(posted));
    call.json(&json!({ "body": body })).send().expect(200).json()
}

fn status(answer: &Value) -> &str {
    answer["comment"]["status"].as_str().unwrap()
}

#[test]
fn a_missing_site_does_not_skip_the_origin_check() {
    let server = Instance::blog().start();
    for site in [None, Some(json!("")), Some(Value::Null), Some(json!("other"))] {
        let mut new = comment(PAGE, "Eve", "Hello");
        match site {
            Some(site) => new["site"] = site,
            None => drop(new.as_object_mut().unwrap().remove("site")),
        }
        let answer = server.call("POST", "/api/v1/comments?site=blog").origin(EVIL).json(&new).send();
        assert!([404, 422].contains(&answer.status), "{}", answer.text());
    }
    // These name no site at all: the comment's own holds.
    let posted = server.post(PAGE, "Ann", "Hello");
    let path = format!("/api/v1/comments/{}", id(&posted));
    let ask = |method: &str, end: &str, body: Value| {
        let call = server.call(method, &format!("{path}{end}")).origin(EVIL).bearer(token(&posted));
        call.json(&body).send().problem(403)
    };
    ask("PATCH", "", json!({ "body": "Changed" }));
    ask("PUT", "/vote", json!({ "value": 1 }));
    ask("POST", "/report", json!({ "reason": "x" }));
    server.call("DELETE", &path).origin(EVIL).bearer(token(&posted)).send().problem(403);
    let thread = server.thread(PAGE, "");
    assert_eq!((&thread["thread"]["count"], &thread["comments"][0]["score"]), (&1.into(), &0.into()));
}

#[test]
fn a_post_from_another_origin_names_the_origin_to_add() {
    let server = Instance::blog().start();
    let new = comment(PAGE, "Eve", "Hello");
    for origin in
        [EVIL, "http://blog.example", "https://blog.example:8443", "https://blog.example.evil.example"]
    {
        let (words, _) =
            server.call("POST", "/api/v1/comments").origin(origin).json(&new).send().problem(403);
        assert!(words.contains(&format!("add {origin} ")), "{words}");
    }
    server.call("POST", "/api/v1/comments").origin("null").json(&new).send().problem(403);
    server.call("POST", "/api/v1/comments").origin(BLOG).json(&new).send().expect(201);
    assert_eq!(server.thread(PAGE, "")["thread"]["count"], 1);
}

#[test]
fn an_origin_that_is_not_the_site_s_learns_no_more_from_the_words() {
    let instance = Instance::blog();
    instance.site("other", EVIL, "none");
    let server = instance.start();
    // The origin of another site of the same server is a stranger here.
    server.call("POST", "/api/v1/comments").origin(EVIL).json(&comment(PAGE, "Eve", "x")).send().problem(403);
}

#[test]
fn policies_hold_for_edits_too() {
    let harmless = "Nothing to see";
    let linked = "Buy at https://watches.example";
    // Links: a comment without any is published; one that gets a link by an edit is held.
    let server = Instance::blog_with("links").start();
    let posted = server.post(PAGE, "Ann", harmless);
    assert_eq!(status(&edit(&server, &posted, linked)), "held");
    assert_eq!(server.thread(PAGE, "")["comments"], json!([]));
    assert_eq!(status(&edit(&server, &posted, harmless)), "held", "and is not let in by taking it out again");

    // First: approved when it was harmless, then edited by somebody who has nothing else approved.
    let (_instance, server, admin) = Instance::desk("first");
    let held = server.try_post(PAGE, "Ann", harmless).expect(202).json();
    admin.moderate(&server, "approve", &[id(&held)]);
    assert_eq!(server.thread(PAGE, "")["thread"]["count"], 1);
    assert_eq!(status(&edit(&server, &held, linked)), "held");
    assert_eq!(server.thread(PAGE, "")["thread"]["count"], 0);

    // All: every edit waits again.
    let (_instance, server, admin) = Instance::desk("all");
    let held = server.try_post(PAGE, "Ann", harmless).expect(202).json();
    admin.moderate(&server, "approve", &[id(&held)]);
    assert_eq!(status(&edit(&server, &held, "Still harmless")), "held");
    assert_eq!(admin.queue(&server, "held"), [id(&held)]);
    assert_eq!(server.thread(PAGE, "")["comments"], json!([]));
}

#[test]
fn an_edit_does_not_bring_spam_back() {
    let (_instance, server, admin) = Instance::desk("none");
    let posted = server.post(PAGE, "Ann", "Buy watches");
    admin.moderate(&server, "spam", &[id(&posted)]);
    edit(&server, &posted, "Buy nothing");
    assert_eq!(server.thread(PAGE, "")["comments"], json!([]));
    assert_eq!(admin.queue(&server, "spam"), [id(&posted)]);
}

#[test]
fn each_rule_holds_what_it_says() {
    let post = |server: &TestServer, token: Option<&str>, body: &str| {
        let call = server.call("POST", "/api/v1/comments").json(&comment(PAGE, "Ann", body));
        if let Some(token) = token { call.bearer(token).send() } else { call.send() }
    };
    let server = Instance::blog_with("links").start();
    for (body, expected) in [
        ("plain", 201),
        ("https://a.example", 202),
        ("[a](http://b.example)", 202),
        ("`https://c.example`", 201),
    ] {
        assert_eq!(post(&server, None, body).status, expected, "{body}");
    }
    let (_instance, server, admin) = Instance::desk("first");
    let first = post(&server, None, "first").expect(202).json();
    post(&server, Some(token(&first)), "second, too early").expect(202);
    admin.moderate(&server, "approve", &[id(&first)]);
    post(&server, Some(token(&first)), "third, known now").expect(201);
    post(&server, None, "somebody else of the same name").expect(202);
    admin.moderate(&server, "spam", &[id(&first)]);
}

#[test]
fn who_fills_the_hidden_field_is_not_published_and_not_told() {
    let (_instance, server, admin) = Instance::desk("none");
    let mut new = comment(PAGE, "Bot", "Buy watches");
    new["website"] = "https://watches.example".into();
    let answer = server.post_json("/api/v1/comments", &new).expect(202).json();
    assert_eq!(status(&answer), "held");
    let because = answer["held_because"].as_str().unwrap();
    assert!(!because.contains("hidden") && because.ends_with("this site looks at first."), "{because}");
    assert_eq!(server.thread(PAGE, "")["comments"], json!([]));
    assert_eq!(admin.queue(&server, "spam"), [id(&answer)]);
    assert!(admin.queue(&server, "held").is_empty());
}

/// How many of ten posts are taken, each with headers of its own.
fn taken(server: &TestServer, headers: impl Fn(usize) -> Vec<(&'static str, String)>) -> usize {
    let post = |n: usize| {
        let call = server.call("POST", "/api/v1/comments").json(&comment(PAGE, "Ann", &n.to_string()));
        headers(n).iter().fold(call, |call, (name, value)| call.header(name, value)).send().status
    };
    (0..10).filter(|n| post(*n) == 201).count()
}

#[test]
fn forwarded_headers_from_anyone_are_not_believed() {
    let instance = Instance::blog();
    let limited = ("LIMITS_POSTS_PER_MINUTE", "3");
    let names = ["x-forwarded-for", "x-real-ip", "forwarded", "cf-connecting-ip", "true-client-ip"];
    let spoofed = |n: usize| names.map(|name| (name, format!("192.0.2.{n}"))).to_vec();
    for proxies in ["", "10.0.0.0/8"] {
        let server = instance.start_with(&[limited, ("SERVER_TRUSTED_PROXIES", proxies)]);
        assert_eq!(taken(&server, spoofed), 3, "trusting {proxies:?}");
    }
    let server = instance.start_with(&[limited, ("SERVER_TRUSTED_PROXIES", "127.0.0.1")]);
    let forwarded = |n: usize| vec![("x-forwarded-for", format!("192.0.2.{n}"))];
    assert_eq!(taken(&server, forwarded), 10, "each address has a limit of its own");
    let behind = |n: usize| vec![("x-forwarded-for", format!("192.0.2.{n}, 198.51.100.7"))];
    assert_eq!(taken(&server, behind), 3, "only the hop that the proxy itself saw counts");
}

#[test]
fn a_forwarded_header_of_two_lines_is_read_as_one_list() {
    let instance = Instance::blog();
    let server =
        instance.start_with(&[("LIMITS_POSTS_PER_MINUTE", "3"), ("SERVER_TRUSTED_PROXIES", "127.0.0.1")]);
    // Some proxies add a line of their own and leave what the client claimed.
    let lines = |n: usize| {
        vec![("x-forwarded-for", format!("192.0.2.{n}")), ("x-forwarded-for", "198.51.100.7".to_owned())]
    };
    assert_eq!(taken(&server, lines), 3);
}

#[test]
fn a_missing_content_type_is_not_a_way_in() {
    let server = Instance::blog().start();
    let body = comment(PAGE, "Eve", "Hello").to_string();
    let length = body.len().to_string();
    let kinds = [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
    ];
    for kind in kinds {
        let mut headers = vec![("Content-Length", length.as_str()), ("Connection", "close")];
        if !kind.is_empty() {
            headers.push(("Content-Type", kind));
        }
        let mut raw = server.raw();
        raw.head("POST /api/v1/comments", &headers);
        raw.send(body.as_bytes());
        let (status, answered) = raw.answer_head();
        assert!([415, 422].contains(&status), "{kind:?}: {status}");
        assert!(answered.contains(&"content-type: application/problem+json".to_owned()), "{answered:?}");
    }
    assert_eq!(server.thread(PAGE, "")["comments"], json!([]));
}

#[test]
fn the_first_visitor_does_not_become_admin() {
    let instance = Instance::new();
    let server = instance.start();
    for path in ["/admin/queue", "/admin/sites", "/admin/account"] {
        server.get(path).expect(303);
    }
    let fields = [("email", "eve@example.org"), ("name", "Eve"), ("password", "a long enough one")];
    for path in ["/admin/setup", "/admin/sign-in", "/admin/sites"] {
        let answer = crate::support::send_form(server.call("POST", path), &fields);
        assert!(answer.header("set-cookie").is_none(), "{path}");
    }
    assert_eq!(instance.number("SELECT count(*) FROM accounts"), 0);
    assert!(
        !server
            .get("/admin/setup")
            .expect(200)
            .text()
            .contains(server.printed.split('#').nth(1).unwrap().trim())
    );
}
