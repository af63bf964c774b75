//! What authors may do to their own comments, and what only they are told.

use serde_json::{Value, json};

use crate::support::{Answer, BLOG, Instance, TestServer, comment};

const PAGE: &str = "/posts/a";

fn id(posted: &Value) -> &str {
    posted["comment"]["id"].as_str().unwrap()
}

fn token(posted: &Value) -> &str {
    posted["edit_token"].as_str().unwrap()
}

fn edit(server: &TestServer, posted: &Value, token: &str, body: &str) -> Answer {
    let call = server.call("PATCH", &format!("/api/v1/comments/{}", id(posted)));
    call.origin(BLOG).bearer(token).json(&json!({ "body": body })).send()
}

fn delete(server: &TestServer, posted: &Value, token: &str) -> Answer {
    server.call("DELETE", &format!("/api/v1/comments/{}", id(posted))).origin(BLOG).bearer(token).send()
}

fn source(server: &TestServer, posted: &Value, token: &str) -> Answer {
    server.call("GET", &format!("/api/v1/comments/{}/source", id(posted))).bearer(token).send()
}

#[test]
fn an_author_edits_within_the_window() {
    let server = Instance::blog().start();
    let posted = server.post(PAGE, "Ann", "Hallo *world*");
    assert_eq!(
        source(&server, &posted, token(&posted)).expect(200).json(),
        json!({ "body": "Hallo *world*" })
    );
    let edited = edit(&server, &posted, token(&posted), "Hello **world**").expect(200).json();
    assert_eq!(edited["comment"]["html"], "<p>Hello <strong>world</strong></p>");
    assert_eq!(
        (&edited["comment"]["body"], &edited["comment"]["status"]),
        (&"Hello **world**".into(), &"published".into())
    );
    let shown = &server.thread(PAGE, "")["comments"][0];
    assert_eq!(shown["html"], edited["comment"]["html"]);
    assert!(shown["edited_at"].as_str() > shown["created_at"].as_str(), "{shown}");
}

#[test]
fn nobody_else_edits_or_reads_the_source() {
    let instance = Instance::blog();
    instance.site("other", "https://other.example", "none");
    let server = instance.start();
    let posted = server.post(PAGE, "Ann", "Mine");
    let bob = server.post(PAGE, "Bob", "His");
    let mut new = comment(PAGE, "Ann", "Elsewhere");
    new["site"] = "other".into();
    let elsewhere = server.post_json("/api/v1/comments", &new).expect(201).json();
    let forged = token(&bob).replacen(&token(&bob)[..13], &token(&posted)[..13], 1);
    for wrong in [token(&bob), token(&elsewhere), &forged, "nonsense", "."] {
        edit(&server, &posted, wrong, "Yours").problem(403);
        delete(&server, &posted, wrong).problem(403);
        source(&server, &posted, wrong).problem(403);
    }
    let path = format!("/api/v1/comments/{}", id(&posted));
    server.call("PATCH", &path).json(&json!({ "body": "Yours" })).send().problem(403);
    server.call("DELETE", &path).send().problem(403);
    assert_eq!(server.thread(PAGE, "")["comments"][0]["html"], "<p>Mine</p>");
}

#[test]
fn a_site_whose_window_is_no_minutes_long_lets_nobody_edit() {
    let instance = Instance::blog();
    instance.sql("UPDATE sites SET edit_window = 0");
    let server = instance.start();
    let posted = server.post(PAGE, "Ann", "For ever");
    edit(&server, &posted, token(&posted), "Or not").problem(403);
    delete(&server, &posted, token(&posted)).problem(403);
    source(&server, &posted, token(&posted)).problem(403);
    assert_eq!(server.me(PAGE, token(&posted))["editable"], json!({}));
}

#[test]
fn the_window_closes() {
    let instance = Instance::blog();
    let server = instance.start();
    let posted = server.post(PAGE, "Ann", "Hello");
    let until = server.me(PAGE, token(&posted))["editable"][id(&posted)].as_str().unwrap().to_owned();
    assert!(until.as_str() > posted["comment"]["created_at"].as_str().unwrap(), "{until}");
    instance.sql("UPDATE comments SET created_at = created_at - 901000");
    let (words, _) = edit(&server, &posted, token(&posted), "Too late").problem(403);
    assert!(words.contains("too late"), "{words}");
    delete(&server, &posted, token(&posted)).problem(403);
    assert_eq!(server.me(PAGE, token(&posted))["editable"], json!({}));
}

#[test]
fn an_edit_is_held_to_the_same_measure_as_a_post() {
    let instance = Instance::blog();
    instance.sql("UPDATE sites SET max_length = 20");
    let server = instance.start();
    let posted = server.post(PAGE, "Ann", "Short");
    assert_eq!(edit(&server, &posted, token(&posted), &"long ".repeat(5)).refused_field(), "body");
    assert_eq!(edit(&server, &posted, token(&posted), " \n ").refused_field(), "body");
    assert_eq!(server.thread(PAGE, "")["comments"][0]["edited_at"], Value::Null);
}

#[test]
fn a_deleted_comment_without_replies_is_gone() {
    let server = Instance::blog().start();
    let posted = server.post(PAGE, "Ann", "Oops");
    let answer = delete(&server, &posted, token(&posted)).expect(204);
    assert!(answer.bytes.is_empty());
    let thread = server.thread(PAGE, "");
    assert_eq!((&thread["comments"], &thread["thread"]["count"]), (&json!([]), &0.into()));
    delete(&server, &posted, token(&posted)).problem(404);
}

#[test]
fn a_deleted_comment_leaves_a_placeholder_while_replies_hang_under_it() {
    let server = Instance::blog().start();
    let posted = server.post(PAGE, "Ann", "Oops");
    let reply = server.reply(PAGE, &posted, "Bob", "Why?");
    delete(&server, &posted, token(&posted)).expect(204);
    let thread = server.thread(PAGE, "");
    assert_eq!(thread["thread"]["count"], 1);
    let place = &thread["comments"][0];
    assert_eq!(place["id"], posted["comment"]["id"]);
    assert_eq!(
        (&place["deleted"], &place["author"], &place["html"], &place["score"]),
        (&true.into(), &Value::Null, &"".into(), &0.into())
    );
    assert_eq!(thread["comments"][1]["id"], reply["comment"]["id"]);
    delete(&server, &reply, token(&reply)).expect(204);
    assert_eq!(server.thread(PAGE, "")["comments"], json!([]), "the placeholder goes with its last reply");
}

#[test]
fn deleting_takes_the_text_out_of_the_database() {
    let instance = Instance::blog();
    let server = instance.start();
    let mut new = comment(PAGE, "Anneliese", "An indiscretion");
    new["author"]["email"] = "anneliese@example.org".into();
    let posted = server.post_json("/api/v1/comments", &new).expect(201).json();
    server.reply(PAGE, &posted, "Bob", "Really?");
    delete(&server, &posted, token(&posted)).expect(204);
    let left = "SELECT count(*) FROM comments WHERE body || html || author_name || author_email || author_url
                LIKE '%nnelies%' OR body || html LIKE '%indiscretion%'";
    assert_eq!(instance.number(left), 0);
    assert_eq!(
        instance.number("SELECT count(*) FROM comments WHERE guest_id IS NULL AND address_hash IS NULL"),
        1
    );
}

#[test]
fn me_is_nobody_without_a_token_and_with_a_wrong_one() {
    let server = Instance::blog().start();
    let nobody = json!({ "person": null, "votes": {}, "held": [], "editable": {} });
    let path = "/api/v1/me?site=blog&page=/posts/a";
    let bare = server.get(path).expect(200);
    assert_eq!(bare.json(), nobody);
    assert_eq!(bare.header("cache-control"), Some("no-store"));
    assert_eq!(server.me(PAGE, "made.up"), nobody);
}

#[test]
fn me_tells_who_one_is_and_what_one_may_change() {
    let server = Instance::blog().start();
    let mut new = comment(PAGE, "Ann", "Hello");
    new["author"] = json!({ "name": "Ann", "email": "ann@example.org", "url": "https://ann.example" });
    let posted = server.post_json("/api/v1/comments", &new).expect(201).json();
    server.post(PAGE, "Bob", "Not hers");
    let me = server.me(PAGE, token(&posted));
    assert_eq!(
        me["person"],
        json!({ "name": "Ann", "email": "ann@example.org", "url": "https://ann.example/" })
    );
    let editable: Vec<_> = me["editable"].as_object().unwrap().keys().collect();
    assert_eq!(editable, [id(&posted)]);
    assert_eq!(server.me("/elsewhere", token(&posted))["editable"], json!({}));
}

#[test]
fn an_author_edits_and_deletes_what_is_still_held() {
    let server = Instance::blog_with("all").start();
    let posted = server.try_post(PAGE, "Ann", "Waits").expect(202).json();
    let edited = edit(&server, &posted, token(&posted), "Waits better").expect(200).json();
    assert_eq!(edited["comment"]["status"], "held");
    assert_eq!(server.me(PAGE, token(&posted))["held"][0]["body"], "Waits better");
    delete(&server, &posted, token(&posted)).expect(204);
    assert_eq!(server.me(PAGE, token(&posted))["held"], json!([]));
}
