//! The first page of the dashboard: what needs somebody, how it goes, and whether a new site's tag works.

use crate::support::{Admin, BLOG, Instance, TestServer, between, comment, encoded, wait_for};

const PAGE: &str = "/posts/a";
const DAY: i64 = 86_400_000;

/// Moves a comment into the past, id and all.
fn age(instance: &Instance, body: &str, days: i64) {
    instance.sql(&format!(
        "UPDATE comments SET id = id - (({days} * {DAY}) << 20), root_id = root_id - (({days} * {DAY}) << 20),
                created_at = created_at - {days} * {DAY} WHERE body = '{body}'"
    ));
}

fn first_view(admin: &Admin, server: &TestServer) -> serde_json::Value {
    admin.get(server, "/admin/sites/blog/first-view").expect(200).json()["first_view_at"].clone()
}

#[test]
fn an_instance_without_a_site_says_what_to_do_first() {
    let instance = Instance::new();
    instance.create_admin();
    let server = instance.start();
    let page = Admin::sign_in(&server).page(&server, "/admin/");
    assert!(page.contains("/admin/sites/new") && page.contains("First, a site"), "{page}");
}

#[test]
fn signing_in_leads_home() {
    let instance = Instance::blog();
    instance.create_admin();
    let server = instance.start();
    let answer = Admin::try_sign_in(&server, crate::support::EMAIL, crate::support::PASSWORD);
    assert_eq!(answer.expect(303).header("location"), Some("/admin/"));
}

#[test]
fn it_says_what_waits_and_since_when() {
    let (instance, server, admin) = Instance::desk("none");
    let page = admin.page(&server, "/admin/");
    assert!(page.contains("<strong>0</strong> held") && page.contains("Nothing waits for you"), "{page}");
    let reported = server.post(PAGE, "Ann", "Rude words");
    let path = format!("/api/v1/comments/{}/report", reported["comment"]["id"].as_str().unwrap());
    server.call("POST", &path).json(&serde_json::json!({ "reason": "rude" })).send().expect(204);
    instance.sql("UPDATE sites SET moderation = 'all'");
    server.try_post(PAGE, "Bob", "One").expect(202);
    server.try_post(PAGE, "Bob", "Two").expect(202);
    age(&instance, "One", 3);
    let page = admin.page(&server, "/admin/");
    assert!(page.contains("<strong>2</strong> held") && page.contains("3 days ago"), "{page}");
    assert!(page.contains("<strong>1</strong> reported"), "{page}");
}

#[test]
fn the_chart_s_figures_stand_in_a_table() {
    let (instance, server, admin) = Instance::desk("none");
    for body in ["a", "b", "c", "d", "e"] {
        server.post(PAGE, "Ann", body);
    }
    age(&instance, "b", 1);
    age(&instance, "c", 1);
    age(&instance, "d", 20);
    age(&instance, "e", 40);
    instance.sql("UPDATE comments SET status = 'spam' WHERE body = 'c'");
    let rows = |page: &str| -> Vec<Vec<String>> {
        let body = between(page, "<tbody>", "</tbody>").to_owned();
        let row = |row: &str| {
            let cells = row.split("class=\"number\">").skip(1);
            cells.map(|cell| cell.split('<').next().unwrap().to_owned()).collect()
        };
        body.split("<tr>").skip(1).map(row).collect()
    };
    let page = admin.page(&server, "/admin/");
    let table = rows(&page);
    assert_eq!(table.len(), 14);
    assert_eq!(table[0], ["1", "0", "0"], "today stands first");
    assert_eq!(table[1], ["1", "0", "1"]);
    assert!(table[2..].iter().flatten().all(|number| number == "0"));
    assert!(page.contains("<svg") && page.contains("role=\"img\"") && !page.contains("style="), "{page}");
    let month = admin.page(&server, "/admin/?days=30");
    let table = rows(&month);
    assert_eq!((table.len(), table[20].as_slice()), (30, &["1".to_owned(), "0".into(), "0".into()][..]));
    assert!(month.contains("/admin/?days=30\" aria-current=\"page\""), "{month}");
    assert_eq!(rows(&admin.page(&server, "/admin/?days=9999")).len(), 14);
}

#[test]
fn the_busiest_threads_of_the_week_come_in_their_order() {
    let (instance, server, admin) = Instance::desk("none");
    let mut titled = comment("/quiet", "Ann", "q1");
    titled["title"] = "A <quiet> post".into();
    titled["url"] = format!("{BLOG}/quiet").into();
    server.call("POST", "/api/v1/comments").origin(BLOG).json(&titled).send().expect(201);
    for body in ["l1", "l2", "l3"] {
        server.post("/lively", "Ann", body);
    }
    for body in ["o1", "o2", "o3", "o4"] {
        server.post("/old", "Ann", body);
        age(&instance, body, 8);
    }
    let page = admin.page(&server, "/admin/");
    let list = between(&page, "<ol class=\"busy\"", "</ol>");
    let (lively, quiet) = (list.find("/lively").unwrap(), list.find("A &#60;quiet&#62; post").unwrap());
    assert!(lively < quiet && !list.contains("/old"), "{list}");
    let thread = server.thread("/quiet", "")["thread"]["id"].as_str().unwrap().to_owned();
    assert!(list.contains(&format!("href=\"/admin/threads/{thread}\"")), "{list}");
}

#[test]
fn the_first_page_view_is_noted_once_and_only_from_the_site_s_own_pages() {
    let (instance, server, admin) = Instance::desk("none");
    assert!(admin.page(&server, "/admin/").contains("data-site=&#34;blog&#34;"), "the tag to paste is there");
    let path = format!("/api/v1/threads?site=blog&page={}", encoded(PAGE));
    let (view, foreign) = (|| server.call("GET", &path), "https://elsewhere.example");
    view().send().expect(200);
    view().origin(foreign).send().expect(200);
    view().header("referer", &format!("{foreign}/posts")).send().expect(200);
    view().origin("null").send().expect(200);
    assert!(first_view(&admin, &server).is_null());
    view().header("referer", &format!("{BLOG}/posts/a")).send().expect(200);
    let seen =
        wait_for("the first view", || Some(first_view(&admin, &server)).filter(|seen| !seen.is_null()));
    instance.sql("CREATE TEMP TABLE t (x)");
    for _ in 0..20 {
        view().origin(BLOG).send().expect(200);
    }
    assert_eq!(first_view(&admin, &server), seen, "later ones change nothing");
    assert!(!admin.page(&server, "/admin/").contains("data-first-view"));
    for path in ["/admin/sites", "/admin/sites/blog"] {
        assert!(admin.page(&server, path).contains("The tag works"), "{path}");
    }
}

#[test]
fn a_page_is_served_though_its_view_cannot_be_noted() {
    let (instance, server, admin) = Instance::desk("none");
    let other = instance.database();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let path = format!("/api/v1/threads?site=blog&page={}", encoded(PAGE));
    for _ in 0..5 {
        server.call("GET", &path).origin(BLOG).send().expect(200);
    }
    other.execute_batch("ROLLBACK").unwrap();
    wait_for("the write to go through", || Some(first_view(&admin, &server)).filter(|seen| !seen.is_null()));
}

#[test]
fn the_server_says_how_it_is() {
    let (instance, server, admin) = Instance::desk("none");
    let page = admin.page(&server, "/admin/");
    for name in ["Writing", "Free disk", "Database", "Jobs", "Memory", "Running for", "Version"] {
        assert!(page.contains(&format!("<dt>{name}</dt>")), "{name}: {page}");
    }
    assert!(page.contains(env!("CARGO_PKG_VERSION")) && page.contains("None has run yet"), "{page}");
    instance.sql(
        "INSERT INTO job_runs (id, job, started, ended, outcome)
         VALUES (1, 'comments-forget', 1700000000000, 1700000000001, 'failed: something <b>broke</b>')",
    );
    let page = admin.page(&server, "/admin/");
    assert!(page.contains("One failed") && page.contains("something &#60;b&#62;broke"), "{page}");
    assert!(page.contains("afterword job run"), "and what to do: {page}");
}

#[test]
fn it_is_shown_though_nothing_can_be_written() {
    let (instance, server, admin) = Instance::desk("none");
    let other = instance.database();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let page = admin.page(&server, "/admin/");
    assert!(page.contains("No answer in 2 seconds") && page.contains("to look at"), "{page}");
    other.execute_batch("ROLLBACK").unwrap();
    wait_for("it to be well again", || admin.page(&server, "/admin/").contains("All is well").then_some(()));
}
