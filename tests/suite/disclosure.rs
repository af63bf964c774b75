//! Mistakes that other comment systems made, by name: what is public, and what must never be.

use serde_json::{Value, json};

use crate::support::{Answer, BLOG, Call, Instance, TestServer, comment, encoded};

const PAGE: &str = "/posts/a";

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
