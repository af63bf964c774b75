//! Threads: lock, hold, rename, close after some days, move to another page, merge; and comments that move.

use serde_json::{Value, json};

use crate::support::{Admin, BLOG, Instance, TestServer, between, comment, encoded, out, words};

const PAGE: &str = "/posts/a";
const OTHER: &str = "/posts/b";
const DAY: i64 = 24 * 3600 * 1000;

fn id(posted: &Value) -> &str {
    posted["comment"]["id"].as_str().unwrap()
}

fn thread_id(server: &TestServer, page: &str) -> String {
    server.thread(page, "")["thread"]["id"].as_str().unwrap().to_owned()
}

/// What a thread says, in display order; placeholders as `-`.
fn texts(server: &TestServer, page: &str) -> Vec<String> {
    let thread = server.thread(page, "");
    let list = thread["comments"].as_array().unwrap();
    let live = list.iter().filter(|one| one["deleted"] == false).count();
    assert_eq!(thread["thread"]["count"], live, "{thread}");
    let text = |one: &Value| one["html"].as_str().unwrap().replace("<p>", "").replace("</p>", "");
    list.iter().map(|one| if one["deleted"] == true { "-".into() } else { text(one) }).collect()
}

/// All that is stored beside the comments themselves, against what is really there.
#[track_caller]
fn all_is_right(instance: &Instance) {
    for wrong in [
        "SELECT count(*) FROM threads t WHERE t.count <>
            (SELECT count(*) FROM comments c WHERE c.thread_id = t.id AND c.status = 'published')
         OR t.newest <> (SELECT coalesce(max(id), 0) FROM comments c WHERE c.thread_id = t.id AND c.status = 'published')
         OR t.oldest <> (SELECT coalesce(min(id), 0) FROM comments c WHERE c.thread_id = t.id AND c.status = 'published')",
        "SELECT count(*) FROM comments a WHERE a.live_replies <>
            (SELECT count(*) FROM comments c WHERE c.root_id = a.root_id AND c.status = 'published'
             AND length(c.path) > length(a.path) AND hex(substr(c.path, 1, length(a.path))) = hex(a.path))",
        "SELECT count(*) FROM comments c JOIN comments p ON p.id = c.parent_id WHERE c.thread_id <> p.thread_id
         OR c.root_id <> p.root_id OR c.depth <> p.depth + 1",
        "SELECT count(*) FROM pragma_foreign_key_check",
    ] {
        assert_eq!(instance.number(wrong), 0, "{wrong}");
    }
    instance.search_is_right();
}

#[track_caller]
fn change(admin: &Admin, server: &TestServer, thread: &str, fields: &[(&str, &str)]) -> String {
    let answer = admin.post(server, &format!("/admin/threads/{thread}"), fields).expect(303);
    answer.header("location").unwrap().to_owned()
}

/// Presses “Undo” in the line that tells what was done.
#[track_caller]
fn undo(admin: &Admin, server: &TestServer, place: &str) {
    let page = admin.page(server, place);
    let flash = between(&page, "class=\"flash-place\"", "</main>");
    let form = between(flash, "<form method=\"post\" action=\"", "</form>");
    let (action, rest) = form.split_once('"').unwrap();
    let fields: Vec<_> = rest
        .split("type=\"hidden\" name=\"")
        .skip(1)
        .filter_map(|field| field.split_once("\" value=\""))
        .map(|(name, rest)| (name, plain(rest.split('"').next().unwrap())))
        .collect();
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    admin.post_bare(server, action, &fields).expect(303);
}

fn plain(html: &str) -> String {
    html.replace("&#34;", "\"").replace("&#38;", "&").replace("&amp;", "&")
}

#[test]
fn a_locked_thread_takes_no_comment_and_one_press_takes_that_back() {
    let (_instance, server, admin) = Instance::desk("none");
    server.post(PAGE, "Ann", "Hello");
    let thread = thread_id(&server, PAGE);
    let place = change(&admin, &server, &thread, &[("act", "lock")]);
    assert_eq!(server.thread(PAGE, "")["thread"]["locked"], true);
    let (words, _) = server.try_post(PAGE, "Bob", "Me too").problem(403);
    assert_eq!(words, "This thread is closed for new comments.");
    undo(&admin, &server, &place);
    server.post(PAGE, "Bob", "Me too");
}

#[test]
fn in_a_thread_that_holds_every_new_comment_and_every_edit_waits() {
    let (instance, server, admin) = Instance::desk("none");
    let first = server.post(PAGE, "Ann", "Hello");
    let thread = thread_id(&server, PAGE);
    let place = change(&admin, &server, &thread, &[("act", "hold")]);
    let held = server.try_post(PAGE, "Bob", "A hot take").expect(202).json();
    assert_eq!(held["held_because"], "Every new comment in this thread waits for a moderator.");
    server.post(OTHER, "Bob", "Elsewhere it goes through");
    let edit = server
        .call("PATCH", &format!("/api/v1/comments/{}", id(&first)))
        .bearer(first["edit_token"].as_str().unwrap())
        .json(&json!({ "body": "Hello, and a hot take" }))
        .send();
    assert_eq!(edit.expect(200).json()["comment"]["status"], "held");
    assert!(texts(&server, PAGE).is_empty());
    assert_eq!(admin.queue(&server, "held").len(), 2);
    all_is_right(&instance);
    undo(&admin, &server, &place);
    server.post(PAGE, "Cat", "Later");
}

#[test]
fn a_thread_closes_so_many_days_after_its_first_comment() {
    let (instance, server, admin) = Instance::desk("none");
    server.post(PAGE, "Ann", "Hello");
    let thread = thread_id(&server, PAGE);
    let plain = |days: i64| {
        // The comment becomes an older one: ids are times.
        instance.sql(&format!(
            "PRAGMA foreign_keys = OFF;
             UPDATE comments SET id = id - ({days} * {DAY} << 20), root_id = id - ({days} * {DAY} << 20), created_at = created_at - {days} * {DAY};
             UPDATE threads SET oldest = (SELECT min(id) FROM comments), newest = (SELECT max(id) FROM comments)"
        ));
    };
    let before = server.get(&format!("/api/v1/threads?site=blog&page={PAGE}"));
    plain(31);
    change(&admin, &server, &thread, &[("act", "close"), ("close", "days"), ("days", "40")]);
    server.post(PAGE, "Bob", "In time");
    change(&admin, &server, &thread, &[("act", "close"), ("close", "days"), ("days", "30")]);
    let closed = server.thread(PAGE, "");
    assert_eq!(closed["thread"]["locked"], true);
    let etag = before.header("etag").unwrap();
    let call = server.call("GET", &format!("/api/v1/threads?site=blog&page={PAGE}"));
    assert_eq!(call.header("if-none-match", etag).send().status, 200, "closing is a change");
    let (words, _) = server.try_post(PAGE, "Bob", "Too late").problem(403);
    assert_eq!(words, "This thread is closed: 30 days have passed since its first comment.");
    let page = admin.page(&server, "/admin/threads?state=closed");
    assert!(page.contains(&thread) && page.contains("Closed by age"), "{page}");
    assert!(!admin.page(&server, "/admin/threads?state=open").contains(&thread));
    let place = change(&admin, &server, &thread, &[("act", "close"), ("close", "site")]);
    assert_eq!(server.thread(PAGE, "")["thread"]["locked"], false, "the site’s own is never");
    undo(&admin, &server, &place);
    assert_eq!(server.thread(PAGE, "")["thread"]["locked"], true);
    assert_eq!(server.thread(OTHER, "")["thread"]["locked"], false);
}

#[test]
fn a_site_says_when_its_threads_close() {
    let (instance, server, admin) = Instance::desk("none");
    server.post(PAGE, "Ann", "Hello");
    let thread = thread_id(&server, PAGE);
    instance.sql(&format!("UPDATE threads SET oldest = oldest - (8 * {DAY} << 20)"));
    let mut fields = vec![
        ("name", "Blog"),
        ("origins", BLOG),
        ("moderation", "none"),
        ("sort", "oldest"),
        ("display_depth", "4"),
        ("edit_window", "15"),
        ("max_length", "10000"),
    ];
    fields.push(("close_after", "7"));
    admin.post(&server, "/admin/sites/blog", &fields).expect(303);
    assert_eq!(server.thread(PAGE, "")["thread"]["locked"], true);
    assert!(admin.page(&server, "/admin/sites/blog").contains("name=\"close_after\" type=\"number\""));
    change(&admin, &server, &thread, &[("act", "close"), ("close", "never")]);
    server.post(PAGE, "Bob", "This one stays open");
    fields.pop();
    fields.push(("close_after", "soon"));
    let refused = admin.post(&server, "/admin/sites/blog", &fields);
    assert!(refused.expect(422).text().contains("id=\"close_after-error\""));
}

#[test]
fn a_held_comment_neither_begins_a_thread_s_days_nor_tells_of_itself() {
    let instance = Instance::blog_with("all");
    instance.sql("UPDATE sites SET close_after = 1");
    let server = instance.start();
    server.try_post(PAGE, "Eve", "Unseen").expect(202);
    instance.sql(&format!("UPDATE threads SET created_at = created_at - 9 * {DAY}"));
    assert_eq!(server.thread(PAGE, "")["thread"]["locked"], false);
    server.try_post(PAGE, "Eve", "Still taken").expect(202);
}

#[test]
fn a_thread_is_renamed_for_everyone_and_back() {
    let (_instance, server, admin) = Instance::desk("none");
    let mut new = comment(PAGE, "Ann", "Hello");
    new["title"] = "Its frist title".into();
    server.post_json("/api/v1/comments", &new).expect(201);
    let thread = thread_id(&server, PAGE);
    let place = change(&admin, &server, &thread, &[("act", "title"), ("title", "Its “first” & only title")]);
    assert_eq!(server.thread(PAGE, "")["thread"]["title"], "Its “first” & only title");
    assert!(server.get(&format!("/t/blog/{thread}")).text().contains("Its “first” &#38; only title"));
    undo(&admin, &server, &place);
    assert_eq!(server.thread(PAGE, "")["thread"]["title"], "Its frist title");
    let long = "x".repeat(301);
    let refused =
        admin.post(&server, &format!("/admin/threads/{thread}"), &[("act", "title"), ("title", &long)]);
    assert!(refused.expect(422).text().contains("at most 300 characters"));
}

#[test]
fn an_undo_that_this_server_did_not_offer_is_not_shown() {
    let (_instance, server, admin) = Instance::desk("none");
    server.post(PAGE, "Ann", "Hello");
    let thread = thread_id(&server, PAGE);
    let place = change(&admin, &server, &thread, &[("act", "title"), ("title", "New")]);
    assert!(admin.page(&server, &place).contains("id=\"undo\""));
    let forged = place.replace("act%3Dtitle", "act%3Dlock");
    assert_ne!(forged, place);
    assert!(!admin.page(&server, &forged).contains("id=\"undo\""));
}

#[test]
fn a_page_that_moved_keeps_its_thread_under_both_keys() {
    let (instance, server, admin) = Instance::desk("none");
    let mut new = comment(PAGE, "Ann", "Hello");
    new["url"] = format!("{BLOG}/posts/a/").into();
    server.post_json("/api/v1/comments", &new).expect(201);
    let thread = thread_id(&server, PAGE);
    let path = format!("/admin/threads/{thread}");
    let preview = admin.page(&server, &format!("{path}/move?page={}", encoded(&format!("{BLOG}/new/a/"))));
    assert!(
        preview.contains("What would happen") && preview.contains(">/new/a<"),
        "the key, before the button: {preview}"
    );
    let answer = admin.post(&server, &format!("{path}/move"), &[("page", &format!("{BLOG}/new/a/"))]);
    let place = answer.expect(303).header("location").unwrap().to_owned();
    for page in [PAGE, "/new/a"] {
        assert_eq!(texts(&server, page), ["Hello"]);
    }
    let facts = server.thread(PAGE, "")["thread"].clone();
    assert_eq!((&facts["page"], &facts["url"]), (&"/new/a".into(), &format!("{BLOG}/new/a/").into()));
    server.post(PAGE, "Bob", "From the old page");
    assert_eq!(texts(&server, "/new/a").len(), 2);
    undo(&admin, &server, &place);
    let facts = server.thread(PAGE, "")["thread"].clone();
    assert_eq!((&facts["page"], &facts["url"]), (&PAGE.into(), &format!("{BLOG}/posts/a/").into()));
    assert!(server.thread("/new/a", "")["thread"]["id"].is_null(), "the key is free again");
    assert_eq!(instance.number("SELECT count(*) FROM thread_aliases"), 0);
}

#[test]
fn a_key_that_has_a_thread_is_not_moved_to_but_merged_with() {
    let (_instance, server, admin) = Instance::desk("none");
    server.post(PAGE, "Ann", "Here");
    server.post(OTHER, "Ann", "There");
    let [a, b] = [PAGE, OTHER].map(|page| thread_id(&server, page));
    let merge = format!("/admin/threads/{a}/merge?into={b}");
    let preview = admin.get(&server, &format!("/admin/threads/{a}/move?page={OTHER}")).expect(422).text();
    assert!(preview.contains(&merge), "{preview}");
    let refused = admin.post(&server, &format!("/admin/threads/{a}"), &[("act", "move"), ("page", OTHER)]);
    assert!(refused.expect(422).text().contains(&merge));
    let refused = admin.post(&server, &format!("/admin/threads/{a}"), &[("act", "take_key"), ("key", OTHER)]);
    assert!(refused.expect(422).text().contains(&merge));
    admin.post(&server, &format!("/admin/threads/{a}/move"), &[("page", OTHER)]).problem(409);
    assert_eq!((texts(&server, PAGE), texts(&server, OTHER)), (vec!["Here".into()], vec!["There".into()]));
}

#[test]
fn other_keys_are_added_and_let_go() {
    let (_instance, server, admin) = Instance::desk("none");
    server.post(PAGE, "Ann", "Hello");
    let thread = thread_id(&server, PAGE);
    let place = change(&admin, &server, &thread, &[("act", "take_key"), ("key", &format!("{BLOG}/old/a/"))]);
    assert_eq!(texts(&server, "/old/a"), ["Hello"]);
    undo(&admin, &server, &place);
    assert!(texts(&server, "/old/a").is_empty());
    change(&admin, &server, &thread, &[("act", "take_key"), ("key", "/old/a")]);
    for known in [PAGE, "/old/a/"] {
        let fields = [("act", "take_key"), ("key", known)];
        let refused = admin.post(&server, &format!("/admin/threads/{thread}"), &fields).expect(422).text();
        assert!(refused.contains("leads here already"), "{refused}");
    }
    let place = change(&admin, &server, &thread, &[("act", "leave_key"), ("key", "/old/a")]);
    server.post("/old/a", "Bob", "A thread of its own");
    let page = admin.page(&server, &place);
    let undo = between(&page, "<form method=\"post\" action=\"/admin/threads", "</form>");
    assert!(undo.contains("take_key"), "{undo}");
    admin
        .post(&server, &format!("/admin/threads/{thread}"), &[("act", "take_key"), ("key", "/old/a")])
        .expect(422);
    admin
        .post(&server, &format!("/admin/threads/{thread}"), &[("act", "leave_key"), ("key", PAGE)])
        .problem(404);
}

/// Two threads whose conversations alternate: the second has a held comment, and the first one a pinned.
fn two_threads(instance: &Instance, server: &TestServer, admin: &Admin) -> [String; 2] {
    let a1 = server.post(PAGE, "Ann", "a1");
    let b1 = server.post(OTHER, "Bob", "b1");
    server.post(PAGE, "Ann", "a2");
    server.reply(OTHER, &b1, "Cat", "b1.1");
    server.post(OTHER, "Bob", "b2");
    server.reply(PAGE, &a1, "Dan", "a1.1");
    let held = server.post(PAGE, "Eve", "a3");
    admin.moderate(server, "hold", &[id(&held)]);
    admin.post(server, &format!("/admin/comments/{}", id(&a1)), &[("act", "pin")]).expect(303);
    all_is_right(instance);
    [PAGE, OTHER].map(|page| thread_id(server, page))
}

#[test]
fn two_threads_become_one_in_the_order_of_time() {
    let (instance, server, admin) = Instance::desk("none");
    let [a, b] = two_threads(&instance, &server, &admin);
    change(&admin, &server, &a, &[("act", "take_key"), ("key", "/even/older")]);
    let before = server.get(&format!("/feeds/blog/{a}.atom")).expect(200);
    let entry = between(&before.text(), "<entry>", "</entry>").to_owned();
    let merge = format!("/admin/threads/{a}/merge");
    let preview = admin.page(&server, &format!("{merge}?into={OTHER}"));
    for expected in
        ["This cannot be undone", "<strong>6</strong>", "<strong>1</strong>", "<strong>3</strong>"]
    {
        assert!(preview.contains(expected), "{expected}: {preview}");
    }
    let answer = admin.post(&server, &merge, &[("into", &b)]).expect(303);
    let place = answer.header("location").unwrap().to_owned();
    assert!(admin.page(&server, &place).contains("Merged: 4 comments came over."));

    let wanted = ["a1", "a1.1", "b1", "b1.1", "a2", "b2"];
    for page in [PAGE, OTHER, "/even/older"] {
        assert_eq!(texts(&server, page), wanted, "{page}");
        assert_eq!(server.thread(page, "")["thread"]["page"], OTHER);
    }
    assert_eq!(admin.queue(&server, "held").len(), 1);
    all_is_right(&instance);
    server.post(PAGE, "Fay", "From the page of the one that is gone");
    assert_eq!(texts(&server, OTHER).len(), 7);

    for (old, new) in [
        (format!("/t/blog/{a}"), format!("/t/blog/{b}")),
        (format!("/t/blog/{a}?cursor=x"), format!("/t/blog/{b}?cursor=x")),
        (format!("/feeds/blog/{a}.atom"), format!("/feeds/blog/{b}.atom")),
    ] {
        assert_eq!(server.get(&old).expect(301).header("location"), Some(new.as_str()));
    }
    assert_eq!(
        admin.get(&server, &format!("/admin/threads/{a}")).expect(303).header("location"),
        Some(format!("/admin/threads/{b}").as_str())
    );
    let after = server.get(&format!("/feeds/blog/{b}.atom")).expect(200).text();
    let entry_id = between(&entry, "<id>", "</id>");
    assert!(after.contains(entry_id), "to a feed reader it is the same comment: {after}");
}

#[test]
fn merging_on_and_on_leads_to_the_last() {
    let (instance, server, admin) = Instance::desk("none");
    let pages = ["/1", "/2", "/3"];
    for page in pages {
        server.post(page, "Ann", page);
    }
    let [one, two, three] = pages.map(|page| thread_id(&server, page));
    admin.post(&server, &format!("/admin/threads/{one}/merge"), &[("into", &two)]).expect(303);
    admin.post(&server, &format!("/admin/threads/{two}/merge"), &[("into", &three)]).expect(303);
    let place = server.get(&format!("/t/blog/{one}")).expect(301);
    assert_eq!(place.header("location"), Some(format!("/t/blog/{three}").as_str()));
    assert_eq!(texts(&server, "/1"), ["/1", "/2", "/3"]);
    all_is_right(&instance);
}

#[test]
fn what_cannot_be_merged_is_refused_in_words() {
    let (instance, server, admin) = Instance::desk("none");
    instance.site("other", "https://other.example", "none");
    server.post(PAGE, "Ann", "Hello");
    let mut new = comment(PAGE, "Ann", "On another site");
    new["site"] = "other".into();
    server.post_json("/api/v1/comments", &new).expect(201);
    let a = thread_id(&server, PAGE);
    let elsewhere = server.get_json(&format!("/api/v1/threads?site=other&page={PAGE}"));
    let elsewhere = elsewhere["thread"]["id"].as_str().unwrap();
    let merge = format!("/admin/threads/{a}/merge");
    for (into, words) in [(PAGE, "this very thread"), ("/nothing", "Nobody has commented on")] {
        let refused = admin.get(&server, &format!("{merge}?into={}", encoded(into))).expect(422).text();
        assert!(refused.contains(words) && refused.contains("id=\"into-error\""), "{refused}");
    }
    let (words, _) = admin.post(&server, &merge, &[("into", elsewhere)]).problem(422);
    assert!(words.contains("same site"), "{words}");
    admin.post(&server, &merge, &[("into", &a)]).problem(422);
    admin.get(&server, "/admin/threads/0000000000000").expect(404);
}

#[test]
fn who_listens_hears_of_changes_and_of_merging() {
    let (instance, server, admin) = Instance::desk("none");
    let [a, b] = two_threads(&instance, &server, &admin);
    let (mut here, mut there) = (server.stream(PAGE), server.stream(OTHER));
    change(&admin, &server, &a, &[("act", "title"), ("title", "Renamed")]);
    let event = here.next();
    assert_eq!((event.kind.as_str(), &event.data["locked"]), ("thread", &false.into()));
    admin.post(&server, &format!("/admin/threads/{a}/merge"), &[("into", &b)]).expect(303);
    for stream in [&mut here, &mut there] {
        let event = stream.find(|event| event.kind == "hello");
        assert_eq!(event.data, json!({ "count": 6, "locked": false }));
    }
    let posted = server.post(OTHER, "Fay", "After it");
    for stream in [&mut here, &mut there] {
        let event = stream.find(|event| event.data["id"] == posted["comment"]["id"]);
        assert_eq!((event.kind.as_str(), &event.data["thread_id"]), ("published", &b.as_str().into()));
    }
}

#[test]
fn a_comment_moves_to_another_thread_with_all_below_it_and_back() {
    let (instance, server, admin) = Instance::desk("none");
    let root = server.post(PAGE, "Ann", "root");
    let child = server.reply(PAGE, &root, "Bob", "child");
    let grandchild = server.reply(PAGE, &child, "Cat", "grandchild");
    let held = server.reply(PAGE, &child, "Eve", "held below");
    admin.moderate(&server, "hold", &[id(&held)]);
    let target = server.post(OTHER, "Dan", "target");
    let both = |part| [PAGE, OTHER].map(|page| server.thread(page, "")[part].clone());
    let before = ["comments", "thread"].map(both);
    let (mut here, mut there) = (server.stream(PAGE), server.stream(OTHER));

    let path = format!("/admin/comments/{}/move", id(&child));
    let under = format!("{BLOG}/posts/b#afterword-{}", id(&target));
    let preview = admin.page(&server, &format!("{path}?to={OTHER}&under={}", encoded(&under)));
    assert!(preview.contains("3 comments, of which 2 published"), "{preview}");
    assert!(preview.contains("3 published comments now and 1 then") && preview.contains("1 now and 3 then"));
    let b = thread_id(&server, OTHER);
    let answer = admin.post(&server, &path, &[("to", &b), ("under", id(&target))]).expect(303);
    let place = answer.header("location").unwrap().to_owned();
    assert_eq!(texts(&server, PAGE), ["root"]);
    assert_eq!(texts(&server, OTHER), ["target", "child", "grandchild"]);
    assert_eq!(server.thread(OTHER, "")["comments"][2]["depth"], 2);
    all_is_right(&instance);
    for (stream, kind, count) in [(&mut here, "removed", 1), (&mut there, "published", 3)] {
        for moved in [&child, &grandchild] {
            let event = stream.next();
            assert_eq!((event.kind.as_str(), &event.data["id"]), (kind, &moved["comment"]["id"]));
            assert_eq!(event.data["count"], count);
        }
    }
    undo(&admin, &server, &place);
    assert_eq!(["comments", "thread"].map(both), before);
    all_is_right(&instance);
}

#[test]
fn a_reply_becomes_a_conversation_of_its_own_and_a_reply_to_another() {
    let (instance, server, admin) = Instance::desk("none");
    let first = server.post(PAGE, "Ann", "first");
    let second = server.post(PAGE, "Bob", "second");
    let reply = server.reply(PAGE, &second, "Cat", "reply");
    let thread = thread_id(&server, PAGE);
    let path = format!("/admin/comments/{}/move", id(&reply));
    admin.post(&server, &path, &[("to", &thread), ("under", "")]).expect(303);
    let shown = server.thread(PAGE, "");
    assert_eq!(
        (&shown["comments"][2]["depth"], &shown["comments"][2]["parent_id"]),
        (&0.into(), &Value::Null)
    );
    admin.post(&server, &path, &[("to", &thread), ("under", id(&first))]).expect(303);
    assert_eq!(texts(&server, PAGE), ["first", "reply", "second"]);
    all_is_right(&instance);
}

#[test]
fn a_move_that_cannot_be_is_refused_where_it_was_typed() {
    let (_instance, server, admin) = Instance::desk("none");
    let root = server.post(PAGE, "Ann", "root");
    let child = server.reply(PAGE, &root, "Bob", "child");
    let held = server.post(PAGE, "Eve", "held");
    admin.moderate(&server, "hold", &[id(&held)]);
    let path = format!("/admin/comments/{}/move", id(&root));
    for (to, under, field, words) in [
        (PAGE, "", "to", "stands there already"),
        (PAGE, id(&child), "under", "nor to what replies to it"),
        (PAGE, id(&root), "under", "cannot reply to itself"),
        (PAGE, id(&held), "under", "Only a published comment"),
        (PAGE, "0000000000000", "under", "no such comment in that thread"),
        (PAGE, "that one", "under", "by its number"),
        ("/nothing", "", "to", "Nobody has commented"),
    ] {
        let refused = admin.get(&server, &format!("{path}?to={}&under={}", encoded(to), encoded(under)));
        let page = refused.expect(422).text();
        let said = between(&page, &format!("id=\"{field}-error\">"), "</p>");
        assert!(said.contains(words), "{under}: {said}");
    }
    admin.page(&server, &path);
}

#[test]
fn threads_are_found_by_title_key_old_key_and_state() {
    let (instance, server, admin) = Instance::desk("none");
    instance.site("other", "https://other.example", "none");
    for (page, title) in [("/bread", "Über Brot"), ("/100%25", "All of it"), ("/wine", "Wine_and more")] {
        let mut new = comment(page, "Ann", "Hello");
        new["title"] = title.into();
        server.post_json("/api/v1/comments", &new).expect(201);
    }
    let mut new = comment("/bread", "Ann", "Hello");
    new["site"] = "other".into();
    server.post_json("/api/v1/comments", &new).expect(201);
    let wine = thread_id(&server, "/wine");
    change(&admin, &server, &wine, &[("act", "take_key"), ("key", "/grapes")]);
    let found = |query: &str| {
        let page = admin.page(&server, &format!("/admin/threads?{query}"));
        page.matches("<td role=\"cell\" class=\"wide\">").count()
    };
    assert_eq!(found(""), 4);
    for (text, number) in [
        ("bre", 2),
        ("über", 1),
        ("ÜBER", 1),
        ("brot", 1),
        ("%", 1),
        ("_", 1),
        ("grape", 1),
        ("https://blog.example/bread/", 2),
        ("nothing", 0),
    ] {
        assert_eq!(found(&format!("text={}", encoded(text))), number, "{text}");
    }
    assert_eq!(found("site=other"), 1);
    assert_eq!(found("site=other&text=wine"), 0);
    change(&admin, &server, &wine, &[("act", "lock")]);
    change(&admin, &server, &thread_id(&server, "/bread"), &[("act", "hold")]);
    server.try_post("/bread", "Bob", "Waits").expect(202);
    for (state, number) in
        [("any", 4), ("open", 3), ("locked", 1), ("held", 1), ("waiting", 1), ("closed", 0)]
    {
        assert_eq!(found(&format!("state={state}")), number, "{state}");
    }
    let page = admin.page(&server, "/admin/threads?state=waiting");
    assert!(page.contains("1 waits") && page.contains("Holds everything"), "{page}");
}

#[test]
fn the_list_of_threads_goes_on_page_by_page_in_every_order() {
    let (instance, server, admin) = Instance::desk("none");
    instance.site("other", "https://other.example", "none");
    instance.sql(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120)
         INSERT INTO threads (id, site_id, page, title, count, newest, created_at)
         SELECT 1000 + i, iif(i % 2 = 0, (SELECT min(id) FROM sites), (SELECT max(id) FROM sites)), '/' || i,
                iif(i % 3 = 0, '', 'Title ' || (i % 7)), i % 5, iif(i % 5 = 0, 0, (1700000000000 + i % 11) << 20), 0 FROM n",
    );
    let walk = |query: &str| {
        let (mut path, mut found) = (format!("/admin/threads?{query}"), vec![]);
        loop {
            let page = admin.page(&server, &path);
            let links = page.split("<a class=\"whole\" dir=\"auto\" href=\"/admin/threads/").skip(1);
            found.extend(links.map(|rest| rest.split('"').next().unwrap().to_owned()));
            match page.split_once("\" rel=\"next\"") {
                Some((before, _)) => path = plain(before.rsplit_once("href=\"").unwrap().1),
                None => return found,
            }
        }
    };
    for sort in ["last", "comments", "title"] {
        for filter in ["", "&text=/", "&site=blog", "&site=other&state=open"] {
            let down = walk(&format!("sort={sort}&dir=desc{filter}"));
            let mut up = walk(&format!("sort={sort}&dir=asc{filter}"));
            up.reverse();
            assert_eq!(down, up, "{sort}{filter}");
            let mut all = down.clone();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), down.len(), "none twice: {sort}{filter}");
            assert_eq!(all.len(), if filter.contains("site") { 60 } else { 120 }, "{sort}{filter}");
        }
    }
    server.post("/new", "Ann", "The newest");
    assert!(walk("")[0] == thread_id(&server, "/new"), "the newest comment comes first");
}

#[test]
fn a_thread_s_page_tells_who_talks_in_it() {
    let (_instance, server, admin) = Instance::desk("none");
    let first = server.post(PAGE, "Ann", "One");
    let token = first["edit_token"].as_str().unwrap();
    let again = server.call("POST", "/api/v1/comments").bearer(token).json(&comment(PAGE, "Annie", "Two"));
    let again = again.send().expect(201).json();
    let spam = server.post(PAGE, "Eve <b>", "Buy");
    admin.moderate(&server, "spam", &[id(&spam)]);
    let page = admin.page(&server, &format!("/admin/threads/{}", thread_id(&server, PAGE)));
    let people = between(&page, "<h2 id=\"people\">", "</section>");
    let hers = plain(between(people, "<a class=\"whole\" dir=\"auto\" href=\"", "\">Annie</a>"));
    let queue = admin.page(&server, &hers);
    assert!(queue.contains(">Two<") || queue.contains("<p>Two</p>"), "{queue}");
    assert!(!queue.contains("<p>Buy</p>"), "only hers: {queue}");
    assert!(people.contains(">Annie</a>") && !people.contains(">Ann</a>"), "as she writes it now: {people}");
    assert!(
        people.contains("2<span class=\"unit\"> published") && people.contains("Eve &#60;b&#62;"),
        "{people}"
    );
    assert!(people.contains(&format!("/admin/comments/{}", id(&again))));
}

#[test]
fn only_those_who_signed_in_see_and_change_threads() {
    let (_instance, server, _admin) = Instance::desk("none");
    let posted = server.post(PAGE, "Ann", "Hello");
    let thread = thread_id(&server, PAGE);
    let mut paths = vec!["/admin/threads".to_owned()];
    paths.extend(["", "/merge", "/move"].map(|end| format!("/admin/threads/{thread}{end}")));
    paths.push(format!("/admin/comments/{}/move", id(&posted)));
    for path in paths {
        let refused = server.get(&path);
        assert!(matches!(refused.status, 303 | 401), "{path}: {}", refused.status);
        if path != "/admin/threads" {
            let sent = crate::support::send_form(server.call("POST", &path), &[("act", "lock")]);
            assert!(matches!(sent.status, 303 | 401), "{path}: {}", sent.status);
        }
    }
    assert_eq!(server.thread(PAGE, "")["thread"]["locked"], false);
}

#[test]
fn a_terminal_does_what_the_dashboard_does() {
    let instance = Instance::blog();
    let server = instance.start();
    server.post(PAGE, "Ann", "Here");
    server.post(OTHER, "Bob", "There");
    let run =
        |arguments: &[&str]| out(&instance.run(&[&["thread"], arguments, &["--site", "blog"]].concat()));
    let refused = |arguments: &[&str]| {
        let output = instance.run(&[&["thread"], arguments, &["--site", "blog"]].concat());
        assert_eq!(output.status.code(), Some(1), "{}", words(&output));
        words(&output)
    };
    run(&["lock", PAGE]);
    server.try_post(PAGE, "Cat", "Late").problem(403);
    let listed: Value = serde_json::from_str(&run(&["list", "--state", "locked", "--json"])).unwrap();
    assert_eq!((&listed[0]["page"], &listed[0]["state"]), (&PAGE.into(), &"locked".into()));
    run(&["unlock", &format!("{BLOG}{PAGE}/")]);
    run(&["hold", PAGE]);
    server.try_post(PAGE, "Cat", "Waits").expect(202);
    assert!(run(&["list"]).contains("(+1 held)"));
    run(&["unhold", PAGE]);
    run(&["rename", PAGE, "A better title"]);
    run(&["close-after", PAGE, "30"]);
    assert!(refused(&["close-after", PAGE, "soon"]).contains("number of days"));
    assert!(refused(&["move", PAGE, OTHER]).contains("Merge the two"));
    run(&["move", PAGE, &format!("{BLOG}/new/")]);
    assert_eq!(server.thread(PAGE, "")["thread"]["title"], "A better title");
    let before = server.thread(OTHER, "");
    assert!(run(&["merge", "/new", OTHER, "--dry-run"]).contains("Nothing was changed"));
    assert_eq!(server.thread(OTHER, ""), before);
    assert!(run(&["merge", "/new", OTHER]).starts_with("2 comments of /new"));
    assert_eq!(texts(&server, PAGE), ["Here", "There"]);
    assert!(refused(&["lock", "/nothing"]).contains("Nobody has commented"));
    assert_eq!(instance.run(&["thread", "lock", PAGE]).status.code(), Some(2), "whose thread?");
    all_is_right(&instance);
}
