//! What somebody did on the dashboard is taken back by one press, and nothing else is.

use serde_json::Value;

use crate::support::{Admin, Instance, TestServer, between};

const PAGE: &str = "/posts/a";

fn id(posted: &Value) -> &str {
    posted["comment"]["id"].as_str().unwrap()
}

fn plain(href: &str) -> String {
    href.replace("&#38;", "&")
}

/// Sends a form, and answers the page it leads to.
#[track_caller]
fn follow(admin: &Admin, server: &TestServer, path: &str, fields: &[(&str, &str)]) -> String {
    let answer = admin.post(server, path, fields).expect(303);
    admin.page(server, answer.header("location").unwrap())
}

/// The form behind the Undo of a page: where it goes and its fields, the token among them.
#[track_caller]
fn undo_of(page: &str) -> (String, Vec<(String, String)>) {
    let flash = between(page, "<div class=\"flash-place\"", "id=\"undo\"");
    let fields = flash.split("type=\"hidden\" name=\"").skip(1).map(|rest| {
        let name = rest.split('"').next().unwrap().to_owned();
        (name, plain(between(rest, "value=\"", "\"")))
    });
    (plain(between(flash, "action=\"", "\"")), fields.collect())
}

/// Presses the Undo of a page, and answers the page it leads to.
#[track_caller]
fn undo(admin: &Admin, server: &TestServer, page: &str) -> String {
    let (action, fields) = undo_of(page);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = admin.post_bare(server, &action, &fields).expect(303);
    admin.page(server, answer.header("location").unwrap())
}

#[test]
fn ending_a_ban_is_undone_and_an_address_is_banned_as_before() {
    let (instance, server, admin) = Instance::desk("none");
    let posted = server.post(PAGE, "Eve", "Words");
    for ends in ["good", "week"] {
        instance.sql("DELETE FROM bans");
        let fields = [("comment", id(&posted)), ("what", "address"), ("ends", ends), ("reason", "Loud")];
        admin.post(&server, "/admin/bans", &fields).expect(303);
        server.try_post(PAGE, "Eve", "More").problem(403);
        let before = instance.number("SELECT coalesce(expires_at, 0) FROM bans");
        let list = admin.page(&server, "/admin/bans");
        let path = format!("/admin/bans/{}", between(&list, "method=\"post\" action=\"/admin/bans/", "\""));
        let ended = follow(&admin, &server, &path, &[]);
        assert!(ended.contains("The ban is ended."), "{ended}");
        server.try_post(PAGE, "Eve", "At last").expect(201);
        let back = undo(&admin, &server, &ended);
        assert!(back.contains("The ban goes on as it was.") && back.contains("Loud"), "{back}");
        server.try_post(PAGE, "Eve", "Again").problem(403);
        assert_eq!(instance.number("SELECT coalesce(expires_at, 0) FROM bans"), before, "{ends}");
    }
    let actions = instance.number("SELECT count(*) FROM audit WHERE action = 'ban.resume' AND was = 'ended'");
    assert_eq!(actions, 2);
}

#[test]
fn a_new_ban_is_taken_back_with_all_that_was_made_with_it() {
    let (instance, server, admin) = Instance::desk("none");
    let posted = server.post(PAGE, "Eve", "Words");
    let fields = [("comment", id(&posted)), ("what", "address"), ("what", "name"), ("ends", "good")];
    let page = follow(&admin, &server, "/admin/bans", &fields);
    assert!(page.contains("Banned.") && instance.number("SELECT count(*) FROM bans") == 2, "{page}");
    server.try_post(PAGE, "Eve", "More").problem(403);
    let back = undo(&admin, &server, &page);
    assert!(back.contains("Taken back") && back.contains("Nobody is banned"), "{back}");
    server.try_post(PAGE, "Eve", "At last").expect(201);
    assert_eq!(instance.number("SELECT count(*) FROM audit WHERE action = 'ban.end'"), 2);
    let (action, fields) = undo_of(&page);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    admin.post_bare(&server, &action, &fields).problem(409);
}

#[test]
fn a_ban_goes_on_only_as_it_was_ended() {
    let (instance, server, admin) = Instance::desk("none");
    let ban = [("kind", "name"), ("pattern", "Eve"), ("ends", "week")];
    admin.post(&server, "/admin/bans", &ban).expect(303);
    let list = admin.page(&server, "/admin/bans");
    let path = format!("/admin/bans/{}", between(&list, "method=\"post\" action=\"/admin/bans/", "\""));
    let ended = follow(&admin, &server, &path, &[]);
    let (action, fields) = undo_of(&ended);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    admin.post_bare(&server, &action, &fields).expect(303);
    admin.post_bare(&server, &action, &fields).problem(409);
    // An address that somebody else wrote has no button that does what it says.
    let forged =
        admin.page(&server, "/admin/bans?done=ended&ban=0000000000001&undo=ended%3D1%26until%3D&proof=x");
    assert!(!forged.contains("id=\"undo\""), "{forged}");
    // What would be over by now stays ended.
    instance.sql("UPDATE bans SET expires_at = 5");
    let over = [("csrf", fields[0].1), ("ended", "5"), ("until", "6")];
    admin.post_bare(&server, &action, &over).problem(409);
    assert_eq!(instance.number("SELECT expires_at FROM bans"), 5);
    admin.post(&server, "/admin/bans/0000000000001/resume", &[("ended", "5"), ("until", "")]).problem(404);
}

#[test]
fn pinning_and_locking_on_a_comment_s_page_are_told_and_undone() {
    let (instance, server, admin) = Instance::desk("none");
    let posted = server.post(PAGE, "Ann", "Words");
    let path = format!("/admin/comments/{}", id(&posted));
    let state = || {
        let count = |query: &str| instance.number(query);
        (count("SELECT pinned FROM comments"), count("SELECT locked FROM threads"))
    };
    for (act, told, during, undone) in [
        ("pin", "Pinned:", (1, 0), "No longer pinned."),
        ("lock", "The thread is locked", (0, 1), "The thread is unlocked."),
    ] {
        let page = follow(&admin, &server, &path, &[("act", act)]);
        assert!(page.contains(told) && state() == during, "{act}: {page}");
        let again = follow(&admin, &server, &path, &[("act", act)]);
        assert!(again.contains(told) && !again.contains("id=\"undo\""), "it was so already: {again}");
        let back = undo(&admin, &server, &page);
        assert!(back.contains(undone) && state() == (0, 0), "{act}: {back}");
        let redone = undo(&admin, &server, &back);
        assert!(redone.contains(told) && state() == during, "{act}: {redone}");
        undo(&admin, &server, &redone);
    }
    let forged = admin.page(&server, &format!("{path}?turned=pin&undo=act%3Dlock&proof=x"));
    assert!(!forged.contains("id=\"undo\""), "{forged}");
}

#[test]
fn an_edited_text_comes_back_as_it_was() {
    let (instance, server, admin) = Instance::desk("none");
    let posted = server.post(PAGE, "Ann", "First *words*");
    let path = format!("/admin/comments/{}", id(&posted));
    let text = || server.thread(PAGE, "")["comments"][0]["html"].as_str().unwrap().trim().to_owned();
    let before = text();
    let edited = follow(&admin, &server, &format!("{path}/text"), &[("text", "Second words")]);
    assert!(edited.contains("The comment says that now.") && text() == "<p>Second words</p>", "{edited}");
    let back = undo(&admin, &server, &edited);
    assert!(back.contains("The earlier text is back.") && text() == before, "{back}");
    undo(&admin, &server, &back);
    assert_eq!(text(), "<p>Second words</p>", "what was put back can be taken back");
    assert_eq!(instance.number("SELECT count(*) FROM comment_versions"), 3, "each is another edit");
    assert_eq!(instance.number("SELECT count(*) FROM audit WHERE action = 'comment.edit'"), 3);
}

#[test]
fn any_earlier_text_can_be_put_back() {
    let (_instance, server, admin) = Instance::desk("none");
    let posted = server.post(PAGE, "Ann", "One");
    let path = format!("/admin/comments/{}", id(&posted));
    for text in ["Two", "Three"] {
        admin.post(&server, &format!("{path}/text"), &[("text", text)]).expect(303);
    }
    let page = admin.page(&server, &path);
    let edits = page.split_once("What was edited").unwrap().1;
    let versions: Vec<_> = edits
        .split("name=\"version\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    let seen = between(edits, "name=\"seen\" value=\"", "\"").to_owned();
    let restore = |version: &str| {
        admin.post(&server, &format!("{path}/restore"), &[("version", version), ("seen", &seen)])
    };
    restore(&versions[1]).expect(303);
    assert!(server.thread(PAGE, "")["comments"][0]["html"].as_str().unwrap().contains("One"));
    restore(&versions[0]).problem(409);
    admin.post(&server, &format!("{path}/restore"), &[("version", "1")]).problem(404);
    admin.post(&server, &format!("{path}/restore"), &[]).problem(422);
}

#[test]
fn a_text_of_another_site_is_not_theirs_to_put_back() {
    let (instance, server, admin) = Instance::desk("none");
    instance.site("other", "https://other.example", "none");
    let moderator = Admin::invited(&instance, &server, "mod@example.org", "moderator", &["other"]);
    let posted = server.post(PAGE, "Ann", "One");
    let path = format!("/admin/comments/{}", id(&posted));
    let edited = follow(&admin, &server, &format!("{path}/text"), &[("text", "Two")]);
    let (action, fields) = undo_of(&edited);
    let version = &fields.iter().find(|(name, _)| name == "version").unwrap().1;
    moderator.post(&server, &action, &[("version", version)]).problem(404);
    moderator.post(&server, "/admin/bans/0000000000001/resume", &[("ended", "1")]).problem(403);
}
