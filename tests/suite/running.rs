//! Starting, the demo, and stopping without losing anything.

use std::path::PathBuf;

use serde_json::json;

use crate::support::{Instance, TestServer, between, comment, send_form, wait_for};

const PAGE: &str = "/posts/a";

fn demo(instance: &Instance) -> TestServer {
    let mut command = instance.bare_command();
    command.args(["demo", "--listen", "127.0.0.1:0"]).env("TMPDIR", instance.folder());
    instance.start_command(command)
}

fn demo_folder(instance: &Instance) -> Option<PathBuf> {
    let entries = std::fs::read_dir(instance.folder()).unwrap().flatten();
    entries.map(|entry| entry.path()).find(|path| path.to_string_lossy().contains("afterword-demo-"))
}

#[test]
fn serve_prints_its_address_its_folder_and_a_setup_link() {
    let instance = Instance::new();
    let server = instance.start();
    assert!(server.printed.contains(&format!("listens on {}", server.url)), "{}", server.printed);
    assert!(server.printed.contains(instance.data().to_str().unwrap()), "{}", server.printed);
    assert!(server.printed.contains(&format!("{}/admin/setup#", server.url)), "{}", server.printed);
    assert!(instance.database_file().is_file() && instance.data().join("instance.key").is_file());
}

#[test]
fn the_data_folder_is_its_owner_s_alone() {
    use std::os::unix::fs::PermissionsExt;
    let instance = Instance::new();
    let _server = instance.start();
    let mode = |path: PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(instance.data()), 0o700);
    assert_eq!(mode(instance.data().join("instance.key")), 0o600);
}

#[test]
fn the_executable_needs_no_library() {
    let executable = env!("CARGO_BIN_EXE_afterword");
    let Ok(said) = std::process::Command::new("ldd").arg(executable).output() else { return };
    let said = crate::support::words(&said);
    assert!(said.contains("statically linked") || said.contains("not a dynamic executable"), "{said}");
}

#[test]
fn the_demo_has_a_blog_with_a_lively_thread() {
    let instance = Instance::new();
    let server = demo(&instance);
    let blog = server.get("/blog/").expect(200).text();
    assert!(blog.contains("<afterword-comments") && blog.contains("/embed.js"), "{blog}");
    let thread = server.get_json(&format!("/api/v1/threads?site=demo&page={}/blog/", server.url));
    let comments = thread["comments"].as_array().unwrap();
    assert!(comments.len() > 10, "{thread}");
    assert_eq!(comments.iter().filter(|one| one["pinned"] == true).count(), 1);
    assert_eq!(comments[0]["pinned"], true);
    assert!(comments.iter().any(|one| one["depth"].as_u64() > Some(2)), "nesting");
    assert!(comments.iter().any(|one| one["html"].as_str().unwrap().contains("<pre>")), "code");
    assert!(comments.iter().any(|one| one["score"].as_i64() > Some(5)), "votes");
    assert!(comments.iter().any(|one| one["author"]["badge"] == "owner"), "its author");
    let public = thread.to_string();
    assert!(!public.contains("Timepiece") && !public.contains("plum cake"), "a held one is public");
}

#[test]
fn the_demo_s_login_opens_the_queue_with_a_held_comment() {
    let instance = Instance::new();
    let server = demo(&instance);
    let email = between(&server.printed, "sign in as", "\n").trim().to_owned();
    let password = between(&server.printed, "with the password", "\n").trim().to_owned();
    let fields = [("email", email.as_str()), ("password", password.as_str())];
    let admin =
        crate::support::Admin::of(&send_form(server.call("POST", "/admin/sign-in"), &fields).expect(303));
    assert!(admin.queue(&server, "held").len() >= 2);
}

#[test]
fn the_demo_takes_a_comment_from_its_own_page() {
    let instance = Instance::new();
    let server = demo(&instance);
    let new = json!({ "site": "demo", "page": "/blog/", "body": "Hi", "author": { "name": "Me" } });
    server.call("POST", "/api/v1/comments").origin(&server.url).json(&new).send().expect(202);
}

#[test]
fn the_demo_leaves_nothing_behind() {
    for signal in ["INT", "TERM"] {
        let instance = Instance::new();
        let mut server = demo(&instance);
        server.get("/blog/").expect(200);
        assert!(demo_folder(&instance).is_some_and(|folder| folder.join("afterword.sqlite").is_file()));
        server.signal(signal);
        assert_eq!(server.ended().code(), Some(0), "{}", server.log());
        assert_eq!(demo_folder(&instance), None, "after {signal}");
    }
}

#[test]
fn ctrl_c_and_sigterm_end_it_gently() {
    for signal in ["INT", "TERM"] {
        let instance = Instance::blog();
        let mut server = instance.start();
        server.post(PAGE, "Ann", "Before the end");
        server.signal(signal);
        assert_eq!(server.ended().code(), Some(0), "{signal}: {}", server.log());
        let server = instance.start();
        assert_eq!(server.thread(PAGE, "")["thread"]["count"], 1, "{signal}");
    }
}

#[test]
fn live_streams_are_told_to_come_back() {
    let instance = Instance::blog();
    let mut server = instance.start();
    let mut streams = [server.stream(PAGE), server.stream("/posts/b")];
    server.signal("TERM");
    for stream in &mut streams {
        let event = stream.next();
        assert_eq!((event.kind.as_str(), event.retry.as_deref()), ("bye", Some("3000")));
        assert_eq!(stream.event(), None, "the stream ends");
    }
    assert_eq!(server.ended().code(), Some(0), "{}", server.log());
}

#[test]
fn a_request_in_flight_finishes_while_the_server_stops() {
    let instance = Instance::blog();
    let mut server = instance.start();
    let body = comment(PAGE, "Ann", "Sent slowly").to_string();
    let mut raw = server.raw();
    let length = body.len().to_string();
    raw.head(
        "POST /api/v1/comments",
        &[("Content-Type", "application/json"), ("Content-Length", &length), ("Expect", "100-continue")],
    );
    assert_eq!(raw.answer_head().0, 100, "the server waits for the body");
    raw.send(&body.as_bytes()[..10]);
    let mut stream = server.stream(PAGE);
    server.signal("TERM");
    assert_eq!(stream.next().kind, "bye");
    wait_for("the door to close", || std::net::TcpStream::connect(server.host()).err());
    raw.send(&body.as_bytes()[10..]);
    assert_eq!(raw.answer_head().0, 201);
    assert_eq!(server.ended().code(), Some(0), "{}", server.log());
    assert_eq!(instance.start().thread(PAGE, "")["comments"][0]["html"], "<p>Sent slowly</p>");
}

#[test]
fn a_second_signal_ends_it_at_once_and_loses_nothing() {
    let instance = Instance::blog();
    let mut server = instance.start_with(&[("SERVER_DRAIN_SECONDS", "3600")]);
    server.post(PAGE, "Ann", "Acknowledged");
    let mut raw = server.raw();
    raw.head(
        "POST /api/v1/comments",
        &[("Content-Length", "10"), ("Content-Type", "application/json"), ("Expect", "100-continue")],
    );
    assert_eq!(raw.answer_head().0, 100);
    let mut stream = server.stream(PAGE);
    server.signal("TERM");
    assert_eq!(stream.find(|event| event.kind == "bye").kind, "bye");
    server.signal("TERM");
    assert!(server.ended().code().is_some(), "it ended by itself: {}", server.log());
    assert_eq!(instance.start().thread(PAGE, "")["thread"]["count"], 1);
}
