//! Imported people are known here, and nobody becomes one of them by saying so.

use serde_json::json;

use super::*;
use crate::support::{Admin, Answer};

fn post(server: &TestServer, name: &str, email: &str) -> Answer {
    let author = json!({"name": name, "email": email});
    let body = json!({"site": "garden", "page": "/posts/tomatoes", "body": "Me again", "author": author});
    server.call("POST", "/api/v1/comments").origin("https://garden.example").json(&body).send()
}

#[test]
fn a_stranger_with_an_imported_persons_name_and_email_is_still_new() {
    let garden = Garden::new();
    garden.report("commento", &fixture("commento.json"), &[]);
    garden.instance.sql("UPDATE sites SET moderation = 'first'");
    let server = garden.instance.start();
    let held = post(&server, "Ada", "ada@garden.example").expect(202).json();
    assert_eq!(held["comment"]["status"], "held");
    let strangers = "SELECT count(*) FROM guests WHERE source IS NULL AND email = 'ada@garden.example'";
    assert_eq!(garden.instance.number(strangers), 1, "a guest of its own");
    let mixed = "SELECT count(*) FROM comments c JOIN guests g ON g.id = c.guest_id
                 WHERE (c.source IS NULL) <> (g.source IS NULL)";
    assert_eq!(garden.instance.number(mixed), 0);
}

#[test]
fn the_dashboard_says_who_was_imported_and_readers_are_not_told() {
    let garden = Garden::new();
    garden.report("commento", &fixture("commento.json"), &[]);
    garden.instance.create_admin();
    let server = garden.instance.start();
    let admin = Admin::sign_in(&server);
    let page_of = |id: &Value| admin.page(&server, &format!("/admin/comments/{}", id.as_str().unwrap()));
    let ada = &thread(&server, "/posts/tomatoes")["comments"][0];
    assert!(page_of(&ada["id"]).contains(">imported<") && ada["author"]["badge"].is_null());
    let posted = post(&server, "Zoe", "").expect(202).json();
    assert!(!page_of(&posted["comment"]["id"]).contains(">imported<"));
}
