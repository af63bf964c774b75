//! The setup link: the only way to become the first admin.

use crate::support::{Admin, Answer, EMAIL, Instance, PASSWORD, TestServer, out, send_form, words};

const CLOSED: &str = "Setup is done";

/// The token of a setup link, which stands in the fragment.
fn token(printed: &str) -> String {
    let link = printed.split_whitespace().find(|word| word.contains("/admin/setup#"));
    link.unwrap_or_else(|| panic!("no setup link: {printed}")).split_once('#').unwrap().1.to_owned()
}

fn set_up(server: &TestServer, code: &str) -> Answer {
    let fields = [("code", code), ("email", EMAIL), ("name", "Owner"), ("password", PASSWORD)];
    send_form(server.call("POST", "/admin/setup"), &fields)
}

#[test]
fn the_link_that_is_printed_makes_the_first_admin_and_signs_them_in() {
    let instance = Instance::new();
    let server = instance.start();
    let answer = set_up(&server, &token(&server.printed)).expect(303);
    let admin = Admin::of(&answer);
    assert!(admin.page(&server, "/admin/account").contains(EMAIL));
    Admin::sign_in(&server);
}

#[test]
fn the_link_works_once() {
    let instance = Instance::new();
    let server = instance.start();
    let code = token(&server.printed);
    set_up(&server, &code).expect(303);
    let again = set_up(&server, &code);
    assert!(again.text().contains(CLOSED) && again.header("set-cookie").is_none(), "{}", again.text());
    assert!(server.get("/admin/setup").expect(200).text().contains(CLOSED));
    assert_eq!(instance.number("SELECT count(*) FROM accounts"), 1);
}

#[test]
fn two_who_use_the_link_at_the_same_moment_are_not_both_admin() {
    let instance = Instance::new();
    let server = instance.start();
    let code = token(&server.printed);
    std::thread::scope(|scope| {
        for name in ["a", "b", "c"] {
            let (server, code) = (&server, &code);
            scope.spawn(move || {
                let email = format!("{name}@example.org");
                let fields =
                    [("code", code.as_str()), ("email", &email), ("name", name), ("password", PASSWORD)];
                send_form(server.call("POST", "/admin/setup"), &fields)
            });
        }
    });
    assert_eq!(instance.number("SELECT count(*) FROM accounts"), 1);
}

#[test]
fn a_wrong_token_is_refused() {
    let instance = Instance::new();
    let server = instance.start();
    let right = token(&server.printed);
    for wrong in ["", "0", &right[1..], &right.to_lowercase(), &format!("{right}0")] {
        let answer = set_up(&server, wrong).expect(422);
        assert!(answer.text().contains("afterword admin setup-link"), "{}", answer.text());
        assert!(answer.header("set-cookie").is_none());
    }
    assert_eq!(instance.number("SELECT count(*) FROM accounts"), 0);
    set_up(&server, &right).expect(303);
}

#[test]
fn a_token_runs_out_after_thirty_minutes() {
    let instance = Instance::new();
    let server = instance.start();
    let ahead = "SELECT (expires_at - CAST(unixepoch('subsec') * 1000 AS INTEGER)) / 60000 FROM setup_links";
    assert!((28..=30).contains(&instance.number(ahead)));
    instance.sql("UPDATE setup_links SET expires_at = expires_at - 1800000");
    set_up(&server, &token(&server.printed)).expect(422);
}

#[test]
fn the_token_is_stored_as_a_hash_and_stands_in_no_log() {
    let instance = Instance::new();
    let server = instance.start_with(&[("LOG_LEVEL", "trace")]);
    let code = token(&server.printed);
    assert!(code.len() >= 32, "{code}");
    assert_eq!(instance.number("SELECT length(token_hash) FROM setup_links"), 32);
    set_up(&server, "a-wrong-one").expect(422);
    server.get("/healthz").expect(200);
    for file in std::fs::read_dir(instance.data()).unwrap().flatten() {
        let bytes = std::fs::read(file.path()).unwrap();
        let found = bytes.windows(code.len()).any(|part| part == code.as_bytes());
        assert!(!found, "{} holds the token", file.path().display());
    }
    assert!(!server.log().contains(&code), "the log holds the token");
}

#[test]
fn a_new_link_makes_the_older_one_useless() {
    let instance = Instance::new();
    let server = instance.start();
    let first = token(&server.printed);
    let second = token(&out(&instance.run(&["admin", "setup-link"])));
    assert_ne!(first, second);
    set_up(&server, &first).expect(422);
    set_up(&server, &second).expect(303);
}

#[test]
fn there_is_no_link_once_there_is_an_admin() {
    let instance = Instance::new();
    instance.create_admin();
    let refused = instance.run(&["admin", "setup-link"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(words(&refused).contains("Setup is closed"), "{}", words(&refused));
    let server = instance.start();
    assert!(!server.printed.contains('#'), "{}", server.printed);
    assert!(server.printed.contains("/admin/"), "{}", server.printed);
    assert!(set_up(&server, "anything").text().contains(CLOSED));
    assert_eq!(instance.number("SELECT count(*) FROM setup_links"), 0);
}

#[test]
fn an_admin_made_on_the_command_line_closes_a_link_that_is_open() {
    let instance = Instance::new();
    let server = instance.start();
    instance.create_admin();
    assert!(set_up(&server, &token(&server.printed)).text().contains(CLOSED));
    assert_eq!(instance.number("SELECT count(*) FROM accounts"), 1);
}

#[test]
fn a_weak_password_leaves_the_link_as_it_is() {
    let instance = Instance::new();
    let server = instance.start();
    let code = token(&server.printed);
    let fields = [("code", code.as_str()), ("email", EMAIL), ("name", "Owner"), ("password", "short")];
    let answer = send_form(server.call("POST", "/admin/setup"), &fields).expect(422);
    assert!(answer.text().contains("12 characters") && !answer.text().contains("value=\"short\""));
    set_up(&server, &code).expect(303);
}
