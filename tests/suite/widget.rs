//! The embeddable files: by version, for every page, and light.

use std::io::Read;

use flate2::read::GzDecoder;

use crate::support::{Answer, Instance, TestServer, between};

const LANGUAGES: [&str; 13] = ["en", "de", "fr", "es", "pt", "it", "nl", "pl", "ru", "uk", "zh", "ja", "ar"];
/// What script, style and one language may weigh together.
const BUDGET: usize = 10_000;

/// The folder that the loader names: `/w/VERSION/`.
fn folder(server: &TestServer) -> String {
    let loader = server.get("/embed.js").expect(200).text();
    let start = loader.find("w/").map(|at| &loader[at + 2..]).expect("a version in the loader");
    let version: String = start.chars().take_while(char::is_ascii_hexdigit).collect();
    assert_eq!(version.len(), 12, "{loader}");
    format!("/w/{version}/")
}

fn gzipped(server: &TestServer, path: &str) -> usize {
    let answer = server.call("GET", path).header("accept-encoding", "gzip").send().expect(200);
    assert_eq!(answer.header("content-encoding"), Some("gzip"), "{path}");
    let mut plain = Vec::new();
    GzDecoder::new(answer.bytes.as_slice()).read_to_end(&mut plain).unwrap();
    assert_eq!(plain, server.get(path).expect(200).bytes, "{path}");
    answer.bytes.len()
}

fn kind(answer: &Answer) -> &str {
    answer.header("content-type").unwrap()
}

#[test]
fn script_style_and_words_weigh_at_most_ten_kilobytes_in_three_requests() {
    let server = Instance::new().start();
    let folder = folder(&server);
    for language in LANGUAGES {
        let files =
            ["/embed.js".to_owned(), format!("{folder}widget.js"), format!("{folder}{language}.json")];
        let sum: usize = files.iter().map(|path| gzipped(&server, path)).sum();
        assert!(sum <= BUDGET, "{language}: {sum} bytes");
    }
}

#[test]
fn every_language_has_every_word() {
    let server = Instance::new().start();
    let folder = folder(&server);
    let english = server.get_json(&format!("{folder}en.json"));
    for language in LANGUAGES {
        let words = server.get_json(&format!("{folder}{language}.json"));
        for key in english.as_object().unwrap().keys() {
            assert!(!words[key].is_null(), "{language}: {key}");
        }
    }
}

#[test]
fn what_has_a_version_is_kept_for_ever_and_the_loader_for_ten_minutes() {
    let server = Instance::new().start();
    let folder = folder(&server);
    let loader = server.get("/embed.js").expect(200);
    assert!(loader.header("cache-control").unwrap().contains("max-age=600"), "{loader:?}");
    assert!(kind(&loader).starts_with("text/javascript"));
    for (name, expected) in [
        ("widget.js", "text/javascript"),
        ("en.json", "application/json"),
        ("themes/paper.css", "text/css"),
        ("themes/plain.css", "text/css"),
        ("themes/slate.css", "text/css"),
    ] {
        let file = server.get(&format!("{folder}{name}")).expect(200);
        assert!(kind(&file).starts_with(expected), "{name}: {}", kind(&file));
        assert!(file.header("cache-control").unwrap().contains("max-age=31536000, immutable"), "{name}");
        assert_eq!(file.header("access-control-allow-origin"), Some("*"), "{name}");
        let tag = file.header("etag").unwrap();
        server.call("GET", &format!("{folder}{name}")).header("if-none-match", tag).send().expect(304);
    }
}

#[test]
fn a_page_that_pinned_an_older_version_keeps_working() {
    let server = Instance::new().start();
    let old = server.get("/w/0123456789ab/widget.js").expect(200);
    assert_eq!(old.bytes, server.get(&format!("{}widget.js", folder(&server))).expect(200).bytes);
    assert!(!old.header("cache-control").unwrap().contains("immutable"), "{old:?}");
}

#[test]
fn only_the_widget_s_own_files_are_there() {
    let server = Instance::new().start();
    let folder = folder(&server);
    for path in
        ["nothing.js", "xx.json", "../embed.js", "%2e%2e/%2e%2e/Cargo.toml", "themes/", "themes/../widget.js"]
    {
        let answer = server.raw_get(&format!("{folder}{path}"));
        assert_eq!(answer, 404, "{path}");
    }
}

#[test]
fn the_loader_names_no_address_of_its_own() {
    let server = Instance::new().start();
    for path in ["/embed.js".to_owned(), format!("{}widget.js", folder(&server))] {
        let script = server.get(&path).expect(200).text();
        for fixed in ["localhost", "127.0.0.1", "http://"] {
            assert!(!script.contains(fixed), "{path} has {fixed} in it");
        }
    }
}

#[test]
fn every_page_may_load_the_files_and_ask_the_api() {
    let server = Instance::blog().start();
    let preflight = server
        .call("OPTIONS", "/api/v1/comments/0000000000000")
        .origin("https://any.example")
        .header("access-control-request-method", "PATCH")
        .header("access-control-request-headers", "authorization,content-type,idempotency-key")
        .send();
    assert!([200, 204].contains(&preflight.status), "{preflight:?}");
    let allowed = preflight.header("access-control-allow-headers").unwrap().to_lowercase();
    assert!(
        ["authorization", "content-type", "idempotency-key"].iter().all(|name| allowed.contains(name)),
        "{allowed}"
    );
    let methods = preflight.header("access-control-allow-methods").unwrap();
    assert!(["POST", "PUT", "PATCH", "DELETE"].iter().all(|name| methods.contains(name)), "{methods}");
    for path in [
        "/api/v1/threads?site=blog&page=/a",
        "/api/v1/threads?site=none&page=/a",
        "/api/v1/nothing",
        "/embed.js",
    ] {
        let answer = server.call("GET", path).origin("https://any.example").send();
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), None, "{path}");
    }
}

#[test]
fn the_tag_to_paste_leads_to_the_loader() {
    let (_instance, server, admin) = Instance::desk("none");
    let page = admin.page(&server, "/admin/sites/blog");
    let tag = between(&page, "<pre id=\"tag\" class=\"mono whole\"><code>", "</code>").replace("&#34;", "\"");
    let source = between(&tag, "src=\"", "\"");
    assert_eq!(source, format!("{}/embed.js", server.url));
    assert!(tag.contains("data-site=\"blog\""), "{tag}");
}
