//! Answers that are kept ready: they are true at every moment, for whoever asks, in every encoding.

use std::collections::BTreeMap;
use std::io::Read;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Admin, Answer, BLOG, Instance, TestServer, encoded, out};

const PAGE: &str = "/posts/a";
const ENCODINGS: [&str; 4] = ["identity", "gzip", "br", "zstd"];

/// The path of a thread's first page.
fn path(site: &str, page: &str) -> String {
    format!("/api/v1/threads?site={site}&page={}", encoded(page))
}

fn asked(server: &TestServer, path: &str, encoding: &str) -> Answer {
    server.call("GET", path).header("accept-encoding", encoding).send().expect(200)
}

fn unpacked(answer: &Answer) -> Value {
    let bytes = &answer.bytes[..];
    let mut text = Vec::new();
    match answer.header("content-encoding") {
        None => text.extend(bytes),
        Some("gzip") => drop(flate2::read::GzDecoder::new(bytes).read_to_end(&mut text).unwrap()),
        Some("br") => drop(brotli::Decompressor::new(bytes, 4096).read_to_end(&mut text).unwrap()),
        Some("zstd") => text = zstd::decode_all(bytes).unwrap(),
        Some(other) => panic!("{other}"),
    }
    serde_json::from_slice(&text).unwrap()
}

#[test]
fn every_encoding_says_the_same_under_a_tag_of_its_own() {
    let instance = Instance::blog();
    let server = instance.start();
    for number in 0..20 {
        server.post(PAGE, "Ann", &format!("Comment {number}, as long as it takes to be worth packing."));
    }
    let pages: Vec<_> = (0..60).map(|number| format!("page=/posts/{number}")).collect();
    let counts = format!("/api/v1/counts?site=blog&{}", pages.join("&"));
    for path in [path("blog", PAGE), counts] {
        let mut tags = Vec::new();
        for encoding in ENCODINGS {
            let answer = asked(&server, &path, encoding);
            let tag = answer.header("etag").unwrap().to_owned();
            assert!(tag.starts_with('"') && !tags.contains(&tag), "{path} {encoding} {tag}");
            assert_eq!(answer.header("content-encoding").unwrap_or("identity"), encoding, "{path}");
            assert_eq!(answer.header("vary"), Some("accept-encoding"), "{path}");
            assert_eq!(unpacked(&answer), server.get_json(&path), "{path} {encoding}");
            let call = server.call("GET", &path).header("accept-encoding", encoding);
            call.header("if-none-match", &tag).send().expect(304);
            tags.push(tag);
        }
    }
}

#[test]
fn a_shared_cache_is_told_how_long_it_may_answer_by_itself() {
    let instance = Instance::blog();
    let server = instance.start();
    server.post(PAGE, "Ann", "One");
    for path in [path("blog", PAGE), format!("/api/v1/counts?site=blog&page={PAGE}")] {
        let cache = server.get(&path).expect(200).header("cache-control").unwrap().to_owned();
        assert_eq!(cache, "public, max-age=0, s-maxage=5, stale-while-revalidate=10", "{path}");
    }
}

#[test]
fn what_another_process_writes_is_seen_at_once() {
    let (instance, server, admin) = Instance::desk("none");
    let other = instance.start();
    server.post(PAGE, "Ann", "One");
    let list = |server: &TestServer| server.thread(PAGE, "")["comments"].as_array().unwrap().len();
    for number in 1..5 {
        assert_eq!((list(&server), list(&other)), (number, number));
        let posted = other.post(PAGE, "Bob", "Another");
        assert_eq!((list(&server), list(&other)), (number + 1, number + 1));
        admin.moderate(&server, "delete", &[posted["comment"]["id"].as_str().unwrap()]);
        assert_eq!((list(&server), list(&other)), (number, number));
        server.post(PAGE, "Cat", "Once more");
    }
    let thread = || server.thread(PAGE, "");
    out(&instance.run(&["site", "set", "blog", "--name", "Renamed"]));
    assert_eq!(thread()["site"]["name"], "Renamed");
    out(&instance.run(&["thread", "lock", "--site", "blog", PAGE]));
    assert_eq!(thread()["thread"]["locked"], true);
}

#[test]
fn an_unknown_page_becomes_a_thread_and_an_alias_leads_to_another() {
    let instance = Instance::blog();
    let server = instance.start();
    let count = |page: &str| server.thread(page, "")["thread"]["count"].as_i64().unwrap();
    assert_eq!((count(PAGE), count("/new")), (0, 0));
    server.post(PAGE, "Ann", "One");
    assert_eq!((count(PAGE), count("/new")), (1, 0));
    out(&instance.run(&["thread", "move", "--site", "blog", PAGE, "/new"]));
    assert_eq!((count(PAGE), count("/new")), (1, 1));
    assert_eq!(server.thread(PAGE, "")["thread"]["page"], "/new");
}

/// What happens to two sites that have pages of the same name; comments by their number.
#[derive(Clone, Debug)]
enum Step {
    Post { open: bool, page: bool },
    Reply(usize),
    Moderate(usize, &'static str),
    Edit(usize),
    Remove(usize),
    Vote(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let which = || any::<usize>();
    let verb = prop::sample::select(vec!["approve", "hold", "spam", "delete"]);
    prop_oneof![
        4 => (any::<bool>(), any::<bool>()).prop_map(|(open, page)| Step::Post { open, page }),
        3 => which().prop_map(Step::Reply),
        5 => (which(), verb).prop_map(|(which, verb)| Step::Moderate(which, verb)),
        2 => which().prop_map(Step::Edit),
        2 => which().prop_map(Step::Remove),
        1 => which().prop_map(Step::Vote),
    ]
}

/// A comment as a very simple thread would have it.
struct Model {
    site: &'static str,
    page: &'static str,
    id: String,
    token: String,
    text: String,
    public: bool,
    /// By its author, for good.
    removed: bool,
}

struct World {
    servers: [TestServer; 2],
    admin: Admin,
    comments: Vec<Model>,
    turn: usize,
}

const SITES: [(&str, &str); 2] = [("blog", BLOG), ("closed", "https://closed.example")];
const PAGES: [&str; 2] = ["/one", "/two"];

impl World {
    /// Two processes on one file take turns.
    fn server(&mut self) -> &TestServer {
        self.turn += 1;
        &self.servers[self.turn % 2]
    }

    fn take(&mut self, step: &Step) {
        let number = self.comments.len();
        let pick = |which: usize| (number > 0).then(|| which % number.max(1));
        match step {
            Step::Post { open, page } => {
                self.post(SITES[usize::from(!open)], PAGES[usize::from(*page)], None);
            }
            Step::Reply(which) => {
                let Some(at) = pick(*which).filter(|at| self.comments[*at].public) else { return };
                let (site, page) = (self.comments[at].site, self.comments[at].page);
                let site = SITES.into_iter().find(|(key, _)| *key == site).unwrap();
                self.post(site, page, Some(self.comments[at].id.clone()));
            }
            Step::Moderate(which, verb) => {
                let Some(at) = pick(*which).filter(|at| !self.comments[*at].removed) else { return };
                self.turn += 1;
                self.admin.moderate(&self.servers[self.turn % 2], verb, &[&self.comments[at].id]);
                self.comments[at].public = *verb == "approve";
            }
            Step::Edit(which) => self.edit(pick(*which)),
            Step::Remove(which) => self.remove(pick(*which)),
            Step::Vote(which) => {
                let Some(at) = pick(*which).filter(|at| self.comments[*at].public) else { return };
                let path = format!("/api/v1/comments/{}/vote", self.comments[at].id);
                self.server().call("PUT", &path).json(&json!({ "value": 1 })).send().expect(200);
            }
        }
    }

    fn post(&mut self, (site, origin): (&'static str, &str), page: &'static str, parent: Option<String>) {
        let text = format!("secret{}of{site}", self.comments.len());
        let mut new = json!({ "site": site, "page": page, "body": text, "author": { "name": "Ann" } });
        if let Some(parent) = parent {
            new["parent_id"] = parent.into();
        }
        let answer = self.server().call("POST", "/api/v1/comments").origin(origin).json(&new).send();
        let posted = answer.json();
        self.comments.push(Model {
            site,
            page,
            id: posted["comment"]["id"].as_str().expect("it is taken").to_owned(),
            token: posted["edit_token"].as_str().unwrap().to_owned(),
            text,
            public: answer.status == 201,
            removed: false,
        });
    }

    fn edit(&mut self, at: Option<usize>) {
        let Some(at) = at.filter(|at| self.comments[*at].public) else { return };
        let text = format!("{}again", self.comments[at].text);
        let (path, token) =
            (format!("/api/v1/comments/{}", self.comments[at].id), self.comments[at].token.clone());
        let call = self.server().call("PATCH", &path).bearer(&token).json(&json!({ "body": text }));
        let edited = call.send().expect(200).json();
        self.comments[at].text = text;
        self.comments[at].public = edited["comment"]["status"] == "published";
    }

    fn remove(&mut self, at: Option<usize>) {
        let Some(at) = at.filter(|at| self.comments[*at].public) else { return };
        let (path, token) =
            (format!("/api/v1/comments/{}", self.comments[at].id), self.comments[at].token.clone());
        self.server().call("DELETE", &path).bearer(&token).send().expect(204);
        (self.comments[at].public, self.comments[at].removed) = (false, true);
    }

    /// What each process says of each page, in an encoding that changes from step to step.
    fn is_as_the_model_says(&self) {
        let encoding = ENCODINGS[self.turn % ENCODINGS.len()];
        for ((site, _), page) in SITES.into_iter().flat_map(|site| PAGES.map(|page| (site, page))) {
            let mut wanted: BTreeMap<&str, String> = BTreeMap::new();
            let here = self.comments.iter().filter(|one| one.site == site && one.page == page);
            for one in here.clone().filter(|one| one.public) {
                wanted.insert(&one.id, format!("<p>{}</p>", one.text));
            }
            for server in &self.servers {
                let answer = asked(server, &path(site, page), encoding);
                let thread = unpacked(&answer);
                let shown = thread["comments"].as_array().unwrap();
                let live = shown.iter().filter(|one| one["deleted"] == false);
                let found: BTreeMap<&str, String> = live
                    .map(|one| (one["id"].as_str().unwrap(), one["html"].as_str().unwrap().trim().to_owned()))
                    .collect();
                assert_eq!(found, wanted, "{site} {page}");
                let text = thread.to_string();
                for other in self.comments.iter().filter(|other| !other.public || other.site != site) {
                    assert!(
                        !text.contains(&format!("<p>{}</p>", other.text)),
                        "{site} {page}: {}",
                        other.text
                    );
                }
                let counts = server.get_json(&format!("/api/v1/counts?site={site}&page={page}"));
                assert_eq!(counts["counts"][page], wanted.len());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_a_kept_page_is_what_a_simple_thread_would_be(
        steps in prop::collection::vec(step(), 1..30),
    ) {
        let (instance, server, admin) = Instance::desk("none");
        instance.site(SITES[1].0, SITES[1].1, "all");
        let mut world = World { servers: [server, instance.start()], admin, comments: Vec::new(), turn: 0 };
        for step in &steps {
            world.take(step);
            world.is_as_the_model_says();
        }
    }
}
