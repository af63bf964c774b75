//! The queue: approve, hold, mark as spam, delete; undo.

use serde_json::Value;

use crate::support::{Admin, Instance, TestServer, out};

const PAGE: &str = "/posts/a";

fn id(posted: &Value) -> &str {
    posted["comment"]["id"].as_str().unwrap()
}

/// The stored counts, checked against what is really there: first each thread's, then each comment's.
#[track_caller]
fn counts_are_right(instance: &Instance) {
    let wrong_threads = "SELECT count(*) FROM threads t WHERE t.count <>
        (SELECT count(*) FROM comments c WHERE c.thread_id = t.id AND c.status = 'published')";
    let wrong_comments = "SELECT count(*) FROM comments a WHERE a.live_replies <>
        (SELECT count(*) FROM comments c WHERE c.root_id = a.root_id AND c.status = 'published'
         AND length(c.path) > length(a.path) AND hex(substr(c.path, 1, length(a.path))) = hex(a.path))";
    assert_eq!((instance.number(wrong_threads), instance.number(wrong_comments)), (0, 0));
    instance.search_is_right();
}

/// The bodies that readers see; placeholders as `-`.
fn shown(server: &TestServer) -> Vec<String> {
    let thread = server.thread(PAGE, "");
    let list = thread["comments"].as_array().unwrap();
    let live = list.iter().filter(|one| one["deleted"] == false).count();
    assert_eq!(thread["thread"]["count"], live, "{thread}");
    let counts = server.get_json(&format!("/api/v1/counts?site=blog&page={PAGE}"));
    assert_eq!(counts["counts"][PAGE], live);
    let text = |one: &Value| one["html"].as_str().unwrap().replace("<p>", "").replace("</p>", "");
    list.iter().map(|one| if one["deleted"] == true { "-".into() } else { text(one) }).collect()
}

/// A root, its reply, and the reply's reply.
fn family(server: &TestServer) -> [Value; 3] {
    let root = server.post(PAGE, "Ann", "root");
    let child = server.reply(PAGE, &root, "Bob", "child");
    let grandchild = server.reply(PAGE, &child, "Cat", "grandchild");
    [root, child, grandchild]
}

#[test]
fn a_held_comment_waits_in_the_queue_and_is_public_once_approved() {
    let (instance, server, admin) = Instance::desk("all");
    let held = server.try_post(PAGE, "Ann", "Let me in").expect(202).json();
    assert_eq!(admin.queue(&server, "held"), [id(&held)]);
    assert!(admin.page(&server, "/admin/queue").contains("Let me in"));
    admin.moderate(&server, "approve", &[id(&held)]);
    assert_eq!((admin.queue(&server, "held").len(), shown(&server)), (0, vec!["Let me in".to_owned()]));
    counts_are_right(&instance);
}

#[test]
fn each_verb_can_be_undone() {
    let (instance, server, admin) = Instance::desk("none");
    let [_, child, _] = family(&server);
    let before = server.thread(PAGE, "");
    for verb in ["hold", "spam", "delete"] {
        let batch = admin.moderate(&server, verb, &[id(&child)]);
        assert_eq!(shown(&server), ["root", "-", "grandchild"], "{verb}");
        counts_are_right(&instance);
        admin.undo(&server, &batch);
        for part in ["comments", "thread"] {
            assert_eq!(server.thread(PAGE, "")[part], before[part], "{verb} undone");
        }
        counts_are_right(&instance);
    }
    admin.moderate(&server, "spam", &[id(&child)]);
    assert_eq!(admin.queue(&server, "spam"), [id(&child)]);
    let batch = admin.moderate(&server, "approve", &[id(&child)]);
    assert_eq!(shown(&server), ["root", "child", "grandchild"]);
    admin.undo(&server, &batch);
    assert_eq!(admin.queue(&server, "spam"), [id(&child)]);
    counts_are_right(&instance);
}

#[test]
fn a_batch_goes_back_to_what_each_one_was() {
    let (instance, server, admin) = Instance::desk("none");
    let [root, child, grandchild] = family(&server);
    let ids = [id(&root), id(&child), id(&grandchild)];
    admin.moderate(&server, "hold", &ids[1..2]);
    admin.moderate(&server, "spam", &ids[2..3]);
    assert_eq!(shown(&server), ["root"]);
    let batch = admin.moderate(&server, "delete", &ids);
    assert!(shown(&server).is_empty());
    counts_are_right(&instance);
    admin.undo(&server, &batch);
    assert_eq!(shown(&server), ["root"]);
    assert_eq!(
        (admin.queue(&server, "held"), admin.queue(&server, "spam")),
        (vec![ids[1].into()], vec![ids[2].into()])
    );
    let batch = admin.moderate(&server, "approve", &ids);
    assert_eq!(shown(&server), ["root", "child", "grandchild"]);
    counts_are_right(&instance);
    admin.undo(&server, &batch);
    assert_eq!(shown(&server), ["root"]);
    counts_are_right(&instance);
}

#[test]
fn a_button_beside_one_comment_acts_on_that_one_only() {
    let (_instance, server, admin) = Instance::desk("all");
    let [first, second] = ["1", "2"].map(|body| server.try_post(PAGE, "Ann", body).expect(202).json());
    let fields = [("one", format!("approve:{}", id(&first))), ("id", id(&second).to_owned())];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = admin.post(&server, "/admin/queue", &fields).expect(303);
    assert_eq!(shown(&server), ["1"]);
    let page = admin.page(&server, answer.header("location").unwrap());
    assert!(page.contains("Approved: 1 comment.") && page.contains("id=\"undo\""), "{page}");
}

#[test]
fn nothing_selected_changes_nothing() {
    let (_instance, server, admin) = Instance::desk("all");
    let held = server.try_post(PAGE, "Ann", "1").expect(202).json();
    admin.post(&server, "/admin/queue", &[("bulk", "approve")]).expect(303);
    admin.post(&server, "/admin/queue", &[("bulk", "publish"), ("id", id(&held))]).problem(422);
    admin.post(&server, "/admin/queue", &[("bulk", "approve"), ("id", "0000000000000")]).problem(404);
    admin.post(&server, "/admin/queue", &[("bulk", "approve"), ("id", id(&held)), ("id", "x")]).problem(404);
    assert!(shown(&server).is_empty());
}

#[test]
fn an_undo_works_once() {
    let (_instance, server, admin) = Instance::desk("none");
    let posted = server.post(PAGE, "Ann", "1");
    let batch = admin.moderate(&server, "delete", &[id(&posted)]);
    admin.undo(&server, &batch);
    admin.post(&server, "/admin/queue/undo", &[("batch", &batch)]).problem(409);
    admin.post(&server, "/admin/queue/undo", &[("batch", "0000000000000")]).problem(409);
    assert_eq!(shown(&server), ["1"]);
}

#[test]
fn an_undo_leaves_alone_what_happened_since() {
    let (instance, server, admin) = Instance::desk("none");
    let [first, second] = ["1", "2"].map(|body| server.post(PAGE, "Ann", body));
    let batch = admin.moderate(&server, "hold", &[id(&first), id(&second)]);
    admin.moderate(&server, "spam", &[id(&first)]);
    admin.undo(&server, &batch);
    assert_eq!(shown(&server), ["2"]);
    assert_eq!(admin.queue(&server, "spam"), [id(&first)]);
    counts_are_right(&instance);
}

#[test]
fn what_its_author_deleted_no_moderator_brings_back() {
    let (instance, server, admin) = Instance::desk("none");
    let [root, ..] = family(&server);
    let batch = admin.moderate(&server, "hold", &[id(&root)]);
    let path = format!("/api/v1/comments/{}", id(&root));
    server.call("DELETE", &path).bearer(root["edit_token"].as_str().unwrap()).send().expect(204);
    admin.post(&server, "/admin/queue/undo", &[("batch", &batch)]).problem(409);
    admin.post(&server, "/admin/queue", &[("bulk", "approve"), ("id", id(&root))]).expect(303);
    assert_eq!(shown(&server), ["-", "child", "grandchild"]);
    counts_are_right(&instance);
}

#[test]
fn a_deletion_is_not_undone_once_its_text_was_erased() {
    let (instance, server, admin) = Instance::desk("none");
    let posted = server.post(PAGE, "Ann", "Old");
    let batch = admin.moderate(&server, "delete", &[id(&posted)]);
    let month = 31_i64 * 24 * 3600 * 1000;
    instance.sql(&format!(
        "UPDATE comments SET created_at = created_at - {month}; UPDATE moderations SET at = at - {month}"
    ));
    assert!(out(&instance.run(&["job", "run", "deleted-erase"])).contains("erased 1"));
    assert_eq!(instance.number("SELECT count(*) FROM comments WHERE body <> ''"), 0);
    admin.post(&server, "/admin/queue/undo", &[("batch", &batch)]).problem(409);
    assert!(shown(&server).is_empty(), "an empty comment came back");
}

#[test]
fn a_recent_deletion_keeps_its_text_for_the_moderators() {
    let (instance, server, admin) = Instance::desk("none");
    let posted = server.post(PAGE, "Ann", "Recent");
    let batch = admin.moderate(&server, "delete", &[id(&posted)]);
    assert!(out(&instance.run(&["job", "run", "deleted-erase"])).contains("erased 0"));
    admin.undo(&server, &batch);
    assert_eq!(shown(&server), ["Recent"]);
}

#[test]
fn moderating_settles_the_reports_and_undoing_opens_them_again() {
    let (_instance, server, admin) = Instance::desk("none");
    let posted = server.post(PAGE, "Ann", "Hm");
    let report = format!("/api/v1/comments/{}/report", id(&posted));
    server.post_json(&report, &serde_json::json!({ "reason": "Rude" })).expect(204);
    let count = |admin: &Admin| admin.queue(&server, "reported").len();
    assert_eq!(count(&admin), 1);
    let batch = admin.moderate(&server, "approve", &[id(&posted)]);
    assert_eq!((count(&admin), shown(&server).len()), (0, 1), "kept");
    admin.undo(&server, &batch);
    assert_eq!(count(&admin), 1);
    admin.moderate(&server, "delete", &[id(&posted)]);
    assert_eq!(count(&admin), 0);
}

#[test]
fn a_comment_s_page_shows_its_thread_and_what_was_done() {
    let (_instance, server, admin) = Instance::desk("none");
    let [root, child, grandchild] = family(&server);
    admin.moderate(&server, "hold", &[id(&child)]);
    let path = format!("/admin/comments/{}", id(&child));
    let page = admin.page(&server, &path);
    for near in [&root, &grandchild] {
        assert!(page.contains(&format!("/admin/comments/{}", id(near))), "{page}");
    }
    assert!(page.contains("A moderator held it.") && page.contains("became"), "{page}");
    let answer = admin.post(&server, &path, &[("act", "approve")]).expect(303);
    assert_eq!(shown(&server), ["root", "child", "grandchild"]);
    assert!(admin.page(&server, answer.header("location").unwrap()).contains("id=\"undo\""));
    admin.post(&server, &path, &[("act", "pin")]).problem(422);
    admin.get(&server, "/admin/comments/0000000000000").expect(404);
}

#[test]
fn the_queue_goes_on_page_by_page_and_by_site() {
    let (instance, server, admin) = Instance::desk("all");
    instance.site("other", "https://other.example", "all");
    for n in 0..33 {
        server.try_post(PAGE, "Ann", &n.to_string()).expect(202);
    }
    let first = admin.queue(&server, "held");
    assert_eq!(first.len(), 30);
    let older = admin.queue(&server, &format!("held&cursor={}", first[29]));
    assert_eq!(older.len(), 3);
    assert!(older.iter().all(|one| *one < first[29]), "older ones");
    assert_eq!(admin.queue(&server, "held&site=other").len(), 0);
    assert!(admin.page(&server, "/admin/queue?status=held").contains("30 of 33"));
}
