//! What imports leave in the audit trail.

use std::fmt::Write;

use super::*;

const TRAIL: &str =
    "SELECT action || ' ' || subject || ' ' || ifnull(site_id, '-') || ' ' || became FROM audit ORDER BY id";

/// More comments than are written at once.
fn many(garden: &Garden) -> PathBuf {
    let mut xml = String::from("<disqus><thread id='1'><link>/a</link></thread>");
    for number in 1..=600 {
        write!(
            xml,
            "<post id='{number}'><message>x</message><createdAt>2020-01-01T00:00:00Z</createdAt><thread id='1'/></post>"
        )
        .unwrap();
    }
    let file = garden.folder.path().join("many.xml");
    std::fs::write(&file, xml + "</disqus>").unwrap();
    file
}

#[test]
fn an_import_is_noted_when_it_begins_and_when_it_ends_and_a_trial_is_not() {
    let garden = Garden::new();
    garden.import("disqus", &fixture("disqus.xml"), true).unwrap();
    assert_eq!(garden.ask(TRAIL), [""; 0]);
    garden.import("disqus", &fixture("disqus.xml"), false).unwrap();
    assert_eq!(
        garden.ask(TRAIL),
        [
            "import.start site:garden 1 {\"format\":\"disqus\"}",
            "import.run site:garden 1 {\"already\":0,\"format\":\"disqus\",\"imported\":8}",
        ]
    );
}

#[test]
fn an_import_that_breaks_off_is_noted_with_what_it_wrote() {
    let garden = Garden::new();
    let fault = "CREATE TRIGGER fault BEFORE INSERT ON comments WHEN (SELECT count(*) FROM comments) >= 500
                 BEGIN SELECT RAISE(ABORT, 'on purpose'); END";
    garden.db.write_blocking(move |tx| Ok(tx.execute_batch(fault)?)).unwrap();
    let file = many(&garden);
    garden.import("disqus", &file, false).unwrap_err();
    assert_eq!(garden.ask("SELECT count(*) || '' FROM comments"), ["500"]);
    assert_eq!(
        garden.ask(TRAIL),
        [
            "import.start site:garden 1 {\"format\":\"disqus\"}",
            "import.stop site:garden 1 {\"already\":0,\"format\":\"disqus\",\"imported\":500}",
        ]
    );
}

#[test]
fn an_import_that_wrote_nothing_leaves_no_entry() {
    let garden = Garden::new();
    let fault = "CREATE TRIGGER fault BEFORE INSERT ON comments BEGIN SELECT RAISE(ABORT, 'on purpose'); END";
    garden.db.write_blocking(move |tx| Ok(tx.execute_batch(fault)?)).unwrap();
    garden.import("disqus", &many(&garden), false).unwrap_err();
    assert_eq!(garden.ask(TRAIL), [""; 0]);
}
