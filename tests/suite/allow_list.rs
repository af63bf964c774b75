//! Who reaches the dashboard: from which networks, by which listener, and how somebody gets in again.

use crate::support::{
    Admin, Answer, EMAIL, Instance, PASSWORD, TestServer, between, out, send_form, set_cookie, token, words,
};

const OFFICE: (&str, &str) = ("SERVER_ADMIN_NETWORKS", "203.0.113.0/24, 2001:db8::/32");
const PROXY: (&str, &str) = ("SERVER_TRUSTED_PROXIES", "127.0.0.1");

fn with_admin() -> Instance {
    let instance = Instance::blog();
    instance.create_admin();
    instance
}

fn from(server: &TestServer, method: &str, path: &str, address: &str) -> Answer {
    server.call(method, path).header("x-forwarded-for", address).send()
}

#[test]
fn the_dashboard_answers_only_the_networks_that_are_named() {
    let server = with_admin().start_with(&[OFFICE, PROXY]);
    for (method, path) in [
        ("GET", "/admin"),
        ("GET", "/admin/"),
        ("GET", "/admin/sign-in"),
        ("POST", "/admin/sign-in"),
        ("GET", "/admin/setup"),
        ("GET", "/admin/join"),
        ("GET", "/admin/queue"),
        ("GET", "/admin/static/admin.css"),
        ("GET", "/admin/no-such-page"),
    ] {
        let (words, _) = from(&server, method, path, "198.51.100.7").problem(403);
        assert!(
            words.contains("198.51.100.7") && words.contains("afterword admin unlock"),
            "{path}: {words}"
        );
        for known in ["203.0.113.9", "2001:db8:7::1", "::ffff:203.0.113.9"] {
            assert_ne!(from(&server, method, path, known).status, 403, "{path} {known}");
        }
    }
    let page = server
        .call("GET", "/admin/queue")
        .header("x-forwarded-for", "198.51.100.7")
        .header("accept", "text/html");
    let page = page.send().expect(403).text();
    assert!(page.contains("afterword admin unlock") && page.contains("/static/admin/admin.css"), "{page}");
    from(&server, "GET", "/static/admin/admin.css", "198.51.100.7").expect(200);
}

#[test]
fn readers_are_asked_for_no_network() {
    let server = with_admin().start_with(&[OFFICE, PROXY]);
    server.post("/posts/a", "Ann", "Hello");
    for path in ["/api/v1/threads?site=blog&page=/posts/a", "/embed.js", "/healthz", "/feeds/blog.atom"] {
        from(&server, "GET", path, "198.51.100.7").expect(200);
    }
}

#[test]
fn who_only_claims_to_come_from_there_is_not_believed() {
    let instance = with_admin();
    let server = instance.start_with(&[OFFICE]);
    from(&server, "GET", "/admin/sign-in", "203.0.113.9").problem(403);
    let server = instance.start_with(&[("SERVER_ADMIN_NETWORKS", "127.0.0.1")]);
    from(&server, "GET", "/admin/sign-in", "198.51.100.7").expect(200);
    let server = instance.start_with(&[OFFICE, PROXY]);
    from(&server, "GET", "/admin/sign-in", "203.0.113.9, 198.51.100.7").problem(403);
    server.get("/admin/sign-in").problem(403);
}

#[test]
fn a_session_is_worth_nothing_outside_the_networks() {
    let server = with_admin().start_with(&[OFFICE, PROXY]);
    let call = server.call("POST", "/admin/sign-in").header("x-forwarded-for", "203.0.113.9");
    let admin = Admin::of(&send_form(call, &[("email", EMAIL), ("password", PASSWORD)]).expect(303));
    let ask = |address| {
        server
            .call("GET", "/admin/queue")
            .header("cookie", &admin.cookie)
            .header("x-forwarded-for", address)
            .send()
    };
    ask("203.0.113.9").expect(200);
    ask("198.51.100.7").problem(403);
}

#[test]
fn unlocking_opens_a_running_server_for_half_an_hour() {
    let instance = with_admin();
    let server = instance.start_with(&[OFFICE]);
    server.get("/admin/sign-in").problem(403);
    let said = out(&instance.run(&["admin", "unlock"]));
    assert!(said.contains("every network") && said.contains(" UTC:") && said.contains(&server.url), "{said}");
    Admin::sign_in(&server).get(&server, "/admin/queue").expect(200);
    instance.sql("UPDATE meta SET value = json_set(value, '$.at', json_extract(value, '$.at') - 1801000) WHERE key = 'admin_unlocked'");
    server.get("/admin/sign-in").problem(403);
    instance.sql("UPDATE meta SET value = 'nonsense' WHERE key = 'admin_unlocked'");
    server.get("/admin/sign-in").problem(403);
}

#[test]
fn unlocking_lets_in_who_tried_too_often() {
    let instance = with_admin();
    let server = instance.start_with(&[("LIMITS_SIGN_INS_PER_MINUTE", "2")]);
    let wrong = || Admin::try_sign_in(&server, EMAIL, "not the right words").text();
    assert!((0..2).all(|_| !wrong().contains("Too many tries")));
    assert!(wrong().contains("afterword admin unlock"));
    assert!(Admin::try_sign_in(&server, EMAIL, PASSWORD).header("set-cookie").is_none());

    let said = out(&instance.run(&["admin", "unlock", "--email", EMAIL]));
    assert!(said.contains(EMAIL), "{said}");
    Admin::try_sign_in(&server, &EMAIL.to_uppercase(), PASSWORD).expect(303);
    let other = Admin::try_sign_in(&server, "other@example.org", "not the right words").expect(429).text();
    assert!(other.contains("Too many tries"), "the address has had its turn for other accounts");
    assert!(!wrong().contains("Too many tries"));
    assert!(wrong().contains("Too many tries"), "attempts since then count");

    out(&instance.run(&["admin", "unlock"]));
    Admin::try_sign_in(&server, EMAIL, PASSWORD).expect(303);
}

#[test]
fn nobody_is_unlocked_who_is_not_there() {
    let refused = with_admin().run(&["admin", "unlock", "--email", "nobody@example.org"]);
    assert!(
        refused.status.code() == Some(1) && words(&refused).contains("nobody@example.org"),
        "{}",
        words(&refused)
    );
}

/// A server whose dashboard has a listener of its own, and the address of that.
fn with_own_door(instance: &Instance, variables: &[(&str, &str)]) -> (TestServer, String) {
    let own = [&[("SERVER_ADMIN_LISTEN", "127.0.0.1:0")], variables].concat();
    let server = instance.start_with(&own);
    let at = if server.printed.contains("/admin/setup#") { "/admin/setup#" } else { "/admin/" };
    let before = server.printed.split(at).next().unwrap();
    let dashboard = before[before.rfind("http://").unwrap()..].to_owned();
    (server, dashboard)
}

#[test]
fn a_dashboard_with_a_listener_of_its_own_is_on_no_other() {
    let instance = with_admin();
    let (mut server, dashboard) = with_own_door(&instance, &[]);
    assert_ne!(server.url, dashboard, "{}", server.printed);
    let public = server.url.clone();
    for path in [
        "/",
        "/admin",
        "/admin/",
        "/admin/sign-in",
        "/admin/setup",
        "/admin/queue",
        "/admin/static/admin.css",
    ] {
        server.get(path).problem(404);
    }
    assert_eq!(
        send_form(server.call("POST", "/admin/sign-in"), &[("email", EMAIL), ("password", PASSWORD)]).status,
        404
    );
    server.post("/posts/a", "Ann", "Hello");

    server.url.clone_from(&dashboard);
    let admin = Admin::sign_in(&server);
    let page = admin.page(&server, "/admin/sites/blog");
    assert!(page.contains(&format!("{public}/embed.js")), "readers come in by the other one: {page}");
    server.get("/embed.js").expect(200);
    let fields = [("email", "ann@example.org"), ("role", "admin")];
    let made = admin.post(&server, "/admin/people/invite", &fields).expect(200).text();
    assert!(made.contains(&format!("{dashboard}/admin/join#")), "{made}");
}

#[test]
fn links_lead_to_the_dashboard_s_own_listener() {
    let instance = Instance::blog();
    let (server, dashboard) = with_own_door(&instance, &[("SERVER_PUBLIC_URL", "https://comments.example")]);
    assert!(server.printed.contains(&format!("{dashboard}/admin/setup#")), "{}", server.printed);
    assert!(out(&instance.run(&["admin", "setup-link"])).starts_with(&format!("{dashboard}/admin/setup#")));
    let invited = out(&instance.run(&["admin", "invite", "--email", "ann@example.org", "--role", "owner"]));
    assert!(invited.starts_with(&format!("{dashboard}/admin/join#")), "{invited}");
    assert!(out(&instance.run(&["admin", "unlock"])).contains(&format!("{dashboard}/admin/")));
}

#[test]
fn who_reaches_the_dashboard_without_https_can_sign_in_though_readers_have_it() {
    let instance = Instance::blog();
    let (mut server, dashboard) =
        with_own_door(&instance, &[("SERVER_PUBLIC_URL", "https://comments.example")]);
    let code = token(&server.printed, "/admin/setup#");
    server.url.clone_from(&dashboard);
    let fields = [("code", code.as_str()), ("email", EMAIL), ("name", "Owner"), ("password", PASSWORD)];
    // A browser that is not on HTTPS tells the origin and nothing else.
    let answer = send_form(server.call("POST", "/admin/setup").origin(&dashboard), &fields).expect(303);
    let cookie = set_cookie(&answer);
    assert!(cookie.starts_with("afterword-session=") && !cookie.contains("Secure"), "{cookie}");
    let admin = Admin::of(&answer);
    let page = admin.page(&server, "/admin/sites/blog");
    assert!(page.contains("https://comments.example/embed.js"), "{page}");
    let csrf = between(&page, "name=\"csrf\" value=\"", "\"").to_owned();
    let send = |origin: &str| {
        let call = server.call("POST", "/admin/sign-out").header("cookie", &admin.cookie).origin(origin);
        send_form(call, &[("csrf", &csrf)])
    };
    send("https://evil.example").problem(403);
    send(&dashboard).expect(303);
}

#[test]
fn a_listener_that_cannot_be_had_is_named() {
    let instance = with_admin();
    let server = instance.start();
    let taken = server.host().to_owned();
    let mut command = instance.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("AFTERWORD_SERVER_ADMIN_LISTEN", &taken);
    let refusal = instance.try_start(command).err().unwrap();
    assert!(refusal.contains(&taken) && refusal.contains("server.admin_listen"), "{refusal}");
}
