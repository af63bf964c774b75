//! Mistakes that other comment systems made, each by name: none of them is to be made again here.

use serde_json::{Value, json};

use crate::support::{Answer, BLOG, Call, Instance, TestServer, comment, encoded};

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

/// Everything that can be read of a page without being anyone.
fn public(server: &TestServer, page: &str) -> Vec<(String, Answer)> {
    let mut paths = vec![
        format!("/api/v1/threads?site=blog&page={}", encoded(page)),
        format!("/api/v1/counts?site=blog&page={}", encoded(page)),
        format!("/api/v1/me?site=blog&page={}", encoded(page)),
        "/feeds/blog.atom".to_owned(),
    ];
    if let Some(thread) = server.thread(page, "")["thread"]["id"].as_str() {
        paths.extend([format!("/t/blog/{thread}"), format!("/feeds/blog/{thread}.atom")]);
    }
    paths.into_iter().map(|path| (path.clone(), server.get(&path).expect(200))).collect()
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
fn nothing_is_published_before_it_was_judged() {
    let (_instance, server, admin) = Instance::desk("all");
    let first = server.try_post(PAGE, "Ann", "The first one").expect(202).json();
    admin.moderate(&server, "approve", &[id(&first)]);
    let mut stream = server.stream(PAGE);
    let secret = server.try_post(PAGE, "Eve", "Unjudged words").expect(202).json();
    edit(&server, &secret, "Unjudged words, edited");
    for (path, answer) in public(&server, PAGE) {
        assert!(!answer.text().contains("Unjudged") && !answer.text().contains(id(&secret)), "{path}");
    }
    server
        .call("PUT", &format!("/api/v1/comments/{}/vote", id(&secret)))
        .json(&json!({ "value": 1 }))
        .send()
        .problem(404);
    let marker = server.try_post(PAGE, "Bob", "Approved later").expect(202).json();
    admin.moderate(&server, "approve", &[id(&marker)]);
    let told = std::iter::repeat_with(|| stream.next().data["id"].clone())
        .take_while(|told| *told != marker["comment"]["id"]);
    assert!(told.into_iter().all(|told| told != secret["comment"]["id"]), "the stream told of it");
}

#[test]
fn a_title_that_was_not_judged_is_not_shown() {
    let server = Instance::blog_with("all").start();
    let mut new = comment(PAGE, "Eve", "Hello");
    new["title"] = "Unjudged title".into();
    new["url"] = format!("{BLOG}/posts/a?unjudged=1").into();
    server.call("POST", "/api/v1/comments").origin(BLOG).json(&new).send().expect(202);
    for (path, answer) in public(&server, PAGE) {
        assert!(!answer.text().to_lowercase().contains("unjudged"), "{path}: {}", answer.text());
    }
}

#[test]
fn a_page_s_address_leads_to_the_site_itself() {
    let server = Instance::blog().start();
    for (page, url) in [
        ("/1", "https://evil.example/"),
        ("/2", "javascript:alert(1)"),
        ("/3", "https://blog.example@evil.example/"),
    ] {
        let mut new = comment(page, "Eve", "Hello");
        new["url"] = url.into();
        server.post_json("/api/v1/comments", &new).expect(201);
        for (path, answer) in public(&server, page) {
            assert!(
                !answer.text().contains("evil.example") && !answer.text().contains("javascript:"),
                "{path}"
            );
        }
    }
}

#[test]
fn who_fills_the_hidden_field_is_not_published_and_not_told() {
    let (_instance, server, admin) = Instance::desk("none");
    let mut new = comment(PAGE, "Bot", "Buy watches");
    new["website"] = "https://watches.example".into();
    let answer = server.post_json("/api/v1/comments", &new).expect(202).json();
    assert_eq!((status(&answer), &answer["held_because"]), ("held", &Value::Null));
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

#[test]
fn public_answers_hold_no_trace_of_who_asks() {
    let (_instance, server, admin) = Instance::desk("none");
    let mine = server.post(PAGE, "Ann", "Mine");
    server.post(PAGE, "Bob", "His");
    let vote = format!("/api/v1/comments/{}/vote", id(&mine));
    server.call("PUT", &vote).bearer(token(&mine)).json(&json!({ "value": 1 })).send().expect(200);
    for (path, nobody) in public(&server, PAGE) {
        if path.starts_with("/api/v1/me") {
            continue;
        }
        let callers = [
            server.call("GET", &path).bearer(token(&mine)),
            server.call("GET", &path).origin(BLOG).header("cookie", &admin.cookie),
            server.call("GET", &path).header("accept-language", "de").header("user-agent", "Somebody/1.0"),
        ];
        for somebody in callers.map(Call::send) {
            assert_eq!(somebody.bytes, nobody.bytes, "{path}");
            assert_eq!(somebody.header("etag"), nobody.header("etag"), "{path}");
            assert!(
                somebody.header("set-cookie").is_none() && nobody.header("set-cookie").is_none(),
                "{path}"
            );
        }
    }
}

#[test]
fn what_only_one_person_sees_is_told_to_no_one_else() {
    let server = Instance::blog_with("all").start();
    let mut new = comment(PAGE, "Ann", "Held words");
    new["author"]["email"] = "ann@example.org".into();
    let held = server.post_json("/api/v1/comments", &new).expect(202).json();
    let nobody = json!({ "person": null, "votes": {}, "held": [], "editable": {} });
    for query in ["", "&name=Ann&email=ann@example.org", "&scope=user", &format!("&token={}", token(&held))] {
        assert_eq!(server.get_json(&format!("/api/v1/me?site=blog&page={PAGE}{query}")), nobody, "{query}");
    }
}

#[test]
fn an_email_never_leaves_in_public_answers() {
    let instance = Instance::blog();
    instance.sql("UPDATE sites SET avatars = 1");
    let server = instance.start();
    let mut stream = server.stream(PAGE);
    let mut new = comment(PAGE, "Ann", "Hello");
    new["author"]["email"] = "ann.secret@example.org".into();
    let posted = server.post_json("/api/v1/comments", &new).expect(201).json();
    assert!(!posted.to_string().contains("ann.secret"), "{posted}");
    for (path, answer) in public(&server, PAGE) {
        assert!(!answer.text().contains("ann.secret") && !answer.text().contains("email"), "{path}");
    }
    assert!(!stream.next().data.to_string().contains("secret"));
}

#[test]
fn an_address_is_stored_as_a_keyed_hash_only() {
    let instance = Instance::blog();
    let server = instance.start();
    server.post(PAGE, "Ann", "Hello");
    assert_eq!(instance.number("SELECT count(*) FROM comments WHERE length(address_hash) = 16"), 1);
    let files = std::fs::read_dir(instance.data()).unwrap().flatten();
    for file in files {
        let bytes = std::fs::read(file.path()).unwrap();
        let found = bytes.windows(9).any(|part| part == b"127.0.0.1");
        // The address that the server itself listens on may be noted as a URL.
        let noted = bytes.windows(16).any(|part| part == b"http://127.0.0.1");
        assert!(!found || noted, "{}", file.path().display());
    }
}

#[test]
fn author_website_cannot_carry_a_script() {
    let server = Instance::blog().start();
    let with_url = |url: &str| {
        let mut new = comment(PAGE, "Eve", "Hello");
        new["author"]["url"] = url.into();
        server.post_json("/api/v1/comments", &new)
    };
    for url in [
        "javascript:alert(1)",
        "JavaScript://a.example/%0aalert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        " javascript:alert(1)",
    ] {
        assert_eq!(with_url(url).refused_field(), "author.url", "{url}");
    }
    let posted = with_url("https://a.example/\"onmouseover=\"alert(1)\" '<b>").expect(201).json();
    let url = posted["comment"]["author"]["url"].as_str().unwrap();
    assert!(!url.contains(['"', '<', '>', ' ']), "{url}");
    for (path, answer) in public(&server, PAGE) {
        assert!(!answer.text().contains("\"onmouseover"), "{path}");
    }
}

#[test]
fn a_name_cannot_carry_markup() {
    let (_instance, server, admin) = Instance::desk("none");
    let name = "<img src=x onerror=alert(1)>'\"";
    let posted = server.post(PAGE, name, "Hello");
    assert_eq!(posted["comment"]["author"]["name"], name, "data stays data");
    let mut pages: Vec<_> =
        public(&server, PAGE).into_iter().filter(|(path, _)| !path.starts_with("/api/")).collect();
    for path in ["/admin/queue?status=all".to_owned(), format!("/admin/comments/{}", id(&posted))] {
        pages.push((path.clone(), admin.get(&server, &path)));
    }
    for (path, answer) in pages {
        assert!(!answer.text().contains("<img src=x"), "{path}");
        assert!(answer.text().contains("&#60;img src=x"), "{path}");
    }
}
