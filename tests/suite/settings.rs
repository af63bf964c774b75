//! Settings: what an admin changes while it runs, on the page and with the command.

use serde_json::Value;

use crate::support::{Admin, Instance, TestServer, out, words};

/// The form of the page at its defaults, with some fields otherwise.
fn save(server: &TestServer, admin: &Admin, more: &[(&str, &str)]) -> crate::support::Answer {
    let fields = [
        ("addresses.keep", "hash"),
        ("addresses.salt_days", "30"),
        ("addresses.forget_after_days", "30"),
        ("deleted.erase_after_days", "30"),
        ("guests.forget_after_days", "365"),
        ("imports.keep_reports_days", "365"),
        ("admin.networks", ""),
    ];
    let kept = fields.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| name != other));
    admin.post(server, "/admin/settings", &kept.chain(more.iter().copied()).collect::<Vec<_>>())
}

/// What the command says of one setting.
fn value(instance: &Instance, key: &str) -> Value {
    let shown = out(&instance.run(&["settings", "show", key, "--json"]));
    serde_json::from_str::<Value>(&shown).unwrap()[0]["value"].clone()
}

#[test]
fn the_page_changes_what_is_different_and_nothing_else() {
    let (instance, server, admin) = Instance::desk("none");
    let place = |answer: crate::support::Answer| answer.expect(303).header("location").unwrap().to_owned();
    assert_eq!(place(save(&server, &admin, &[])), "/admin/settings?saved=0");
    assert_eq!(instance.number("SELECT count(*) FROM settings"), 0);
    let changed = [("addresses.salt_days", "7"), ("admin.networks", "127.0.0.1\r\n10.0.0.0/8")];
    assert_eq!(place(save(&server, &admin, &changed)), "/admin/settings?saved=2");
    assert_eq!(value(&instance, "addresses.salt_days"), "7");
    assert_eq!(value(&instance, "admin.networks"), "127.0.0.1, 10.0.0.0/8");
    let page = admin.page(&server, "/admin/settings?saved=2");
    assert!(page.contains("2 settings changed") && page.contains("127.0.0.1\n10.0.0.0/8"), "{page}");
    assert_eq!(
        place(admin.post(&server, "/admin/settings", &[("reset", "addresses.salt_days")])),
        "/admin/settings?reset=addresses.salt_days"
    );
    assert_eq!(value(&instance, "addresses.salt_days"), "30");
    let trail = out(&instance.run(&["audit", "list", "--action", "setting", "--oldest"]));
    for words in ["30 → 7", "127.0.0.1, 10.0.0.0/8", "7 → 30", "by owner from 127.0.0.0/24"] {
        assert!(trail.contains(words), "{words}: {trail}");
    }
}

#[test]
fn a_fault_stands_at_its_field_and_nothing_is_saved() {
    let (instance, server, admin) = Instance::desk("none");
    let bad =
        [("addresses.salt_days", "0"), ("addresses.keep", "everything"), ("guests.forget_after_days", "20")];
    let page = save(&server, &admin, &bad).expect(422).text();
    assert!(page.contains("2 fields are not right"), "{page}");
    assert!(page.contains("id=\"addresses-salt-days-error\"") && page.contains("value=\"20\""), "{page}");
    assert_eq!(instance.number("SELECT count(*) FROM settings"), 0);
}

#[test]
fn nobody_locks_themselves_out_by_a_slip() {
    let (instance, server, admin) = Instance::desk("none");
    let page = save(&server, &admin, &[("admin.networks", "203.0.113.0/24")]).expect(422).text();
    assert!(page.contains("127.0.0.1") && page.contains("lock yourself out"), "{page}");
    assert_eq!(value(&instance, "admin.networks"), "");
}

#[test]
fn the_dashboard_is_open_to_the_networks_of_the_setting_only() {
    let instance = Instance::blog();
    instance.create_admin();
    let server = instance.start_with(&[("SERVER_TRUSTED_PROXIES", "127.0.0.1")]);
    let status =
        |path: &str, from: &str| server.call("GET", path).header("x-forwarded-for", from).send().status;
    let (ours, theirs) = ("203.0.113.9", "198.51.100.1");
    assert_eq!([ours, theirs].map(|from| status("/admin/sign-in", from)), [200, 200]);
    out(&instance.run(&["settings", "set", "admin.networks", "203.0.113.0/24, 2001:db8::/32"]));
    for path in ["/admin/sign-in", "/admin", "/admin/audit/export.csv", "/admin/nothing"] {
        assert_eq!(status(path, theirs), 403, "{path}");
        assert_ne!(status(path, ours), 403, "{path}");
    }
    assert_eq!(status("/admin/sign-in", "2001:db8:1::1"), 200);
    assert_eq!(status("/api/v1/threads?site=blog&page=/a", theirs), 200, "readers come from anywhere");
    let (words, _) = server.get("/admin/").problem(403);
    assert!(words.contains("settings reset admin.networks"), "{words}");
    out(&instance.run(&["settings", "reset", "admin.networks"]));
    assert_eq!(status("/admin/sign-in", theirs), 200);
}

#[test]
fn the_command_shows_sets_and_resets() {
    let instance = Instance::blog();
    let all = out(&instance.run(&["settings", "show"]));
    assert!(all.contains("addresses.keep = hash   # default") && all.contains("1 to 365 days"), "{all}");
    let key = "deleted.erase_after_days";
    assert_eq!(out(&instance.run(&["settings", "set", key, "14"])), format!("{key} = 14\n"));
    assert!(out(&instance.run(&["settings", "show", key])).contains("changed; the default is 30"));
    assert_eq!(out(&instance.run(&["settings", "reset", key])), format!("{key} = 30\n"));
    for (arguments, expected) in [
        (&["settings", "set", key, "400"][..], "from 1 to 365"),
        (&["settings", "set", "no.such", "1"], key),
        (&["settings", "show", "no.such"], key),
        (&["settings", "reset", "no.such"], key),
    ] {
        let refused = instance.run(arguments);
        assert!(
            refused.status.code() == Some(1) && words(&refused).contains(expected),
            "{}",
            words(&refused)
        );
    }
}

#[test]
fn a_running_server_goes_by_what_a_command_sets() {
    let instance = Instance::blog();
    let server = instance.start();
    server.post("/a", "Ann", "one");
    out(&instance.run(&["settings", "set", "addresses.keep", "none"]));
    server.post("/a", "Ann", "two");
    assert_eq!(instance.number("SELECT count(*) FROM comments WHERE address_hash IS NULL"), 1);
}

#[test]
fn deleted_comments_are_erased_when_the_setting_says() {
    let (instance, server, admin) = Instance::desk("none");
    let posted = server.post("/a", "Ann", "Hello");
    admin.moderate(&server, "delete", &[posted["comment"]["id"].as_str().unwrap()]);
    instance.sql("UPDATE moderations SET at = at - 3 * 86400000; UPDATE comments SET created_at = created_at - 9 * 86400000");
    let erased = || out(&instance.run(&["job", "run", "deleted-erase"]));
    assert!(erased().contains("erased 0 comments"));
    out(&instance.run(&["settings", "set", "deleted.erase_after_days", "2"]));
    assert!(erased().contains("erased 1 comments"));
    let trail = out(&instance.run(&["audit", "list", "--action", "comment.erase"]));
    assert!(trail.contains("by job deleted-erase"), "{trail}");
}

#[test]
fn reports_of_imports_are_forgotten_when_the_setting_says() {
    let instance = Instance::blog();
    let add = |id: u32, days: i64| {
        format!(
            "INSERT INTO imports (id, site_id, format, file, dry_run, started, ended)
             SELECT {id}, id, 'disqus', 'a.xml', 0, created_at - {days} * 86400000, created_at - {days} * 86400000 FROM sites;"
        )
    };
    instance.sql(&[add(1, 400), add(2, 20), add(3, 0)].concat());
    assert!(out(&instance.run(&["job", "run", "imports-forget"])).contains("forgot 1 "));
    out(&instance.run(&["settings", "set", "imports.keep_reports_days", "7"]));
    assert!(out(&instance.run(&["job", "run", "imports-forget"])).contains("forgot 1 "));
    assert_eq!(instance.number("SELECT id FROM imports"), 3);
}
