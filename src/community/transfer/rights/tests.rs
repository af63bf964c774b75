use super::*;
use crate::community::transfer::own::tests::Place;

const ANN: &str = "ann@example.org";

fn lines(place: &Place, email: &str) -> Result<Vec<Value>> {
    let mut bytes = Vec::new();
    let rows = place.db.read_blocking(|connection| export(connection, email, &mut bytes))?;
    let text = String::from_utf8(bytes).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows + 2, lines.len() as u64);
    Ok(lines)
}

fn count(erased: &Erased, table: &str) -> u64 {
    erased.rows.get(table).copied().unwrap_or(0)
}

fn erase_in(place: &Place, email: &'static str, how: Forget) -> Result<Erased> {
    let foreseen = place.db.read_blocking(|connection| foresee(connection, email, how));
    let erased = place
        .db
        .write_blocking(move |tx| erase(tx, email, how, &Actor::command_line(), Millis(1_800_000_000_000)));
    if let (Ok(foreseen), Ok(erased)) = (&foreseen, &erased) {
        let none = |table: &str| how == Forget::WhoItWas && ["reports", "comment_versions"].contains(&table);
        for (table, expected) in foreseen.rows.iter().filter(|(table, _)| !none(table)) {
            assert_eq!(count(erased, table), *expected, "{table}");
        }
    }
    erased
}

#[test]
fn a_persons_copy_has_all_that_is_known_with_the_pages_it_is_on() {
    let place = Place::rich();
    let lines = lines(&place, "Ann@Example.org").unwrap();
    let of = |table: &str| lines.iter().filter(|line| line["table"] == table).collect::<Vec<_>>();
    let comments = of("comments");
    assert_eq!(comments.len(), 31, "each but the one that is blank already");
    assert!(comments.iter().any(|line| line["values"]["status"] == "spam"));
    assert_eq!(comments[0]["page"]["key"], "/posts/a");
    assert!(of("guests").iter().any(|line| line["values"]["name"] == "Ann"));
    assert_eq!(of("votes")[0]["values"]["value"], -1);
    assert_eq!(of("comment_versions")[0]["values"]["body"], "was");
    assert!(of("reports").iter().all(|line| line["values"].get("address_hash").is_none()));
}

#[test]
fn an_erased_person_leaves_placeholders_and_nothing_else() {
    let place = Place::rich();
    let before = place.ask("SELECT id || hex(path) FROM comments ORDER BY id");
    let erased = erase_in(&place, ANN, Forget::Everything).unwrap();
    assert_eq!((count(&erased, "comments"), count(&erased, "guests"), count(&erased, "votes")), (31, 2, 1));
    assert!(lines(&place, ANN).is_err(), "nothing is known any more");
    let left = "SELECT count(*) || '' FROM comments WHERE body || html || author_name || author_email || author_url <> ''
                OR guest_id IS NOT NULL OR address_hash IS NOT NULL OR status <> 'deleted'";
    assert_eq!(place.ask(left), ["0"]);
    assert_eq!(
        place.ask("SELECT id || hex(path) FROM comments ORDER BY id"),
        before,
        "replies keep their place"
    );
    assert_eq!(place.ask("SELECT DISTINCT count || '' FROM threads"), ["0"]);
    assert_eq!(place.ask("SELECT DISTINCT live_replies || '' FROM comments"), ["0"]);
    assert_eq!(place.ask("SELECT count(*) || '' FROM comment_versions"), ["0"]);
    let told = place.ask("SELECT count(DISTINCT comment_id) || '' FROM outbox WHERE fact = 'removed'");
    assert_eq!(told, ["29"], "open pages hear of it");
}

#[test]
fn what_others_wrote_is_left_alone() {
    let place = Place::rich();
    let bo = "UPDATE comments SET author_email = 'bo@example.org', author_name = 'Bo', body = 'Dear ANN@example.org'
              WHERE source_id = 'a-2'";
    place.db.write_blocking(move |tx| Ok(tx.execute(bo, [])?)).unwrap();
    let erased = erase_in(&place, ANN, Forget::Everything).unwrap();
    assert_eq!(count(&erased, "comments"), 30);
    assert_eq!(
        place.ask("SELECT author_name || ' ' || status FROM comments WHERE body <> ''"),
        ["Bo published"]
    );
    assert_eq!(erased.mentions.len(), 1, "{:?}", erased.mentions);
    assert!(erased.to_string().contains(&erased.mentions[0].id.to_string()));
    let root = "SELECT status || live_replies || shown FROM comments WHERE source_id = 'a-1'";
    assert_eq!(place.ask(root), ["deleted11"], "a placeholder above the reply");
}

#[test]
fn a_person_made_anonymous_leaves_what_they_wrote() {
    let place = Place::rich();
    let texts = "SELECT id || status || body || html FROM comments ORDER BY id";
    let before = place.ask(texts);
    let erased = erase_in(&place, ANN, Forget::WhoItWas).unwrap();
    assert!(erased.anonymous && count(&erased, "comments") == 31);
    assert_eq!(place.ask(texts), before);
    assert_eq!(
        place.ask("SELECT DISTINCT author_name || author_email || author_url FROM comments ORDER BY 1"),
        ["", "Anonymous"]
    );
    assert_eq!(place.ask("SELECT name || email FROM guests WHERE name || email <> ''"), [""; 0]);
    assert_eq!(
        place.ask("SELECT up || '' FROM comments WHERE source_id = 'a-1'"),
        ["3"],
        "votes stay counted"
    );
}

#[test]
fn nobody_and_those_who_look_after_the_instance_are_refused() {
    let place = Place::rich();
    for how in [Forget::Everything, Forget::WhoItWas] {
        assert!(matches!(erase_in(&place, "bo@example.org", how), Err(Error::NotFound(_))));
        assert!(matches!(erase_in(&place, "OWNER@example.org", how), Err(Error::Conflict(_))));
        assert!(matches!(erase_in(&place, "", how), Err(Error::Invalid { .. })));
    }
    let owner = lines(&place, "owner@example.org").unwrap();
    assert!(owner.iter().any(|line| line["table"] == "accounts" && line["values"]["name"] == "Wren"));
    assert!(!owner.iter().any(|line| line.to_string().contains("some hash")));
}

#[test]
fn what_is_erased_is_not_brought_back_by_another_import() {
    let place = Place::rich();
    let file = place.export(&crate::community::transfer::export::Selection::Instance);
    erase_in(&place, ANN, Forget::Everything).unwrap();
    let report = place.import(&file);
    assert_eq!(report.imported, 0);
    assert_eq!(place.ask("SELECT count(*) || '' FROM comments WHERE body <> ''"), ["0"]);
    assert!(lines(&place, ANN).is_err(), "nor who it was");
}
