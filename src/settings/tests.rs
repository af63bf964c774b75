use std::fmt::Write;
use std::time::Duration;

use super::*;
use crate::base::audit::{Filter, entries};
use crate::base::order::Order;

const NOON: Millis = Millis(1_790_000_000_000);

fn db() -> (tempfile::TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&folder.path().join("a.sqlite")).unwrap();
    (folder, db)
}

fn put(db: &Db, key: &'static str, value: &'static str) -> Result<bool> {
    db.write_blocking(move |tx| set(tx, key, value, &Actor::command_line(), NOON))
}

/// Action, subject, was and became of all there is, oldest first.
fn trail(db: &Db) -> Vec<[String; 4]> {
    let found = db.read_blocking(|c| entries(c, &Filter::default(), Order::Oldest, None, 100)).unwrap();
    found.into_iter().map(|row| [row.action, row.subject, row.was, row.became]).collect()
}

#[test]
fn every_default_is_in_its_usual_form_and_every_key_is_there_once() {
    for setting in ALL {
        assert_eq!(setting.check(setting.default).as_deref(), Ok(setting.default), "{}", setting.key);
        assert_eq!(ALL.iter().filter(|other| other.key == setting.key).count(), 1, "{}", setting.key);
        assert!(setting.about.ends_with('.') && !setting.name.is_empty(), "{}", setting.key);
    }
}

#[test]
fn without_a_row_the_defaults_hold() {
    let settings = Settings::default();
    assert_eq!(settings.addresses_keep(), Keep::Hash);
    assert_eq!(settings.deleted_erase_after(), Duration::from_hours(30 * 24));
    assert_eq!(settings.guests_forget_after(), Some(Duration::from_hours(365 * 24)));
    assert!(settings.admin_networks().is_empty());
}

#[test]
fn a_changed_setting_holds_at_once_for_another_process_too() {
    let (folder, db) = db();
    let other = Db::open(&folder.path().join("a.sqlite")).unwrap();
    assert_eq!(of(&other).unwrap().addresses_keep(), Keep::Hash);
    assert!(put(&db, "addresses.keep", "none").unwrap());
    assert!(put(&db, "guests.forget_after_days", "0").unwrap());
    for db in [&db, &other] {
        let settings = of(db).unwrap();
        assert_eq!((settings.addresses_keep(), settings.guests_forget_after()), (Keep::Nothing, None));
    }
    db.write_blocking(|tx| reset(tx, "addresses.keep", &Actor::command_line(), NOON)).unwrap();
    assert_eq!(of(&other).unwrap().addresses_keep(), Keep::Hash);
}

#[test]
fn a_value_out_of_bounds_is_refused_with_what_would_be_right() {
    let (_folder, db) = db();
    for (key, value, words) in [
        ("addresses.forget_after_days", "0", "from 1 to 3650"),
        ("addresses.forget_after_days", "99999", "from 1 to 3650"),
        ("addresses.forget_after_days", "-1", "whole number"),
        ("addresses.salt_days", "soon", "from 1 to 365"),
        ("addresses.keep", "all", "none of hash, network+hash, none"),
        ("admin.networks", "10.0.0.0/8 home", "“home”"),
    ] {
        match put(&db, key, value) {
            Err(Error::Invalid { field, detail }) => {
                assert!(field == key && detail.contains(words), "{detail}");
            }
            other => panic!("{key} = {value}: {other:?}"),
        }
    }
    let unknown = put(&db, "addresses.kept", "hash").unwrap_err();
    assert!(matches!(&unknown, Error::NotFound(words) if words.contains("addresses.keep")), "{unknown}");
    assert!(trail(&db).is_empty());
}

#[test]
fn each_change_is_in_the_trail_and_nothing_else_is() {
    let (_folder, db) = db();
    put(&db, "addresses.salt_days", " 7 ").unwrap();
    put(&db, "addresses.salt_days", "7").unwrap();
    put(&db, "admin.networks", "10.1.2.3/8\n192.0.2.1").unwrap();
    for _ in 0..2 {
        db.write_blocking(|tx| reset(tx, "addresses.salt_days", &Actor::command_line(), NOON)).unwrap();
    }
    let expected = [
        ["setting.change", "setting:addresses.salt_days", "30", "7"],
        ["setting.change", "setting:admin.networks", "", "10.0.0.0/8, 192.0.2.1"],
        ["setting.reset", "setting:addresses.salt_days", "7", "30"],
    ];
    assert_eq!(trail(&db), expected.map(|texts| texts.map(ToOwned::to_owned)));
}

#[test]
fn what_another_release_stored_is_passed_over() {
    let (_folder, db) = db();
    db.write_blocking(|tx| {
        store::set(tx, "addresses.salt_days", "100000")?;
        store::set(tx, "tomorrow.feature", "on")
    })
    .unwrap();
    assert_eq!(of(&db).unwrap().addresses_salt_for(), Duration::from_hours(30 * 24));
}

/// The table of docs/settings.md, made of the list.
fn table() -> String {
    let mut text = String::from("| setting | default | may be | what it does |\n|---|---|---|---|\n");
    for setting in ALL {
        let default =
            if setting.default.is_empty() { String::new() } else { format!("`{}`", setting.default) };
        let choices = match setting.kind {
            Kind::Choice(choices) => choices,
            Kind::Days { .. } | Kind::Networks => &[],
        };
        let about = choices.iter().fold(setting.about.to_owned(), |about, choice| {
            format!("{about}<br>`{}`: {}. {}", choice.value, choice.name.to_lowercase(), choice.about)
        });
        let _ = writeln!(text, "| `{}` | {default} | {} | {about} |", setting.key, setting.bounds());
    }
    text
}

#[test]
fn the_page_in_the_docs_has_every_setting_as_it_is() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/settings.md");
    let page = std::fs::read_to_string(&file).unwrap();
    let (start, end) = ("<!-- made of the list -->\n", "<!-- until here -->");
    let (before, rest) = page.split_once(start).unwrap();
    let (written, after) = rest.split_once(end).unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&file, format!("{before}{start}{}{end}{after}", table())).unwrap();
        return;
    }
    assert!(
        written == table(),
        "docs/settings.md is out of date: run  UPDATE_DOCS=1 cargo test the_page_in_the_docs"
    );
}
