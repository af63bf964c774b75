//! Finding comments in the queue, acting on all that were found, and what a comment's page lets one do.

use serde_json::Value;

use crate::support::{Admin, Instance, TestServer, between, encoded};

const PAGE: &str = "/posts/a";

fn id(posted: &Value) -> &str {
    posted["comment"]["id"].as_str().unwrap()
}

/// The ids that an address of the queue shows.
#[track_caller]
fn found(admin: &Admin, server: &TestServer, query: &str) -> Vec<String> {
    let page = admin.page(server, &format!("/admin/queue?{query}"));
    let boxes = page.split("type=\"checkbox\" name=\"id\" value=\"").skip(1);
    boxes.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// Presses the button of the preview for all that the filters find; where it leads to.
#[track_caller]
fn press_all(admin: &Admin, server: &TestServer, verb: &str, query: &str) -> String {
    let preview = admin.page(server, &format!("/admin/queue/all?verb={verb}&{query}"));
    let form = preview.split("action=\"/admin/queue/all\"").nth(1).expect("a form");
    let form = form.split("</form>").next().unwrap();
    let fields: Vec<_> = form
        .split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|rest| (rest.split('"').next().unwrap(), between(rest, "value=\"", "\"")))
        .collect();
    let answer = admin.post_bare(server, "/admin/queue/all", &fields).expect(303);
    answer.header("location").unwrap().to_owned()
}

#[test]
fn words_are_found_in_any_script_and_not_by_chance() {
    let (_instance, server, admin) = Instance::desk("none");
    let texts = [
        "The **Quick** brown fox",
        "Żółw błotny",
        "これは日本語の文章です",
        "สวัสดีครับ",
        "Привет, мир",
        "مرحبا بالعالم",
    ];
    let posted: Vec<_> = texts.map(|text| server.post(PAGE, "Ann", text)).into();
    let questions = [
        ("quick", 0),
        ("bro", 0),
        ("zołw", 1),
        ("本語", 2),
        ("日本", 2),
        ("สวัส", 3),
        ("привет", 4),
        ("بالعالم", 5),
    ];
    for (question, which) in questions {
        let hits = found(&admin, &server, &format!("status=all&q={}", encoded(question)));
        assert_eq!(hits, [id(&posted[which])], "{question}");
    }
    assert_eq!(found(&admin, &server, "status=all&q=ann").len(), texts.len(), "the author's name counts");
    assert_eq!(found(&admin, &server, "status=all&q=ann+-quick").len(), texts.len() - 1);
    assert_eq!(found(&admin, &server, "status=all&q=%22brown+fox%22"), [id(&posted[0])]);
    for nothing in ["\"fox brown\"", "unheard", "語本", "strong"] {
        assert!(
            found(&admin, &server, &format!("status=all&q={}", encoded(nothing))).is_empty(),
            "{nothing}"
        );
    }
    for odd in ["%22", "*", "a%22+OR+b", "author%3A", "NEAR(", "-"] {
        assert!(found(&admin, &server, &format!("status=all&q={odd}")).is_empty(), "{odd}");
    }
}

#[test]
fn an_edit_is_found_by_what_it_says_now_and_an_erased_comment_by_nothing() {
    let (_instance, server, admin) = Instance::desk("none");
    let posted = server.post(PAGE, "Ann", "before");
    let token = posted["edit_token"].as_str().unwrap();
    let path = format!("/api/v1/comments/{}", id(&posted));
    server
        .call("PATCH", &path)
        .bearer(token)
        .json(&serde_json::json!({ "body": "after" }))
        .send()
        .expect(200);
    assert!(found(&admin, &server, "status=all&q=before").is_empty());
    assert_eq!(found(&admin, &server, "status=all&q=after"), [id(&posted)]);
    server.call("DELETE", &path).bearer(token).send().expect(204);
    assert!(found(&admin, &server, "status=all&q=after").is_empty());
}

#[test]
fn filters_narrow_together() {
    let (instance, server, admin) = Instance::desk("none");
    instance.site("other", "https://other.example", "none");
    let ann = server.post(PAGE, "Ann Lee", "one");
    let bob = server.post(PAGE, "Bob", "one");
    let elsewhere = server.post("/posts/b", "Bob", "one");
    let thread = server.thread(PAGE, "")["thread"]["id"].as_str().unwrap().to_owned();
    let all = |query: &str| found(&admin, &server, &format!("status=all&{query}"));
    assert_eq!(all(&format!("thread={thread}")), [id(&bob), id(&ann)]);
    assert_eq!(all(&format!("thread={thread}&author=bob&q=one")), [id(&bob)]);
    assert_eq!(all("author=lee"), [id(&ann)]);
    assert_eq!(all("author=bob"), [id(&elsewhere), id(&bob)]);
    assert_eq!(all("site=other"), [""; 0]);
    assert_eq!(all("since=2020-01-01&until=2999-01-01").len(), 3);
    assert_eq!(all("since=2999-01-01"), [""; 0]);
    assert_eq!(all("until=2020-01-01"), [""; 0]);
    instance.sql("UPDATE comments SET author_email = 'Ann@Example.org' WHERE author_name = 'Ann Lee'");
    assert_eq!(all("author=ann%40example.org"), [id(&ann)], "an email in any case");
}

#[test]
fn what_waits_longest_may_come_first_and_every_page_goes_on_from_the_one_before() {
    let (instance, server, admin) = Instance::desk("all");
    instance.site("other", "https://other.example", "all");
    let mut ids = Vec::new();
    for number in 0..34 {
        let (site, origin) =
            if number % 2 == 1 { ("other", "https://other.example") } else { ("blog", crate::support::BLOG) };
        let new = serde_json::json!({
            "site": site, "page": PAGE, "body": format!("waiting {number}"), "author": {"name": "Ann"},
        });
        let posted =
            server.call("POST", "/api/v1/comments").origin(origin).json(&new).send().expect(202).json();
        ids.push(id(&posted).to_owned());
    }
    for query in ["status=held", "status=held&q=waiting", "status=held&author=Ann"] {
        let first = found(&admin, &server, &format!("{query}&order=oldest"));
        assert_eq!(first, ids[..30], "{query}");
        let more = format!("{query}&order=oldest&cursor={}", first[29]);
        assert_eq!(found(&admin, &server, &more), ids[30..], "{query}");
        let newest: Vec<_> = ids.iter().rev().take(30).cloned().collect();
        assert_eq!(found(&admin, &server, query), newest, "{query}");
    }
    let page = admin.page(&server, "/admin/queue?status=held&order=oldest");
    assert!(page.contains("Newer comments") && page.contains("Newest first"));
    // What came in before the page was made is no news, though the page shows other comments.
    let [after, made] = ["data-after=\"", "data-made=\""].map(|mark| between(&page, mark, "\""));
    assert_eq!(after, made);
}

#[test]
fn a_filter_that_is_on_can_be_taken_away() {
    let (_instance, server, admin) = Instance::desk("none");
    server.post(PAGE, "Ann", "one");
    let page = admin.page(&server, "/admin/queue?status=all&q=one&author=ann");
    assert!(
        page.contains("/admin/queue?status=all&#38;author=ann")
            || page.contains("/admin/queue?status=all&amp;author=ann"),
        "{page}"
    );
    let nothing = admin.page(&server, "/admin/queue?status=all&q=two");
    assert!(nothing.contains("Nothing fits"), "{nothing}");
}

#[test]
fn one_press_takes_all_that_the_filters_find_and_one_undoes_it() {
    let (instance, server, admin) = Instance::desk("none");
    for number in 0..40 {
        server.post(PAGE, if number % 2 == 0 { "Spammer" } else { "Ann" }, &format!("Buy number {number}"));
    }
    let preview = admin.page(&server, "/admin/queue/all?verb=spam&status=all&author=spammer");
    assert!(preview.contains("Mark 20 comments as spam?"), "{preview}");
    assert_eq!(
        instance.number("SELECT count(*) FROM comments WHERE status = 'spam'"),
        0,
        "a look changes nothing"
    );
    let there = press_all(&admin, &server, "spam", "status=all&author=spammer");
    assert_eq!(instance.number("SELECT count(*) FROM comments WHERE status = 'spam'"), 20);
    assert_eq!(server.thread(PAGE, "")["thread"]["count"], 20);
    let page = admin.page(&server, &there);
    assert!(page.contains("Marked as spam: 20 comments."), "{page}");
    let batch = between(&page, "name=\"batch\" value=\"", "\"").to_owned();
    admin.undo(&server, &batch);
    assert_eq!(server.thread(PAGE, "")["thread"]["count"], 40);
    assert_eq!(instance.number("SELECT count(*) FROM comments WHERE status = 'spam'"), 0);
}

#[test]
fn what_came_in_or_was_edited_after_the_preview_is_left_alone() {
    let (instance, server, admin) = Instance::desk("all");
    let first = server.try_post(PAGE, "Ann", "harmless").expect(202).json();
    server.try_post(PAGE, "Bob", "also harmless").expect(202);
    let preview = admin.page(&server, "/admin/queue/all?verb=approve&status=held");
    let form = preview.split("action=\"/admin/queue/all\"").nth(1).unwrap().split("</form>").next().unwrap();
    let fields: Vec<_> = form
        .split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|rest| (rest.split('"').next().unwrap(), between(rest, "value=\"", "\"")))
        .collect();
    server.try_post(PAGE, "Cat", "too late").expect(202);
    let edited = format!("/api/v1/comments/{}", id(&first));
    let token = first["edit_token"].as_str().unwrap();
    server
        .call("PATCH", &edited)
        .bearer(token)
        .json(&serde_json::json!({ "body": "nasty" }))
        .send()
        .expect(200);
    let answer = admin.post_bare(&server, "/admin/queue/all", &fields).expect(303);
    assert!(answer.header("location").unwrap().ends_with("changed=1"));
    assert_eq!(instance.number("SELECT count(*) FROM comments WHERE status = 'published'"), 1);
    assert_eq!(found(&admin, &server, "status=held").len(), 2);
}

#[test]
fn the_queue_hears_of_new_comments() {
    let (_instance, server, admin) = Instance::desk("all");
    let first = server.try_post(PAGE, "Ann", "one").expect(202).json();
    let news = |more: &str| {
        let path = format!("/admin/queue/news?status=held&after={}{more}", id(&first));
        admin.get(&server, &path).expect(200).json()["fresh"].as_i64().unwrap()
    };
    assert_eq!(news(""), 0);
    server.try_post(PAGE, "Bob", "two").expect(202);
    server.try_post(PAGE, "Cat", "three").expect(202);
    assert_eq!((news(""), news("&q=three")), (2, 1));
    server.get(&format!("/admin/queue/news?status=held&after={}", id(&first))).expect(303);
}

#[test]
fn the_queue_hears_of_older_comments_that_are_reported_or_edited() {
    let (instance, server, admin) = Instance::desk("links");
    let first = server.post(PAGE, "Ann", "one");
    let second = server.post(PAGE, "Bob", "two");
    let news = |status: &str, made: &str| {
        let path = format!("/admin/queue/news?status={status}&after={}&made={made}", id(&second));
        admin.get(&server, &path).expect(200).json()["fresh"].as_i64().unwrap()
    };
    let made = |status: &str| {
        let page = admin.get(&server, &format!("/admin/queue?status={status}")).expect(200).text();
        between(&page, "data-made=\"", "\"").to_owned()
    };
    let (held, reported) = (made("held"), made("reported"));
    assert_eq!((news("held", &held), news("reported", &reported)), (0, 0));
    server.post_json(&format!("/api/v1/comments/{}/report", id(&first)), &serde_json::json!({})).expect(204);
    let edit = serde_json::json!({ "body": "see https://spam.example" });
    let path = format!("/api/v1/comments/{}", id(&second));
    server.call("PATCH", &path).bearer(second["edit_token"].as_str().unwrap()).json(&edit).send().expect(200);
    assert_eq!((news("held", &held), news("reported", &reported)), (1, 1));
    instance.search_is_right();
    assert_eq!(
        (news("held", &made("held")), news("reported", &made("reported"))),
        (0, 0),
        "once it is shown"
    );
}

#[test]
fn a_filter_that_means_nothing_is_refused_and_nothing_is_done() {
    let (_instance, server, admin) = Instance::desk("all");
    server.try_post(PAGE, "Ann", "one").expect(202);
    for filter in ["site=nowhere", "since=2026-99-99", "until=soon", "thread=x", "author=guest:x"] {
        for path in ["/admin/queue?", "/admin/queue/news?after=0000000000001&", "/admin/queue/all?verb=spam&"]
        {
            admin.get(&server, &format!("{path}status=held&{filter}")).expect(422);
        }
        let (name, value) = filter.split_once('=').unwrap();
        let fields =
            [("verb", "spam"), ("newest", "7vvvvvvvvvvvv"), ("read_at", "9999999999999"), (name, value)];
        admin.post(&server, "/admin/queue/all", &fields).expect(422);
    }
    let fields = [("verb", "spam"), ("newest", "7vvvvvvvvvvvv"), ("read_at", "9999999999999"), ("q", "-")];
    admin.post(&server, "/admin/queue/all", &fields).expect(303);
    assert_eq!(admin.queue(&server, "held").len(), 1, "a question without a word finds nothing");
}

#[test]
fn a_reply_of_the_site_is_public_at_once_and_says_whose_it_is() {
    let (instance, server, admin) = Instance::desk("all");
    let asked = server.try_post(PAGE, "Ann", "A question").expect(202).json();
    let path = format!("/admin/comments/{}/reply", id(&asked));
    let refused = admin.post(&server, &path, &[("reply", "An **answer**")]).expect(422).text();
    assert!(refused.contains("Approve the comment first"), "{refused}");
    admin.moderate(&server, "approve", &[id(&asked)]);
    let empty = admin.post(&server, &path, &[("reply", "  ")]).expect(422).text();
    assert!(empty.contains("Write something first"), "{empty}");
    admin.post(&server, &path, &[("reply", "An **answer**")]).expect(303);
    let thread = server.thread(PAGE, "");
    let answer = &thread["comments"][1];
    assert_eq!(answer["html"], "<p>An <strong>answer</strong></p>");
    assert_eq!(
        (&answer["parent_id"], &answer["author"]["badge"]),
        (&asked["comment"]["id"], &Value::from("owner"))
    );
    assert_eq!(thread["thread"]["count"], 2);
    assert_eq!(instance.number("SELECT live_replies FROM comments WHERE parent_id IS NULL"), 1);
}

#[test]
fn a_moderators_correction_keeps_what_was_said_and_shows_the_difference() {
    let (_instance, server, admin) = Instance::desk("none");
    let posted = server.post(PAGE, "Ann", "Call me at 555 0100 tonight");
    let page = format!("/admin/comments/{}", id(&posted));
    let seen = between(&admin.page(&server, &page), "name=\"seen\" value=\"", "\"")
        .split(':')
        .nth(1)
        .unwrap()
        .to_owned();
    let path = format!("{page}/text");
    admin.post(&server, &path, &[("text", "Call me tonight"), ("seen", &seen)]).expect(303);
    let thread = server.thread(PAGE, "");
    assert_eq!(thread["comments"][0]["html"], "<p>Call me tonight</p>");
    assert!(!thread["comments"][0]["edited_at"].is_null());
    let shown = admin.page(&server, &page);
    let taken_out = between(&shown, "<del>", "</del>");
    assert!(taken_out.contains("555 0100"), "{shown}");
    let late = admin.post(&server, &path, &[("text", "Nothing"), ("seen", &seen)]).expect(422).text();
    assert!(late.contains("edited it since you opened it") && late.contains("Nothing"), "{late}");
}

#[test]
fn an_authors_edits_are_kept_for_moderators_alone_and_go_with_the_comment() {
    let (instance, server, admin) = Instance::desk("none");
    let posted = server.post(PAGE, "Ann", "first words");
    let token = posted["edit_token"].as_str().unwrap();
    let api = format!("/api/v1/comments/{}", id(&posted));
    for body in ["second words", "third words"] {
        server
            .call("PATCH", &api)
            .bearer(token)
            .json(&serde_json::json!({ "body": body }))
            .send()
            .expect(200);
    }
    let page = admin.page(&server, &format!("/admin/comments/{}", id(&posted)));
    assert_eq!(page.matches("<del>").count(), 2, "{page}");
    assert!(!server.thread(PAGE, "").to_string().contains("first"));
    server.call("DELETE", &api).bearer(token).send().expect(204);
    assert_eq!(instance.number("SELECT count(*) FROM comment_versions"), 0);
}

#[test]
fn a_comments_page_shows_what_else_its_author_wrote() {
    let (_instance, server, admin) = Instance::desk("none");
    let first = server.post(PAGE, "Ann", "the first thing");
    let token = first["edit_token"].as_str().unwrap();
    let second = crate::support::comment("/posts/b", "Ann", "the second thing");
    server.call("POST", "/api/v1/comments").bearer(token).json(&second).send().expect(201);
    let page = admin.page(&server, &format!("/admin/comments/{}", id(&first)));
    assert!(page.contains("the second thing") && page.contains("All they wrote"), "{page}");
    let all = between(&page, "<p class=\"links\"><a href=\"/admin/queue?", "\"")
        .replace("&#38;", "&")
        .replace("&amp;", "&");
    assert_eq!(found(&admin, &server, &all).len(), 2);
}

#[test]
fn undo_publishes_no_text_that_nobody_read() {
    let (_instance, server, admin) = Instance::desk("none");
    let posted = server.post(PAGE, "Ann", "harmless");
    let token = posted["edit_token"].as_str().unwrap();
    let batch = admin.moderate(&server, "hold", &[id(&posted)]);
    let path = format!("/api/v1/comments/{}", id(&posted));
    server
        .call("PATCH", &path)
        .bearer(token)
        .json(&serde_json::json!({ "body": "nasty" }))
        .send()
        .expect(200);
    let answer = admin.post(&server, "/admin/queue/undo", &[("batch", &batch)]).expect(303);
    let page = admin.page(&server, answer.header("location").unwrap());
    assert!(page.contains("read it first"), "{page}");
    assert!(!server.thread(PAGE, "").to_string().contains("nasty"));
    assert_eq!(found(&admin, &server, "status=held"), [id(&posted)]);
}

#[test]
fn a_comments_page_tells_what_each_rule_said_and_what_stands_in_the_audit_trail() {
    let (_instance, server, admin) = Instance::desk("none");
    let posted = server.post(PAGE, "Ann", "See https://one.example and https://two.example");
    let path = format!("/admin/comments/{}", id(&posted));
    let page = admin.page(&server, &path);
    for said in ["Links: 2 in the text.", "Person: none approved here before."] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("comment.spam"), "{page}");
    let token = posted["edit_token"].as_str().unwrap();
    let plain = serde_json::json!({ "body": "No link any more" });
    let api = format!("/api/v1/comments/{}", id(&posted));
    server.call("PATCH", &api).bearer(token).json(&plain).send().expect(200);
    assert!(!admin.page(&server, &path).contains("Links: 2 in"));
    admin.moderate(&server, "spam", &[id(&posted)]);
    let page = admin.page(&server, &path);
    assert!(page.contains("comment.spam"), "{page}");
    assert!(page.contains(&format!("/admin/audit?subject=comment:{}", id(&posted))), "{page}");
    let shown = server.thread(PAGE, "").to_string();
    assert!(!shown.contains("Links: 2"), "{shown}");
}
