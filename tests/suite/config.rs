//! Configuration: layers, and what is refused with its name, its line and what would be right.

use std::process::Output;

use crate::support::{Instance, out, url_in, words};

/// Runs a command with a configuration file of this text.
fn with_file(text: &str, arguments: &[&str]) -> Output {
    let instance = Instance::new();
    let file = instance.file("afterword.toml", text);
    instance.command(arguments).arg("--config").arg(file).output().unwrap()
}

fn with_variable(name: &str, value: &str, arguments: &[&str]) -> Output {
    Instance::new().command(arguments).env(name, value).output().unwrap()
}

#[track_caller]
fn is_refused(output: &Output, expected: &[&str]) {
    assert_eq!(output.status.code(), Some(1), "{}", words(output));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(expected.iter().all(|word| said.contains(word)), "{expected:?} in: {said}");
    assert!(output.stdout.is_empty(), "{}", words(output));
}

#[test]
fn an_unknown_key_is_refused_by_name_and_line() {
    let text = "[server]\nlisten = \"127.0.0.1:0\"\n\npublik_url = \"\"\n";
    for command in [
        &["config", "check"][..],
        &["config", "show"],
        &["serve"],
        &["site", "list"],
        &["admin", "setup-link"],
    ] {
        is_refused(
            &with_file(text, command),
            &["publik_url", "line 4", "afterword.toml", "did you mean public_url?"],
        );
    }
    is_refused(&with_file("[servers]\n", &["config", "check"]), &["servers", "line 1"]);
}

#[test]
fn a_bad_value_is_refused_by_name_and_line_and_says_what_would_be_right() {
    let cases: [(&str, &[&str]); 6] = [
        ("[server]\nlisten = \"8080\"", &["line 2", "listen", "127.0.0.1:8080"]),
        (
            "[server]\npublic_url = \"comments.example.com\"",
            &["line 2", "public_url", "https://comments.example.com"],
        ),
        ("[server]\ntrusted_proxies = [\"proxy\"]", &["line 2", "trusted_proxies", "10.0.0.0/8"]),
        ("[limits]\n\nposts_per_minute = -1", &["line 3", "posts_per_minute"]),
        ("[log]\nlevel = \"loud\"", &["line 2", "level", "warn"]),
        ("[server]\nlisten = \"127.0.0.1:1", &["line 2"]),
    ];
    for (text, expected) in cases {
        is_refused(&with_file(text, &["config", "check"]), expected);
    }
}

#[test]
fn a_variable_that_is_no_key_or_has_a_bad_value_is_refused_by_name() {
    let cases = [
        ("AFTERWORD_SERVER_LISTN", "x", "AFTERWORD_SERVER_LISTEN"),
        ("AFTERWORD_LIMITS_VOTES_PER_MINUTE", "many", "whole number"),
        ("AFTERWORD_LIMITS_VOTES_PER_MINUTE", "-3", "AFTERWORD_LIMITS_VOTES_PER_MINUTE"),
        ("AFTERWORD_SERVER_LISTEN", "here", "127.0.0.1:8080"),
        ("AFTERWORD_LOG_LEVEL", "loud", "warn"),
    ];
    for (name, value, right) in cases {
        is_refused(&with_variable(name, value, &["config", "check"]), &[name, right]);
    }
}

#[test]
fn a_bad_flag_is_refused_by_name() {
    let instance = Instance::new();
    is_refused(&instance.run(&["serve", "--listen", "here"]), &["--listen", "127.0.0.1:8080"]);
    is_refused(&instance.run(&["serve", "--public-url", "ftp://x"]), &["--public-url", "https://"]);
    is_refused(&instance.run(&["--log", "loud", "config", "check"]), &["--log", "loud"]);
    assert!(!instance.data().exists(), "nothing was made");
}

#[test]
fn a_file_that_is_not_there_is_refused() {
    let refused = Instance::new().run(&["--config", "/nowhere/afterword.toml", "config", "check"]);
    is_refused(&refused, &["/nowhere/afterword.toml"]);
}

#[test]
fn show_tells_each_value_and_where_it_is_from() {
    let instance = Instance::new();
    let file = instance.file("afterword.toml", "[server]\ndrain_seconds = 7\nlisten = \"127.0.0.1:1\"\n");
    let output = instance
        .command(&["config", "show"])
        .arg("--config")
        .arg(&file)
        .env("AFTERWORD_SERVER_LISTEN", "127.0.0.1:2")
        .output()
        .unwrap();
    let shown = out(&output);
    let line = |key: &str| {
        shown.lines().find(|line| line.starts_with(key)).unwrap_or_else(|| panic!("{key}: {shown}"))
    };
    for (key, value, origin) in [
        ("drain_seconds", "= 7 ", file.to_str().unwrap()),
        ("listen", "127.0.0.1:2", "AFTERWORD_SERVER_LISTEN"),
        ("dir", instance.data().to_str().unwrap(), "--data"),
        ("votes_per_minute", "120", "default"),
    ] {
        assert!(line(key).contains(value) && line(key).ends_with(&format!("# {origin}")), "{}", line(key));
    }
}

#[test]
fn the_sample_is_in_order_and_holds_every_key() {
    let sample = out(&Instance::new().run(&["config", "sample"]));
    assert!(out(&with_file(&sample, &["config", "check"])).contains("in order"));
    let shown = out(&Instance::new().run(&["config", "show"]));
    let keys: Vec<_> = shown.lines().filter_map(|line| line.split_once(" = ")).collect();
    assert!(keys.len() > 10, "{shown}");
    for (key, _) in keys {
        assert!(sample.lines().any(|line| line.starts_with(&format!("{key} = "))), "{key}");
    }
}

#[test]
fn the_file_may_be_named_in_the_environment_and_a_flag_wins() {
    let instance = Instance::blog();
    let file = instance.file("afterword.toml", "[server]\nlisten = \"127.0.0.1:1\"\n");
    let mut command = instance.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("AFTERWORD_CONFIG", file);
    let server = instance.start_command(command);
    assert_ne!(server.host(), "127.0.0.1:1");
    server.get("/healthz").expect(200);
}

#[test]
fn the_public_url_is_what_links_begin_with() {
    let instance = Instance::blog();
    let server = instance.start_as("https://comments.example/");
    assert!(server.printed.contains("https://comments.example/admin/setup#"), "{}", server.printed);
    let feed = server.get("/feeds/blog.atom").expect(200).text();
    assert!(feed.contains("href=\"https://comments.example/feeds/blog.atom\""), "{feed}");
}

#[test]
fn the_address_that_was_taken_is_printed_beside_a_public_one() {
    let server = Instance::blog().start_with(&[("SERVER_PUBLIC_URL", "https://comments.example")]);
    assert!(url_in(&server.printed).is_some(), "{}", server.printed);
    server.get("/healthz").expect(200);
}
