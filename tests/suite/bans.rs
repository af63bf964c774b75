//! Bans: who can no longer comment, and who writes for nobody but themselves.

use serde_json::{Value, json};

use crate::support::{Admin, Answer, BLOG, Call, Instance, TestServer, between, comment, out};

const PAGE: &str = "/posts/a";
const REFUSED: &str = "You can no longer comment here.";

/// A desk behind a proxy, so that people may come from anywhere.
fn desk(moderation: &str) -> (Instance, TestServer, Admin) {
    let instance = Instance::blog_with(moderation);
    instance.create_admin();
    out(&instance.run(&["settings", "set", "addresses.keep", "network+hash"]));
    let server = instance.start_with(&[("SERVER_TRUSTED_PROXIES", "127.0.0.1")]);
    let admin = Admin::sign_in(&server);
    (instance, server, admin)
}

fn ban(admin: &Admin, server: &TestServer, fields: &[(&str, &str)]) {
    let usual = [("ends", "good"), ("effect", "refuse")];
    let unchanged = usual.iter().filter(|(name, _)| !fields.iter().any(|(changed, _)| changed == name));
    let fields: Vec<_> = unchanged.chain(fields).copied().collect();
    admin.post(server, "/admin/bans", &fields).expect(303);
}

/// Somebody who writes from an address, with an email and perhaps a token.
#[derive(Clone, Default)]
struct Writer {
    name: &'static str,
    email: &'static str,
    from: &'static str,
    token: Option<String>,
}

impl Writer {
    fn new(name: &'static str) -> Self {
        Self { name, from: "192.0.2.1", ..Self::default() }
    }

    fn call<'a>(&self, server: &'a TestServer, method: &str, path: &str) -> Call<'a> {
        let call = server.call(method, path).origin(BLOG).header("x-forwarded-for", self.from);
        match &self.token {
            Some(token) => call.bearer(token),
            None => call,
        }
    }

    fn try_post(&self, server: &TestServer, body: &str) -> Answer {
        self.try_reply(server, body, &Value::Null)
    }

    fn try_reply(&self, server: &TestServer, body: &str, parent: &Value) -> Answer {
        let mut new = comment(PAGE, self.name, body);
        new["author"]["email"] = self.email.into();
        new["parent_id"] = parent["comment"]["id"].clone();
        self.call(server, "POST", "/api/v1/comments").json(&new).send()
    }

    /// Posts for the first time, and is known from then on.
    fn known(mut self, server: &TestServer, body: &str) -> (Self, Value) {
        let posted = self.try_post(server, body).json();
        self.token = Some(posted["edit_token"].as_str().unwrap_or_else(|| panic!("{posted}")).to_owned());
        (self, posted)
    }

    fn edit(&self, server: &TestServer, posted: &Value, body: &str) -> Answer {
        self.call(server, "PATCH", &path(posted)).json(&json!({ "body": body })).send()
    }

    fn vote(&self, server: &TestServer, posted: &Value, value: i8) -> Answer {
        let path = format!("{}/vote", path(posted));
        self.call(server, "PUT", &path).json(&json!({ "value": value })).send()
    }

    fn report(&self, server: &TestServer, posted: &Value) -> Answer {
        let path = format!("{}/report", path(posted));
        self.call(server, "POST", &path).json(&json!({ "reason": "Rude" })).send()
    }
}

fn id(posted: &Value) -> &str {
    posted["comment"]["id"].as_str().unwrap_or_else(|| panic!("{posted}"))
}

fn path(posted: &Value) -> String {
    format!("/api/v1/comments/{}", id(posted))
}

/// What readers see, in its order.
fn shown(server: &TestServer) -> Vec<String> {
    let thread = server.thread(PAGE, "");
    let text =
        |one: &Value| one["html"].as_str().unwrap().replace("<p>", "").replace("</p>", "").trim().to_owned();
    thread["comments"].as_array().unwrap().iter().map(text).collect()
}

/// An answer without what differs from one comment to the next.
fn shape(answer: &Answer) -> (u16, Value, Vec<String>) {
    let mut json = answer.json();
    for place in ["/comment/id", "/comment/created_at", "/comment/edited_at", "/edit_token", "/id", "/token"]
    {
        if let Some(value) = json.pointer_mut(place).filter(|value| !value.is_null()) {
            *value = "…".into();
        }
    }
    let mut names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
    names.sort();
    (answer.status, json, names)
}

#[test]
fn banned_user_cannot_reply_edit_vote_or_report() {
    let (_instance, server, admin) = desk("none");
    let (troll, posted) = Writer { email: "troll@example.org", ..Writer::new("Troll") }.known(&server, "1");
    let (_, other) = Writer::new("Ann").known(&server, "2");
    ban(
        &admin,
        &server,
        &[("kind", "email"), ("pattern", "Troll@Example.org"), ("reason", "Insults of May 3rd")],
    );
    let answers = [
        troll.try_post(&server, "3"),
        troll.try_reply(&server, "3", &other),
        troll.edit(&server, &posted, "Changed"),
        troll.vote(&server, &other, 1),
        troll.report(&server, &other),
    ];
    for answer in answers {
        let (words, field) = answer.problem(403);
        assert_eq!((words.as_str(), field), (REFUSED, None), "no reason is told");
    }
    assert_eq!(shown(&server), ["1", "2"]);
    troll.call(&server, "DELETE", &path(&posted)).send().expect(204);
    Writer::new("Ann").try_post(&server, "4").expect(201);
}

#[test]
fn a_network_is_banned_by_the_address_as_it_is() {
    let (instance, server, admin) = desk("none");
    ban(&admin, &server, &[("kind", "network"), ("pattern", "203.0.113.77/25")]);
    ban(&admin, &server, &[("kind", "network"), ("pattern", "2001:db8:1:2::/64")]);
    let from = |from| Writer { from, ..Writer::new("Ann") };
    for address in ["203.0.113.5", "::ffff:203.0.113.5", "2001:db8:1:2:3:4:5:6"] {
        from(address).try_post(&server, "Hello").problem(403);
    }
    for address in ["203.0.113.200", "198.51.100.1", "2001:db8:1:3::1"] {
        from(address).try_post(&server, "Hello").expect(201);
    }
    let networks = "SELECT count(*) FROM comments WHERE network IN ('203.0.113.0/24', '198.51.100.0/24', '2001:db8:1::/48')";
    assert_eq!(instance.number(networks), 3, "what is stored is shortened");
}

#[test]
fn a_name_is_banned_however_it_is_spelled() {
    let (_instance, server, admin) = desk("none");
    ban(&admin, &server, &[("kind", "name"), ("pattern", "*troll")]);
    for name in ["Troll", "The TROLL", "Tro\u{200B}ll", "Ｔｒｏｌｌ"] {
        server.try_post(PAGE, name, "Hello").problem(403);
    }
    server.try_post(PAGE, "Trollope", "Hello").expect(201);
}

#[test]
fn an_email_may_be_banned_by_its_host() {
    let (_instance, server, admin) = desk("none");
    ban(&admin, &server, &[("kind", "email"), ("pattern", "*@spam.example")]);
    let with = |email| Writer { email, ..Writer::new("Ann") };
    with("a@Spam.Example").try_post(&server, "Hello").problem(403);
    with("a@notspam.example").try_post(&server, "Hello").expect(201);
    with("").try_post(&server, "Hello").expect(201);
}

#[test]
fn leaving_the_email_out_helps_nobody_who_is_known() {
    let (_instance, server, admin) = desk("none");
    let (mut troll, _) = Writer { email: "troll@example.org", ..Writer::new("Troll") }.known(&server, "1");
    ban(&admin, &server, &[("kind", "email"), ("pattern", "troll@example.org")]);
    (troll.name, troll.email) = ("Somebody else", "");
    troll.try_post(&server, "2").problem(403);
}

#[test]
fn a_ban_of_one_site_does_not_hold_on_another() {
    let (instance, server, admin) = desk("none");
    instance.site("other", "https://other.example", "none");
    ban(&admin, &server, &[("kind", "name"), ("pattern", "Ann"), ("site", "other")]);
    server.try_post(PAGE, "Ann", "Hello").expect(201);
    let mut new = comment(PAGE, "Ann", "Hello");
    new["site"] = "other".into();
    server.post_json("/api/v1/comments", &new).problem(403);
    admin
        .post(
            &server,
            "/admin/bans",
            &[("kind", "name"), ("pattern", "x"), ("ends", "day"), ("site", "none")],
        )
        .problem(404);
}

#[test]
fn the_banned_are_told_until_when_and_then_it_is_over() {
    let (instance, server, admin) = desk("none");
    ban(&admin, &server, &[("kind", "name"), ("pattern", "Ann"), ("ends", "week")]);
    let (words, _) = server.try_post(PAGE, "Ann", "Hello").problem(403);
    assert!(
        words.starts_with(REFUSED) && words.contains("You can again from 20") && words.contains(" UTC on."),
        "{words}"
    );
    ban(&admin, &server, &[("kind", "name"), ("pattern", "A*"), ("ends", "good")]);
    assert_eq!(server.try_post(PAGE, "Ann", "Hello").problem(403).0, REFUSED, "the longer one counts");
    instance
        .sql("DELETE FROM bans WHERE pattern = 'A*'; UPDATE bans SET expires_at = expires_at - 604800001");
    server.try_post(PAGE, "Ann", "Hello").expect(201);
    assert!(admin.page(&server, "/admin/bans?show=ended").contains("<bdi>Ann</bdi>"));
}

#[test]
fn a_day_may_be_named_on_which_it_ends() {
    let (instance, server, admin) = desk("none");
    ban(&admin, &server, &[("kind", "name"), ("pattern", "Ann"), ("ends", "date"), ("date", "2222-02-22")]);
    assert!(server.try_post(PAGE, "Ann", "Hello").problem(403).0.contains("2222-02-22 23:59 UTC"));
    for date in ["2001-01-01", "", "tomorrow", "2222-02-30"] {
        let fields = [("kind", "name"), ("pattern", "Bob"), ("ends", "date"), ("date", date)];
        let page = admin.post(&server, "/admin/bans", &fields).expect(422).text();
        assert!(page.contains("id=\"date-error\"") && page.contains("value=\"Bob\""), "{date}: {page}");
    }
    let long = "x".repeat(301);
    let fields =
        [("kind", "name"), ("pattern", "*"), ("ends", "date"), ("date", "2001-01-01"), ("reason", &long)];
    let page = admin.post(&server, "/admin/bans", &fields).expect(422).text();
    for field in ["pattern", "date", "reason"] {
        assert!(page.contains(&format!("id=\"{field}-error\"")), "all that is wrong is told: {page}");
    }
    assert_eq!(instance.number("SELECT count(*) FROM bans"), 1);
}

#[test]
fn a_shadow_banned_person_is_answered_as_anybody_is() {
    let (instance, server, admin) = desk("none");
    let (ann, _) = Writer::new("Ann").known(&server, "Hello");
    let (troll, _) = Writer { from: "198.51.100.7", ..Writer::new("Abe") }.known(&server, "Hello");
    ban(&admin, &server, &[("kind", "network"), ("pattern", "198.51.100.0/24"), ("effect", "shadow")]);
    let usual = ann.try_post(&server, "Words").expect(201);
    let shadow = troll.try_post(&server, "Words").expect(201);
    let same = |answer: &Answer, name: &str| {
        let (status, mut json, headers) = shape(answer);
        if let Some(author) = json.pointer_mut("/comment/author/name") {
            assert_eq!(author, name);
            *author = "…".into();
        }
        (status, json, headers)
    };
    assert_eq!(same(&usual, "Ann"), same(&shadow, "Abe"));
    assert_eq!(shown(&server), ["Hello", "Hello", "Words"]);
    let (usual, shadow) = (usual.json(), shadow.json());
    let edits =
        (ann.edit(&server, &usual, "Others").expect(200), troll.edit(&server, &shadow, "Others").expect(200));
    assert_eq!(same(&edits.0, "Ann"), same(&edits.1, "Abe"));
    for target in [&usual, &shadow] {
        let theirs = if id(target) == id(&shadow) { &troll } else { &ann };
        let vote = theirs.vote(&server, target, 1).expect(200);
        assert_eq!(vote.json(), json!({ "id": id(target), "score": 1, "value": 1, "token": null }));
    }
    troll.report(&server, &shadow).expect(204);
    assert_eq!(instance.number("SELECT count(*) FROM reports"), 0);
}

#[test]
fn what_is_written_in_the_shadow_is_seen_by_its_author_alone() {
    let (instance, server, admin) = desk("none");
    let (troll, first) = Writer::new("Troll").known(&server, "From before");
    ban(&admin, &server, &[("kind", "name"), ("pattern", "Troll"), ("effect", "shadow")]);
    let hidden = troll.try_post(&server, "Secret words").expect(201).json();
    let reply = troll.try_reply(&server, "Secret reply", &hidden).expect(201).json();
    assert_eq!(reply["comment"]["parent_id"], hidden["comment"]["id"]);
    let me = server.me(PAGE, troll.token.as_ref().unwrap());
    let held: Vec<_> =
        me["held"].as_array().unwrap().iter().map(|one| (one["id"].clone(), one["status"].clone())).collect();
    let ids = [&hidden, &reply].map(|one| (one["comment"]["id"].clone(), Value::from("published")));
    assert_eq!(held, ids, "to its author it looks published");
    assert!(me["editable"].get(id(&hidden)).is_some());

    assert_eq!(shown(&server), ["From before"]);
    assert_eq!(server.thread(PAGE, "")["thread"]["count"], 1);
    for path in [
        "/feeds/blog.atom".to_owned(),
        format!("/t/blog/{}", server.thread(PAGE, "")["thread"]["id"].as_str().unwrap()),
    ] {
        assert!(!server.get(&path).expect(200).text().contains("Secret"), "{path}");
    }
    let (ann, _) = Writer::new("Ann").known(&server, "Hello");
    ann.try_reply(&server, "What?", &hidden).problem(404);
    ann.vote(&server, &hidden, 1).problem(404);
    ann.report(&server, &hidden).problem(404);
    assert_eq!(server.me(PAGE, ann.token.as_ref().unwrap())["held"], json!([]));

    troll.edit(&server, &first, "From before, and worse").expect(200);
    assert_eq!(shown(&server), ["Hello"], "an edit brings nothing to light either");
    let hidden_with = |person: &str| {
        instance.number(&format!(
            "SELECT count(*) FROM comments WHERE status = 'spam' AND findings = 'Person: {person}.' || char(10) || 'shadow ban'"
        ))
    };
    assert_eq!(hidden_with("had a comment approved here before"), 2);
    assert_eq!(
        hidden_with("none approved here before"),
        1,
        "the first one itself does not speak for its author"
    );
    assert_eq!(instance.number("SELECT count FROM threads"), 1);
}

#[test]
fn who_would_be_held_is_held_in_the_shadow_too() {
    let (_instance, server, admin) = desk("all");
    let usual = server.try_post(PAGE, "Ann", "Words").expect(202);
    ban(&admin, &server, &[("kind", "name"), ("pattern", "Ann"), ("effect", "shadow")]);
    let shadow = server.try_post(PAGE, "Ann", "Words").expect(202);
    assert_eq!(shape(&usual), shape(&shadow));
    let token = shadow.json()["edit_token"].as_str().unwrap().to_owned();
    assert_eq!(server.me(PAGE, &token)["held"][0]["status"], "held");
    assert_eq!(admin.queue(&server, "held"), [id(&usual.json())]);
    assert_eq!(admin.queue(&server, "spam"), [id(&shadow.json())]);
    assert!(admin.page(&server, "/admin/queue?status=spam").contains("under a shadow ban"));
}

#[test]
fn a_moderator_may_publish_what_was_written_in_the_shadow() {
    let (_instance, server, admin) = desk("none");
    ban(&admin, &server, &[("kind", "name"), ("pattern", "Ann"), ("effect", "shadow")]);
    let hidden = server.try_post(PAGE, "Ann", "Words").expect(201).json();
    let batch = admin.moderate(&server, "approve", &[id(&hidden)]);
    assert_eq!(shown(&server), ["Words"]);
    admin.undo(&server, &batch);
    assert!(shown(&server).is_empty());
    let me = server.me(PAGE, hidden["edit_token"].as_str().unwrap());
    assert_eq!(me["held"][0]["status"], "published");
}

#[test]
fn a_vote_in_the_shadow_is_answered_and_not_counted() {
    let (instance, server, admin) = desk("none");
    let (_, target) = Writer::new("Ann").known(&server, "Words");
    let (eve, _) = Writer { email: "eve@example.org", ..Writer::new("Eve") }.known(&server, "Hm");
    let answered = |value: i8| {
        let answer = eve.vote(&server, &target, value).expect(200).json();
        (answer["score"].as_i64().unwrap(), answer["value"].as_i64().unwrap())
    };
    let score = || server.thread(PAGE, "")["comments"][0]["score"].as_i64().unwrap();
    let own = || server.me(PAGE, eve.token.as_ref().unwrap())["votes"].clone();
    assert_eq!((answered(1), score()), ((1, 1), 1));
    ban(&admin, &server, &[("kind", "email"), ("pattern", "eve@example.org"), ("effect", "shadow")]);
    assert_eq!((answered(-1), score()), ((-1, -1), 0), "the vote from before is taken back");
    assert_eq!(own(), json!({ id(&target): -1 }));
    assert_eq!((answered(-1), score()), ((-1, -1), 0));
    assert_eq!((answered(0), score()), ((0, 0), 0));
    assert_eq!((answered(1), score()), ((1, 1), 0));
    instance.sql("DELETE FROM bans");
    assert_eq!((answered(1), score()), ((1, 1), 1), "counted from now on");
    assert_eq!((answered(0), score()), ((0, 0), 0));
}

#[test]
fn a_ban_is_made_from_a_comment_s_page() {
    let (instance, server, admin) = desk("none");
    let troll = Writer { email: "troll@example.org", from: "203.0.113.77", ..Writer::new("Troll <1>") };
    let posted = troll.try_post(&server, "Words").expect(201).json();
    let form = admin.page(&server, &format!("/admin/bans/new?comment={}", id(&posted)));
    for part in [
        "Troll &#60;1&#62;",
        "troll@example.org",
        "203.0.113.0/24",
        "value=\"address\" checked",
        "cannot be turned back",
    ] {
        assert!(form.contains(part), "{part}: {form}");
    }
    assert!(form.contains("<option value=\"blog\" selected>"), "its own site first: {form}");
    let fields = [("comment", id(&posted)), ("what", "address"), ("what", "email"), ("site", "blog")];
    ban(&admin, &server, &fields);
    assert_eq!(instance.number("SELECT count(*) FROM bans WHERE site_id IS NOT NULL"), 2);
    let same_address = Writer { email: "", name: "Nobody", ..troll.clone() };
    same_address.try_post(&server, "Words").problem(403);
    let same_email = Writer { from: "198.51.100.1", ..troll.clone() };
    same_email.try_post(&server, "Words").problem(403);
    Writer { from: "203.0.113.78", email: "", ..troll }.try_post(&server, "Words").expect(201);

    let nothing = [("comment", id(&posted)), ("ends", "good")];
    let page = admin.post(&server, "/admin/bans", &nothing).expect(422).text();
    assert!(page.contains("at least one thing"), "{page}");
    admin.get(&server, "/admin/bans/new?comment=0000000000000").expect(404);
}

#[test]
fn a_comment_that_tells_little_offers_little() {
    let (instance, server, admin) = desk("none");
    let posted = server.post(PAGE, "Ann", "Words");
    instance.sql("UPDATE comments SET address_hash = NULL, network = ''");
    let form = admin.page(&server, &format!("/admin/bans/new?comment={}", id(&posted)));
    let offered: Vec<_> =
        form.split("name=\"what\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(offered, ["name"]);
    let fields = [("comment", id(&posted)), ("what", "address"), ("ends", "good")];
    assert!(admin.post(&server, "/admin/bans", &fields).expect(422).text().contains("no longer tells"));
}

#[test]
fn bans_are_listed_and_ended() {
    let (instance, server, admin) = desk("none");
    ban(
        &admin,
        &server,
        &[("kind", "name"), ("pattern", "Ann <b>"), ("reason", "Too loud <i>"), ("effect", "shadow")],
    );
    ban(&admin, &server, &[("kind", "name"), ("pattern", "Bob"), ("ends", "day")]);
    let list = admin.page(&server, "/admin/bans");
    assert!(
        list.contains("Ann &#60;b&#62;")
            && list.contains("Too loud &#60;i&#62;")
            && list.contains("For good"),
        "{list}"
    );
    let order = |query: &str| {
        let list = admin.page(&server, &format!("/admin/bans?{query}"));
        list.find("Ann &#60;").unwrap() < list.find("<bdi>Bob").unwrap()
    };
    assert!(!order("sort=new") && !order("sort=end"), "Bob is newer, and ends first");
    let path = between(&list, "method=\"post\" action=\"/admin/bans/", "\"");
    let path = format!("/admin/bans/{path}");
    admin.post(&server, &path, &[]).expect(303);
    admin.post(&server, &path, &[]).problem(409);
    assert_eq!(admin.page(&server, "/admin/bans").matches("/end\"").count(), 1);
    server.try_post(PAGE, "Bob", "Hello").expect(201);
    let ended = admin.page(&server, "/admin/bans?show=ended&sort=end");
    assert!(
        ended.contains("<bdi>Bob") && ended.contains("/admin/bans/new?kind=name&#38;pattern=Bob"),
        "{ended}"
    );
    admin.post(&server, "/admin/bans/0000000000000/end", &[]).problem(404);
    assert!(out(&instance.run(&["job", "run", "bans-forget"])).contains("forgot 0"));
    instance
        .sql("UPDATE bans SET expires_at = expires_at - 90 * 86400000 - 1000 WHERE expires_at IS NOT NULL");
    assert!(out(&instance.run(&["job", "run", "bans-forget"])).contains("forgot 1"));
    assert_eq!(instance.number("SELECT count(*) FROM bans"), 1);
}

#[test]
fn a_long_list_of_bans_goes_on_page_by_page() {
    let (instance, server, admin) = desk("none");
    let rows: Vec<_> = (1..=120)
        .map(|n| {
            format!(
                "({n}, 'name', 'n{n:03}.', {n}, {})",
                if n % 3 == 0 { "NULL".to_owned() } else { (9_999_999_000_000_i64 - n).to_string() }
            )
        })
        .collect();
    instance.sql(&format!(
        "INSERT INTO bans (id, kind, pattern, created_at, expires_at) VALUES {}",
        rows.join(",")
    ));
    for sort in ["new", "end"] {
        let (mut seen, mut path) = (Vec::new(), format!("/admin/bans?show=active&sort={sort}"));
        loop {
            let page = admin.page(&server, &path);
            seen.extend(page.split("<bdi>n").skip(1).map(|rest| rest[..3].parse::<u32>().unwrap()));
            match page
                .split("href=\"")
                .skip(1)
                .map(|rest| rest.split('"').next().unwrap())
                .find(|href| href.contains("after="))
            {
                Some(next) => path = next.replace("&#38;", "&"),
                None => break,
            }
        }
        assert_eq!(seen.len(), 120, "{sort}");
        if sort == "new" {
            assert!(seen.is_sorted_by(|a, b| a > b), "{seen:?}");
        } else {
            assert!(
                seen[..80].is_sorted_by(|a, b| a > b) && seen[80..].iter().all(|n| n % 3 == 0),
                "{seen:?}"
            );
        }
    }
}

#[test]
fn a_ban_that_would_meet_everybody_is_refused() {
    let (instance, server, admin) = desk("none");
    for (kind, pattern) in [
        ("name", "*"),
        ("email", ""),
        ("email", "ann"),
        ("network", "0.0.0.0/0"),
        ("network", "here"),
        ("address", "203.0.113.7"),
    ] {
        let fields = [("kind", kind), ("pattern", pattern), ("ends", "good")];
        let page = admin.post(&server, "/admin/bans", &fields).expect(422).text();
        assert!(page.contains("id=\"pattern-error\""), "{kind} {pattern}: {page}");
    }
    admin
        .post(&server, "/admin/bans", &[("kind", "colour"), ("pattern", "red"), ("ends", "good")])
        .expect(422);
    admin.post(&server, "/admin/bans", &[("kind", "name"), ("pattern", "Ann"), ("ends", "")]).expect(422);
    assert_eq!(instance.number("SELECT count(*) FROM bans"), 0);
}
