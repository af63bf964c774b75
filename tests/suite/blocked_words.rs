//! Words that hold a comment: whatever the site's rule, whoever writes, and however it is disguised.

use serde_json::{Value, json};

use crate::support::{Admin, BLOG, Instance, TestServer, comment};

const PAGE: &str = "/posts/a";

/// A blog that publishes at once, but for these words.
fn blog(list: &str) -> (Instance, TestServer, Admin) {
    let (instance, server, admin) = Instance::desk("none");
    block(&admin, &server, list);
    (instance, server, admin)
}

fn block(admin: &Admin, server: &TestServer, list: &str) {
    let fields = [
        ("name", "blog"),
        ("origins", BLOG),
        ("moderation", "none"),
        ("edit_window", "15"),
        ("max_length", "10000"),
        ("sort", "oldest"),
        ("display_depth", "4"),
        ("blocked_words", list),
    ];
    admin.post(server, "/admin/sites/blog", &fields).expect(303);
}

fn post(server: &TestServer, new: &Value) -> u16 {
    server.call("POST", "/api/v1/comments").origin(BLOG).json(new).send().status
}

#[test]
fn a_comment_with_a_blocked_word_waits_and_is_never_lost() {
    let (_instance, server, admin) = blog("casino\r\n\r\nfree mon*");
    let held = server.try_post(PAGE, "Ann", "Come to my CASINO, friends").expect(202).json();
    assert_eq!(held["comment"]["status"], "held");
    assert_eq!(server.thread(PAGE, "")["thread"]["count"], 0);
    let page = admin.page(&server, "/admin/queue");
    assert!(
        page.contains("Come to my CASINO") && page.contains("“casino”"),
        "a moderator sees which word: {page}"
    );
    admin.moderate(&server, "approve", &[held["comment"]["id"].as_str().unwrap()]);
    assert_eq!(server.thread(PAGE, "")["thread"]["count"], 1);
    server.try_post(PAGE, "Ann", "Free\nmoney here").expect(202);
    server.try_post(PAGE, "Ann", "Casinos are another word").expect(201);
}

#[test]
fn its_author_is_told_that_a_word_is_the_reason_but_not_which() {
    let (_instance, server, _admin) = blog("casino");
    let held = server.try_post(PAGE, "Ann", "casino").expect(202).json();
    let because = held["held_because"].as_str().unwrap();
    assert!(because.contains("word") && !because.contains("casino"), "{because}");
}

#[test]
fn an_edit_goes_by_the_same_list() {
    let (_instance, server, admin) = blog("casino");
    let posted = server.post(PAGE, "Ann", "Nothing to see");
    let edit = |body: &str| {
        let path = format!("/api/v1/comments/{}", posted["comment"]["id"].as_str().unwrap());
        let call = server.call("PATCH", &path).bearer(posted["edit_token"].as_str().unwrap());
        call.json(&json!({ "body": body })).send().expect(200).json()
    };
    assert_eq!(edit("Still nothing")["comment"]["status"], "published");
    assert_eq!(edit("A ca\u{200b}sino after all")["comment"]["status"], "held");
    assert!(admin.page(&server, "/admin/queue").contains("“casino”"));
}

#[test]
fn somebody_known_is_held_as_well() {
    let (_instance, server, _admin) = blog("casino");
    let known = server.post(PAGE, "Ann", "Hello");
    let call = server.call("POST", "/api/v1/comments").bearer(known["edit_token"].as_str().unwrap());
    call.json(&comment(PAGE, "Ann", "casino")).send().expect(202);
}

#[test]
fn disguises_are_seen_through() {
    let (_instance, server, _admin) = blog("casino\n赌场\nカジノ");
    for body in [
        "ＣＡＳＩＮＯ",
        "c\u{200b}a\u{200d}s\u{2060}i\u{00ad}n\u{feff}o",
        "c\u{0336}a\u{0336}s\u{0336}i\u{0336}n\u{0336}o\u{0336}",
        "çãšíñø",
        "𝐜𝐚𝐬𝐢𝐧𝐨",
        "ca**si**no",
        "ca<!-- -->sino casino",
        "来我们的赌场玩",
        "ｵﾝﾗｲﾝｶｼﾞﾉ",
    ] {
        assert_eq!(server.try_post(PAGE, "Ann", body).status, 202, "{body}");
    }
    for body in ["occasionally", "cas in o", "赌 场"] {
        assert_eq!(server.try_post(PAGE, "Ann", body).status, 201, "{body}");
    }
}

#[test]
fn names_links_and_websites_are_looked_at_too() {
    let (_instance, server, _admin) = blog("casino");
    let mut by_name = comment(PAGE, "Best Casino", "Hello");
    assert_eq!(post(&server, &by_name), 202);
    by_name["author"] = json!({ "name": "Ann", "url": "https://casino.example" });
    assert_eq!(post(&server, &by_name), 202);
    by_name["author"] = json!({ "name": "Ann", "email": "win@casino.example" });
    assert_eq!(post(&server, &by_name), 202);
    for body in [
        "[look](https://casino.example/)",
        "[look](https://a.example \"the casino\")",
        "https://a.example/casino",
    ] {
        assert_eq!(server.try_post(PAGE, "Ann", body).status, 202, "{body}");
    }
    assert_eq!(server.try_post(PAGE, "Ann", "[look](https://a.example/)").status, 201);
}

#[test]
fn a_list_with_a_mistake_is_shown_again_with_its_line() {
    let (instance, server, admin) = blog("casino");
    let fields = [
        ("name", "blog"),
        ("origins", BLOG),
        ("moderation", "none"),
        ("edit_window", "15"),
        ("max_length", "10000"),
        ("sort", "oldest"),
        ("display_depth", "4"),
        ("blocked_words", "good\nb*d"),
    ];
    let page = admin.post(&server, "/admin/sites/blog", &fields).expect(422).text();
    assert!(page.contains("id=\"blocked_words-error\"") && page.contains("Line 2"), "{page}");
    assert!(page.contains("good\nb*d"), "what was typed is kept: {page}");
    let stored: String =
        instance.database().query_row("SELECT blocked_words FROM sites", [], |row| row.get(0)).unwrap();
    assert_eq!(stored, "casino");
}

#[test]
fn a_program_that_is_caught_stays_spam() {
    let (_instance, server, admin) = blog("casino");
    let mut new = comment(PAGE, "Ann", "casino");
    new["website"] = "filled".into();
    assert_eq!(post(&server, &new), 202);
    assert_eq!(admin.queue(&server, "spam").len(), 1);
    assert!(admin.queue(&server, "held").is_empty());
}
