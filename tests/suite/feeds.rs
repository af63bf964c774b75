//! Atom feeds (RFC 4287), read as a feed reader does: with an XML parser.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use crate::support::{Answer, BLOG, Instance, TestServer, between, comment};

const PAGE: &str = "/posts/a";

/// The elements of a well-formed feed in their order: the path of names, and the text in each.
#[track_caller]
fn parse(feed: &Answer) -> Vec<(String, String)> {
    assert_eq!(feed.header("content-type"), Some("application/atom+xml; charset=utf-8"));
    let xml = feed.text();
    let forbidden = |c: char| (c < ' ' && !"\t\r\n".contains(c)) || matches!(c, '\u{fffe}' | '\u{ffff}');
    assert!(!xml.contains(forbidden), "a character that XML does not allow: {xml:?}");
    let mut reader = Reader::from_str(&xml);
    let (mut path, mut found) = (Vec::new(), Vec::<(String, String)>::new());
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error}: {xml}")) {
            Event::Start(tag) => {
                tag.attributes().for_each(|one| assert!(one.is_ok(), "{xml}"));
                path.push(tag.name().as_ref().to_owned());
                found.push((path.join("/"), String::new()));
            }
            Event::End(_) => assert!(path.pop().is_some(), "{xml}"),
            Event::Eof => break,
            Event::Text(text) if !path.is_empty() => {
                found.last_mut().unwrap().1.push_str(&text);
            }
            Event::GeneralRef(name) => {
                found.last_mut().unwrap().1.push_str(&format!("&{};", &*name));
            }
            _ => {}
        }
    }
    assert!(path.is_empty() && found.first().is_some_and(|(name, _)| name == "feed"), "{xml}");
    assert!(xml.contains("<feed xmlns=\"http://www.w3.org/2005/Atom\">"), "{xml}");
    found
}

fn all<'a>(feed: &'a [(String, String)], path: &str) -> Vec<&'a str> {
    feed.iter().filter(|(name, _)| name == path).map(|(_, text)| text.trim()).collect()
}

fn post(server: &TestServer, page: &str, body: &str) -> Value {
    let mut new = comment(page, "Ann & <b>", body);
    new["url"] = format!("{BLOG}{page}").into();
    new["title"] = "Bread & butter".into();
    server.call("POST", "/api/v1/comments").origin(BLOG).json(&new).send().expect(201).json()
}

#[test]
fn a_site_s_feed_has_its_newest_comments_first() {
    let server = Instance::blog().start();
    let first = post(&server, PAGE, "One **bold**");
    let second = post(&server, "/posts/b", "Two");
    let answer = server.get("/feeds/blog.atom").expect(200);
    let feed = parse(&answer);
    for once in ["feed/id", "feed/title", "feed/updated"] {
        assert_eq!(all(&feed, once).len(), 1, "{once}");
    }
    for each in ["id", "title", "updated", "published", "author", "author/name", "content"] {
        assert_eq!(all(&feed, &format!("feed/entry/{each}")).len(), 2, "{each}");
    }
    let content = all(&feed, "feed/entry/content");
    assert!(content[0].contains("Two") && content[1].contains("&#60;strong&#62;bold"), "{content:?}");
    let created = all(&feed, "feed/entry/published");
    assert_eq!(created, [second, first].map(|one| one["comment"]["created_at"].as_str().unwrap().to_owned()));
    assert_eq!(all(&feed, "feed/updated")[0], created[0]);
    assert_eq!(all(&feed, "feed/entry/author/name")[0], "Ann &#38; &#60;b&#62;");
}

#[test]
fn an_entry_leads_to_the_comment_on_its_page() {
    let server = Instance::blog().start();
    let posted = post(&server, PAGE, "One");
    let id = posted["comment"]["id"].as_str().unwrap();
    let entry = server.get("/feeds/blog.atom").expect(200).text();
    let entry = between(&entry, "<entry>", "</entry>");
    assert!(entry.contains(&format!("href=\"{BLOG}{PAGE}#afterword-{id}\"")), "{entry}");
}

#[test]
fn a_thread_s_feed_has_that_thread_only() {
    let server = Instance::blog().start();
    post(&server, PAGE, "One");
    post(&server, "/posts/b", "Two");
    let thread = server.thread(PAGE, "")["thread"]["id"].as_str().unwrap().to_owned();
    let feed = parse(&server.get(&format!("/feeds/blog/{thread}.atom")).expect(200));
    assert_eq!(all(&feed, "feed/entry/content"), ["&#60;p&#62;One&#60;/p&#62;"]);
    assert!(all(&feed, "feed/title")[0].contains("Bread &#38; butter"));
    for wrong in ["/feeds/blog/0000000000000.atom", "/feeds/blog/x.atom", "/feeds/other.atom"] {
        server.get(wrong).problem(404);
    }
}

#[test]
fn ids_are_the_same_under_whatever_address_a_feed_is_read() {
    let server = Instance::blog().start();
    post(&server, PAGE, "One");
    post(&server, PAGE, "Two");
    let thread = server.thread(PAGE, "")["thread"]["id"].as_str().unwrap().to_owned();
    let read =
        |path: &str, host: &str| parse(&server.call("GET", path).header("host", host).send().expect(200));
    let mut seen = Vec::new();
    for path in ["/feeds/blog.atom".to_owned(), format!("/feeds/blog/{thread}.atom")] {
        let (here, there) = (read(&path, "localhost"), read(&path, "comments.example"));
        for id in ["feed/id", "feed/entry/id"] {
            assert_eq!(all(&here, id), all(&there, id), "{path}: {id}");
        }
        assert_eq!(all(&here, "feed/entry/id").len(), 2);
        seen.push((all(&here, "feed/id")[0].to_owned(), all(&here, "feed/entry/id").join(" ")));
    }
    assert_eq!(seen[0].1, seen[1].1, "a comment is the same in both feeds");
    assert_ne!(seen[0].0, seen[1].0, "and the feeds are two");
    let is_urn = |id: &str| id.len() == 45 && id.starts_with("urn:uuid:") && id.matches('-').count() == 4;
    assert!(
        seen.iter()
            .flat_map(|(feed, entries)| format!("{feed} {entries}")
                .split(' ')
                .map(is_urn)
                .collect::<Vec<_>>())
            .all(|is| is),
        "{seen:?}"
    );
}

#[test]
fn a_feed_of_another_site_does_not_show_this_one_s_thread() {
    let instance = Instance::blog();
    instance.site("other", "https://other.example", "none");
    let server = instance.start();
    post(&server, PAGE, "One");
    let thread = server.thread(PAGE, "")["thread"]["id"].as_str().unwrap().to_owned();
    server.get(&format!("/feeds/other/{thread}.atom")).problem(404);
    server.get(&format!("/t/other/{thread}")).problem(404);
    assert!(all(&parse(&server.get("/feeds/other.atom").expect(200)), "feed/entry").is_empty());
}

#[test]
fn feeds_and_plain_pages_are_revalidated() {
    let server = Instance::blog().start();
    post(&server, PAGE, "One");
    let thread = server.thread(PAGE, "")["thread"]["id"].as_str().unwrap().to_owned();
    for path in
        ["/feeds/blog.atom".to_owned(), format!("/feeds/blog/{thread}.atom"), format!("/t/blog/{thread}")]
    {
        let tag = server.get(&path).expect(200).header("etag").unwrap().to_owned();
        server.call("GET", &path).header("if-none-match", &tag).send().expect(304);
    }
}

#[test]
fn only_what_is_published_is_in_a_feed() {
    let (_instance, server, admin) = Instance::desk("none");
    let gone = post(&server, PAGE, "A secret");
    post(&server, PAGE, "In the open");
    admin.moderate(&server, "hold", &[gone["comment"]["id"].as_str().unwrap()]);
    let feed = server.get("/feeds/blog.atom").expect(200).text();
    assert!(feed.contains("In the open") && !feed.contains("A secret"), "{feed}");
}

#[test]
fn no_character_of_a_comment_breaks_a_feed() {
    let server = Instance::blog().start();
    let odd =
        ["]]>", "&amp;amp; <![CDATA[ x", "a\u{1}b", "a\u{b}b", "a\u{ffff}b", "a\u{0}b", "\u{1f600} \u{2028}"];
    for body in odd {
        post(&server, PAGE, body);
        parse(&server.get("/feeds/blog.atom").expect(200));
    }
}
