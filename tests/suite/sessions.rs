//! Signing in and staying signed in.

use crate::support::{Admin, Answer, EMAIL, Instance, PASSWORD, TestServer, send_form, set_cookie, wait_for};

const PAGES: [&str; 13] = [
    "/admin/",
    "/admin/?days=30",
    "/admin/queue",
    "/admin/queue?status=spam",
    "/admin/sites",
    "/admin/sites/new",
    "/admin/sites/blog",
    "/admin/sites/blog/first-view",
    "/admin/sites/blog/preview",
    "/admin/sites/blog/remove",
    "/admin/preview/advice",
    "/admin/account",
    "/admin/comments/0000000000000",
];
const FORMS: [&str; 11] = [
    "/admin/queue",
    "/admin/queue/undo",
    "/admin/comments/0000000000000",
    "/admin/sites",
    "/admin/sites/blog",
    "/admin/sites/blog/preview",
    "/admin/sites/blog/remove",
    "/admin/sites/blog/restore",
    "/admin/account/password",
    "/admin/account/sessions",
    "/admin/sign-out",
];

fn with_admin() -> (Instance, TestServer) {
    let instance = Instance::blog();
    instance.create_admin();
    let server = instance.start();
    (instance, server)
}

/// The attributes of a cookie, in lower case.
fn attributes(answer: &Answer) -> Vec<String> {
    set_cookie(answer).split(';').skip(1).map(|one| one.trim().to_lowercase()).collect()
}

#[test]
fn every_admin_page_leads_to_the_sign_in_page_when_signed_out() {
    let (_instance, server) = with_admin();
    for path in PAGES {
        let answer = server.get(path).expect(303);
        let place = answer.header("location").unwrap();
        let expected = format!("/admin/sign-in?next={}", crate::support::encoded(path));
        assert_eq!(place.replace("%2D", "-"), expected, "{path}");
        assert!(answer.bytes.is_empty(), "{path}: {}", answer.text());
    }
    for path in FORMS {
        let answer = send_form(server.call("POST", path), &[("bulk", "delete")]);
        assert!([303, 401, 403].contains(&answer.status), "{path}: {}", answer.status);
        if answer.status == 303 {
            assert!(answer.header("location").unwrap().starts_with("/admin/sign-in"), "{path}");
        }
    }
}

#[test]
fn a_made_up_or_ended_session_is_nobody_s() {
    let (instance, server) = with_admin();
    let admin = Admin::sign_in(&server);
    assert_eq!(admin.get(&server, "/admin/queue").status, 200);
    for cookie in [
        "afterword-session=",
        "afterword-session=made-up",
        "afterword-session=00000000000000000000000000000000000000000000",
    ] {
        let answer = server.call("GET", "/admin/queue").header("cookie", cookie).send();
        assert_eq!(answer.status, 303, "{cookie}");
    }
    instance.sql("UPDATE sessions SET expires_at = 1");
    assert_eq!(admin.get(&server, "/admin/queue").status, 303, "a session that ran out");
}

#[test]
fn the_session_is_stored_as_a_hash() {
    let (instance, server) = with_admin();
    let admin = Admin::sign_in(&server);
    let token = admin.cookie.split_once('=').unwrap().1;
    assert!(token.len() >= 40, "{token}");
    assert_eq!(instance.number("SELECT length(token_hash) FROM sessions"), 32);
    for file in std::fs::read_dir(instance.data()).unwrap().flatten() {
        let bytes = std::fs::read(file.path()).unwrap();
        assert!(
            !bytes.windows(token.len()).any(|part| part == token.as_bytes()),
            "{}",
            file.path().display()
        );
    }
}

#[test]
fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let (_instance, server) = with_admin();
    let answer = Admin::try_sign_in(&server, EMAIL, PASSWORD).expect(303);
    let found = attributes(&answer);
    for expected in ["httponly", "samesite=lax", "path=/"] {
        assert!(found.iter().any(|one| one == expected), "{expected}: {found:?}");
    }
    assert!(!found.contains(&"secure".to_owned()), "a browser on plain HTTP would drop it");
    assert!(!found.iter().any(|one| one.starts_with("domain")), "{found:?}");
}

#[test]
fn behind_https_the_cookie_is_secure_and_bound_to_the_host() {
    let instance = Instance::blog();
    instance.create_admin();
    let server = instance.start_as("https://comments.example");
    let answer = Admin::try_sign_in(&server, EMAIL, PASSWORD).expect(303);
    assert!(set_cookie(&answer).starts_with("__Host-"), "{}", set_cookie(&answer));
    let found = attributes(&answer);
    for expected in ["secure", "httponly", "samesite=lax", "path=/"] {
        assert!(found.iter().any(|one| one == expected), "{expected}: {found:?}");
    }
    let admin = Admin::of(&answer);
    assert_eq!(admin.get(&server, "/admin/queue").status, 200);
    let plain = admin.cookie.replace("__Host-", "");
    let answer = server.call("GET", "/admin/queue").header("cookie", &plain).send();
    assert_eq!(answer.status, 303, "a cookie that another host may have set");
}

#[test]
fn only_a_trusted_proxy_says_that_the_connection_is_encrypted() {
    let instance = Instance::blog();
    instance.create_admin();
    for (proxies, secure) in [("", false), ("127.0.0.1", true)] {
        let server = instance.start_with(&[("SERVER_TRUSTED_PROXIES", proxies)]);
        let call = server.call("POST", "/admin/sign-in").header("x-forwarded-proto", "https");
        let answer = send_form(call, &[("email", EMAIL), ("password", PASSWORD)]).expect(303);
        assert_eq!(attributes(&answer).contains(&"secure".to_owned()), secure, "{proxies:?}");
    }
}

#[test]
fn other_sessions_are_listed_and_can_be_ended() {
    let (_instance, server) = with_admin();
    let here = Admin::sign_in(&server);
    let there = [Admin::sign_in(&server), Admin::sign_in(&server), Admin::sign_in(&server)];
    let page = here.page(&server, "/admin/account");
    assert_eq!(page.matches("This one").count(), 1);
    let names: Vec<_> =
        page.split("name=\"end\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(names.len(), 4, "three sessions and all others: {names:?}");
    here.post(&server, "/admin/account/sessions", &[("end", names[0])]).expect(303);
    let alive = || there.iter().filter(|one| one.get(&server, "/admin/queue").status == 200).count();
    assert_eq!(alive(), 2);
    here.post(&server, "/admin/account/sessions", &[("end", "others")]).expect(303);
    assert_eq!((alive(), here.get(&server, "/admin/queue").status), (0, 200));
}

#[test]
fn a_changed_password_ends_the_other_sessions() {
    let (_instance, server) = with_admin();
    let (here, there) = (Admin::sign_in(&server), Admin::sign_in(&server));
    let new = "another row of words";
    let change = |current: &str, new: &str| {
        here.post(&server, "/admin/account/password", &[("current", current), ("new", new)])
    };
    assert!(change("not this one at all", new).expect(422).text().contains("That is not your password."));
    assert!(change(PASSWORD, "short").expect(422).text().contains("12 characters"));
    change(PASSWORD, new).expect(303);
    assert_eq!(
        (here.get(&server, "/admin/queue").status, there.get(&server, "/admin/queue").status),
        (200, 303)
    );
    Admin::try_sign_in(&server, EMAIL, PASSWORD).expect(422);
    Admin::try_sign_in(&server, EMAIL, new).expect(303);
}

#[test]
fn a_form_without_its_own_session_s_token_is_refused() {
    let (_instance, server) = with_admin();
    let (admin, other) = (Admin::sign_in(&server), Admin::sign_in(&server));
    let foreign = other.csrf(&server);
    assert_ne!(foreign, admin.csrf(&server));
    let posted = server.post("/posts/a", "Ann", "Stays");
    let id = posted["comment"]["id"].as_str().unwrap();
    for path in FORMS {
        for fields in [&[][..], &[("csrf", "")], &[("csrf", "wrong")], &[("csrf", foreign.as_str())]] {
            let fields =
                [fields, &[("bulk", "delete"), ("id", id), ("act", "delete"), ("end", "others")]].concat();
            admin.post_bare(&server, path, &fields).problem(403);
        }
    }
    assert_eq!(server.thread("/posts/a", "")["thread"]["count"], 1);
    assert_eq!(admin.get(&server, "/admin/queue").status, 200, "still signed in");
}

#[test]
fn a_form_that_another_site_sends_is_refused_even_with_the_right_token() {
    let (_instance, server) = with_admin();
    let admin = Admin::sign_in(&server);
    let csrf = admin.csrf(&server);
    let send = |name: &str, value: &str| {
        let call = server
            .call("POST", "/admin/account/sessions")
            .header("cookie", &admin.cookie)
            .header(name, value);
        send_form(call, &[("csrf", &csrf), ("end", "others")])
    };
    send("origin", "https://evil.example").problem(403);
    send("origin", "null").problem(403);
    send("sec-fetch-site", "cross-site").problem(403);
    send("sec-fetch-site", "same-site").problem(403);
    send("origin", &server.url).expect(303);
    let call = server.call("POST", "/admin/sign-in").origin("https://evil.example");
    send_form(call, &[("email", EMAIL), ("password", PASSWORD)]).problem(403);
}

#[test]
fn every_admin_page_has_a_strict_policy_and_is_not_kept() {
    let (_instance, server) = with_admin();
    let admin = Admin::sign_in(&server);
    let mut answers: Vec<_> = PAGES.iter().map(|path| (*path, admin.get(&server, path))).collect();
    answers.extend(["/admin/sign-in", "/admin/setup"].map(|path| (path, server.get(path))));
    for (path, answer) in answers {
        let policy = answer.header("content-security-policy").unwrap_or_else(|| panic!("{path}: no policy"));
        // The preview stands in a frame of the page beside it.
        let is_framed = path.ends_with("/preview");
        let (ancestors, frames) = if is_framed { ("'self'", "SAMEORIGIN") } else { ("'none'", "DENY") };
        assert!(
            policy.contains("default-src 'none'") && policy.contains(&format!("frame-ancestors {ancestors}")),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("x-frame-options"), Some(frames), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        let html = answer.text();
        assert!(
            !html.contains("<style") && !html.contains(" style=") && !html.contains(" onclick="),
            "{path}"
        );
        assert!(
            !html.split("<script").skip(1).any(|rest| !rest.split('>').next().unwrap().contains("src=")),
            "{path}"
        );
    }
}

#[test]
fn a_used_session_is_kept_alive() {
    let (instance, server) = with_admin();
    let admin = Admin::sign_in(&server);
    instance.sql("UPDATE sessions SET seen_at = seen_at - 120000, expires_at = expires_at - 120000");
    let before = instance.number("SELECT expires_at FROM sessions");
    assert_eq!(admin.get(&server, "/admin/queue").status, 200);
    wait_for("a longer life", || (instance.number("SELECT expires_at FROM sessions") > before).then_some(()));
}
