//! The audit trail: what is in it, who may see it, and that it cannot be changed unseen.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Admin, EMAIL, Instance, PASSWORD, TestServer, between, out, words};

const PAGE: &str = "/posts/a";

/// All entries as the command exports them, oldest first.
fn trail(instance: &Instance) -> Vec<Value> {
    let exported = out(&instance.run(&["audit", "export"]));
    exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What came since `before`.
fn since(instance: &Instance, before: usize) -> Vec<Value> {
    trail(instance).split_off(before)
}

fn text<'a>(entry: &'a Value, name: &str) -> &'a str {
    entry[name].as_str().unwrap_or_else(|| panic!("{name}: {entry}"))
}

/// Action, was and became of each.
fn changes(entries: &[Value]) -> Vec<[&str; 3]> {
    entries.iter().map(|one| ["action", "was", "became"].map(|name| text(one, name))).collect()
}

fn id(posted: &Value) -> &str {
    posted["comment"]["id"].as_str().unwrap()
}

/// Somebody who can write to the file.
fn tamper(instance: &Instance, sql: &str) {
    instance.sql(&format!(
        "DROP TRIGGER IF EXISTS audit_is_never_changed; DROP TRIGGER IF EXISTS audit_is_never_shortened; {sql}"
    ));
}

#[track_caller]
fn fits(instance: &Instance) {
    assert!(out(&instance.run(&["audit", "verify"])).contains("fit together"));
}

#[test]
fn commands_that_change_something_leave_an_entry() {
    let instance = Instance::blog();
    instance.create_admin();
    out(&instance.run(&["job", "run", "sessions-forget"]));
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/import/disqus.xml");
    let file = file.to_str().unwrap();
    out(&instance.run(&["import", "disqus", file, "--site", "blog", "--dry-run"]));
    out(&instance.run(&["import", "disqus", file, "--site", "blog"]));
    out(&instance.run(&["site", "list"]));
    let entries = trail(&instance);
    let actions: Vec<_> = entries.iter().map(|one| text(one, "action")).collect();
    assert_eq!(actions, ["site.create", "account.create", "job.run", "import.start", "import.run"]);
    for entry in &entries {
        assert_eq!((text(entry, "actor"), text(entry, "address")), ("command line", ""));
        assert_eq!(entry["account"], Value::Null);
    }
    let [site, account, job, start, import] = entries.try_into().unwrap();
    assert_eq!((text(&site, "subject"), text(&site, "site")), ("site:blog", "blog"));
    let became: Value = serde_json::from_str(text(&site, "became")).unwrap();
    assert_eq!(became["origins"], "https://blog.example");
    assert!(text(&account, "subject").starts_with("account:"));
    assert_eq!((text(&job, "subject"), text(&job, "became")), ("job:sessions-forget", "forgot 0"));
    assert_eq!(text(&start, "became"), "{\"format\":\"disqus\"}");
    let became: Value = serde_json::from_str(text(&import, "became")).unwrap();
    assert!(became["format"] == "disqus" && became["imported"].as_u64().unwrap() > 0, "{became}");
    fits(&instance);
}

#[test]
fn signing_in_and_out_is_remembered_with_the_address_and_so_is_being_refused() {
    let instance = Instance::blog();
    instance.create_admin();
    let server = instance.start_with(&[("LIMITS_SIGN_INS_PER_MINUTE", "3")]);
    let before = trail(&instance).len();
    let admin = Admin::sign_in(&server);
    Admin::try_sign_in(&server, EMAIL, "not the right words").expect(422);
    Admin::try_sign_in(&server, "what.i.typed@example.org", "not the right words").expect(422);
    Admin::try_sign_in(&server, EMAIL, PASSWORD).expect(429);
    admin.post(&server, "/admin/sign-out", &[]).expect(303);
    let entries = since(&instance, before);
    let account = text(&entries[0], "subject").to_owned();
    let told: Vec<_> = entries
        .iter()
        .map(|one| ["action", "subject", "actor", "address"].map(|name| text(one, name)))
        .collect();
    let network = "127.0.0.0/24";
    let expected = [
        ["session.start", &account, "owner", "127.0.0.1"],
        ["session.refused", &account, "somebody", network],
        ["session.refused", "account:unknown", "somebody", network],
        ["session.throttled", &account, "somebody", network],
        ["session.sign-out", &account, "owner", network],
    ];
    assert_eq!(told, expected);
    assert!(!entries.iter().any(|one| one.to_string().contains("what.i.typed")));
    fits(&instance);
}

#[test]
fn a_trail_cannot_be_flooded_by_guessing() {
    let instance = Instance::blog();
    instance.create_admin();
    let server = instance.start();
    let before = trail(&instance).len();
    for _ in 0..30 {
        Admin::try_sign_in(&server, EMAIL, "not the right words").expect(422);
    }
    let noted = since(&instance, before).len();
    assert!((10..30).contains(&noted), "{noted}");
}

#[test]
fn the_setup_link_s_use_is_remembered() {
    let instance = Instance::new();
    let server = instance.start();
    let code = between(&server.printed, "/admin/setup#", "\n").trim().to_owned();
    let fields = [("code", code.as_str()), ("email", EMAIL), ("name", "Ann"), ("password", PASSWORD)];
    crate::support::send_form(server.call("POST", "/admin/setup"), &fields).expect(303);
    let entries = trail(&instance);
    let told: Vec<_> = entries.iter().map(|one| ["action", "actor"].map(|name| text(one, name))).collect();
    assert_eq!(told, [["account.create", "setup link"], ["session.start", "Ann"]]);
}

#[test]
fn what_a_moderator_does_is_remembered_with_before_and_after() {
    let (instance, server, admin) = Instance::desk("all");
    let held = server.try_post(PAGE, "Ann", "Words of a reader").expect(202).json();
    let id = id(&held);
    let before = trail(&instance).len();
    admin.moderate(&server, "approve", &[id]);
    admin.moderate(&server, "hold", &[id]);
    let batch = admin.moderate(&server, "spam", &[id]);
    admin.undo(&server, &batch);
    for act in ["approve", "pin", "pin", "unpin", "lock", "unlock", "delete"] {
        admin.post(&server, &format!("/admin/comments/{id}"), &[("act", act)]).expect(303);
    }
    let entries = since(&instance, before);
    let expected = [
        ["comment.approve", "held", "published"],
        ["comment.hold", "published", "held"],
        ["comment.spam", "held", "spam"],
        ["comment.undo", "spam", "held"],
        ["comment.approve", "held", "published"],
        ["comment.pin", "", ""],
        ["comment.unpin", "", ""],
        ["thread.lock", "", ""],
        ["thread.unlock", "", ""],
        ["comment.delete", "published", "deleted"],
    ];
    assert_eq!(changes(&entries), expected);
    let of_comment = entries.iter().filter(|one| text(one, "action").starts_with("comment"));
    assert!(of_comment.clone().all(|one| text(one, "subject") == format!("comment:{id}")));
    assert!(entries.iter().all(|one| text(one, "site") == "blog" && text(one, "actor") == "owner"));
    let whole = json!(trail(&instance)).to_string();
    assert!(!whole.contains("Words of a reader") && !whole.contains('@'), "no texts and no emails: {whole}");
    fits(&instance);
}

/// The site's form as its page has it, with some fields otherwise.
fn save_site(server: &TestServer, admin: &Admin, path: &str, more: &[(&str, &str)]) -> u16 {
    let fields = [
        ("name", "blog"),
        ("origins", "https://blog.example"),
        ("moderation", "none"),
        ("sort", "oldest"),
        ("display_depth", "4"),
        ("edit_window", "15"),
        ("max_length", "10000"),
    ];
    let kept = fields.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| name != other));
    admin.post(server, path, &kept.chain(more.iter().copied()).collect::<Vec<_>>()).status
}

#[test]
fn of_a_site_only_what_differs_is_remembered() {
    let (instance, server, admin) = Instance::desk("none");
    let before = trail(&instance).len();
    assert_eq!(save_site(&server, &admin, "/admin/sites/blog", &[]), 303);
    assert!(since(&instance, before).is_empty(), "nothing was different");
    assert_eq!(save_site(&server, &admin, "/admin/sites/blog", &[("name", "My blog"), ("images", "1")]), 303);
    let entries = since(&instance, before);
    let expected =
        [["site.change", r#"{"images":false,"name":"blog"}"#, r#"{"images":true,"name":"My blog"}"#]];
    assert_eq!(changes(&entries), expected);
}

#[test]
fn a_change_that_fails_leaves_no_entry() {
    let (instance, server, admin) = Instance::desk("none");
    let before = trail(&instance).len();
    assert_eq!(save_site(&server, &admin, "/admin/sites", &[("key", "blog")]), 422);
    assert_eq!(
        save_site(&server, &admin, "/admin/sites/blog", &[("sort", "best"), ("max_length", "0")]),
        422
    );
    admin.post(&server, "/admin/queue", &[("bulk", "spam"), ("id", "0000000000000")]).problem(404);
    assert_eq!(
        instance.run(&["site", "create", "blog", "--origin", "https://a.example"]).status.code(),
        Some(1)
    );
    assert!(since(&instance, before).is_empty());
}

#[test]
fn a_new_password_and_the_sessions_it_ends_are_remembered() {
    let (instance, server, admin) = Instance::desk("none");
    Admin::sign_in(&server);
    let before = trail(&instance).len();
    let fields = [("current", PASSWORD), ("new", "quite another row of words")];
    admin.post(&server, "/admin/account/password", &fields).expect(303);
    let entries = since(&instance, before);
    assert_eq!(changes(&entries), [["account.password", "", ""], ["session.end", "", "1 ended"]]);
    assert!(!json!(entries).to_string().contains("argon2"));
}

#[test]
fn the_page_shows_filters_and_exports_what_the_url_says() {
    let (instance, server, admin) = Instance::desk("all");
    instance.site("other", "https://other.example", "none");
    let held = server.try_post(PAGE, "Ann", "Hello").expect(202).json();
    admin.moderate(&server, "approve", &[id(&held)]);
    let account = admin.page(&server, "/admin/audit");
    let account =
        between(&account, "<option value=\"", "\">owner</option>").rsplit('"').next().unwrap().to_owned();
    let shown = |query: &str| {
        let page = admin.page(&server, &format!("/admin/audit{query}"));
        page.matches("class=\"card entry\"").count()
    };
    let entries = trail(&instance);
    let (all, day) = (entries.len(), &text(&entries[0], "at")[..10]);
    assert_eq!(shown(""), all);
    let cases = [
        (format!("?who={account}"), 2),
        ("?who=command+line".to_owned(), 3),
        (format!("?who={}", EMAIL.replace('@', "%40")), 2),
        ("?action=comment".to_owned(), 1),
        ("?action=comment.approve&site=blog".to_owned(), 1),
        ("?action=comment.approve&site=other".to_owned(), 0),
        (format!("?subject=comment:{}", id(&held)), 1),
        ("?site=other".to_owned(), 1),
        (format!("?since={day}"), all),
        (format!("?until={day}&order=oldest"), all),
        ("?until=2020-01-01".to_owned(), 0),
    ];
    for (query, number) in cases {
        assert_eq!(shown(&query), number, "{query}");
        let lines = admin.get(&server, &format!("/admin/audit/export.jsonl{query}")).expect(200);
        assert_eq!(lines.text().lines().count(), number, "{query}");
        let table = admin.get(&server, &format!("/admin/audit/export.csv{query}")).expect(200);
        assert_eq!(table.text().lines().count(), number + 1, "{query}");
    }
    let page = admin.page(&server, "/admin/audit?action=site");
    assert!(
        page.contains("<dd class=\"became\"><span class=\"vh\">After: </span>https://blog.example</dd>"),
        "{page}"
    );
    for (bad, words) in [
        ("?since=yesterday", "a day like 2026-01-31"),
        ("?site=nowhere", "no site “nowhere”"),
        ("?who=nobody%40example.org", "Nobody with the address"),
    ] {
        let answer = admin.get(&server, &format!("/admin/audit{bad}")).expect(422);
        assert!(answer.text().contains(words), "{bad}");
    }
}

#[test]
fn a_long_trail_is_paged_in_both_orders_and_exported_whole() {
    let (instance, server, admin) = Instance::desk("none");
    let posted = server.post(PAGE, "Ann", "Hello");
    for n in 0..60 {
        let act = if n % 2 == 0 { "pin" } else { "unpin" };
        admin.post(&server, &format!("/admin/comments/{}", id(&posted)), &[("act", act)]).expect(303);
    }
    let all = trail(&instance);
    for order in ["", "?order=oldest"] {
        let (mut path, mut ids) = (format!("/admin/audit{order}"), Vec::new());
        loop {
            let page = admin.page(&server, &path);
            let found = page.split("class=\"card entry\" id=\"").skip(1);
            ids.extend(found.map(|rest| rest.split('"').next().unwrap().to_owned()));
            let Some(end) = page.find("\" rel=\"next\"") else { break };
            path = page[..end].rsplit("href=\"").next().unwrap().replace("&#38;", "&");
        }
        if order.is_empty() {
            ids.reverse();
        }
        assert_eq!(ids, all.iter().map(|one| text(one, "id")).collect::<Vec<_>>(), "{order}");
    }
    let streamed = admin.get(&server, "/admin/audit/export.jsonl").expect(200);
    assert_eq!(streamed.text(), out(&instance.run(&["audit", "export"])));
    let name = streamed.header("content-disposition").unwrap();
    assert!(
        name.starts_with("attachment; filename=\"afterword-audit-") && name.ends_with(".jsonl\""),
        "{name}"
    );
    let listed = out(&instance.run(&["audit", "list", "--action", "comment", "--limit", "2"]));
    assert_eq!(
        listed.matches("comment.unpin").count() + listed.matches("comment.pin").count(),
        2,
        "{listed}"
    );
}

#[test]
fn only_those_who_signed_in_see_it() {
    let (_instance, server, _admin) = Instance::desk("none");
    for path in
        ["/admin/audit", "/admin/audit/export.csv", "/admin/audit/export.jsonl?who=x", "/admin/settings"]
    {
        let answer = server.get(path).expect(303);
        assert!(answer.header("location").unwrap().starts_with("/admin/sign-in"), "{path}");
    }
    server.get("/admin/audit/export.xml").expect(303);
}

#[test]
fn a_row_that_was_changed_behind_our_back_is_found() {
    let (instance, server, admin) = Instance::desk("none");
    assert!(admin.page(&server, "/admin/audit").contains("fit together"));
    instance.database().execute_batch("UPDATE audit SET actor = 'x'").unwrap_err();
    instance.database().execute_batch("DELETE FROM audit").unwrap_err();
    fits(&instance);
    tamper(&instance, "UPDATE audit SET actor = 'nobody' WHERE action = 'account.create'");
    let refused = instance.run(&["audit", "verify"]);
    assert!(
        refused.status.code() == Some(1) && words(&refused).contains("does not follow"),
        "{}",
        words(&refused)
    );
    assert!(admin.page(&server, "/admin/audit").contains("Does not fit"));
    admin.post(&server, "/admin/audit/check", &[]).expect(303);
    let job = instance.run(&["job", "run", "audit-verify"]);
    assert!(job.status.code() == Some(1) && words(&job).contains("does not follow"), "{}", words(&job));
}

#[test]
fn a_hash_that_was_noted_elsewhere_proves_what_was_before_it() {
    let instance = Instance::blog();
    let head = |said: &str| said.trim_end().rsplit(' ').next().unwrap().to_owned();
    let noted = head(&out(&instance.run(&["audit", "verify"])));
    assert_eq!(noted.len(), 64);
    instance.create_admin();
    out(&instance.run(&["audit", "verify", "--noted", &noted]));
    tamper(&instance, "DELETE FROM audit; DELETE FROM meta WHERE key LIKE 'audit%'");
    let refused = instance.run(&["audit", "verify", "--noted", &noted]);
    assert!(refused.status.code() == Some(1) && words(&refused).contains(&noted), "{}", words(&refused));
}
