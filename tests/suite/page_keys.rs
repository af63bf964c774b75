//! Which addresses are one page. The table of `docs/page-keys.md`, read from there, and what it does not show.

use serde_json::Value;

use crate::support::{BLOG, Instance, TestServer, comment, out};

fn blog(origin: &str) -> Instance {
    let instance = Instance::new();
    instance.site("blog", origin, "none");
    instance
}

fn post(server: &TestServer, page: &str) {
    server.post_json("/api/v1/comments", &comment(page, "Ann", "Here")).expect(201);
}

#[test]
fn the_documented_table_holds() {
    let table = include_str!("../../docs/page-keys.md");
    let rows: Vec<(&str, &str)> = table
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| {
            let mut cells = line.split('`').skip(1).step_by(2);
            (cells.next().unwrap(), cells.next().unwrap())
        })
        .collect();
    assert!(rows.len() >= 15, "{rows:?}");
    let server = blog("https://example.org").start();
    for (given, key) in rows {
        assert_eq!(server.thread(given, "")["thread"]["page"], key, "{given}");
    }
}

#[test]
fn a_name_and_a_password_in_an_address_are_not_published() {
    let server = blog(BLOG).start();
    server.post("https://ann:secret@blog.example/posts/a", "Ann", "Here");
    assert_eq!(server.thread("/posts/a", "")["thread"]["url"], "https://blog.example/posts/a");
}

#[test]
fn ugly_addresses_lead_to_one_thread() {
    let server = blog(BLOG).start();
    server.post("https://blog.example/posts/a", "Ann", "Here");
    let ugly = [
        "/posts/a",
        "/posts/a/",
        "//posts//a//",
        "http://blog.example/posts/a",
        "https://blog.example:443/posts/a/",
        "HTTPS://BLOG.example/posts/a#comments",
        "https://blog.example/posts/a?fbclid=1&utm_campaign=x&UTM_SOURCE=y",
        "https://blog.example/%70osts/%61",
        "https://blog.example/posts/./x/../a",
        "https://user:secret@blog.example/posts/a",
        " /posts/a ",
    ];
    for page in ugly {
        let thread = server.thread(page, "");
        assert_eq!(
            (&thread["thread"]["page"], &thread["thread"]["count"]),
            (&"/posts/a".into(), &1.into()),
            "{page}"
        );
    }
    for other in ["/posts/A", "/posts/a?page=2", "https://other.example/posts/a", "posts/a", "/posts/a%2F"] {
        assert_eq!(server.thread(other, "")["thread"]["id"], Value::Null, "{other}");
    }
}

#[test]
fn a_site_with_a_name_in_other_letters_owns_its_pages_in_both_spellings() {
    let server = blog("https://bücher.example").start();
    post(&server, "https://bücher.example/x");
    for page in ["https://xn--bcher-kva.example/x", "/x", "http://BÜCHER.example/x/"] {
        assert_eq!(server.thread(page, "")["thread"]["count"], 1, "{page}");
    }
}

#[test]
fn every_origin_of_a_site_is_its_own() {
    let instance = Instance::new();
    let origins = ["https://blog.example", "http://localhost:1313"];
    out(&instance.run(&["site", "create", "blog", "--origin", origins[0], "--origin", origins[1]]));
    let server = instance.start();
    for origin in origins {
        assert_eq!(server.thread(&format!("{origin}/a/"), "")["thread"]["page"], "/a");
    }
    assert_eq!(server.thread("http://localhost:8080/a", "")["thread"]["page"], "localhost:8080/a");
}

#[test]
fn the_same_path_on_two_sites_is_two_threads() {
    let instance = blog(BLOG);
    instance.site("other", "https://other.example", "none");
    let server = instance.start();
    server.post("/about", "Ann", "Here");
    let there = server.get_json("/api/v1/threads?site=other&page=/about");
    assert_eq!(there["thread"]["count"], 0);
}

#[test]
fn an_alias_leads_to_the_thread_for_reading_posting_counting_and_listening() {
    let instance = blog("https://garden.example");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/import/disqus.xml");
    out(&instance.run(&["import", "disqus", file, "--site", "blog"]));
    let server = instance.start();
    let own = server.thread("/posts/tomatoes", "")["thread"].clone();
    let mut stream = server.stream("tomatoes-1");
    assert_eq!(server.thread("tomatoes-1", "")["thread"], own);
    post(&server, "tomatoes-1");
    let count = own["count"].as_u64().unwrap() + 1;
    assert_eq!(server.thread("/posts/tomatoes", "")["thread"]["count"], count);
    assert_eq!(server.get_json("/api/v1/counts?site=blog&page=tomatoes-1")["counts"]["tomatoes-1"], count);
    assert_eq!(stream.next().data["thread_id"], own["id"]);
}
