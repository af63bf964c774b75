//! Sites on the dashboard: made, changed, and what their settings do.

use serde_json::json;

use crate::support::{Admin, Answer, BLOG, Instance, TestServer, comment};

const PAGE: &str = "/posts/a";

/// The form as it is filled by default, with some fields changed.
fn save(admin: &Admin, server: &TestServer, path: &str, changes: &[(&str, &str)]) -> Answer {
    let usual = [
        ("name", "My blog"),
        ("origins", BLOG),
        ("moderation", "none"),
        ("edit_window", "15"),
        ("max_length", "10000"),
        ("sort", "oldest"),
        ("display_depth", "4"),
    ];
    let unchanged = usual.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    let fields: Vec<_> = unchanged.chain(changes).copied().collect();
    admin.post(server, path, &fields)
}

#[test]
fn a_site_made_on_the_dashboard_takes_comments() {
    let instance = Instance::new();
    instance.create_admin();
    let server = instance.start();
    let admin = Admin::sign_in(&server);
    let answer = save(&admin, &server, "/admin/sites", &[("key", "blog")]).expect(303);
    assert_eq!(answer.header("location"), Some("/admin/sites/blog?done=created"));
    server.post(PAGE, "Ann", "Hello");
    assert!(admin.page(&server, "/admin/sites").contains("My blog"));
}

#[test]
fn every_setting_that_is_changed_holds_at_once() {
    let (_instance, server, admin) = Instance::desk("none");
    let posted = server.post(PAGE, "Ann", "Hello");
    let changes = [
        ("name", "Another <name>"),
        ("origins", "https://new.example\nhttps://blog.example"),
        ("moderation", "all"),
        ("edit_window", "0"),
        ("max_length", "10"),
        ("sort", "newest"),
        ("display_depth", "0"),
        ("images", "1"),
        ("avatars", "1"),
    ];
    save(&admin, &server, "/admin/sites/blog", &changes).expect(303);
    let site = json!({ "key": "blog", "name": "Another <name>", "display_depth": 0, "sort": "newest", "max_length": 10,
        "edit_window": 0, "images": true, "avatars": true, "theme": null, "accent": null, "on_accent": null });
    assert_eq!(server.thread(PAGE, "")["site"], site);
    server.try_post(PAGE, "Ann", "Held now").expect(202);
    assert_eq!(server.try_post(PAGE, "Ann", "Too long now").refused_field(), "body");
    let path = format!("/api/v1/comments/{}", posted["comment"]["id"].as_str().unwrap());
    server.call("DELETE", &path).bearer(posted["edit_token"].as_str().unwrap()).send().problem(403);
    let new = comment(PAGE, "Bob", "Hi");
    server.call("POST", "/api/v1/comments").origin("https://new.example").json(&new).send().expect(202);
    let page = admin.page(&server, "/admin/sites/blog");
    assert!(
        page.contains("value=\"Another &#60;name&#62;\"") && page.contains("https://new.example"),
        "{page}"
    );
}

#[test]
fn an_origin_that_was_taken_away_may_no_longer_post() {
    let (_instance, server, admin) = Instance::desk("none");
    server.post(PAGE, "Ann", "Hello");
    save(&admin, &server, "/admin/sites/blog", &[("origins", "https://new.example")]).expect(303);
    server.try_post(PAGE, "Ann", "Hello again").problem(403);
}

#[test]
fn a_form_with_faults_is_shown_again_with_all_of_them() {
    let (instance, server, admin) = Instance::desk("none");
    let bad = [
        ("key", "Not a key"),
        ("name", "Typed <before>"),
        ("origins", "nowhere"),
        ("edit_window", "-1"),
        ("max_length", "5"),
        ("display_depth", "11"),
    ];
    let page = save(&admin, &server, "/admin/sites", &bad).expect(422).text();
    for field in ["key", "origins", "edit_window", "max_length", "display_depth"] {
        assert!(page.contains(&format!("id=\"{field}-error\"")), "{field}: {page}");
    }
    assert!(page.contains("value=\"Typed &#60;before&#62;\""), "what was typed is kept: {page}");
    assert_eq!(instance.number("SELECT count(*) FROM sites"), 1);
    assert!(save(&admin, &server, "/admin/sites", &[("key", "blog")]).expect(422).text().contains("already"));
    save(&admin, &server, "/admin/sites/none", &[]).problem(404);
    admin.get(&server, "/admin/sites/none").expect(404);
    for (field, value) in [("moderation", "perhaps"), ("sort", "worst")] {
        save(&admin, &server, "/admin/sites/blog", &[(field, value)]).expect(422);
    }
    assert_eq!(server.thread(PAGE, "")["site"]["name"], "blog", "nothing was saved");
}

#[test]
fn the_list_counts_what_is_there_and_what_waits() {
    let (instance, server, admin) = Instance::desk("none");
    server.post(PAGE, "Ann", "1");
    instance.sql("UPDATE sites SET moderation = 'all'");
    for body in ["2", "3"] {
        server.try_post(PAGE, "Ann", body).expect(202);
    }
    let page = admin.page(&server, "/admin/sites");
    assert!(page.contains("All </span>1<") && page.contains(">2<span class=\"vh\"> held"), "{page}");
}

#[test]
fn avatars_are_there_only_where_the_site_turns_them_on() {
    let instance = Instance::blog();
    let server = instance.start();
    let mut new = comment(PAGE, "Ann", "Hello");
    new["author"]["email"] = " Ann@Example.org ".into();
    server.post_json("/api/v1/comments", &new).expect(201);
    server.post(PAGE, "Bob", "No email");
    let avatar = |index: usize| server.thread(PAGE, "")["comments"][index]["author"]["avatar"].clone();
    assert!(avatar(0).is_null());
    instance.sql("UPDATE sites SET avatars = 1");
    // SHA-256 of ann@example.org, as Gravatar's documentation asks for it.
    let hash = "438c4c7afe600cdf1e455c369bec76dc970fc8ca463447c7b387a347f3c79331";
    let url = avatar(0).as_str().unwrap().to_owned();
    assert!(url.starts_with(&format!("https://www.gravatar.com/avatar/{hash}")), "{url}");
    assert!(avatar(1).is_null());
}

/// The names in the list, from above.
fn listed(admin: &Admin, server: &TestServer, query: &str) -> Vec<String> {
    let page = admin.page(server, &format!("/admin/sites{query}"));
    let names = page.split("<a class=\"whole name\"").skip(1);
    names.map(|rest| rest.split_once('>').unwrap().1.split('<').next().unwrap().to_owned()).collect()
}

#[test]
fn the_list_sorts_by_its_address() {
    let (instance, server, admin) = Instance::desk("none");
    instance.site("apple", "https://apple.example", "none");
    instance.site("cherry", "https://cherry.example", "none");
    let mut new = comment(PAGE, "Ann", "Hello");
    for (site, number) in [("blog", 1), ("cherry", 2)] {
        new["site"] = site.into();
        for _ in 0..number {
            server.post_json("/api/v1/comments", &new).expect(201);
        }
    }
    assert_eq!(listed(&admin, &server, ""), ["apple", "blog", "cherry"]);
    assert_eq!(listed(&admin, &server, "?sort=name&order=desc"), ["cherry", "blog", "apple"]);
    assert_eq!(listed(&admin, &server, "?sort=comments"), ["cherry", "blog", "apple"]);
    assert_eq!(listed(&admin, &server, "?sort=comments&order=asc"), ["apple", "blog", "cherry"]);
    assert_eq!(listed(&admin, &server, "?sort=created&order=desc"), ["cherry", "apple", "blog"]);
    assert_eq!(listed(&admin, &server, "?sort=nonsense&order=nonsense"), ["apple", "blog", "cherry"]);
    let page = admin.page(&server, "/admin/sites?sort=comments");
    assert!(
        page.contains("aria-sort=\"descending\"") && page.contains("sort=comments&#38;order=asc"),
        "{page}"
    );
}

#[test]
fn a_long_list_has_pages() {
    let (instance, server, admin) = Instance::desk("none");
    instance.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120)
         INSERT INTO sites (id, key, name, created_at) SELECT i, printf('s%03d', i), printf('s%03d', i), i FROM n",
    );
    let first = listed(&admin, &server, "");
    assert_eq!((first.len(), first[0].as_str()), (50, "blog"));
    let page = admin.page(&server, "/admin/sites?page=2");
    assert!(page.contains("page=3") && page.contains("rel=\"prev\""), "{page}");
    assert_eq!(listed(&admin, &server, "?sort=name&order=asc&page=3").len(), 21);
    assert_eq!(listed(&admin, &server, "?page=99"), listed(&admin, &server, "?page=3"));
}
