//! What goes out comes back the same, and what is broken does not come back at all.

mod many;
mod rich;

use std::io::Write;

use proptest::prelude::*;
use rusqlite::Transaction;

use super::*;
use crate::base::audit::Actor;
use crate::community::comments::Status;
use crate::community::sites::Draft;
use crate::community::transfer::export::{self, Selection};
use crate::community::users::accounts;
use rich::{NOW, say};

pub use rich::Place;

#[test]
fn what_goes_out_comes_back_as_the_same_bytes() {
    let (from, to) = (Place::rich(), Place::new());
    let bytes = from.export(&Selection::Instance);
    let report = to.import(&bytes);
    assert_eq!((report.read, report.imported, report.already, report.threads), (32, 32, 0, 3));
    assert_eq!((report.held, report.spam, report.deleted), (1, 1, 1));
    let again = to.export(&Selection::Instance);
    assert_eq!(String::from_utf8(again).unwrap(), String::from_utf8(bytes).unwrap());
    assert_eq!(to.state(), from.state());
}

#[test]
fn every_kind_of_line_is_in_it_and_no_secret() {
    let text = String::from_utf8(Place::rich().export(&Selection::Instance)).unwrap();
    for kind in "header account site guest thread comment version vote report moderation end".split(' ') {
        assert!(text.contains(&format!("{{\"type\":\"{kind}\",")), "{kind}");
    }
    for secret in ["some hash", "address_hash", "password", &crate::base::secrets::hex(b"sixteen bytes ..")] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn a_second_import_adds_nothing() {
    let (from, to) = (Place::rich(), Place::new());
    let bytes = from.export(&Selection::Instance);
    to.import(&bytes);
    let before = to.state();
    let report = to.import(&bytes);
    assert_eq!((report.imported, report.already), (0, 32));
    assert_eq!(to.state(), before);
    let report = from.import(&bytes);
    assert_eq!((report.imported, report.already), (0, 32), "nor where it came from");
    assert_eq!(from.export(&Selection::Instance), bytes);
}

#[test]
fn the_audit_trail_has_its_beginning_and_its_end() {
    let (from, to) = (Place::rich(), Place::new());
    to.import(&from.export(&Selection::Instance));
    let trail = "SELECT action || ' ' || subject || ' ' || became FROM audit WHERE action LIKE 'import.%' ORDER BY id";
    let expected = [
        "import.start instance {\"format\":\"afterword\"}",
        "import.run instance {\"already\":0,\"format\":\"afterword\",\"imported\":32}",
    ];
    assert_eq!(to.ask(trail), expected);
}

#[test]
fn what_is_missing_is_brought_back_beside_what_is_there() {
    let (from, to) = (Place::rich(), Place::new());
    let bytes = from.export(&Selection::Instance);
    to.import(&bytes);
    to.db
        .write_blocking(|tx| {
            Ok(tx.execute_batch(
            "DELETE FROM comments WHERE source_id IN ('a-29', 'b-1'); DELETE FROM guests WHERE name = 'Cleo'",
        )?)
        })
        .unwrap();
    let report = to.import(&bytes);
    assert_eq!((report.imported, report.already), (2, 30));
    assert_eq!(to.export(&Selection::Instance), bytes);
}

#[test]
fn one_site_can_be_taken_and_can_get_another_key() {
    let (from, to) = (Place::rich(), Place::new());
    let all = from.export(&Selection::Instance);
    assert!(matches!(to.try_import(&all, Some("nowhere")), Err(Error::NotFound(_))));
    to.try_import(&all, Some("shop")).unwrap();
    assert_eq!(to.ask("SELECT key FROM sites"), ["shop"]);
    assert_eq!(to.export(&Selection::Site("shop".into())), from.export(&Selection::Site("shop".into())));
    let blog = from.export(&Selection::Site("blog".into()));
    to.try_import(&blog, Some("diary")).unwrap();
    assert_eq!(to.ask("SELECT key FROM sites ORDER BY key"), ["diary", "shop"]);
    let refusal = to.try_import(&blog, None).unwrap_err().to_string();
    assert!(refusal.contains("another site"), "{refusal}");
}

#[test]
fn a_site_nobody_used_takes_over_the_files_settings_and_one_in_use_keeps_its_own() {
    let from = Place::rich();
    let bytes = from.export(&Selection::Site("blog".into()));
    let to = Place::new();
    let draft = Draft { key: "blog".into(), origins: "https://x.example".into(), ..Draft::default() };
    to.db.write_blocking(move |tx| sites::create(tx, &draft, &Actor::command_line(), NOW)).unwrap();
    to.import(&bytes);
    assert_eq!(to.export(&Selection::Site("blog".into())), bytes);
    to.db.write_blocking(|tx| Ok(tx.execute("UPDATE sites SET name = 'Mine'", [])?)).unwrap();
    to.import(&bytes);
    assert_eq!(to.ask("SELECT name FROM sites"), ["Mine"]);
}

#[test]
fn an_account_that_comes_back_cannot_sign_in_until_somebody_makes_it_theirs() {
    let (from, to) = (Place::rich(), Place::new());
    to.import(&from.export(&Selection::Instance));
    to.db
        .write_blocking(|tx| {
            assert!(!accounts::any(tx)?, "setup is still open");
            let account = accounts::by_email(tx, "owner@example.org")?.unwrap();
            assert!(!accounts::is_password_of(Some(&account), ""));
            accounts::create(tx, "owner@example.org", "", "a hash", &Actor::command_line(), NOW)?;
            assert!(accounts::any(tx)?);
            assert!(
                accounts::create(tx, "owner@example.org", "", "a hash", &Actor::command_line(), NOW).is_err()
            );
            Ok(())
        })
        .unwrap();
    assert_eq!(to.ask("SELECT name || role FROM accounts"), ["Wrenowner"]);
}

/// The text of an export with one line made into another.
fn broken(text: &str, number: usize, change: impl Fn(&str) -> String) -> String {
    let lines = text.lines().enumerate();
    lines
        .map(|(index, line)| if index + 1 == number { change(line) } else { line.to_owned() } + "\n")
        .collect()
}

#[test]
fn a_broken_file_is_refused_with_its_line_and_changes_nothing() {
    let text = String::from_utf8(Place::rich().export(&Selection::Instance)).unwrap();
    let line_of = |start: &str| {
        text.lines().position(|line| line.starts_with(&format!("{{\"type\":\"{start}\""))).unwrap() + 1
    };
    let comment = line_of("comment");
    let cases = [
        (1, broken(&text, 1, |line| line.replace("\"version\":1", "\"version\":2")), "newer release"),
        (1, broken(&text, 1, |line| line.replace("instance", "person")), "one person"),
        (1, broken(&text, 1, |line| line.replace("\"afterword\"", "\"usenet\"")), "usenet"),
        (1, "{}\n".into(), "type"),
        (1, "<disqus>\n".into(), "not JSON"),
        (comment, broken(&text, comment, |line| line[..line.len() / 2].into()), "not JSON"),
        (comment, broken(&text, comment, |line| line.replace("published", "famous")), "famous"),
        (comment, broken(&text, comment, |line| line.replace("\"pinned\"", "\"pined\"")), "pined"),
        (
            comment,
            broken(&text, comment, |line| line.replace("https://ann", "javascript://ann")),
            "web address",
        ),
        (
            comment,
            broken(&text, comment, |line| line.replace("\"guest\":null", "\"guest\":\"0000000000001\"")),
            "guest",
        ),
        (
            comment,
            broken(&text, comment, |line| {
                line.replace("\"parent\":null", "\"parent\":\"0000000000001\"")
                    .replace("\"pinned\":true", "\"pinned\":false")
            }),
            "above",
        ),
        (comment + 1, broken(&text, comment, |line| format!("{line}\n{line}")), "twice"),
        (line_of("vote"), broken(&text, comment, |_| line_at(&text, line_of("site"))), "header"),
        (line_of("site"), broken(&text, line_of("site"), |line| line.replace("#1f5FbF", "red;}")), "colour"),
        (
            text.lines().count(),
            text.lines().take(text.lines().count() - 1).collect::<Vec<_>>().join("\n"),
            "cut short",
        ),
        (
            text.lines().count(),
            broken(&text, text.lines().count(), |line| line.replace("lines\":", "lines\":1")),
            "lines",
        ),
    ];
    let to = Place::new();
    for (number, text, expected) in cases {
        let refusal = to.try_import(text.as_bytes(), None).unwrap_err().to_string();
        let is_told = refusal.contains(expected) && refusal.contains("Line ");
        assert!(is_told, "{number}, {expected}: {refusal}");
        if !refusal.contains("header does not") {
            assert!(refusal.starts_with(&format!("Line {number}:")), "{number}: {refusal}");
        }
    }
    assert!(to.state().is_empty() && to.ask("SELECT key FROM sites").is_empty());
}

fn line_at(text: &str, number: usize) -> String {
    text.lines().nth(number - 1).unwrap().to_owned()
}

#[test]
fn an_export_is_known_by_how_it_begins() {
    let place = Place::rich();
    let file = place.file(&place.export(&Selection::Instance));
    assert!(is_ours(None, &file).unwrap() && is_ours(Some(FORMAT), &file).unwrap());
    assert!(!is_ours(Some("disqus"), &file).unwrap());
    let other = place.file(b"<disqus>{\"type\":\"header\",\"format\":\"afterword\"</disqus>");
    assert!(!is_ours(None, &other).unwrap());
    assert!(is_ours(None, &place.folder.path().join("nowhere")).is_err());
}

#[test]
fn a_compressed_file_is_read_and_one_that_was_cut_is_refused() {
    let from = Place::rich();
    let mut zipped = export::Packed::new(Vec::new(), true);
    zipped.write_all(&from.export(&Selection::Instance)).unwrap();
    let zipped = zipped.finish().unwrap();
    let to = Place::new();
    let refusal = to.try_import(&zipped[..zipped.len() - 200], None).unwrap_err().to_string();
    assert!(refusal.contains("compressed") && to.state().is_empty(), "{refusal}");
    assert_eq!(to.import(&zipped).imported, 32);
}

#[test]
fn a_dry_run_writes_nothing_and_says_the_same() {
    let (from, to) = (Place::rich(), Place::new());
    let file = to.file(&from.export(&Selection::Instance));
    let foreseen = import(
        &to.db,
        &Request { file: &file, site: None, dry_run: true },
        &Actor::command_line(),
        &mut |_| Ok(()),
    )
    .unwrap();
    assert!(to.state().is_empty());
    let done = import(
        &to.db,
        &Request { file: &file, site: None, dry_run: false },
        &Actor::command_line(),
        &mut |_| Ok(()),
    )
    .unwrap();
    assert_eq!(Report { dry_run: false, ..foreseen }, done);
}

/// One comment to be: what it replies to among those before it, how it stands, and what it says.
type Seed = (prop::sample::Index, bool, u8, String, u32, u32);

fn grow(tx: &Transaction<'_>, seeds: &[Seed]) -> Result<()> {
    let draft = Draft { key: "s".into(), origins: "https://s.example".into(), ..Draft::default() };
    let site = sites::create(tx, &draft, &Actor::command_line(), NOW)?;
    let mut made: Vec<Id> = Vec::new();
    for (number, (above, is_reply, kind, body, up, down)) in seeds.iter().enumerate() {
        let parent = (*is_reply && !made.is_empty()).then(|| *above.get(&made));
        let status = [Status::Published, Status::Held, Status::Spam, Status::Deleted][usize::from(*kind) % 4];
        let id = say(tx, &site, &format!("p-{number}"), parent, status, body)?;
        tx.execute(
            "UPDATE comments SET up = ?2, down = ?3, rank = ?4 WHERE id = ?1",
            (id, up, down, crate::community::comments::rank::wilson(*up, *down)),
        )?;
        made.push(id);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_comments_come_back_as_the_same_bytes(
        seeds in prop::collection::vec(
            (any::<prop::sample::Index>(), any::<bool>(), any::<u8>(), "\\PC{0,60}|<p>\\PC{0,40}", 0..500_u32, 0..500_u32),
            0..40,
        )
    ) {
        let (from, to) = (Place::new(), Place::new());
        from.db.write_blocking(move |tx| grow(tx, &seeds)).unwrap();
        let bytes = from.export(&Selection::Instance);
        to.import(&bytes);
        prop_assert_eq!(to.export(&Selection::Instance), bytes);
        prop_assert_eq!(to.state(), from.state());
    }
}

#[test]
fn the_schema_tells_every_field_and_no_other() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../../../docs/export.schema.json")).unwrap();
    let text = String::from_utf8(Place::rich().export(&Selection::Instance)).unwrap();
    let mut kinds = std::collections::BTreeSet::new();
    for line in text.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let kind = line["type"].as_str().unwrap().to_owned();
        let record = &schema["$defs"][&kind];
        let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&record["properties"]), keys(&line), "{kind}");
        assert_eq!(record["required"].as_array().unwrap().len(), keys(&line).len(), "{kind}");
        if kind == "comment" {
            assert_eq!(keys(&record["properties"]["author"]["properties"]), keys(&line["author"]));
        }
        kinds.insert(kind);
    }
    assert_eq!(schema["oneOf"].as_array().unwrap().len(), kinds.len());
    assert_eq!(schema["$defs"]["header"]["properties"]["version"]["const"], VERSION);
}
