//! Invitations: a link that makes its holder one of those who look after the instance.

use crate::support::{Admin, Instance, PASSWORD, TestServer, between, join, out, send_form, token, words};

const ANN: &str = "ann@example.org";
const JOIN: &str = "/admin/join#";

/// Makes an invitation on the dashboard; its token.
fn invite(owner: &Admin, server: &TestServer, fields: &[(&str, &str)]) -> String {
    token(&owner.post(server, "/admin/people/invite", fields).expect(200).text(), JOIN)
}

fn moderator(owner: &Admin, server: &TestServer) -> String {
    invite(owner, server, &[("email", ANN), ("role", "moderator"), ("site", "blog")])
}

#[test]
fn the_invited_sees_what_they_are_to_be_and_comes_in() {
    let (instance, server, owner) = Instance::desk("none");
    let code = moderator(&owner, &server);
    let look = send_form(server.call("POST", "/admin/join"), &[("code", &code)]).expect(200).text();
    assert!(look.contains("a moderator of blog") && look.contains(ANN), "{look}");
    assert_eq!(instance.number("SELECT count(*) FROM accounts"), 1, "looking is not accepting");
    let answer = join(&server, &code, "Ann", PASSWORD).expect(303);
    assert_eq!(answer.header("location"), Some("/admin/"));
    let ann = Admin::of(&answer);
    ann.get(&server, "/admin/queue").expect(200);
    ann.get(&server, "/admin/sites").problem(403);
    assert!(owner.page(&server, "/admin/people").contains(">Ann<"));
    Admin::try_sign_in(&server, ANN, PASSWORD).expect(303);
}

#[test]
fn an_invitation_works_once() {
    let (instance, server, owner) = Instance::desk("none");
    let code = moderator(&owner, &server);
    join(&server, &code, "Ann", PASSWORD).expect(303);
    let again = join(&server, &code, "Bob", PASSWORD).expect(422);
    assert!(again.text().contains("was used") && again.header("set-cookie").is_none(), "{}", again.text());
    assert_eq!(instance.number("SELECT count(*) FROM accounts"), 2);
    assert_eq!(instance.number("SELECT count(*) FROM invitations"), 0);
}

#[test]
fn a_wrong_code_is_refused() {
    let (instance, server, owner) = Instance::desk("none");
    let code = moderator(&owner, &server);
    for wrong in ["", "0", &code[1..], &code.to_lowercase(), &format!("{code}0")] {
        join(&server, wrong, "Eve", PASSWORD).expect(422);
    }
    assert_eq!(instance.number("SELECT count(*) FROM accounts"), 1);
}

#[test]
fn an_invitation_that_was_taken_back_is_worth_nothing() {
    let (instance, server, owner) = Instance::desk("none");
    let code = moderator(&owner, &server);
    let list = owner.page(&server, "/admin/people");
    let path = format!("/admin/people/invitations/{}", between(&list, "/admin/people/invitations/", "\""));
    let answer = owner.post(&server, &path, &[]).expect(303);
    assert_eq!(answer.header("location"), Some("/admin/people?done=revoked"));
    join(&server, &code, "Ann", PASSWORD).expect(422);
    owner.post(&server, &path, &[]).problem(404);
    assert_eq!(instance.number("SELECT count(*) FROM accounts"), 1);
}

#[test]
fn an_invitation_runs_out_after_seven_days() {
    let (instance, server, owner) = Instance::desk("none");
    let code = moderator(&owner, &server);
    let ahead =
        "SELECT (expires_at - CAST(unixepoch('subsec') * 1000 AS INTEGER)) / 3600000 FROM invitations";
    assert!((166..=168).contains(&instance.number(ahead)));
    instance.sql("UPDATE invitations SET expires_at = expires_at - 604800000");
    join(&server, &code, "Ann", PASSWORD).expect(422);
    assert!(!owner.page(&server, "/admin/people").contains(ANN));
    assert!(out(&instance.run(&["job", "run", "invitations-forget"])).contains("forgot 1"));
    assert_eq!(instance.number("SELECT count(*) FROM invitations"), 0);
}

#[test]
fn a_second_invitation_makes_the_first_one_void() {
    let (instance, server, owner) = Instance::desk("none");
    let first = moderator(&owner, &server);
    let second = invite(&owner, &server, &[("email", "ANN@example.org"), ("role", "admin")]);
    assert_eq!(instance.number("SELECT count(*) FROM invitations"), 1);
    join(&server, &first, "Ann", PASSWORD).expect(422);
    let ann = Admin::of(&join(&server, &second, "Ann", PASSWORD).expect(303));
    ann.get(&server, "/admin/sites").expect(200);
}

#[test]
fn who_has_an_account_is_not_invited_again() {
    let (instance, server, owner) = Instance::desk("none");
    let code = moderator(&owner, &server);
    join(&server, &code, "Ann", PASSWORD).expect(303);
    for (email, fault) in [(ANN, "has an account already"), ("not an email", "not an email address")] {
        let page = owner.post(&server, "/admin/people/invite", &[("email", email), ("role", "admin")]);
        let page = page.expect(422).text();
        assert!(page.contains(fault) && page.contains("id=\"email-error\""), "{page}");
    }
    let page =
        owner.post(&server, "/admin/people/invite", &[("email", "b@example.org"), ("role", "moderator")]);
    assert!(page.expect(422).text().contains("at least one site"));
    assert_eq!(instance.number("SELECT count(*) FROM invitations"), 0);
}

#[test]
fn an_account_made_meanwhile_is_not_taken_over_by_an_older_invitation() {
    let (instance, server, owner) = Instance::desk("none");
    let code = moderator(&owner, &server);
    let file = instance.file("password", "the words of somebody else");
    out(&instance.run(&["admin", "create", "--email", ANN, "--password-file", file.to_str().unwrap()]));
    assert_eq!(join(&server, &code, "Eve", PASSWORD).status, 409);
    Admin::try_sign_in(&server, ANN, "the words of somebody else").expect(303);
}

#[test]
fn an_invitation_goes_with_the_owner_who_made_it() {
    let (instance, server, owner) = Instance::desk("none");
    let second = Admin::invited(&instance, &server, "second@example.org", "owner", &[]);
    let by_second = invite(&second, &server, &[("email", ANN), ("role", "owner")]);
    let by_command = out(&instance.run(&["admin", "invite", "--email", "b@example.org", "--role", "admin"]));
    out(&instance.run(&["admin", "remove", "second@example.org"]));
    join(&server, &by_second, "Ann", PASSWORD).expect(422);
    join(&server, &token(&by_command, JOIN), "Bob", PASSWORD).expect(303);

    let third = Admin::invited(&instance, &server, "third@example.org", "owner", &[]);
    let by_third = invite(&third, &server, &[("email", ANN), ("role", "owner")]);
    let list = owner.page(&server, "/admin/people");
    let before = &list[..list.find(">third@example.org<").unwrap()];
    let person = before[before.rfind("/admin/people/").unwrap()..].split('"').next().unwrap();
    owner.post(&server, person, &[("role", "admin")]).expect(303);
    join(&server, &by_third, "Ann", PASSWORD).expect(422);
}

#[test]
fn the_token_is_stored_as_a_hash_and_stands_in_no_log() {
    let instance = Instance::blog();
    instance.create_admin();
    let server = instance.start_with(&[("LOG_LEVEL", "trace")]);
    let owner = Admin::sign_in(&server);
    let code = moderator(&owner, &server);
    assert!(code.len() >= 32, "{code}");
    assert_eq!(instance.number("SELECT length(token_hash) FROM invitations"), 32);
    join(&server, "a-wrong-one", "Eve", PASSWORD).expect(422);
    for file in std::fs::read_dir(instance.data()).unwrap().flatten() {
        let bytes = std::fs::read(file.path()).unwrap();
        let found = bytes.windows(code.len()).any(|part| part == code.as_bytes());
        assert!(!found, "{} holds the token", file.path().display());
    }
    assert!(!server.log().contains(&code), "the log holds the token");
}

#[test]
fn a_weak_password_leaves_the_invitation_as_it_is() {
    let (_instance, server, owner) = Instance::desk("none");
    let code = moderator(&owner, &server);
    let page = join(&server, &code, "Ann <3", "short").expect(422).text();
    assert!(page.contains("12 characters") && !page.contains("value=\"short\""), "{page}");
    assert!(page.contains("value=\"Ann &#60;3\""), "what was typed is kept: {page}");
    join(&server, &code, "Ann", PASSWORD).expect(303);
}

#[test]
fn who_is_signed_in_already_becomes_the_new_account() {
    let (_instance, server, owner) = Instance::desk("none");
    let code = moderator(&owner, &server);
    assert!(owner.page(&server, "/admin/join").contains("signed in as"));
    let fields = [("code", code.as_str()), ("name", "Ann"), ("password", PASSWORD)];
    owner.post_bare(&server, "/admin/join", &fields).problem(403);
    let ann = Admin::of(&owner.post(&server, "/admin/join", &fields).expect(303));
    ann.get(&server, "/admin/people").problem(403);
    assert_eq!(owner.get(&server, "/admin/queue").status, 303, "the session from before");
}

#[test]
fn the_command_says_what_is_missing() {
    let instance = Instance::blog();
    let invite = |more: &[&str]| instance.run(&[&["admin", "invite", "--email", ANN], more].concat());
    let refused = invite(&["--role", "moderator"]);
    assert!(words(&refused).contains("--site KEY"), "{}", words(&refused));
    assert!(words(&invite(&["--role", "moderator", "--site", "nowhere"])).contains("no site “nowhere”"));
    assert_eq!(invite(&["--role", "king"]).status.code(), Some(2));
    assert!(out(&invite(&["--role", "moderator", "--site", "blog"])).contains(JOIN));
}
