//! Signing in and out: who is throttled, and where it leads.

use crate::support::{Admin, EMAIL, Instance, PASSWORD, TestServer, send_form, set_cookie};

fn with_admin() -> (Instance, TestServer) {
    let instance = Instance::blog();
    instance.create_admin();
    let server = instance.start();
    (instance, server)
}

#[test]
fn signing_in_gives_a_new_session_and_ends_the_one_before() {
    let (_instance, server) = with_admin();
    let planted = "afterword-session=planted-by-somebody-else-0000000000000000000";
    let call = server.call("POST", "/admin/sign-in").header("cookie", planted);
    let first = Admin::of(&send_form(call, &[("email", EMAIL), ("password", PASSWORD)]).expect(303));
    assert_ne!(first.cookie, planted);
    assert_eq!(server.call("GET", "/admin/queue").header("cookie", planted).send().status, 303);
    let fields = [("email", EMAIL), ("password", PASSWORD)];
    let second = Admin::of(&first.post(&server, "/admin/sign-in", &fields).expect(303));
    assert_ne!(second.cookie, first.cookie);
    assert_eq!(second.get(&server, "/admin/queue").status, 200);
    assert_eq!(first.get(&server, "/admin/queue").status, 303, "the session from before");
}

#[test]
fn signing_out_ends_the_session_on_the_server() {
    let (instance, server) = with_admin();
    let (here, there) = (Admin::sign_in(&server), Admin::sign_in(&server));
    let answer = here.post(&server, "/admin/sign-out", &[]).expect(303);
    assert!(set_cookie(&answer).to_lowercase().contains("max-age=0"), "{}", set_cookie(&answer));
    assert_eq!(here.get(&server, "/admin/queue").status, 303, "the cookie that was kept");
    assert_eq!(there.get(&server, "/admin/queue").status, 200);
    assert_eq!(instance.number("SELECT count(*) FROM sessions"), 1);
}

#[test]
fn guessing_is_throttled_and_then_even_the_right_password_is_refused() {
    let instance = Instance::blog();
    instance.create_admin();
    let server = instance.start_with(&[("LIMITS_SIGN_INS_PER_MINUTE", "5")]);
    for _ in 0..5 {
        let answer = Admin::try_sign_in(&server, EMAIL, "not the right words").expect(422);
        assert!(answer.text().contains("not right") && answer.header("set-cookie").is_none());
    }
    let answer = Admin::try_sign_in(&server, EMAIL, PASSWORD);
    assert!(
        answer.header("set-cookie").is_none() && answer.text().contains("Too many tries"),
        "{}",
        answer.text()
    );
    assert_eq!(instance.number("SELECT count(*) FROM sessions"), 0);
}

#[test]
fn one_email_is_throttled_even_from_many_addresses_but_widely() {
    let instance = Instance::blog();
    instance.create_admin();
    let server =
        instance.start_with(&[("LIMITS_SIGN_INS_PER_MINUTE", "1"), ("SERVER_TRUSTED_PROXIES", "127.0.0.1")]);
    let attempt = |from: &str, email: &str, password: &str| {
        let call = server.call("POST", "/admin/sign-in").header("x-forwarded-for", from);
        send_form(call, &[("email", email), ("password", password)])
    };
    let is_throttled = |from: &str, email: &str| {
        attempt(from, email, "not the right words").text().contains("Too many tries")
    };
    for n in 1..=5 {
        assert!(!is_throttled(&format!("192.0.2.{n}"), EMAIL));
    }
    assert!(is_throttled("192.0.2.1", EMAIL), "one address has had its turn");
    attempt("198.51.100.1", EMAIL, PASSWORD).expect(303);
    let all = (10..250).take_while(|n| !is_throttled(&format!("192.0.2.{n}"), &EMAIL.to_uppercase())).count();
    assert!(all < 100, "{all} addresses guessed in a minute");
    assert!(!is_throttled("198.51.100.2", "other@example.org"));
}

#[test]
fn what_comes_after_signing_in_is_a_page_of_the_dashboard() {
    let (_instance, server) = with_admin();
    let after = |next: &str| {
        let fields = [("email", EMAIL), ("password", PASSWORD), ("next", next)];
        let answer = send_form(server.call("POST", "/admin/sign-in"), &fields);
        assert_eq!(answer.status, 303, "{next:?}: {}", answer.text());
        answer.header("location").unwrap().to_owned()
    };
    assert_eq!(after("/admin/sites/blog"), "/admin/sites/blog");
    for elsewhere in [
        "https://evil.example/",
        "//evil.example/admin/",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "admin/queue",
        "/admin",
        "/admin/\r\nSet-Cookie: a=b",
        "/admin/\u{0}",
    ] {
        let place = after(elsewhere);
        assert!(place == "/admin/queue" || place.starts_with("/admin/"), "{elsewhere:?} led to {place}");
        assert!(!place.contains("//") && !place.contains('\\'), "{elsewhere:?} led to {place}");
    }
}

#[test]
fn no_answer_tells_whether_an_email_has_an_account() {
    let (_instance, server) = with_admin();
    let known = Admin::try_sign_in(&server, EMAIL, "not the right words").expect(422).text();
    let unknown = Admin::try_sign_in(&server, "nobody@example.org", "not the right words").expect(422).text();
    assert_eq!(known.replace(EMAIL, "…"), unknown.replace("nobody@example.org", "…"));
}

/// Each thread that hashes keeps what it took (19 MiB); so there is one.
#[test]
fn many_sign_ins_take_no_more_memory_than_a_few() {
    let (_instance, server, _admin) = Instance::desk("none");
    for number in 0..16 {
        Admin::try_sign_in(&server, &format!("nobody{number}@example.org"), "not the password").expect(422);
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let kilobytes: u64 = resident.split_whitespace().next().unwrap().parse().unwrap();
    assert!(kilobytes < 80_000, "{kilobytes} kB are resident");
}
