//! Alive, and ready.

use serde_json::json;

use crate::support::Instance;

#[test]
fn a_running_server_is_alive_and_ready() {
    let server = Instance::new().start();
    for path in ["/healthz", "/readyz"] {
        let answer = server.get(path).expect(200);
        assert_eq!(answer.json(), json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }));
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert!(server.call("HEAD", path).send().expect(200).bytes.is_empty());
    }
}

#[test]
fn a_server_that_cannot_write_is_alive_but_not_ready() {
    let instance = Instance::blog();
    let server = instance.start();
    let other = instance.database();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let answer = server.get("/readyz");
    let (words, _) = answer.problem(503);
    assert!(words.contains("Another process") || words.contains("could not store"), "{words}");
    assert!(answer.header("retry-after").is_some());
    server.get("/healthz").expect(200);
    other.execute_batch("ROLLBACK").unwrap();
    server.get("/readyz").expect(200);
}

#[test]
fn the_root_leads_to_the_dashboard() {
    let server = Instance::new().start();
    for path in ["/", "/admin"] {
        let answer = server.get(path).expect(303);
        assert_eq!(answer.header("location"), Some("/admin/"), "{path}");
    }
}
