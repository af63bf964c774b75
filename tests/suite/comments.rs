//! Posting, and what readers then see.

use serde_json::{Value, json};

use crate::support::{BLOG, Instance, between, comment, encoded};

const PAGE: &str = "/posts/a";

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn is_id(value: &Value) -> bool {
    let text = value.as_str().unwrap();
    text.len() == 13 && text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='v'))
}

fn is_time(value: &Value) -> bool {
    let shape: String = value.as_str().unwrap().replace(|c: char| c.is_ascii_digit(), "0");
    shape == "0000-00-00T00:00:00.000Z"
}

#[test]
fn a_page_nobody_commented_on_is_an_empty_thread() {
    let server = Instance::blog().start();
    let thread = server.thread(PAGE, "");
    let expected = json!({ "id": null, "page": PAGE, "url": "", "title": "", "count": 0, "locked": false });
    assert_eq!(thread["thread"], expected);
    assert_eq!((&thread["comments"], &thread["next_cursor"]), (&json!([]), &Value::Null));
}

#[test]
fn a_thread_says_all_that_the_contract_promises() {
    let server = Instance::blog().start();
    let mut new = comment(PAGE, "Ann", "Hello **there**");
    new["url"] = "https://blog.example/posts/a".into();
    new["title"] = "About A".into();
    new["author"]["url"] = "https://ann.example".into();
    server.call("POST", "/api/v1/comments").origin(BLOG).json(&new).send().expect(201);

    let thread = server.thread(PAGE, "");
    assert_eq!(keys(&thread), ["comments", "last_event", "next_cursor", "site", "sort", "thread"]);
    let site = json!({ "key": "blog", "name": "blog", "display_depth": 4, "sort": "oldest", "max_length": 10_000,
        "edit_window": 900, "images": false, "avatars": false, "theme": null, "accent": null, "on_accent": null });
    assert_eq!((&thread["site"], &thread["sort"]), (&site, &"oldest".into()));
    assert!(is_id(&thread["thread"]["id"]), "{thread}");
    let facts = [
        ("page", json!(PAGE)),
        ("url", json!("https://blog.example/posts/a")),
        ("title", json!("About A")),
        ("count", json!(1)),
        ("locked", json!(false)),
    ];
    for (key, value) in facts {
        assert_eq!(thread["thread"][key], value, "{key}");
    }
    let one = &thread["comments"][0];
    assert!(is_id(&one["id"]) && is_time(&one["created_at"]), "{one}");
    let author = json!({ "name": "Ann", "url": "https://ann.example/", "avatar": null, "badge": null });
    let expected = json!({ "id": one["id"], "parent_id": null, "depth": 0, "author": author,
        "html": "<p>Hello <strong>there</strong></p>", "created_at": one["created_at"], "edited_at": null, "score": 0,
        "pinned": false, "deleted": false, "reply_to": null });
    assert_eq!(*one, expected);
}

#[test]
fn the_answer_to_a_post_is_the_comment_and_a_token() {
    let server = Instance::blog().start();
    let posted = server.post(PAGE, "Ann", "Hello");
    assert_eq!(keys(&posted), ["comment", "edit_token", "held_because"]);
    assert_eq!(posted["comment"]["status"], "published");
    assert_eq!(posted["comment"]["body"], "Hello");
    assert_eq!(posted["held_because"], Value::Null);
    assert_eq!(server.thread(PAGE, "")["comments"][0]["id"], posted["comment"]["id"]);
}

#[test]
fn a_person_keeps_their_token_and_their_name() {
    let server = Instance::blog().start();
    let token = server.post(PAGE, "Ann", "First")["edit_token"].clone();
    let mut second = comment(PAGE, "", "Second");
    second.as_object_mut().unwrap().remove("author");
    let call = server.call("POST", "/api/v1/comments").bearer(token.as_str().unwrap());
    let second = call.json(&second).send().expect(201).json();
    assert_eq!(second["edit_token"], token);
    assert_eq!(second["comment"]["author"]["name"], "Ann");
}

#[test]
fn each_new_person_gets_a_token_of_their_own() {
    let server = Instance::blog().start();
    assert_ne!(server.post(PAGE, "Ann", "1")["edit_token"], server.post(PAGE, "Ann", "2")["edit_token"]);
}

#[test]
fn held_comment_is_seen_by_its_author_only() {
    let server = Instance::blog_with("all").start();
    let held = server.try_post(PAGE, "Ann", "Wait for me").expect(202).json();
    assert_eq!(held["comment"]["status"], "held");
    assert!(held["held_because"].as_str().is_some_and(|why| !why.is_empty()), "{held}");

    let thread = server.thread(PAGE, "");
    assert_eq!((&thread["comments"], &thread["thread"]["count"]), (&json!([]), &0.into()));
    let me = server.me(PAGE, held["edit_token"].as_str().unwrap());
    assert_eq!(me["held"][0]["id"], held["comment"]["id"]);
    assert_eq!((&me["held"][0]["status"], &me["held"][0]["body"]), (&"held".into(), &"Wait for me".into()));
    let stranger = server.try_post("/elsewhere", "Bob", "Me too").expect(202).json();
    assert_eq!(server.me(PAGE, stranger["edit_token"].as_str().unwrap())["held"], json!([]));
}

#[test]
fn markdown_becomes_html_that_cannot_do_harm() {
    let server = Instance::blog().start();
    let cases = [
        ("*a* ~~b~~", "<em>a</em> <del>b</del>"),
        ("```rust\nlet a = 1;\n```", "<pre><code class=\"language-rust\">let a = 1;"),
        (
            "see https://a.example/x.",
            "<a href=\"https://a.example/x\" rel=\"nofollow ugc noopener\">https://a.example/x</a>.",
        ),
        ("[x](https://a.example)", "<a href=\"https://a.example\" rel=\"nofollow ugc noopener\">x</a>"),
        ("<script>alert(1)</script>", "&lt;script&gt;"),
    ];
    for (body, expected) in cases {
        let html = server.post(PAGE, "Ann", body)["comment"]["html"].as_str().unwrap().to_owned();
        assert!(html.contains(expected), "{body} became {html}");
    }
}

#[test]
fn images_are_shown_only_where_the_site_allows_them() {
    let instance = Instance::blog();
    let server = instance.start();
    let picture = "![a cat](https://a.example/cat.png)";
    assert!(!server.post(PAGE, "Ann", picture)["comment"]["html"].as_str().unwrap().contains("<img"));
    instance.sql("UPDATE sites SET images = 1");
    let html = server.post(PAGE, "Ann", picture)["comment"]["html"].as_str().unwrap().to_owned();
    assert!(html.contains("<img") && html.contains("src=\"https://a.example/cat.png\""), "{html}");
}

#[test]
fn the_preview_is_what_is_posted() {
    let instance = Instance::blog();
    instance.sql("UPDATE sites SET images = 1");
    let server = instance.start();
    let body =
        "# Big\n\n1. one\n2. <b>two</b>\n\n![x](https://a.example/x.png) https://b.example `c` &amp; \"d\"";
    let preview = server.post_json("/api/v1/preview", &json!({ "body": body, "site": "blog" })).expect(200);
    assert_eq!(preview.json()["html"], server.post(PAGE, "Ann", body)["comment"]["html"]);
    let elsewhere = server.post_json("/api/v1/preview", &json!({ "body": body })).expect(200).json();
    assert!(!elsewhere["html"].as_str().unwrap().contains("<img"), "without a site: no images");
}

#[test]
fn counts_of_many_pages_come_in_one_call_under_the_names_asked_for() {
    let server = Instance::blog().start();
    let first = server.post("/a", "Ann", "1");
    server.reply("/a", &first, "Bob", "2");
    server.post("/b", "Ann", "3");
    let pages = ["/a", "https://blog.example/b/?utm_source=x", "/none", ""];
    let query: String = pages.map(|page| format!("&page={}", encoded(page))).concat();
    let counts = server.get_json(&format!("/api/v1/counts?site=blog{query}"));
    assert_eq!(
        counts,
        json!({ "counts": { "/a": 2, "https://blog.example/b/?utm_source=x": 1, "/none": 0, "": 0 } })
    );
}

#[test]
fn counts_take_up_to_a_hundred_pages() {
    let server = Instance::blog().start();
    let pages = |number: usize| (0..number).map(|n| format!("&page=/{n}")).collect::<Vec<_>>().concat();
    let counts = server.get_json(&format!("/api/v1/counts?site=blog{}", pages(100)));
    assert_eq!(counts["counts"].as_object().unwrap().len(), 100);
    for bad in [pages(101), String::new()] {
        assert_eq!(server.get(&format!("/api/v1/counts?site=blog{bad}")).refused_field(), "page");
    }
}

#[test]
fn a_report_reaches_the_moderators_once_and_the_comment_stays() {
    let (_instance, server, admin) = Instance::desk("none");
    let posted = server.post(PAGE, "Ann", "Buy watches");
    let id = posted["comment"]["id"].as_str().unwrap();
    let path = format!("/api/v1/comments/{id}/report");
    for _ in 0..2 {
        server.post_json(&path, &json!({ "reason": "It is an <advert>" })).expect(204);
    }
    assert_eq!(admin.queue(&server, "reported"), [id]);
    let page = admin.page(&server, "/admin/queue?status=reported");
    assert_eq!(page.matches("It is an &#60;advert&#62;").count(), 1, "{page}");
    assert_eq!(server.thread(PAGE, "")["comments"][0]["id"], id);
    server.post_json(&path, &json!({ "reason": "x".repeat(501) })).problem(422);
}

#[test]
fn a_locked_thread_takes_no_new_comments() {
    let (_instance, server, admin) = Instance::desk("none");
    let posted = server.post(PAGE, "Ann", "Last word");
    let path = format!("/admin/comments/{}", posted["comment"]["id"].as_str().unwrap());
    admin.post(&server, &path, &[("act", "lock")]).expect(303);
    assert_eq!(server.thread(PAGE, "")["thread"]["locked"], true);
    let (words, _) = server.try_post(PAGE, "Bob", "But …").problem(403);
    assert!(words.contains("closed"), "{words}");
    admin.post(&server, &path, &[("act", "unlock")]).expect(303);
    server.post(PAGE, "Bob", "But …");
    assert_eq!(server.thread(PAGE, "")["thread"]["locked"], false);
}

#[test]
fn the_plain_page_shows_the_thread_without_scripts() {
    let server = Instance::blog().start();
    let mut new = comment(PAGE, "Ann <b>", "Hello **there**");
    new["url"] = "https://blog.example/posts/a".into();
    new["title"] = "Bread & butter".into();
    let first = server.call("POST", "/api/v1/comments").origin(BLOG).json(&new).send().expect(201).json();
    let reply = server.reply(PAGE, &first, "Bob", "Indeed");
    let thread = server.thread(PAGE, "")["thread"]["id"].as_str().unwrap().to_owned();
    let page = server.get(&format!("/t/blog/{thread}")).expect(200);
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    let html = page.text();
    for expected in
        ["Bread &#38; butter", "Ann &#60;b&#62;", "<strong>there</strong>", "https://blog.example/posts/a"]
    {
        assert!(html.contains(expected), "{expected}: {html}");
    }
    for id in [&first, &reply] {
        assert!(html.contains(&format!("id=\"c-{}\"", id["comment"]["id"].as_str().unwrap())), "{html}");
    }
    assert!(!html.contains("<script"), "{html}");
    server.get("/t/blog/0000000000000").expect(404);
    server.get("/t/other/x").expect(404);
}

#[test]
fn the_plain_page_links_to_the_comment_that_is_replied_to_on_whatever_page_it_is() {
    let instance = Instance::blog();
    instance.sql("UPDATE sites SET display_depth = 0");
    let server = instance.start();
    let root = server.post(PAGE, "Ann & <b>", "Root");
    for n in 0..200 {
        server.reply(PAGE, &root, "Bob", &n.to_string());
    }
    let (root, thread) = (root["comment"]["id"].as_str().unwrap(), server.thread(PAGE, ""));
    let path = format!("/t/blog/{}", thread["thread"]["id"].as_str().unwrap());
    let first = server.get(&path).expect(200).text();
    let words = "replying to <span dir=\"auto\">Ann &#38; &#60;b&#62;</span></a>";
    assert_eq!(first.matches(&format!("<a href=\"#c-{root}\">{words}")).count(), 199);
    let next = between(&first, "<p class=\"more\"><a href=\"", "\"").replace("&#38;", "&");
    let second = server.get(&next).expect(200).text();
    let href = second.split("\">replying to").next().unwrap().rsplit("href=\"").next().unwrap();
    assert!(href.starts_with("http") && href.ends_with(&format!("-{root}")), "{href}");
}

#[test]
fn a_reply_to_the_deepest_comment_stands_beside_it() {
    let instance = Instance::blog();
    let post = |number: u32| {
        format!(
            "<post id='{number}'><message>level {number}</message><createdAt>2020-01-01T00:{:02}:{:02}Z</createdAt>\
             <thread id='1'/><parent id='{}'/></post>",
            number / 60,
            number % 60,
            number - 1
        )
    };
    let posts: String = (1..=500).map(post).collect();
    let file = format!("<disqus><thread id='1'><link>{PAGE}</link></thread>{posts}</disqus>");
    let file = instance.file("deep.xml", &file);
    instance.run(&["import", "disqus", file.to_str().unwrap(), "--site", "blog"]);
    let server = instance.start();
    let thread = server.thread(PAGE, "&limit=200");
    let mut cursor = thread["next_cursor"].as_str().map(ToOwned::to_owned);
    let mut last = thread;
    while let Some(next) = cursor {
        last = server.thread(PAGE, &format!("&limit=200&cursor={next}"));
        cursor = last["next_cursor"].as_str().map(ToOwned::to_owned);
    }
    let parent = last["comments"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(parent["depth"], 499);
    let mut draft = comment(PAGE, "Ann", "and on");
    draft["parent_id"] = parent["id"].clone();
    let posted = server.post_json("/api/v1/comments", &draft).expect(201).json();
    assert_eq!(
        (&posted["comment"]["depth"], &posted["comment"]["parent_id"]),
        (&Value::from(499), &parent["parent_id"])
    );
}
