//! What is kept of readers' addresses, under which salt, and for how long.

use serde_json::json;

use crate::support::{Instance, TestServer, comment, out};

const PAGE: &str = "/posts/a";

fn post_from(server: &TestServer, address: &str, body: &str) {
    let call = server.call("POST", "/api/v1/comments").header("x-forwarded-for", address);
    call.json(&comment(PAGE, "Ann", body)).send().expect(201);
}

fn behind_a_proxy(instance: &Instance) -> TestServer {
    instance.start_with(&[("SERVER_TRUSTED_PROXIES", "127.0.0.1")])
}

/// The hash and the network of the comment with this text.
fn kept(instance: &Instance, body: &str) -> (Option<Vec<u8>>, String) {
    let query = "SELECT address_hash, network FROM comments WHERE body = ?1";
    instance.database().query_row(query, [body], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
}

/// A month goes by for the salt.
fn age_the_salt(instance: &Instance) {
    instance.sql("UPDATE address_salts SET period = period - 31 * 86400000");
}

#[test]
fn what_is_kept_with_a_comment_is_what_the_setting_says() {
    let instance = Instance::blog();
    let server = behind_a_proxy(&instance);
    let keep = |value: &str| drop(out(&instance.run(&["settings", "set", "addresses.keep", value])));
    post_from(&server, "203.0.113.77", "one");
    keep("network+hash");
    post_from(&server, "203.0.113.77", "two");
    post_from(&server, "2001:db8:1:2:3::4", "three");
    keep("none");
    post_from(&server, "203.0.113.77", "four");
    let (one, two) = (kept(&instance, "one"), kept(&instance, "two"));
    assert!(one.0.as_ref().is_some_and(|hash| hash.len() == 16) && one.1.is_empty());
    assert_eq!(two, (one.0, "203.0.113.0/24".to_owned()));
    assert_eq!(kept(&instance, "three").1, "2001:db8:1::/48");
    assert_eq!(kept(&instance, "four"), (None, String::new()));
}

#[test]
fn one_address_has_one_hash_until_the_salt_is_replaced_and_another_one_then() {
    let instance = Instance::blog();
    let (here, there) = (behind_a_proxy(&instance), behind_a_proxy(&instance));
    post_from(&here, "203.0.113.77", "one");
    post_from(&there, "203.0.113.77", "two");
    post_from(&here, "203.0.113.78", "another");
    assert_eq!(kept(&instance, "one").0, kept(&instance, "two").0, "two processes, one salt");
    assert_ne!(kept(&instance, "one").0, kept(&instance, "another").0);
    let rotate = || out(&instance.run(&["job", "run", "addresses-rotate"]));
    assert!(rotate().contains("still holds"));
    age_the_salt(&instance);
    assert!(rotate().contains("made a new salt and threw 1 away"));
    post_from(&here, "203.0.113.77", "three");
    post_from(&there, "203.0.113.77", "four");
    assert_eq!(kept(&instance, "three").0, kept(&instance, "four").0);
    assert_ne!(kept(&instance, "one").0, kept(&instance, "three").0);
    assert_eq!(instance.number("SELECT count(*) FROM address_salts"), 1);
}

#[test]
fn one_address_counts_as_one_reporter_and_one_crowd_within_a_period() {
    let instance = Instance::blog();
    let server = instance.start();
    let posted = server.post(PAGE, "Ann", "Hello");
    let path = format!("/api/v1/comments/{}", posted["comment"]["id"].as_str().unwrap());
    let votes = || {
        let vote = |_: &u32| {
            server.call("PUT", &format!("{path}/vote")).json(&json!({ "value": 1 })).send().status == 200
        };
        (0..20).filter(vote).count()
    };
    let report = || server.post_json(&format!("{path}/report"), &json!({ "reason": "rude" })).expect(204);
    let first = votes();
    assert!((1..20).contains(&first) && votes() == 0, "{first}");
    report();
    report();
    assert_eq!(instance.number("SELECT count(*) FROM reports"), 1);
    age_the_salt(&instance);
    out(&instance.run(&["job", "run", "addresses-rotate"]));
    assert_eq!(votes(), first, "nobody can tell that they are the same");
    report();
    assert_eq!(instance.number("SELECT count(*) FROM reports"), 2);
}

#[test]
fn older_comments_lose_their_addresses_and_the_job_says_how_many() {
    let instance = Instance::blog();
    out(&instance.run(&["settings", "set", "addresses.keep", "network+hash"]));
    let server = instance.start();
    server.post(PAGE, "Ann", "old");
    instance.sql("UPDATE comments SET created_at = created_at - 31 * 86400000");
    server.post(PAGE, "Ann", "new");
    let said = out(&instance.run(&["job", "run", "addresses-forget"]));
    assert!(said.contains("forgot the addresses of 1 comments"), "{said}");
    assert_eq!(kept(&instance, "old"), (None, String::new()));
    assert!(kept(&instance, "new").0.is_some());
    let listed = out(&instance.run(&["job", "list"]));
    assert!(listed.contains("forgot the addresses of 1 comments"), "{listed}");
}

#[test]
fn the_salt_is_no_part_of_what_anybody_is_told() {
    let (instance, server, admin) = Instance::desk("none");
    server.post(PAGE, "Ann", "Hello");
    let salt: Vec<u8> =
        instance.database().query_row("SELECT salt FROM address_salts", [], |row| row.get(0)).unwrap();
    assert_eq!(salt.len(), 32);
    for path in ["/admin/settings", "/admin/audit", "/admin/queue?status=all"] {
        let hex = salt.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        assert!(!admin.page(&server, path).contains(&hex), "{path}");
    }
}
