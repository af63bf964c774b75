//! How a site's widget looks: stored, told to the widget, and tried out before it is saved.

use serde_json::Value;

use crate::support::{Admin, Answer, BLOG, Instance, TestServer, between, encoded};

const PAGE: &str = "/posts/a";

fn save(admin: &Admin, server: &TestServer, looks: &[(&str, &str)]) -> Answer {
    let usual = [
        ("name", "blog"),
        ("origins", BLOG),
        ("moderation", "none"),
        ("edit_window", "15"),
        ("max_length", "10000"),
        ("sort", "oldest"),
        ("display_depth", "4"),
    ];
    admin.post(server, "/admin/sites/blog", &[&usual, looks].concat())
}

#[test]
fn theme_and_accent_reach_the_widget() {
    let (_instance, server, admin) = Instance::desk("none");
    save(&admin, &server, &[("theme", "dark"), ("accent", "#1F6A4D")]).expect(303);
    let site = server.thread(PAGE, "")["site"].clone();
    assert_eq!(
        (&site["theme"], &site["accent"], &site["on_accent"]),
        (&"dark".into(), &"#1f6a4d".into(), &"#ffffff".into())
    );
    save(&admin, &server, &[("theme", "light"), ("accent", "#fc0")]).expect(303);
    let site = server.thread(PAGE, "")["site"].clone();
    assert_eq!((&site["theme"], &site["on_accent"]), (&"light".into(), &"#000000".into()));
    save(&admin, &server, &[("theme", "auto"), ("accent", "")]).expect(303);
    let site = server.thread(PAGE, "")["site"].clone();
    assert_eq!((&site["theme"], &site["accent"]), (&Value::Null, &Value::Null));
}

#[test]
fn what_is_no_colour_is_refused_and_what_cannot_be_read_is_told() {
    let (_instance, server, admin) = Instance::desk("none");
    for wrong in ["red", "#12", "1f6a4d", "#1f6a4d;x", "\"><b>"] {
        let page = save(&admin, &server, &[("accent", wrong)]).expect(422).text();
        assert!(page.contains("id=\"accent-error\""), "{wrong}");
        assert!(!page.contains("\"><b>"), "{wrong}");
    }
    save(&admin, &server, &[("theme", "blue")]).expect(422);
    save(&admin, &server, &[("accent", "#ffcc00")]).expect(303);
    let page = admin.page(&server, "/admin/sites/blog");
    assert!(page.contains("Links on a light page are hard to read") && page.contains("darker"), "{page}");
    let told = admin.get(&server, "/admin/preview/advice?theme=dark&accent=%23ffcc00").expect(200).json();
    assert!(told.as_array().unwrap().iter().all(|one| one["good"] == true), "{told}");
    let told = admin.get(&server, "/admin/preview/advice?theme=auto&accent=red").expect(200).json();
    assert_eq!(told, serde_json::json!([]));
}

#[test]
fn the_preview_shows_what_the_form_says_and_saves_nothing() {
    let (instance, server, admin) = Instance::desk("none");
    let looks = [
        ("theme", "dark"),
        ("accent", "#ffcc00"),
        ("display_depth", "1"),
        ("avatars", "1"),
        ("sort", "newest"),
    ];
    let page = admin.post(&server, "/admin/sites/blog/preview", &looks).expect(200).text();
    let carried = between(&page, "<afterword-comments page=\"", "\"").replace("&#38;", "&");
    let thread =
        server.get_json(&format!("/admin/preview/api/v1/threads?site=blog&page={}", encoded(&carried)));
    let site = &thread["site"];
    assert_eq!(
        (&site["theme"], &site["accent"], &site["display_depth"], &thread["sort"]),
        (&"dark".into(), &"#ffcc00".into(), &1.into(), &"newest".into())
    );
    let comments = thread["comments"].as_array().unwrap();
    assert!(comments.iter().any(|one| one["reply_to"]["name"].is_string()), "{thread}");
    assert!(comments.iter().any(|one| one["author"]["avatar"].is_string()), "{thread}");
    let saved = admin.page(&server, "/admin/sites/blog/preview");
    assert!(!saved.contains("%23ffcc00"), "{saved}");
    assert_eq!(instance.number("SELECT count(*) FROM sites WHERE accent <> '' OR theme <> ''"), 0);
    assert_eq!(
        instance.number("SELECT count(*) FROM comments") + instance.number("SELECT count(*) FROM threads"),
        0
    );
}

#[test]
fn nothing_can_be_stored_through_the_preview() {
    let (instance, server, _admin) = Instance::desk("none");
    for (method, path) in [
        ("POST", "/admin/preview/api/v1/comments"),
        ("PUT", "/admin/preview/api/v1/comments/0000000000001/vote"),
        ("POST", "/admin/preview/api/v1/comments/0000000000001/report"),
        ("DELETE", "/admin/preview/api/v1/comments/0000000000001"),
        ("GET", "/admin/preview/api/v1/me?site=blog&page=x"),
    ] {
        let answer = server.call(method, path).body("application/json", "{}").send();
        assert!(answer.problem(403).0.contains("preview"), "{method} {path}");
    }
    server.get("/admin/preview/api/v1/stream?site=blog&page=x").expect(204);
    assert_eq!(instance.number("SELECT count(*) FROM comments"), 0);
}

#[test]
fn the_preview_runs_the_real_widget() {
    let (_instance, server, admin) = Instance::desk("none");
    let page = admin.page(&server, "/admin/sites/blog/preview");
    let script = between(&page, "<script type=\"module\" src=\"", "\"");
    let loader = server.get(script).expect(200);
    assert_eq!(loader.bytes, server.get("/embed.js").expect(200).bytes);
    let version = between(&loader.text(), "w/", "/").to_owned();
    let widget = |base: &str| server.get(&format!("{base}/w/{version}/widget.js")).expect(200).bytes;
    assert_eq!(widget("/admin/preview"), widget(""));
}

#[test]
fn only_the_preview_may_stand_in_a_frame_and_only_in_one_of_ours() {
    let (_instance, server, admin) = Instance::desk("none");
    let policy = |path: &str| {
        let answer = admin.get(&server, path).expect(200);
        let header = |name: &str| answer.header(name).unwrap().to_owned();
        (header("content-security-policy"), header("x-frame-options"))
    };
    let (preview, frames) = policy("/admin/sites/blog/preview");
    assert!(preview.contains("frame-ancestors 'self'") && !preview.contains("frame-src"), "{preview}");
    assert_eq!(frames, "SAMEORIGIN");
    for path in
        ["/admin/", "/admin/queue", "/admin/sites", "/admin/sites/blog", "/admin/sites/new", "/admin/account"]
    {
        let (policy, frames) = policy(path);
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert_eq!(frames, "DENY", "{path}");
        assert_eq!(policy.contains("frame-src 'self'"), path == "/admin/sites/blog", "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
    }
}
