use super::*;
use crate::base::audit::{Filter, entries};
use crate::base::config::Config;
use crate::base::id::Id;
use crate::base::order::Order;

const NOON: Millis = Millis(1_790_000_000_000);

fn app() -> (tempfile::TempDir, App) {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.data.dir = folder.path().to_owned();
    (folder, App::open(config).unwrap())
}

fn sql(app: &App, statement: String) {
    app.db.write_blocking(move |tx| Ok(tx.execute_batch(&statement)?)).unwrap();
}

fn number(app: &App, query: &str) -> i64 {
    app.db.read_blocking(|c| Ok(c.query_row(query, [], |row| row.get(0))?)).unwrap()
}

fn days_ago(days: i64) -> i64 {
    NOON.0 - days * 86_400_000
}

/// The actions in the audit trail with what became, oldest first.
fn trail(app: &App) -> Vec<(String, String)> {
    let found = app.db.read_blocking(|c| entries(c, &Filter::default(), Order::Oldest, None, 100)).unwrap();
    found.into_iter().map(|row| (row.action, row.became)).collect()
}

/// A site, a thread, and a comment of each of these ages with an address.
fn with_comments(ages: &[i64]) -> (tempfile::TempDir, App) {
    let (folder, app) = app();
    sql(
        &app,
        "INSERT INTO sites (id, key, name, created_at) VALUES (1, 'blog', 'Blog', 0);
         INSERT INTO threads (id, site_id, page, created_at) VALUES (1, 1, '/a', 0);"
            .into(),
    );
    for (id, age) in (1..).zip(ages) {
        sql(
            &app,
            format!(
                "INSERT INTO comments (id, site_id, thread_id, root_id, depth, path, author_name, format, body, html, status,
                        created_at, address_hash, network)
                 VALUES ({id}, 1, 1, {id}, 0, X'', 'Ann', 'markdown', 'x', 'x', 'published', {}, X'aa', '192.0.2.0/24')",
                days_ago(*age)
            ),
        );
    }
    (folder, app)
}

#[test]
fn older_comments_lose_their_addresses_and_nothing_else() {
    let (_folder, app) = with_comments(&[40, 31, 29, 0]);
    assert!(forget_addresses(&app, NOON).unwrap().starts_with("forgot the addresses of 2 comments"));
    assert_eq!(number(&app, "SELECT count(*) FROM comments WHERE address_hash IS NULL AND network = ''"), 2);
    assert_eq!(number(&app, "SELECT count(*) FROM comments WHERE address_hash IS NOT NULL AND id > 2"), 2);
    assert!(forget_addresses(&app, NOON).unwrap().contains(" 0 comments"));
    assert_eq!(trail(&app), [("addresses.forget".to_owned(), "2".to_owned())]);
}

#[test]
fn how_old_is_a_setting() {
    let (_folder, app) = with_comments(&[3, 1]);
    let key = "addresses.forget_after_days";
    app.db.write_blocking(move |tx| settings::set(tx, key, "2", &Actor::command_line(), NOON)).unwrap();
    assert!(forget_addresses(&app, NOON).unwrap().contains(" 1 comments"));
}

#[test]
fn the_salt_is_replaced_when_it_is_old_enough() {
    let (_folder, app) = app();
    assert_eq!(rotate_salt(&app, NOON).unwrap(), "made a new salt and threw 0 away");
    assert!(rotate_salt(&app, NOON + 29 * A_DAY).unwrap().contains("still holds"));
    assert_eq!(rotate_salt(&app, NOON + 30 * A_DAY).unwrap(), "made a new salt and threw 1 away");
    let key = "addresses.salt_days";
    app.db.write_blocking(move |tx| settings::set(tx, key, "1", &Actor::command_line(), NOON)).unwrap();
    assert_eq!(rotate_salt(&app, NOON + 31 * A_DAY).unwrap(), "made a new salt and threw 1 away");
    assert_eq!(number(&app, "SELECT count(*) FROM address_salts"), 1);
}

#[test]
fn whoever_has_no_comment_and_no_new_vote_is_forgotten_and_the_sums_stay() {
    let (_folder, app) = with_comments(&[0]);
    let guest = |id: i64, age: i64| {
        format!("INSERT INTO guests (id, site_id, created_at) VALUES ({id}, 1, {});", days_ago(age))
    };
    let vote = |guest: i64, age: i64| {
        format!(
            "INSERT INTO votes (comment_id, guest_id, value, address_hash, at) VALUES (1, {guest}, 1, X'aa', {});",
            days_ago(age)
        )
    };
    let all = [guest(10, 400), guest(11, 400), guest(12, 400), guest(13, 10), guest(14, 400)].concat()
        + &[vote(11, 400), vote(12, 10)].concat()
        + "UPDATE comments SET guest_id = 14, up = 2 WHERE id = 1";
    sql(&app, all);
    assert!(forget_guests(&app, NOON).unwrap().starts_with("forgot 2 people"));
    let kept = app.db.read_blocking(|c| {
        let mut statement = c.prepare("SELECT id FROM guests ORDER BY id")?;
        let ids =
            statement.query_map([], |row| row.get::<_, Id>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(ids)
    });
    assert_eq!(kept.unwrap(), [12, 13, 14].map(Id));
    assert_eq!(number(&app, "SELECT up FROM comments"), 2);
    assert_eq!(number(&app, "SELECT count(*) FROM votes"), 1);
    assert_eq!(trail(&app), [("guests.forget".to_owned(), "2".to_owned())]);
}

#[test]
fn nobody_is_forgotten_when_the_setting_says_never() {
    let (_folder, app) = app();
    let key = "guests.forget_after_days";
    app.db.write_blocking(move |tx| settings::set(tx, key, "0", &Actor::command_line(), NOON)).unwrap();
    assert!(forget_guests(&app, NOON).unwrap().starts_with("nobody"));
}
