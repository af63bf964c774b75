//! What a person may ask for: a copy of everything, and to be forgotten.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Admin, BLOG, Instance, TestServer, comment, out, words};

const PAGE: &str = "/posts/a";
const NAME: &str = "Bartholomew Unmistakable";
const ADDRESS: &str = "bartholomew.unmistakable@example.org";
const SAID: &str = "Something only Bartholomew would say";

fn post(server: &TestServer, page: &str, body: &str, parent: Option<&Value>) -> Value {
    let mut new = comment(page, NAME, body);
    new["author"]["email"] = ADDRESS.into();
    new["author"]["url"] = "https://bartholomew.example/".into();
    new["parent_id"] = parent.map_or(Value::Null, |parent| parent["comment"]["id"].clone());
    server.call("POST", "/api/v1/comments").origin(BLOG).json(&new).send().expect(201).json()
}

/// Ann starts, Bartholomew answers, Bo answers him; then Bartholomew edits and votes.
fn talk(server: &TestServer) -> Value {
    let ann = server.post(PAGE, "Ann", "First");
    let his = post(server, PAGE, SAID, Some(&ann));
    server.reply(PAGE, &his, "Bo", "I see");
    let token = his["edit_token"].as_str().unwrap();
    let path = |posted: &Value| format!("/api/v1/comments/{}", posted["comment"]["id"].as_str().unwrap());
    let edit = json!({ "body": format!("{SAID}, twice") });
    server.call("PATCH", &path(&his)).origin(BLOG).bearer(token).json(&edit).send().expect(200);
    let vote = format!("{}/vote", path(&ann));
    server.call("PUT", &vote).bearer(token).json(&json!({ "value": 1 })).send().expect(200);
    for n in 0..40 {
        post(server, &format!("/posts/{n}"), &format!("{n}: {}", format!("{SAID}. ").repeat(40)), None);
    }
    his
}

/// Everything in the data folder that holds one of these texts.
fn traces(instance: &Instance, texts: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(instance.data()).unwrap().flatten() {
        let bytes = fs::read(entry.path()).unwrap().to_ascii_lowercase();
        for text in texts {
            let text = text.to_ascii_lowercase();
            if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
                found.push(format!("{text} in {}", entry.path().display()));
            }
        }
    }
    found
}

#[test]
fn a_persons_copy_has_everything_and_goes_to_a_file() {
    let instance = Instance::blog();
    let server = instance.start();
    talk(&server);
    let printed = out(&instance.run(&["person", "export", &ADDRESS.to_uppercase()]));
    let rows: Vec<Value> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let count = |table: &str| rows.iter().filter(|row| row["table"] == table).count();
    assert_eq!((count("comments"), count("guests"), count("votes")), (41, 41, 1), "a browser for each post");
    assert!(printed.contains(SAID) && printed.contains(NAME) && printed.contains("\"key\":\"/posts/a\""));
    assert!(!printed.contains("First") && !printed.contains("I see"), "nothing of others");
    let file = instance.folder().join("his.jsonl");
    out(&instance.run(&["person", "export", ADDRESS, "--out", file.to_str().unwrap()]));
    let kept = fs::read_to_string(file).unwrap();
    assert!(kept.lines().skip(1).eq(printed.lines().skip(1)), "all but how the address was spelt");
}

#[test]
fn an_erased_person_leaves_no_byte_of_who_they_were_or_what_they_said() {
    let instance = Instance::blog();
    let server = instance.start();
    let his = talk(&server);
    let erased: Value =
        serde_json::from_str(&out(&instance.run(&["person", "erase", ADDRESS, "--json"]))).unwrap();
    assert_eq!((&erased["rows"]["comments"], &erased["anonymous"]), (&41.into(), &false.into()));
    let thread = server.thread(PAGE, "");
    let comments = thread["comments"].as_array().unwrap();
    assert_eq!((comments.len(), &thread["thread"]["count"]), (3, &2.into()));
    assert_eq!((&comments[1]["id"], &comments[1]["deleted"]), (&his["comment"]["id"], &true.into()));
    assert_eq!((&comments[1]["author"], &comments[2]["parent_id"]), (&Value::Null, &his["comment"]["id"]));
    assert_eq!(comments[0]["score"], 1, "a vote stays counted");
    server.stop();
    assert_eq!(traces(&instance, &[NAME, ADDRESS, SAID, "bartholomew"]), [""; 0]);
    assert_eq!(instance.run(&["person", "export", ADDRESS]).status.code(), Some(1), "nothing is known");
}

#[test]
fn a_person_made_anonymous_leaves_what_they_said_and_no_byte_of_who_they_were() {
    let instance = Instance::blog();
    let server = instance.start();
    let his = talk(&server);
    let said = out(&instance.run(&["person", "erase", ADDRESS, "--keep-comments"]));
    assert!(said.contains("comments made anonymous  41"), "{said}");
    let comments = &server.thread(PAGE, "")["comments"];
    assert_eq!(
        (&comments[1]["id"], &comments[1]["author"]["name"]),
        (&his["comment"]["id"], &"Anonymous".into())
    );
    assert!(comments[1]["html"].as_str().unwrap().contains(SAID));
    let token = his["edit_token"].as_str().unwrap();
    let path = format!("/api/v1/comments/{}", his["comment"]["id"].as_str().unwrap());
    let edit = json!({ "body": "Me again" });
    let refused = server.call("PATCH", &path).origin(BLOG).bearer(token).json(&edit).send();
    assert!(refused.status >= 400, "{}", refused.text());
    server.stop();
    assert_eq!(traces(&instance, &[NAME, ADDRESS, "bartholomew.example"]), [""; 0]);
}

#[test]
fn a_dry_run_says_what_would_go_and_changes_nothing() {
    let instance = Instance::blog();
    let server = instance.start();
    talk(&server);
    let before = server.thread(PAGE, "");
    let said = out(&instance.run(&["person", "erase", ADDRESS, "--dry-run"]));
    assert!(said.contains("nothing was changed") && said.contains("comments blanked  41"), "{said}");
    assert_eq!(server.thread(PAGE, ""), before);
}

#[test]
fn who_is_not_known_or_looks_after_the_instance_is_refused_with_words() {
    let (instance, _server, _) = Instance::desk("none");
    for (email, expected) in [
        ("nobody@example.org", "Nothing is known"),
        ("not an address", "not an email address"),
        (crate::support::EMAIL, "looks after this instance"),
    ] {
        let refused = instance.run(&["person", "erase", email]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(words(&refused).contains(expected), "{}", words(&refused));
    }
}

#[test]
fn the_job_forgets_old_addresses_and_says_so() {
    let instance = Instance::blog();
    let server = instance.start();
    let posted = server.post(PAGE, "Ann", "Old");
    let path = format!("/api/v1/comments/{}", posted["comment"]["id"].as_str().unwrap());
    server.call("PUT", &format!("{path}/vote")).json(&json!({ "value": 1 })).send().expect(200);
    server.post_json(&format!("{path}/report"), &json!({ "reason": "x" })).expect(204);
    server.post(PAGE, "Bo", "New");
    instance.sql(
        "UPDATE comments SET created_at = created_at - 31 * 86400000 WHERE author_name = 'Ann';
         UPDATE votes SET at = at - 31 * 86400000; UPDATE reports SET at = at - 31 * 86400000;",
    );
    let said = out(&instance.run(&["job", "run", "addresses-forget"]));
    assert!(said.contains("forgot the addresses of 1 comments, 1 votes and 1 reports"), "{said}");
    assert_eq!(instance.number("SELECT count(*) FROM comments WHERE address_hash IS NOT NULL"), 1);
    let again = out(&instance.run(&["job", "run", "addresses-forget"]));
    assert!(again.contains("0 comments, 0 votes and 0 reports"), "{again}");
    assert_eq!(server.thread(PAGE, "")["comments"].as_array().unwrap().len(), 2);
}

/// What the newest entry about somebody says; never who it was.
fn noted(instance: &Instance) -> String {
    let sql = "SELECT action || ' ' || subject || ' ' || became FROM audit WHERE action LIKE 'person.%' ORDER BY id DESC";
    let entry: String = instance.database().query_row(sql, [], |row| row.get(0)).unwrap();
    assert!(!entry.contains('@') && !entry.contains("Bartholomew"), "{entry}");
    entry
}

#[test]
fn on_the_dashboard_a_person_is_looked_up_copied_and_forgotten() {
    let (instance, server, admin) = Instance::desk("none");
    talk(&server);
    let known = admin.post(&server, "/admin/person", &[("email", ADDRESS)]).expect(200).text();
    assert!(
        known.contains("<dt>Comments</dt><dd>41</dd>") && known.contains("<dt>Votes</dt><dd>1</dd>"),
        "{known}"
    );
    let copy = admin.post(&server, "/admin/person/copy", &[("email", ADDRESS)]).expect(200);
    assert!(copy.header("content-disposition").unwrap().contains("afterword-copy-"));
    assert!(noted(&instance).starts_with("person.export person "));
    assert_eq!(copy.text(), out(&instance.run(&["person", "export", ADDRESS])));

    let forget = |again: &str, how: &str| {
        let fields = [("email", ADDRESS), ("again", again), ("how", how), ("rewrite", "on")];
        admin.post(&server, "/admin/person/erase", &fields)
    };
    let refused = forget("somebody@example.org", "everything").expect(422).text();
    assert!(refused.contains("Nothing was erased"), "{refused}");
    assert_eq!(instance.number("SELECT count(*) FROM comments WHERE author_email <> ''"), 41);
    let done = forget(&ADDRESS.to_uppercase(), "everything").expect(200).text();
    assert!(done.contains("Comments blanked</dt><dd>41</dd>") && done.contains("written anew"), "{done}");
    assert!(!done.contains(ADDRESS), "{done}");
    assert!(noted(&instance).starts_with("person.erase person {"), "{}", noted(&instance));
    assert!(!server.thread(PAGE, "").to_string().contains(SAID));
    let gone = admin.post(&server, "/admin/person", &[("email", ADDRESS)]).expect(422).text();
    assert!(gone.contains("Nothing is known"), "{gone}");
}

#[test]
fn on_the_dashboard_a_person_is_made_anonymous_and_their_words_are_still_found() {
    let (instance, server, admin) = Instance::desk("none");
    talk(&server);
    let fields = [("email", ADDRESS), ("again", ADDRESS), ("how", "anonymous")];
    let done = admin.post(&server, "/admin/person/erase", &fields).expect(200).text();
    assert!(
        done.contains("Comments made anonymous</dt><dd>41</dd>") && !done.contains("written anew"),
        "{done}"
    );
    assert!(noted(&instance).starts_with("person.anonymise person {"));
    assert!(server.thread(PAGE, "").to_string().contains(SAID));
    let found = |text: &str| admin.page(&server, &format!("/admin/queue?status=all&q={text}"));
    assert!(found("Something").contains("Something only"), "by their words");
    assert!(!found("Unmistakable").contains("Something only"), "and not by their name");
}

#[test]
fn an_uploaded_file_that_waits_is_told_of_since_erasing_cannot_reach_it() {
    let (instance, server, admin) = Instance::desk("none");
    talk(&server);
    let uploads = instance.data().join("uploads");
    fs::create_dir_all(&uploads).unwrap();
    fs::write(uploads.join("0000000000001"), "their comments").unwrap();
    let fields = [("email", ADDRESS), ("again", ADDRESS), ("how", "anonymous")];
    let done = admin.post(&server, "/admin/person/erase", &fields).expect(200).text();
    assert!(done.contains("1 uploaded file still waits"), "{done}");
    post(&server, PAGE, "Again", None);
    let said = out(&instance.run(&["person", "erase", ADDRESS]));
    assert!(said.contains("Uploaded files that wait to be imported: 1."), "{said}");
    fs::remove_file(uploads.join("0000000000001")).unwrap();
    post(&server, PAGE, "And again", None);
    assert!(!out(&instance.run(&["person", "erase", ADDRESS])).contains("Uploaded"));
}

#[test]
fn who_looks_after_the_instance_is_told_why_they_cannot_be_forgotten() {
    let (instance, server, admin) = Instance::desk("none");
    let page = admin.post(&server, "/admin/person", &[("email", crate::support::EMAIL)]).expect(200).text();
    assert!(page.contains("looks after this instance") && !page.contains("Forget them</button>"), "{page}");
    let fields = [("email", crate::support::EMAIL), ("again", crate::support::EMAIL), ("how", "everything")];
    admin.post(&server, "/admin/person/erase", &fields).expect(422);
    let moderator = Admin::invited(&instance, &server, "mod@example.org", "moderator", &["blog"]);
    for path in ["/admin/person", "/admin/person/copy", "/admin/person/erase"] {
        moderator.post(&server, path, &[("email", ADDRESS)]).problem(403);
    }
}
