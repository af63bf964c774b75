//! The command line: help that is a manual, and exit codes that mean something.

use crate::support::{Admin, EMAIL, Instance, PASSWORD, out, words};

#[test]
fn every_command_has_help() {
    let instance = Instance::new();
    let help = out(&instance.run(&["--help"]));
    for command in [
        "serve", "demo", "admin", "site", "thread", "import", "export", "person", "job", "settings", "audit",
        "config",
    ] {
        assert!(help.contains(&format!("  {command}")), "{help}");
        let own = out(&instance.run(&[command, "--help"]));
        assert!(own.contains("Usage: afterword") && own.contains("--data"), "{own}");
    }
    assert!(!instance.data().exists(), "help makes nothing");
}

#[test]
fn the_exit_code_tells_a_wrong_command_line_from_a_failure() {
    let instance = Instance::new();
    for wrong in
        [&["site"][..], &["nothing"], &["import", "csv", "x", "--site", "blog"], &["site", "create", "blog"]]
    {
        assert_eq!(instance.run(wrong).status.code(), Some(2), "{wrong:?}");
    }
    for failing in
        [&["job", "run", "nothing"][..], &["site", "create", "Not A Key", "--origin", "https://a.example"]]
    {
        let output = instance.run(failing);
        assert_eq!(output.status.code(), Some(1), "{failing:?}");
        assert!(String::from_utf8_lossy(&output.stderr).starts_with("afterword: "), "{}", words(&output));
    }
    assert!(out(&instance.run(&["--version"])).contains(env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_site_made_here_can_be_used_and_is_listed() {
    let instance = Instance::new();
    let origins = ["--origin", "https://Blog.example:443/", "--origin", "http://localhost:1313"];
    let arguments =
        [&["site", "create", "blog", "--name", "My blog", "--moderation", "links"], &origins[..]].concat();
    let said = out(&instance.run(&arguments));
    assert!(said.contains("data-site=\"blog\"") && said.contains("<afterword-comments>"), "{said}");
    let listed: serde_json::Value =
        serde_json::from_str(&out(&instance.run(&["site", "list", "--json"]))).unwrap();
    let expected = serde_json::json!({ "key": "blog", "name": "My blog", "moderation": "links",
        "origins": ["https://blog.example", "http://localhost:1313"], "blocked_words": [], "sort": "oldest",
        "display_depth": 4, "edit_minutes": 15, "max_length": 10_000, "images": false, "avatars": false,
        "theme": "auto", "accent": null, "created_at": listed[0]["created_at"], "first_view_at": null,
        "removed_at": null });
    assert_eq!(listed, serde_json::json!([expected]));
    let shown: serde_json::Value =
        serde_json::from_str(&out(&instance.run(&["site", "show", "blog", "--json"]))).unwrap();
    assert_eq!(shown, expected);
    assert!(out(&instance.run(&["site", "list"])).contains("https://blog.example"));
    assert_eq!(instance.start().thread("/a", "")["site"]["name"], "My blog");
}

#[test]
fn every_setting_of_a_site_can_be_changed_here() {
    let instance = Instance::blog();
    let words = instance.file("words", "casino\nviagra*\n");
    let changes = [
        ["--name", "Another name"],
        ["--origin", "https://new.example"],
        ["--moderation", "all"],
        ["--blocked-words", words.to_str().unwrap()],
        ["--sort", "best"],
        ["--display-depth", "2"],
        ["--edit-minutes", "0"],
        ["--max-length", "500"],
        ["--images", "on"],
        ["--avatars", "on"],
        ["--theme", "dark"],
        ["--accent", "#FC0"],
    ];
    let read = || -> serde_json::Value {
        serde_json::from_str(&out(&instance.run(&["site", "show", "blog", "--json"]))).unwrap()
    };
    for change in changes {
        let before = read();
        let said = out(&instance.run(&[&["site", "set", "blog"][..], &change].concat()));
        assert!(said.contains("moderation"), "what holds now is printed: {said}");
        let after = read();
        let fields = before.as_object().unwrap().keys();
        let others: Vec<_> = fields.filter(|key| before[*key] != after[*key]).collect();
        assert_eq!(others.len(), 1, "{change:?} changed {others:?}");
    }
    let now = read();
    assert_eq!((&now["accent"], &now["edit_minutes"]), (&"#ffcc00".into(), &0.into()));
    assert_eq!(now["blocked_words"], serde_json::json!(["casino", "viagra*"]));
    let shown = out(&instance.run(&["site", "show", "blog"]));
    assert!(shown.contains("Another name") && shown.contains("data-site=\"blog\""), "{shown}");
    out(&instance.run(&["site", "set", "blog", "--accent", "", "--images", "off"]));
    assert_eq!((&read()["accent"], &read()["images"]), (&serde_json::Value::Null, &false.into()));
    for wrong in [["--accent", "red"], ["--display-depth", "99"], ["--origin", "nowhere"]] {
        let refused = instance.run(&[&["site", "set", "blog"][..], &wrong].concat());
        assert_eq!(refused.status.code(), Some(1), "{wrong:?}");
    }
    assert_eq!(instance.run(&["site", "set", "none", "--name", "x"]).status.code(), Some(1));
}

#[test]
fn a_site_is_removed_here_only_by_its_name_and_can_be_brought_back() {
    let instance = Instance::blog();
    instance.start().post("/a", "Ann", "Hello");
    let told = instance.run(&["site", "remove", "blog"]);
    assert_eq!(told.status.code(), Some(1));
    assert!(
        words(&told).contains("comments: 1, threads: 1, people: 1") && words(&told).contains("--confirm"),
        "{}",
        words(&told)
    );
    assert_eq!(instance.run(&["site", "remove", "blog", "--confirm", "another"]).status.code(), Some(1));
    assert!(out(&instance.run(&["site", "list"])).contains("blog"));
    out(&instance.run(&["site", "remove", "blog", "--confirm", "blog"]));
    assert!(out(&instance.run(&["site", "list"])).contains("There is no site yet"));
    assert!(out(&instance.run(&["site", "list", "--removed"])).contains("30 days left"));
    assert!(out(&instance.run(&["site", "show", "blog"])).contains("removed"));
    let taken = instance.run(&["site", "create", "blog", "--origin", "https://other.example"]);
    assert!(words(&taken).contains("until it is free: 30"), "{}", words(&taken));
    out(&instance.run(&["site", "restore", "blog"]));
    assert_eq!(instance.start().thread("/a", "")["thread"]["count"], 1);
    assert_eq!(instance.run(&["site", "restore", "blog"]).status.code(), Some(1));
}

#[test]
fn a_site_s_faults_are_told() {
    let instance = Instance::blog();
    let cases = [
        (["blog", "https://a.example"], "already"),
        (["Blog!", "https://a.example"], "a to z"),
        (["other", "a.example"], "https://blog.example.com"),
        (["other", "ftp://a.example"], "https://blog.example.com"),
    ];
    for ([key, origin], expected) in cases {
        let refused = instance.run(&["site", "create", key, "--origin", origin]);
        assert!(
            refused.status.code() == Some(1) && words(&refused).contains(expected),
            "{}",
            words(&refused)
        );
    }
}

#[test]
fn an_admin_made_here_can_sign_in() {
    let instance = Instance::new();
    instance.create_admin();
    let server = instance.start();
    assert!(Admin::sign_in(&server).page(&server, "/admin/account").contains(EMAIL));
    let hash: String =
        instance.database().query_row("SELECT password_hash FROM accounts", [], |row| row.get(0)).unwrap();
    assert!(hash.starts_with("$argon2id$") && !hash.contains(PASSWORD), "{hash}");
}

#[test]
fn a_bad_admin_is_refused() {
    let instance = Instance::new();
    instance.create_admin();
    let [good, short] =
        [("good", PASSWORD), ("short", "short")].map(|(name, text)| instance.file(name, text));
    let create = |email: &str, file: &std::path::Path| {
        instance.run(&["admin", "create", "--email", email, "--password-file", file.to_str().unwrap()])
    };
    let nowhere = instance.folder().join("nowhere");
    for (email, file, expected) in [
        (EMAIL, &good, "already"),
        (&EMAIL.to_uppercase(), &good, "already"),
        ("nobody", &good, "not an email"),
        ("b@example.org", &short, "12 characters"),
        ("b@example.org", &nowhere, "Cannot read"),
    ] {
        let refused = create(email, file);
        assert!(
            refused.status.code() == Some(1) && words(&refused).contains(expected),
            "{}",
            words(&refused)
        );
    }
    assert_eq!(instance.number("SELECT count(*) FROM accounts"), 1);
}

#[test]
fn a_new_password_ends_all_sessions() {
    let (instance, server, admin) = Instance::desk("none");
    let file = instance.file("new", "quite another row of words\n");
    out(&instance.run(&["admin", "password", "--email", EMAIL, "--password-file", file.to_str().unwrap()]));
    assert_eq!(admin.get(&server, "/admin/queue").status, 303);
    Admin::try_sign_in(&server, EMAIL, PASSWORD).expect(422);
    Admin::try_sign_in(&server, EMAIL, "quite another row of words").expect(303);
}

#[test]
fn jobs_run_by_hand_and_are_recorded() {
    let instance = Instance::blog();
    let listed = out(&instance.run(&["job", "list"]));
    let names: Vec<_> = listed.lines().filter(|line| !line.starts_with(' ') && !line.is_empty()).collect();
    assert!(names.contains(&"comments-forget") && names.contains(&"sessions-forget"), "{listed}");
    for name in names {
        assert!(out(&instance.run(&["job", "run", name])).starts_with(name));
    }
    let listed = out(&instance.run(&["job", "list"]));
    assert!(listed.contains("last run") && !listed.contains("never run yet"), "{listed}");
    let refused = words(&instance.run(&["job", "run", "nothing"]));
    assert!(refused.contains("comments-forget"), "{refused}");
}

#[test]
fn a_port_that_is_taken_is_refused_with_words() {
    let instance = Instance::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = instance.run(&["serve", "--listen", &address]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        words(&refused).contains(&address) && words(&refused).contains("--listen"),
        "{}",
        words(&refused)
    );
}
