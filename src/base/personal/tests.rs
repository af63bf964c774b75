use std::collections::BTreeSet;

use tempfile::TempDir;

use super::*;
use crate::base::db::Db;

fn database() -> (TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&folder.path().join("afterword.sqlite")).unwrap();
    (folder, db)
}

/// Every column of the schema that holds text or bytes, as `table.column`.
fn columns(connection: &Connection) -> BTreeSet<String> {
    let mut statement = connection
        .prepare(
            "SELECT t.name || '.' || c.name FROM pragma_table_list t JOIN pragma_table_xinfo(t.name) c
             WHERE t.schema = 'main' AND t.type IN ('table', 'virtual') AND t.name NOT LIKE 'sqlite_%'
               AND c.type NOT IN ('INTEGER', 'REAL') AND c.hidden = 0",
        )
        .unwrap();
    let names = statement.query_map([], |row| row.get(0)).unwrap();
    names.map(Result::unwrap).collect()
}

#[test]
fn every_column_is_declared_personal_or_not() {
    let (_folder, db) = database();
    db.read_blocking(|connection| {
        let there = columns(connection);
        let personal =
            TABLES.iter().flat_map(|table| table.columns.iter().map(move |c| (table.name, c.name)));
        let others = NOT_PERSONAL.iter().flat_map(|(table, names)| names.iter().map(move |c| (*table, *c)));
        let (personal, others): (Vec<_>, Vec<_>) = (personal.collect(), others.collect());
        let both: Vec<_> = personal.iter().filter(|column| others.contains(column)).collect();
        assert!(both.is_empty(), "declared personal and not personal: {both:?}");
        let declared: BTreeSet<_> =
            personal.iter().chain(&others).map(|(table, column)| format!("{table}.{column}")).collect();
        let missing: Vec<_> = there.difference(&declared).collect();
        assert!(missing.is_empty(), "declare in src/base/personal/tables.rs whether personal: {missing:?}");
        // Whole numbers may be declared, as some lead to a person.
        let gone: Vec<_> = declared.difference(&there).filter(|name| !name.ends_with("_id")).collect();
        assert!(gone.is_empty(), "declared, but not in the schema: {gone:?}");
        Ok(())
    })
    .unwrap();
}

#[test]
fn every_statement_that_the_list_makes_is_one() {
    let (_folder, db) = database();
    db.write_blocking(|tx| {
        for table in TABLES {
            for how in [Forget::Everything, Forget::WhoItWas] {
                if let Some(sql) = table.forgetting(how) {
                    tx.execute(&sql, ["[]"])?;
                }
            }
            for column in table.columns.iter().filter(|column| column.kind != Kind::Index) {
                tx.prepare(&format!("UPDATE {} SET {} = {}", table.name, column.name, column.cleared))?;
                let (may_be_null, sql): (bool, _) = (
                    column.cleared != "NULL",
                    "SELECT \"notnull\" FROM pragma_table_info(?1) WHERE name = ?2",
                );
                let not_null: bool = tx.query_row(sql, [table.name, column.name], |row| row.get(0))?;
                assert!(may_be_null || !not_null, "{}.{}", table.name, column.name);
            }
        }
        let nobody = find(tx, "ann@example.org")?;
        assert!(count(tx, &nobody)?.is_empty());
        assert!(mentions(tx, "ann@example.org", 10)?.is_empty());
        each_row(tx, &nobody, &mut |_, _| panic!("nobody is here"))
    })
    .unwrap();
}

/// Ann, who wrote with her address, without it, and under another one; Bo; Annie, who first gave an address and
/// then none; and a browser that two people share.
const PEOPLE: &str = "
    INSERT INTO sites (id, key, name, created_at) VALUES (1, 's', 'S', 0);
    INSERT INTO threads (id, site_id, page, created_at) VALUES (1, 1, '/a', 0);
    INSERT INTO guests (id, site_id, name, email, created_at) VALUES
        (1, 1, 'Ann', 'Ann@Example.org', 0), (2, 1, 'Bo', 'bo@example.org', 0),
        (3, 1, 'Annie', '', 0), (4, 1, 'Shared', '', 0);
    INSERT INTO comments (id, site_id, thread_id, root_id, depth, path, guest_id, author_name, author_email, format,
        body, html, status, created_at, network) VALUES
        (1, 1, 1, 1, 0, x'', NULL, 'Ann', 'ann@example.org', 'markdown', 'one', 'one', 'published', 5, '192.0.2.0/24'),
        (2, 1, 1, 2, 0, x'', 1, 'Ann', '', 'markdown', 'two', 'two', 'held', 6, ''),
        (3, 1, 1, 3, 0, x'', 1, 'Other', 'other@example.org', 'markdown', 'three', 'three', 'published', 7, ''),
        (5, 1, 1, 5, 0, x'', 3, 'Annie', 'ann@example.org', 'markdown', 'five', 'five', 'published', 9, ''),
        (6, 1, 1, 6, 0, x'', 3, 'Annie', '', 'markdown', 'six', 'six', 'published', 9, ''),
        (7, 1, 1, 7, 0, x'', 4, 'Ann', 'ann@example.org', 'markdown', 'seven', 'seven', 'published', 9, ''),
        (8, 1, 1, 8, 0, x'', 4, 'Di', 'di@example.org', 'markdown', 'eight', 'eight', 'published', 9, ''),
        (9, 1, 1, 9, 0, x'', 4, 'Di', '', 'markdown', 'nine', 'nine', 'published', 9, ''),
        (4, 1, 1, 4, 0, x'', 2, 'Bo', 'bo@example.org', 'markdown', 'ask ANN@example.org', 'four', 'published', 8, '');
    INSERT INTO votes (comment_id, guest_id, value, address_hash, at) VALUES (4, 1, 1, x'07', 9), (1, 2, 1, x'08', 9);
    INSERT INTO bans (id, kind, pattern, created_at) VALUES (1, 'email', 'ann@example.org', 0), (2, 'name', 'Ann', 0);";

#[test]
fn a_person_is_found_by_their_address_whatever_its_case() {
    let (_folder, db) = database();
    db.write_blocking(|tx| {
        tx.execute_batch(PEOPLE)?;
        for email in ["ann@example.org", "ANN@EXAMPLE.ORG"] {
            let person = find(tx, email)?;
            assert_eq!(person.comments, [1, 2, 5, 6, 7].map(Id));
            assert_eq!(person.guests, [1, 3].map(Id));
            let counts: Vec<_> = count(tx, &person)?.iter().map(|(table, n)| (table.name, *n)).collect();
            assert_eq!(counts, [("votes", 1), ("comments", 5), ("guests", 2), ("bans", 1)]);
        }
        let mut rows = Vec::new();
        each_row(tx, &find(tx, "ann@example.org")?, &mut |table, row| {
            rows.push((table.name, row));
            Ok(())
        })?;
        let (table, first) = &rows[3];
        assert_eq!(
            (*table, &first["id"], &first["body"]),
            ("comments", &Id(1).to_string().into(), &"one".into())
        );
        assert_eq!(
            (&first["created_at"], &first["network"]),
            (&Millis(5).to_string().into(), &"192.0.2.0/24".into())
        );
        assert!(rows.iter().all(|(_, row)| !row.contains_key("password_hash")));
        Ok(())
    })
    .unwrap();
}

#[test]
fn forgetting_everything_leaves_others_alone_and_says_where_the_address_still_stands() {
    let (_folder, db) = database();
    db.write_blocking(|tx| {
        tx.execute_batch(PEOPLE)?;
        let gone: Vec<_> = forget(tx, &find(tx, "ann@example.org")?, Forget::Everything)?
            .iter()
            .map(|(table, n)| (table.name, *n))
            .collect();
        assert_eq!(gone, [("votes", 1), ("comments", 5), ("guests", 2), ("bans", 1)]);
        assert!(count(tx, &find(tx, "ann@example.org")?)?.is_empty());
        let left: String = tx.query_row(
            "SELECT group_concat(id || body || author_name || network) FROM comments WHERE body <> ''",
            [],
            |r| r.get(0),
        )?;
        assert_eq!(left, "3threeOther,4ask ANN@example.orgBo,8eightDi,9nineDi");
        assert_eq!(mentions(tx, "ann@example.org", 10)?, [Mention { table: "comments", id: Id(4) }]);
        Ok(())
    })
    .unwrap();
}

#[test]
fn forgetting_who_it_was_keeps_the_words() {
    let (_folder, db) = database();
    db.write_blocking(|tx| {
        tx.execute_batch(PEOPLE)?;
        forget(tx, &find(tx, "ann@example.org")?, Forget::WhoItWas)?;
        assert!(count(tx, &find(tx, "ann@example.org")?)?.is_empty());
        let sql =
            "SELECT group_concat(body || author_name || ifnull(guest_id, '-')) FROM comments WHERE id < 3";
        assert_eq!(tx.query_row(sql, [], |row| row.get::<_, String>(0))?, "oneAnonymous-,twoAnonymous-");
        Ok(())
    })
    .unwrap();
}
