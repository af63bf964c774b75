//! Roles: what owners, admins and moderators may do, and what they may not.

use afterword::base::id::Id;
use serde_json::{Value, json};

use crate::support::{
    Admin, EMAIL, Instance, PASSWORD, TestServer, between, comment, out, send_form, token, words,
};

const PAGE: &str = "/posts/a";
const MOD: &str = "mod@example.org";

/// Two sites, an owner, and a moderator of the first one.
struct House {
    instance: Instance,
    server: TestServer,
    owner: Admin,
    moderator: Admin,
}

impl House {
    fn new(moderation: &str) -> Self {
        let (instance, server, owner) = Instance::desk(moderation);
        instance.site("other", "https://other.example", moderation);
        let moderator = Admin::invited(&instance, &server, MOD, "moderator", &["blog"]);
        Self { instance, server, owner, moderator }
    }

    /// A comment on the site that is not the moderator's.
    fn foreign(&self, body: &str) -> String {
        let mut new = comment(PAGE, "Eve", body);
        new["site"] = "other".into();
        id(&self.server.post_json("/api/v1/comments", &new).json())
    }

    fn own(&self, body: &str) -> String {
        id(&self.server.try_post(PAGE, "Ann", body).json())
    }

    fn status(&self, id: &str) -> String {
        let query = format!("SELECT status FROM comments WHERE id = {}", id.parse::<Id>().unwrap().0);
        self.instance.database().query_row(&query, [], |row| row.get(0)).unwrap()
    }

    /// Where the page of somebody is.
    fn page_of(&self, email: &str) -> String {
        person_in(&self.owner.page(&self.server, "/admin/people"), email)
    }
}

/// Where the list of people leads for this email.
fn person_in(list: &str, email: &str) -> String {
    let before = &list[..list.find(&format!(">{email}<")).unwrap_or_else(|| panic!("{list}"))];
    before[before.rfind("/admin/people/").unwrap()..].split('"').next().unwrap().to_owned()
}

fn id(posted: &Value) -> String {
    posted["comment"]["id"].as_str().unwrap_or_else(|| panic!("{posted}")).to_owned()
}

#[test]
fn a_moderator_reads_the_comments_of_their_own_sites_only() {
    let house = House::new("all");
    let (own, foreign) = (house.own("Mine to read"), house.foreign("Not mine to read"));
    for tab in ["held&site=other", "all&site=other"] {
        let path = format!("/admin/queue?status={tab}");
        let (words, _) = house.moderator.get(&house.server, &path).problem(422);
        assert_eq!(words, "There is no site “other” that you look after.");
    }
    for tab in ["held", "all", "reported", "spam"] {
        let queue = house.moderator.queue(&house.server, tab);
        assert!(!queue.contains(&foreign), "{tab}");
        let page = house.moderator.page(&house.server, &format!("/admin/queue?status={tab}"));
        assert!(!page.contains("Not mine to read") && !page.contains("value=\"other\""), "{tab}: {page}");
    }
    assert_eq!(house.moderator.queue(&house.server, "held"), std::slice::from_ref(&own));
    let page = house.moderator.page(&house.server, "/admin/queue");
    assert!(page.contains("1<span class=\"vh\"> held"), "the number beside Queue: {page}");
    house.moderator.get(&house.server, &format!("/admin/comments/{own}")).expect(200);
    house.moderator.get(&house.server, &format!("/admin/comments/{foreign}")).problem(404);
    assert_eq!(house.owner.queue(&house.server, "held").len(), 2);
}

#[test]
fn a_moderator_cannot_act_on_a_foreign_comment_by_its_id() {
    let house = House::new("none");
    let foreign = house.foreign("Theirs");
    let path = format!("/admin/comments/{foreign}");
    for act in ["approve", "hold", "spam", "delete", "pin", "unpin", "lock", "unlock"] {
        house.moderator.post(&house.server, &path, &[("act", act)]).problem(404);
        house.moderator.post(&house.server, "/admin/queue", &[("one", &format!("{act}:{foreign}"))]);
    }
    assert_eq!(house.status(&foreign), "published");
    assert_eq!(house.instance.number("SELECT count(*) FROM moderations"), 0);
    assert_eq!(house.instance.number("SELECT count(*) FROM threads WHERE locked"), 0);
}

#[test]
fn a_foreign_comment_among_many_spoils_the_whole_press_of_a_button() {
    let house = House::new("none");
    let (own, foreign) = (house.own("Mine"), house.foreign("Theirs"));
    let fields = [("bulk", "delete"), ("id", own.as_str()), ("id", foreign.as_str())];
    house.moderator.post(&house.server, "/admin/queue", &fields).problem(404);
    assert_eq!((house.status(&own), house.status(&foreign)), ("published".into(), "published".into()));
}

#[test]
fn a_moderator_cannot_undo_what_was_done_on_another_site() {
    let house = House::new("none");
    let (own, foreign) = (house.own("Mine"), house.foreign("Theirs"));
    let batch = house.owner.moderate(&house.server, "delete", &[&foreign]);
    let both = house.owner.moderate(&house.server, "spam", &[&own, &foreign]);
    for batch in [&batch, &both] {
        house.moderator.post(&house.server, "/admin/queue/undo", &[("batch", batch)]).problem(404);
        let told = house.moderator.page(&house.server, &format!("/admin/queue?did={batch}"));
        assert!(!told.contains("id=\"undo\""), "{told}");
    }
    assert_eq!((house.status(&own), house.status(&foreign)), ("spam".into(), "spam".into()));
    let mine = house.moderator.moderate(&house.server, "delete", &[&own]);
    house.moderator.undo(&house.server, &mine);
    assert_eq!(house.status(&own), "spam");
}

#[test]
fn a_moderator_reads_and_changes_the_threads_of_their_own_sites_only() {
    let house = House::new("none");
    let (own, foreign) = (house.own("Mine"), house.foreign("Theirs"));
    let thread = |site: &str| {
        let id = house.instance.number(&format!(
            "SELECT t.id FROM threads t JOIN sites s ON s.id = t.site_id WHERE s.key = '{site}'"
        ));
        Id(id).to_string()
    };
    let (mine, theirs) = (thread("blog"), thread("other"));
    let list = house.moderator.page(&house.server, "/admin/threads");
    assert!(list.contains(&mine) && !list.contains(&theirs) && !list.contains("value=\"other\""), "{list}");
    let list = house.moderator.page(&house.server, "/admin/threads?site=other");
    assert!(!list.contains(&theirs), "{list}");
    let at = |id: &str, rest: &str| format!("/admin/threads/{id}{rest}");
    for path in [at(&theirs, ""), at(&theirs, "/merge"), at(&theirs, "/move")] {
        house.moderator.get(&house.server, &path).problem(404);
    }
    let merging = at(&mine, &format!("/merge?into={theirs}"));
    let refused = house.moderator.get(&house.server, &merging).expect(422).text();
    assert!(!refused.contains(&format!("/admin/threads/{theirs}")), "{refused}");
    let refused = [
        (at(&theirs, ""), vec![("act", "lock")]),
        (at(&theirs, "/move"), vec![("page", "/posts/b")]),
        (at(&theirs, "/merge"), vec![("into", mine.as_str())]),
        (at(&mine, "/merge"), vec![("into", theirs.as_str())]),
        (format!("/admin/comments/{foreign}/move"), vec![("to", mine.as_str())]),
        (format!("/admin/comments/{own}/move"), vec![("to", theirs.as_str())]),
        (format!("/admin/comments/{foreign}/reply"), vec![("reply", "Hello")]),
        (format!("/admin/comments/{foreign}/text"), vec![("text", "Changed")]),
    ];
    for (path, fields) in refused {
        house.moderator.post(&house.server, &path, &fields).problem(404);
    }
    house.moderator.get(&house.server, &format!("/admin/comments/{foreign}/move")).problem(404);
    assert_eq!(house.instance.number("SELECT count(*) FROM threads WHERE locked OR page <> '/posts/a'"), 0);
    house.moderator.post(&house.server, &at(&mine, ""), &[("act", "lock")]).expect(303);
    assert_eq!(house.instance.number("SELECT count(*) FROM threads WHERE locked"), 1);
}

#[test]
fn a_press_for_all_that_was_found_stays_within_ones_own_sites() {
    let house = House::new("none");
    let (own, foreign) = (house.own("Mine"), house.foreign("Theirs"));
    let foreign_site = "/admin/queue/all?status=all&site=other&verb=delete";
    house.moderator.get(&house.server, foreign_site).problem(422);
    let preview = house.moderator.page(&house.server, "/admin/queue/all?status=all&verb=delete");
    assert!(!preview.contains("Theirs"), "{preview}");
    let newest = between(&preview, "name=\"newest\" value=\"", "\"").to_owned();
    let read_at = between(&preview, "name=\"read_at\" value=\"", "\"").to_owned();
    let newest = if newest > foreign { newest } else { foreign.clone() };
    let fields = [("status", "all"), ("verb", "delete"), ("newest", &newest), ("read_at", &read_at)];
    house.moderator.post(&house.server, "/admin/queue/all", &fields).expect(303);
    assert_eq!((house.status(&own), house.status(&foreign)), ("deleted".into(), "published".into()));
    let news = format!("/admin/queue/news?status=all&after={}", Id(1));
    assert_eq!(house.moderator.get(&house.server, &news).expect(200).json()["fresh"], 1);
    for filter in ["thread", "author"] {
        let site = "SELECT id FROM sites WHERE key = 'other'";
        let id = match filter {
            "thread" => {
                Id(house.instance.number(&format!("SELECT id FROM threads WHERE site_id = ({site})")))
                    .to_string()
            }
            _ => format!(
                "guest:{}",
                Id(house.instance.number(&format!("SELECT id FROM guests WHERE site_id = ({site})")))
            ),
        };
        let page = house.moderator.page(&house.server, &format!("/admin/queue?status=all&{filter}={id}"));
        assert!(!page.contains("Eve") && !page.contains(": /posts/a"), "{page}");
    }
}

#[test]
fn only_an_owner_removes_a_site() {
    let house = House::new("none");
    let admin = Admin::invited(&house.instance, &house.server, "admin@example.org", "admin", &[]);
    assert!(!admin.page(&house.server, "/admin/sites/other").contains("/admin/sites/other/remove"));
    admin.get(&house.server, "/admin/sites/other/remove").problem(403);
    admin.post(&house.server, "/admin/sites/other/remove", &[("name", "other")]).problem(403);
    assert!(house.owner.page(&house.server, "/admin/sites/other").contains("/admin/sites/other/remove"));
    house.owner.post(&house.server, "/admin/sites/other/remove", &[("name", "other")]).expect(303);
    admin.post(&house.server, "/admin/sites/other/restore", &[]).problem(403);
}

#[test]
fn a_removed_site_is_out_of_sight_of_its_moderators_too() {
    let house = House::new("all");
    let own = house.own("Mine");
    house.instance.sql("UPDATE sites SET removed_at = 1 WHERE key = 'blog'");
    for tab in ["held", "all"] {
        assert!(house.moderator.queue(&house.server, tab).is_empty(), "{tab}");
    }
    let page = house.moderator.page(&house.server, "/admin/account");
    assert!(!page.contains("class=\"count\""), "{page}");
    house.moderator.get(&house.server, &format!("/admin/comments/{own}")).problem(404);
}

#[test]
fn a_moderator_cannot_open_what_is_for_admins_and_owners() {
    let house = House::new("none");
    let person = house.page_of(EMAIL);
    let areas = [
        "/admin/sites",
        "/admin/sites/new",
        "/admin/sites/blog",
        "/admin/sites/blog/remove",
        "/admin/bans",
        "/admin/bans/new",
        "/admin/imports",
        "/admin/settings",
        "/admin/audit",
        "/admin/audit/export.csv",
    ];
    let for_owners = ["/admin/people", "/admin/people/invite", person.as_str(), &format!("{person}/remove")]
        .map(String::from);
    for area in areas.into_iter().chain(for_owners.iter().map(String::as_str)) {
        let (words, _) = house.moderator.get(&house.server, area).problem(403);
        assert!(words.contains("you are signed in as a moderator"), "{area}: {words}");
    }
    for (path, fields) in [
        (
            "/admin/sites".to_owned(),
            vec![("key", "new"), ("name", "New"), ("origins", "https://new.example")],
        ),
        ("/admin/sites/blog".to_owned(), vec![("name", "Taken over")]),
        ("/admin/bans".to_owned(), vec![("kind", "name"), ("pattern", "Ann")]),
        ("/admin/people/invite".to_owned(), vec![("email", "x@example.org"), ("role", "owner")]),
        (person.clone(), vec![("role", "moderator"), ("site", "blog")]),
        (format!("{person}/sessions"), vec![("end", "others")]),
        (format!("{person}/reset"), vec![]),
        (format!("{person}/remove"), vec![]),
    ] {
        house.moderator.post(&house.server, &path, &fields).problem(403);
    }
    assert_eq!(house.instance.number("SELECT count(*) FROM sites"), 2);
    house.owner.get(&house.server, "/admin/people").expect(200);
}

#[test]
fn an_admin_does_everything_but_people() {
    let house = House::new("all");
    let admin = Admin::invited(&house.instance, &house.server, "admin@example.org", "admin", &[]);
    let foreign = house.foreign("Theirs");
    admin.moderate(&house.server, "approve", &[&foreign]);
    for area in ["/admin/sites", "/admin/sites/other", "/admin/bans", "/admin/account"] {
        admin.get(&house.server, area).expect(200);
    }
    let (words, _) = admin.get(&house.server, "/admin/people").problem(403);
    assert!(words.contains("owners") && words.contains("an admin"), "{words}");
    admin.post(&house.server, &house.page_of(MOD), &[("role", "owner")]).problem(403);
}

#[test]
fn the_navigation_leaves_out_what_one_may_not_open() {
    let house = House::new("none");
    let admin = Admin::invited(&house.instance, &house.server, "admin@example.org", "admin", &[]);
    let shown = |who: &Admin| {
        let page = who.page(&house.server, "/admin/account");
        ["queue", "threads", "sites", "bans", "people", "settings", "audit", "account"]
            .into_iter()
            .filter(|area| page.contains(&format!("href=\"/admin/{area}\"")))
            .collect::<Vec<_>>()
    };
    let all = ["queue", "threads", "sites", "bans", "people", "settings", "audit", "account"];
    assert_eq!(shown(&house.owner), all);
    assert_eq!(shown(&admin), ["queue", "threads", "sites", "bans", "settings", "audit", "account"]);
    assert_eq!(shown(&house.moderator), ["queue", "threads", "account"]);
    assert_eq!(
        house.moderator.get(&house.server, "/admin/").expect(303).header("location"),
        Some("/admin/queue")
    );
    let own = house.own("Hello");
    let page = house.moderator.page(&house.server, &format!("/admin/comments/{own}"));
    assert!(!page.contains("/admin/sites"), "{page}");
}

#[test]
fn a_change_of_role_holds_from_the_next_click_on() {
    let house = House::new("all");
    let foreign = house.foreign("Theirs");
    let person = house.page_of(MOD);
    house.owner.post(&house.server, &person, &[("role", "moderator"), ("site", "other")]).expect(303);
    assert_eq!(house.moderator.queue(&house.server, "held"), std::slice::from_ref(&foreign));
    house.owner.post(&house.server, &person, &[("role", "admin")]).expect(303);
    house.moderator.get(&house.server, "/admin/sites").expect(200);
    let page = house.owner.post(&house.server, &person, &[("role", "moderator")]).expect(422).text();
    assert!(page.contains("at least one site"), "{page}");
    house.owner.post(&house.server, &person, &[("role", "king")]).expect(422);
    house.owner.post(&house.server, &person, &[("role", "moderator"), ("site", "nowhere")]).problem(404);
    house.owner.post(&house.server, "/admin/people/0000000000000", &[("role", "admin")]).problem(404);
    house.moderator.get(&house.server, "/admin/sites").expect(200);
}

#[test]
fn a_moderator_whose_last_site_is_gone_sees_nothing() {
    let house = House::new("all");
    house.own("Theirs once");
    house.instance.sql("DELETE FROM account_sites");
    assert!(house.moderator.queue(&house.server, "all").is_empty());
    let page = house.moderator.page(&house.server, "/admin/queue");
    assert!(page.contains("No site is yours yet") && !page.contains("/admin/sites/new"), "{page}");
}

#[test]
fn the_last_owner_can_be_neither_removed_nor_demoted() {
    let house = House::new("none");
    let person = house.page_of(EMAIL);
    for office in [&[("role", "admin")][..], &[("role", "moderator"), ("site", "blog")]] {
        let page = house.owner.post(&house.server, &person, office).expect(422).text();
        assert!(page.contains("only owner"), "{page}");
    }
    let page = house.owner.post(&house.server, &format!("{person}/remove"), &[]).expect(422).text();
    assert!(page.contains("only owner"), "{page}");
    let refused = house.instance.run(&["admin", "remove", EMAIL]);
    assert!(
        refused.status.code() == Some(1) && words(&refused).contains("only owner"),
        "{}",
        words(&refused)
    );
    assert_eq!(house.instance.number("SELECT count(*) FROM accounts WHERE role = 'owner'"), 1);

    let second = Admin::invited(&house.instance, &house.server, "second@example.org", "owner", &[]);
    let answer = second.post(&house.server, &person, &[("role", "admin")]).expect(303);
    assert!(answer.header("location").unwrap().ends_with("?done=role"));
    house.owner.get(&house.server, "/admin/people").problem(403);
    let own = person_in(&second.page(&house.server, "/admin/people"), "second@example.org");
    second.post(&house.server, &own, &[("role", "admin")]).expect(422);
}

#[test]
fn who_is_removed_is_out_at_once_and_what_they_did_stays() {
    let house = House::new("none");
    let own = house.own("Mine");
    house.moderator.moderate(&house.server, "hold", &[&own]);
    let person = house.page_of(MOD);
    assert!(house.owner.page(&house.server, &format!("{person}/remove")).contains(MOD));
    let answer = house.owner.post(&house.server, &format!("{person}/remove"), &[]).expect(303);
    assert_eq!(answer.header("location"), Some("/admin/people?done=removed"));
    assert_eq!(house.moderator.get(&house.server, "/admin/queue").status, 303, "the session is ended");
    assert_eq!(house.instance.number("SELECT count(*) FROM sessions"), 1);
    assert_eq!(house.status(&own), "held");
    assert!(
        house
            .owner
            .page(&house.server, &format!("/admin/comments/{own}"))
            .contains("an account that is gone")
    );
    house.owner.get(&house.server, &person).problem(404);
}

#[test]
fn an_owner_sees_the_sessions_of_others_and_ends_them() {
    let house = House::new("none");
    let again = Admin::of(&Admin::try_sign_in(&house.server, MOD, PASSWORD).expect(303));
    let person = house.page_of(MOD);
    assert!(house.owner.page(&house.server, "/admin/people").contains("in 2 browsers"));
    let page = house.owner.page(&house.server, &person);
    assert!(
        page.contains("127.0.0.1") && page.contains("End all of them") && !page.contains("This one"),
        "{page}"
    );
    let name = between(&page, "name=\"end\" value=\"", "\"").to_owned();
    house.owner.post(&house.server, &format!("{person}/sessions"), &[("end", &name)]).expect(303);
    assert_eq!(house.instance.number("SELECT count(*) FROM sessions"), 2);
    house.owner.post(&house.server, &format!("{person}/sessions"), &[("end", "others")]).expect(303);
    for who in [&again, &house.moderator] {
        assert_eq!(who.get(&house.server, "/admin/queue").status, 303);
    }
    house.owner.get(&house.server, "/admin/people").expect(200);
}

#[test]
fn ending_all_of_ones_own_sessions_keeps_the_one_that_asks() {
    let house = House::new("none");
    let elsewhere = Admin::sign_in(&house.server);
    let person = house.page_of(EMAIL);
    house.owner.post(&house.server, &format!("{person}/sessions"), &[("end", "others")]).expect(303);
    house.owner.get(&house.server, "/admin/people").expect(200);
    assert_eq!(elsewhere.get(&house.server, "/admin/people").status, 303);
}

#[test]
fn people_are_listed_in_the_order_that_is_asked_for() {
    let house = House::new("none");
    let place = |sort: &str| {
        let page = house.owner.page(&house.server, &format!("/admin/people?sort={sort}"));
        page.find(MOD).unwrap() < page.find(EMAIL).unwrap()
    };
    assert!(!place("name"), "“owner” stands before “Somebody”");
    assert!(!place("role"));
    house.instance.sql("UPDATE sessions SET seen_at = seen_at + 1000 WHERE account_id IN (SELECT id FROM accounts WHERE role = 'moderator')");
    assert!(place("seen"));
}

#[test]
fn a_reset_link_gives_a_new_password_once() {
    let house = House::new("none");
    let person = house.page_of(MOD);
    let made = house.owner.post(&house.server, &format!("{person}/reset"), &[]).expect(200).text();
    let code = token(&made, "/admin/reset#");
    let ask = |fields: &[(&str, &str)]| send_form(house.server.call("POST", "/admin/reset"), fields);
    assert!(ask(&[("code", &code)]).expect(200).text().contains(MOD));
    assert!(ask(&[("code", &code), ("password", "short")]).expect(422).text().contains("12 characters"));
    let forged = code.replacen(|c: char| c.is_ascii_digit(), "7", 1);
    for wrong in ["", "x", &code[..code.len() - 1], &forged] {
        if wrong != code {
            ask(&[("code", wrong), ("password", "another few words")]).expect(422);
        }
    }
    let answer = ask(&[("code", &code), ("password", "another few words")]).expect(303);
    Admin::of(&answer).get(&house.server, "/admin/queue").expect(200);
    assert_eq!(house.moderator.get(&house.server, "/admin/queue").status, 303, "the session from before");
    Admin::try_sign_in(&house.server, MOD, PASSWORD).expect(422);
    Admin::try_sign_in(&house.server, MOD, "another few words").expect(303);
    ask(&[("code", &code), ("password", "and yet other words")]).expect(422);
}

#[test]
fn a_reset_link_runs_out_when_the_password_is_changed_otherwise() {
    let house = House::new("none");
    let made = house.owner.post(&house.server, &format!("{}/reset", house.page_of(MOD)), &[]).text();
    let code = token(&made, "/admin/reset#");
    let fields = [("current", PASSWORD), ("new", "changed by themselves")];
    house.moderator.post(&house.server, "/admin/account/password", &fields).expect(303);
    let fields = [("code", code.as_str()), ("password", "another few words")];
    send_form(house.server.call("POST", "/admin/reset"), &fields).expect(422);
}

#[test]
fn commands_list_and_remove_people() {
    let house = House::new("none");
    out(&house.instance.run(&["admin", "invite", "--email", "new@example.org", "--role", "admin"]));
    let said = out(&house.instance.run(&["admin", "list"]));
    assert!(said.contains(EMAIL) && said.contains("blog") && said.contains("invited, until"), "{said}");
    let listed: Value =
        serde_json::from_str(&out(&house.instance.run(&["admin", "list", "--json"]))).unwrap();
    assert_eq!(listed["accounts"][1]["email"], MOD);
    assert_eq!(listed["accounts"][1]["sites"], json!(["blog"]));
    assert_eq!(listed["invitations"][0]["email"], "new@example.org");
    assert!(out(&house.instance.run(&["admin", "remove", "Mod@Example.org"])).contains("is removed"));
    assert_eq!(house.moderator.get(&house.server, "/admin/queue").status, 303);
    let refused = house.instance.run(&["admin", "remove", "nobody@example.org"]);
    assert!(words(&refused).contains("nobody@example.org"), "{}", words(&refused));
}
