//! A site that is removed: hidden at once, whole again when it is brought back, and gone after thirty days.

use serde_json::json;

use crate::support::{Admin, BLOG, Instance, TestServer, comment, encoded, out, words};

const PAGE: &str = "/posts/a";

fn remove(admin: &Admin, server: &TestServer, name: &str) -> u16 {
    admin.post(server, "/admin/sites/blog/remove", &[("name", name)]).status
}

/// A site with comments of every kind, and all that hangs on them; beside it another one.
fn full_site() -> (Instance, TestServer, Admin) {
    let (instance, server, admin) = Instance::desk("none");
    instance.site("other", "https://other.example", "none");
    let other = json!({ "site": "other", "page": PAGE, "body": "Elsewhere", "author": { "name": "Zoe" } });
    server.post_json("/api/v1/comments", &other).expect(201);
    let root = server.post(PAGE, "Ann", "The first");
    let reply = server.reply(PAGE, &root, "Bob", "An answer");
    server.reply(PAGE, &reply, "Cid", "An answer to that");
    let vote = format!("/api/v1/comments/{}/vote", root["comment"]["id"].as_str().unwrap());
    server.call("PUT", &vote).json(&json!({ "value": 1 })).send().expect(200);
    let report = format!("/api/v1/comments/{}/report", reply["comment"]["id"].as_str().unwrap());
    server.call("POST", &report).json(&json!({ "reason": "rude" })).send().expect(204);
    let spam = server.post("/posts/b", "Eve", "Buy");
    admin.moderate(&server, "spam", &[spam["comment"]["id"].as_str().unwrap()]);
    let held = server.post("/posts/b", "Eve", "Wait for me");
    admin.moderate(&server, "hold", &[held["comment"]["id"].as_str().unwrap()]);
    (instance, server, admin)
}

/// Turns the calendar forward.
fn days_pass(instance: &Instance, days: i64) {
    instance.sql(&format!("UPDATE sites SET removed_at = removed_at - {days} * 86400000"));
}

#[test]
fn what_would_go_is_told_in_numbers_and_only_the_name_removes_it() {
    let (_instance, server, admin) = full_site();
    let page = admin.page(&server, "/admin/sites/blog/remove");
    for (label, number) in [("Comments", 5), ("Threads", 2), ("People", 6)] {
        assert!(page.contains(&format!("<dt>{label}</dt><dd>{number}</dd>")), "{label}: {page}");
    }
    for wrong in ["", "Blog", "other"] {
        let answer = admin.post(&server, "/admin/sites/blog/remove", &[("name", wrong)]).expect(422).text();
        assert!(answer.contains("id=\"name-error\""), "{answer}");
    }
    assert_eq!(server.thread(PAGE, "")["thread"]["count"], 3);
    assert_eq!(remove(&admin, &server, " blog "), 303);
}

#[test]
fn a_removed_site_is_hidden_everywhere() {
    let (instance, server, admin) = full_site();
    let thread = server.thread(PAGE, "")["thread"]["id"].as_str().unwrap().to_owned();
    let root = server.thread(PAGE, "")["comments"][0]["id"].as_str().unwrap().to_owned();
    assert!(admin.page(&server, "/admin/queue").contains("Wait for me"));
    instance.sql(
        "INSERT INTO imports (id, site_id, format, file, dry_run, started, ended)
         SELECT 1, id, 'disqus', 'old.xml', 0, 0, 0 FROM sites WHERE key = 'blog'",
    );
    assert!(admin.page(&server, "/admin/imports").contains("old.xml"));
    assert_eq!(remove(&admin, &server, "blog"), 303);
    for path in [
        format!("/api/v1/threads?site=blog&page={PAGE}"),
        format!("/api/v1/counts?site=blog&page={PAGE}"),
        format!("/api/v1/me?site=blog&page={PAGE}"),
        format!("/api/v1/stream?site=blog&page={PAGE}"),
        "/feeds/blog.atom".to_owned(),
        format!("/feeds/blog/{thread}.atom"),
        format!("/t/blog/{thread}"),
    ] {
        let (told, _) = server.get(&path).problem(404);
        assert!(told.contains("removed"), "{path}: {told}");
    }
    assert_eq!(server.try_post(PAGE, "Ann", "Hello?").status, 404);
    server
        .call("PUT", &format!("/api/v1/comments/{root}/vote"))
        .json(&json!({ "value": 1 }))
        .send()
        .problem(404);
    for path in ["/admin/sites/blog", "/admin/sites/blog/preview", "/admin/sites/blog/remove"] {
        admin.get(&server, path).expect(404);
    }
    admin.get(&server, &format!("/admin/comments/{root}")).expect(404);
    for tab in ["held", "reported", "spam", "all"] {
        let page = admin.page(&server, &format!("/admin/queue?status={tab}"));
        assert!(!page.contains("Wait for me") && !page.contains("An answer"), "{tab}: {page}");
    }
    assert!(!admin.page(&server, "/admin/imports").contains("old.xml"));
    assert!(admin.page(&server, "/admin/queue?status=all").contains("Elsewhere"));
    let home = admin.page(&server, "/admin/");
    assert!(
        home.contains("<strong>0</strong> held") && home.contains("<strong>0</strong> reported"),
        "{home}"
    );
    assert_eq!(
        server.get_json(&format!("/api/v1/threads?site=other&page={}", encoded(PAGE)))["thread"]["count"],
        1
    );
}

#[test]
fn its_key_stays_taken_and_the_list_offers_it_back() {
    let (_instance, server, admin) = full_site();
    assert_eq!(remove(&admin, &server, "blog"), 303);
    let page = admin.page(&server, "/admin/sites?removed=blog");
    assert!(
        page.contains("Removed: blog") && page.contains("30 days left") && page.contains("Restore"),
        "{page}"
    );
    let fields = [
        ("key", "blog"),
        ("name", "Second"),
        ("origins", BLOG),
        ("moderation", "none"),
        ("edit_window", "15"),
        ("max_length", "10000"),
        ("sort", "oldest"),
        ("display_depth", "4"),
    ];
    let refused = admin.post(&server, "/admin/sites", &fields).expect(422).text();
    assert!(refused.contains("until it is free: 30"), "{refused}");
    assert_eq!(remove(&admin, &server, "blog"), 409, "twice");
}

#[test]
fn a_site_that_is_brought_back_has_all_it_had() {
    let (_instance, server, admin) = full_site();
    let before = server.thread(PAGE, "");
    assert_eq!(remove(&admin, &server, "blog"), 303);
    let answer = admin.post(&server, "/admin/sites/blog/restore", &[]).expect(303);
    for action in ["site.remove", "site.restore"] {
        assert!(admin.page(&server, "/admin/audit?subject=site:blog").contains(action), "{action}");
    }
    assert_eq!(answer.header("location"), Some("/admin/sites?restored=blog"));
    assert!(admin.page(&server, "/admin/sites?restored=blog").contains("blog is back"));
    assert_eq!(server.thread(PAGE, ""), before);
    assert!(admin.page(&server, "/admin/queue").contains("Wait for me"));
    admin.post(&server, "/admin/sites/blog/restore", &[]).expect(409);
    admin.post(&server, "/admin/sites/none/restore", &[]).expect(404);
}

#[test]
fn after_thirty_days_it_is_erased_and_nothing_else_is() {
    let (instance, server, admin) = full_site();
    assert_eq!(remove(&admin, &server, "blog"), 303);
    days_pass(&instance, 29);
    assert!(out(&instance.run(&["job", "run", "sites-erase"])).contains("nothing was due"));
    assert!(admin.page(&server, "/admin/sites").contains("1 day left"));
    days_pass(&instance, 1);
    let late = admin.post(&server, "/admin/sites/blog/restore", &[]).problem(409).0;
    assert!(late.contains("too late"), "{late}");
    let said = out(&instance.run(&["job", "run", "sites-erase"]));
    assert!(said.contains("“blog”: 5 comments, 2 threads, 6 people"), "{said}");
    assert_eq!(instance.number("SELECT count(*) FROM audit WHERE action = 'site.erase'"), 1);
    for table in ["sites", "site_origins", "threads", "comments", "guests"] {
        assert_eq!(instance.number(&format!("SELECT count(*) FROM {table}")), 1, "{table}");
    }
    for table in ["votes", "reports", "moderations"] {
        assert_eq!(instance.number(&format!("SELECT count(*) FROM {table}")), 0, "{table}");
    }
    assert!(!admin.page(&server, "/admin/sites").contains("blog.example"));
    server.get(&format!("/api/v1/threads?site=other&page={PAGE}")).expect(200);
    instance.site("blog", BLOG, "none");
    server.post(PAGE, "Ann", "A new start");
    assert_eq!(server.thread(PAGE, "")["thread"]["count"], 1);
}

#[test]
fn a_large_site_is_erased_in_pieces_while_others_are_served() {
    let (instance, server, admin) = Instance::desk("none");
    instance.site("other", "https://other.example", "none");
    server.post(PAGE, "Ann", "The first");
    // Three thousand answers in one chain of conversations, which must go from its ends.
    instance.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
         INSERT INTO comments (id, site_id, thread_id, parent_id, root_id, depth, path, author_name, format, body, html, status, created_at)
         SELECT c.id + i, c.site_id, c.thread_id, c.id + i - 1, c.id, i, x'', 'Ann', 'markdown', 'x', 'x', 'published', c.created_at FROM comments c, n",
    );
    assert_eq!(remove(&admin, &server, "blog"), 303);
    days_pass(&instance, 31);
    let erasing = std::thread::spawn({
        let command = instance.command(&["job", "run", "sites-erase"]);
        move || {
            let mut command = command;
            command.output().unwrap()
        }
    });
    let mut other = comment(PAGE, "Zoe", "Meanwhile");
    other["site"] = "other".into();
    while !erasing.is_finished() {
        server.post_json("/api/v1/comments", &other).expect(201);
    }
    let output = erasing.join().unwrap();
    assert!(words(&output).contains("3001 comments"), "{}", words(&output));
    assert_eq!(instance.number("SELECT count(*) FROM sites"), 1);
    assert_eq!(instance.number("SELECT count(*) FROM comments WHERE body <> 'Meanwhile'"), 0);
}
