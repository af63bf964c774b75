//! The tables of the dashboard: put in order and gone through by their addresses, so that the back button works.

use crate::support::{Admin, EMAIL, Instance, TestServer, between, out};

const PAGE: &str = "/posts/a";

/// The address that a link leads to, as a browser takes it from the page.
fn plain(href: &str) -> String {
    href.replace("&#38;", "&")
}

/// Where the head of that column leads.
#[track_caller]
fn head(part: &str, label: &str) -> String {
    let before = part.split_once(&format!("\">{label}")).unwrap_or_else(|| panic!("no {label}: {part}")).0;
    plain(before.rsplit_once("href=\"").unwrap().1)
}

/// The places of these words in a text, which must all be there.
#[track_caller]
fn in_order(text: &str, words: &[&str]) -> bool {
    let places: Vec<_> =
        words.iter().map(|word| text.find(word).unwrap_or_else(|| panic!("no {word}: {text}"))).collect();
    places.is_sorted()
}

/// All that stands between these marks, on every page from this one on.
fn walk(admin: &Admin, server: &TestServer, path: &str, marks: (&str, &str)) -> Vec<String> {
    let (mut path, mut found) = (path.to_owned(), Vec::new());
    loop {
        let page = admin.page(server, path.split('#').next().unwrap());
        let cells = page.split(marks.0).skip(1);
        found.extend(cells.map(|rest| rest.split(marks.1).next().unwrap().to_owned()));
        match page.split_once("\" rel=\"next\"") {
            Some((before, _)) => path = plain(before.rsplit_once("href=\"").unwrap().1),
            None => return found,
        }
    }
}

#[test]
fn people_sort_both_ways_and_have_pages() {
    let (instance, server, admin) = Instance::desk("none");
    instance.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120)
         INSERT INTO accounts (id, email, name, password_hash, created_at, role)
         SELECT i, printf('p%03d@example.org', i), printf('p%03d', i), 'x', i, 'admin' FROM n",
    );
    let walk = |query: &str| walk(&admin, &server, &format!("/admin/people{query}"), ("<bdi>p", "</bdi>"));
    let mut names: Vec<_> = (1..=120).map(|number| format!("{number:03}")).collect();
    assert_eq!(walk(""), names);
    let page = admin.page(&server, "/admin/people");
    assert!(page.contains("1 to 50 of 121") && page.contains("aria-sort=\"ascending\""), "{page}");
    names.reverse();
    assert_eq!(walk(head(&page, "Name").strip_prefix("/admin/people").unwrap()), names);
    let by_role = admin.page(&server, &head(&page, "Role"));
    assert!(by_role.contains(EMAIL), "owners first");
    let turned = admin.page(&server, &head(&by_role, "Role"));
    assert!(!turned.contains(EMAIL) && turned.contains("aria-sort=\"descending\""), "{turned}");
}

#[test]
fn invitations_sort_both_ways_without_touching_the_people() {
    let (instance, server, admin) = Instance::desk("none");
    for (email, role) in [("bob@example.org", "owner"), ("ann@example.org", "admin")] {
        out(&instance.run(&["admin", "invite", "--email", email, "--role", role]));
    }
    let first = admin.page(&server, "/admin/people?sort=seen&dir=asc");
    let part = |page: &str| page.split_once("id=\"invited-title\"").unwrap().1.to_owned();
    assert!(in_order(&part(&first), &["ann@", "bob@"]), "the newest first");
    let turned = admin.page(&server, &head(&part(&first), "Invited"));
    assert!(in_order(&part(&turned), &["bob@", "ann@"]));
    assert!(
        turned.contains("sort=seen&#38;dir=desc&#38;invited_sort"),
        "the people stay as they are: {turned}"
    );
    assert!(in_order(&part(&admin.page(&server, &head(&part(&first), "To be"))), &["bob@", "ann@"]));
    assert!(in_order(&part(&admin.page(&server, &head(&part(&first), "Email"))), &["ann@", "bob@"]));
}

#[test]
fn sessions_sort_both_ways_and_have_pages() {
    let (instance, server, admin) = Instance::desk("none");
    instance.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 70)
         INSERT INTO sessions (token_hash, account_id, created_at, seen_at, expires_at, agent, address)
         SELECT randomblob(32), (SELECT id FROM accounts), i, 1000 - i, 9999999999999, '', printf('10.0.0.%03d', i) FROM n",
    );
    let person = plain(between(&admin.page(&server, "/admin/people"), "class=\"whole\" href=\"", "\""));
    for path in ["/admin/account", &person] {
        let walk = |query: &str| walk(&admin, &server, &format!("{path}{query}"), (">10.0.0.", "</span>"));
        let seen = walk("");
        assert!(seen.len() == 70 && seen.is_sorted(), "last seen first: {seen:?}");
        let page = admin.page(&server, path);
        assert!(page.contains("This one") && page.contains("1 to 50 of 71"), "{page}");
        let since = walk(head(&page, "Signed in").strip_prefix(path).unwrap());
        assert!(since.is_sorted_by(|a, b| a > b), "{since:?}");
        assert!(walk("?sort=since&dir=asc").is_sorted());
        let last = admin.page(&server, &format!("{path}?page=2"));
        assert!(!last.contains("This one") && last.contains("End all others"), "{last}");
    }
}

#[test]
fn bans_sort_by_every_head_and_both_ways() {
    let (instance, server, admin) = Instance::desk("none");
    instance.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120)
         INSERT INTO bans (id, kind, pattern, created_at, expires_at)
         SELECT i, iif(i % 2, 'name', 'email'), printf('%s%03d', iif(i % 2, 'n', 'N'), 500 - i), i, 9999999000000 + i % 7 FROM n",
    );
    let walk = |sort: &str, dir: &str| {
        walk(
            &admin,
            &server,
            &format!("/admin/bans?sort={sort}&dir={dir}"),
            ("<strong class=\"whole\"><bdi>", "</bdi>"),
        )
    };
    for sort in ["pattern", "kind", "new", "end"] {
        let (up, mut down) = (walk(sort, "asc"), walk(sort, "desc"));
        down.reverse();
        assert_eq!(up, down, "{sort}");
        let mut all = up.clone();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 120, "none twice: {sort}");
    }
    let patterns: Vec<_> = walk("pattern", "asc").iter().map(|name| name.to_lowercase()).collect();
    assert!(patterns.is_sorted(), "{patterns:?}");
    let page = admin.page(&server, "/admin/bans");
    assert!(head(&page, "Until").ends_with("sort=end&dir=asc"), "what ends next is looked for first");
    let ended = admin.page(&server, "/admin/bans?sort=end&dir=asc&show=ended");
    assert!(ended.contains("/admin/bans?sort=end&#38;show=active"), "a tab keeps the order: {ended}");
}

#[test]
fn all_who_talk_in_a_thread_are_listed_page_by_page() {
    let (instance, server, admin) = Instance::desk("none");
    server.post(PAGE, "Ann", "One");
    let thread = server.thread(PAGE, "")["thread"]["id"].as_str().unwrap().to_owned();
    instance.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 119)
         INSERT INTO comments (id, site_id, thread_id, root_id, depth, path, author_name, format, body, html, status, created_at)
         SELECT i, site_id, thread_id, i, 1, x'00', printf('p%03d', i), 'markdown', 'x', 'x', iif(i % 3, 'published', 'spam'), i
         FROM n, (SELECT site_id, thread_id FROM comments LIMIT 1)",
    );
    let path = format!("/admin/threads/{thread}");
    let page = admin.page(&server, &path);
    let people = between(&page, "<h2 id=\"people\">", "</section>");
    assert!(people.contains("1 to 50 of 120") && people.contains("#people\" rel=\"next\""), "{people}");
    let walk = |query: &str| walk(&admin, &server, &format!("{path}{query}"), ("&#38;author=p", "\""));
    let names = walk("?sort=name&dir=asc");
    assert!(names.len() == 119 && names.is_sorted(), "{names:?}");
    let spam = walk("?sort=spam");
    assert!(spam[..39].iter().all(|name| name.parse::<u32>().unwrap() % 3 == 0), "{spam:?}");
    assert_eq!(walk("?sort=last&dir=desc")[0], "119");
    for label in ["Name", "All", "Published", "Held", "Spam", "Last comment"] {
        assert!(head(people, label).ends_with("#people"), "{label}");
    }
}

#[test]
fn removed_sites_sort_both_ways() {
    let (instance, server, admin) = Instance::desk("none");
    for key in ["apple", "cherry"] {
        instance.site(key, "https://fruit.example", "none");
        out(&instance.run(&["site", "remove", key, "--confirm", key]));
    }
    let page = admin.page(&server, "/admin/sites?sort=held&order=asc");
    let part = |page: &str| page.split_once("id=\"removed\"").unwrap().1.to_owned();
    let removed = part(&page);
    assert!(in_order(&removed, &["cherry", "apple"]), "the last removed first");
    let by_name = head(&removed, "Site");
    assert!(by_name.starts_with("/admin/sites?sort=held&order=asc&removed_sort=name"), "{by_name}");
    let by_name = by_name.split('#').next().unwrap().to_owned();
    assert!(in_order(&part(&admin.page(&server, &by_name)), &["apple", "cherry"]));
    let oldest = head(&removed, "Removed <span").split('#').next().unwrap().to_owned();
    assert!(in_order(&part(&admin.page(&server, &oldest)), &["apple", "cherry"]));
}

#[test]
fn the_audit_trail_turns_round_with_its_filters() {
    let (_instance, server, admin) = Instance::desk("none");
    let page = admin.page(&server, "/admin/audit?action=site&who=command+line");
    let other = plain(between(&page, "<p class=\"small\"><a href=\"", "\""));
    assert!(
        other.contains("action=site") && other.contains("who=command") && other.contains("order=oldest"),
        "{other}"
    );
    assert!(admin.page(&server, &other).contains("site.create"));
}
