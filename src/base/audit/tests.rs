use serde_json::json;

use super::*;
use crate::base::db::Db;
use crate::base::error::Error;
use crate::base::order::Order;

const NOON: Millis = Millis(1_790_000_000_000);

struct Trail {
    db: Db,
    _folder: tempfile::TempDir,
}

impl Trail {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { db: Db::open(&folder.path().join("a.sqlite")).unwrap(), _folder: folder }
    }

    fn add(&self, actor: &Actor, action: &'static str, subject: &str, site: Option<Id>, at: Millis) {
        let (actor, subject) = (actor.clone(), subject.to_owned());
        let add = move |tx: &Transaction<'_>| {
            let entry = Entry { site, ..actor.did(action, subject).change("a", "b") };
            record(tx, &entry, at)
        };
        self.db.write_blocking(add).unwrap();
    }

    /// Ten entries by three actors on two sites, a minute apart.
    fn grown() -> Self {
        let trail = Self::new();
        for n in 0..10_i64 {
            let actor = match n % 3 {
                0 => Actor { account: Some(Id(7)), ..named("Ann") },
                1 => Actor { account: Some(Id(8)), ..named("Bob") },
                _ => Actor::command_line(),
            };
            let action = match n % 4 {
                0 => "comment.approve",
                1 => "comment.spam",
                2 => "site.change",
                _ => "comments.erase",
            };
            let site = Some(Id(100 + n % 2));
            trail.add(&actor, action, &format!("comment:{n}"), site, Millis(NOON.0 + n * 60_000));
        }
        trail
    }

    fn found(&self, filter: &Filter, order: Order, after: Option<Id>, limit: usize) -> Vec<Recorded> {
        self.db.read_blocking(|c| entries(c, filter, order, after, limit)).unwrap()
    }

    /// The numbers of the subjects, newest first.
    fn numbers(&self, filter: &Filter) -> Vec<usize> {
        let found = self.found(filter, Order::Newest, None, 100);
        found.iter().map(|row| row.subject.trim_start_matches("comment:").parse().unwrap()).collect()
    }

    fn verdict(&self) -> Verdict {
        self.db.read_blocking(verify).unwrap()
    }

    /// What somebody does who has the file and knows SQL.
    fn tamper(&self, sql: &'static str) {
        self.db
            .write_blocking(move |tx| {
                tx.execute_batch(
                    "DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_shortened",
                )?;
                Ok(tx.execute_batch(sql)?)
            })
            .unwrap();
    }
}

fn named(name: &str) -> Actor {
    Actor { account: None, name: name.into(), address: "203.0.113.0/24".into() }
}

#[test]
fn an_entry_reads_back_as_it_was_recorded() {
    let trail = Trail::new();
    trail.add(&Actor { account: Some(Id(7)), ..named("Ann") }, "comment.pin", "comment:1", Some(Id(3)), NOON);
    let [row] = trail.found(&Filter::default(), Order::Newest, None, 9).try_into().unwrap();
    let expected = Recorded {
        at: NOON,
        account: Some(Id(7)),
        actor: "Ann".into(),
        address: "203.0.113.0/24".into(),
        action: "comment.pin".into(),
        subject: "comment:1".into(),
        site: Some(Id(3)),
        was: "a".into(),
        became: "b".into(),
        ..row.clone()
    };
    assert_eq!(row, expected);
}

#[test]
fn only_the_fields_that_differ_are_told() {
    let by = Actor::command_line();
    let entry = |was, became| by.did("site.change", "site:blog").fields(&was, &became);
    let some = entry(json!({ "a": 1, "b": "x", "gone": true }), json!({ "a": 1, "b": "y" })).unwrap();
    assert_eq!((some.was.as_str(), some.became.as_str()), (r#"{"b":"x","gone":true}"#, r#"{"b":"y"}"#));
    assert!(entry(json!({ "a": 1 }), json!({ "a": 1 })).is_none());
    let new = entry(json!(null), json!({ "a": "é".repeat(9000) })).unwrap();
    assert!(new.was.is_empty() && new.became.chars().count() < 600);
}

#[test]
fn a_failed_change_leaves_no_entry() {
    let trail = Trail::new();
    let failed = trail.db.write_blocking(|tx| {
        record(tx, &Actor::command_line().did("site.create", "site:blog"), NOON)?;
        Err::<(), _>(Error::Conflict("taken".into()))
    });
    assert!(failed.is_err() && trail.numbers(&Filter::default()).is_empty());
}

#[test]
fn an_entry_can_be_neither_changed_nor_taken_out() {
    let trail = Trail::grown();
    for sql in
        ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)"]
    {
        let refused = trail.db.write_blocking(move |tx| Ok(tx.execute(sql, [])?)).unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
    assert_eq!(trail.numbers(&Filter::default()).len(), 10);
}

#[test]
fn a_trail_that_nobody_touched_fits_together() {
    assert_eq!(Trail::new().verdict(), Verdict { entries: 0, head: String::new(), fault: None });
    let verdict = Trail::grown().verdict();
    assert_eq!((verdict.entries, verdict.fault, verdict.head.len()), (10, None, 64));
}

#[test]
fn a_row_that_was_changed_behind_our_back_is_found() {
    for sql in [
        "UPDATE audit SET became = 'c' WHERE subject = 'comment:4'",
        "UPDATE audit SET action = 'comment.approv', subject = 'ecomment:4' WHERE subject = 'comment:4'",
        "UPDATE audit SET site_id = NULL WHERE subject = 'comment:4'",
        "DELETE FROM audit WHERE subject = 'comment:4'",
        "INSERT INTO audit SELECT id + 1, at, account_id, actor, address, action, subject, site_id, was, became, hash
           FROM audit WHERE subject = 'comment:3'",
    ] {
        let trail = Trail::grown();
        trail.tamper(sql);
        let verdict = trail.verdict();
        assert!(verdict.fault.is_some() && verdict.entries == 4, "{sql}: {verdict:?}");
    }
}

#[test]
fn an_end_that_was_cut_off_is_found_once_it_had_been_checked() {
    let trail = Trail::grown();
    let verdict = check(&trail.db, NOON).unwrap();
    trail.add(&Actor::command_line(), "site.create", "site:blog", None, NOON);
    assert_eq!(trail.verdict().fault, None);
    assert!(trail.db.read_blocking(|c| holds(c, &verdict.head)).unwrap());
    trail.tamper("DELETE FROM audit WHERE id >= (SELECT id FROM audit WHERE subject = 'comment:8')");
    for _ in 0..2 {
        let fault = check(&trail.db, NOON).unwrap().fault.unwrap();
        assert!(fault.contains("cut off"), "{fault}");
    }
    assert!(!trail.db.read_blocking(|c| holds(c, &verdict.head)).unwrap());
    let noted = trail.db.read_blocking(last_check).unwrap().unwrap();
    assert!(noted.verdict.fault.is_some());
}

#[test]
fn each_filter_finds_its_entries_and_they_combine() {
    let trail = Trail::grown();
    let who = |who| Filter { who: Some(who), ..Filter::default() };
    let action = |action: &str| Filter { action: Some(action.into()), ..Filter::default() };
    assert_eq!(trail.numbers(&who(Who::Account(Id(7)))), [9, 6, 3, 0]);
    assert_eq!(trail.numbers(&who(Who::Named("command line".into()))), [8, 5, 2]);
    assert_eq!(trail.numbers(&action("comment.spam")), [9, 5, 1]);
    assert_eq!(trail.numbers(&action("comment")), [9, 8, 5, 4, 1, 0], "a group, and not what begins alike");
    assert!(trail.numbers(&action("thread")).is_empty());
    assert_eq!(trail.numbers(&Filter { subject: Some("comment:4".into()), ..Filter::default() }), [4]);
    assert_eq!(trail.numbers(&Filter { site: Some(Id(101)), ..Filter::default() }), [9, 7, 5, 3, 1]);
    let (since, until) = (Some(Millis(NOON.0 + 2 * 60_000)), Some(Millis(NOON.0 + 5 * 60_000)));
    assert_eq!(trail.numbers(&Filter { since, until, ..Filter::default() }), [4, 3, 2]);
    let all = Filter {
        who: Some(Who::Account(Id(7))),
        action: Some("comment".into()),
        subject: None,
        site: Some(Id(101)),
        since,
        until: None,
    };
    assert_eq!(trail.numbers(&all), [9]);
}

#[test]
fn pages_follow_each_other_in_both_orders() {
    let trail = Trail::grown();
    for filter in [Filter::default(), Filter { action: Some("comment".into()), ..Filter::default() }] {
        for order in [Order::Newest, Order::Oldest] {
            let whole = trail.found(&filter, order, None, 100);
            let (mut pages, mut after) = (Vec::new(), None);
            loop {
                let page = trail.found(&filter, order, after, 2);
                let Some(last) = page.last() else { break };
                after = Some(last.id);
                pages.extend(page);
            }
            assert_eq!(pages, whole);
            assert!(whole.windows(2).all(|two| (two[0].id < two[1].id) == (order == Order::Oldest)));
        }
    }
}

#[test]
fn everybody_and_every_action_is_listed_once() {
    let trail = Trail::grown();
    let (actors, actions) = trail.db.read_blocking(|c| Ok((actors(c)?, actions(c)?))).unwrap();
    let expected = [
        (Who::Named("command line".into()), "command line"),
        (Who::Account(Id(7)), "Ann"),
        (Who::Account(Id(8)), "Bob"),
    ];
    assert_eq!(actors, expected.map(|(who, name)| (who, name.to_owned())));
    assert_eq!(actions, ["comment.approve", "comment.spam", "comments.erase", "site.change"]);
}

#[test]
fn a_clock_that_goes_back_does_not_break_the_chain() {
    let trail = Trail::grown();
    trail.add(&Actor::command_line(), "site.create", "comment:99", None, Millis(NOON.0 - 86_400_000));
    assert_eq!(trail.numbers(&Filter::default())[0], 99);
    assert_eq!(trail.verdict().fault, None);
}
