//! Bringing the schema up to date: `expand_` steps keep the previous release working on the new
//! schema, a `contract_` step ships one release later.

use std::path::Path;
use std::sync::LazyLock;

use rusqlite::{Connection, OptionalExtension};
use rusqlite_migration::{M, Migrations};

use crate::base::error::{Error, Result};

const STEPS: &[M<'_>] = &[
    M::up(include_str!("../migrations/0001_expand_initial.sql")),
    M::up(include_str!("../migrations/0002_expand_dashboard.sql")),
    M::up(include_str!("../migrations/0003_expand_threads.sql")),
    M::up(include_str!("../migrations/0004_expand_revisions.sql")),
];
static MIGRATIONS: LazyLock<Migrations<'static>> = LazyLock::new(|| Migrations::from_slice(STEPS));

/// Runs the steps that are missing, each in a transaction.
///
/// # Errors
/// As [`check_newer`], and when a step fails.
pub fn up(connection: &mut Connection, path: &Path) -> Result<()> {
    if found(connection)? > STEPS.len() {
        return check_newer(connection, path);
    }
    MIGRATIONS.to_latest(connection).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => Error::from(err),
        other => Error::internal(other),
    })
}

fn found(connection: &Connection) -> Result<usize> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

/// A newer file opens when it says that a release as old as this one may (`min_reader`).
///
/// # Errors
/// `Unavailable` when a newer release wrote the file and this one may not open it.
pub fn check_newer(connection: &Connection, path: &Path) -> Result<()> {
    let found = found(connection)?;
    if found <= STEPS.len() {
        return Ok(());
    }
    let min_reader: Option<String> = connection
        .query_row("SELECT value FROM meta WHERE key = 'min_reader'", [], |row| row.get(0))
        .optional()
        .unwrap_or(None);
    let ours = env!("CARGO_PKG_VERSION");
    match min_reader {
        Some(oldest) if release(ours) >= release(&oldest) => Ok(()),
        oldest => Err(Error::Unavailable(format!(
            "The database {} was written by a newer release of Afterword (its schema is {found}; this release, {ours}, \
             knows {}).\nNothing was changed. What to do: start Afterword {} or newer on it, or put back the copy of the \
             database from before that upgrade.",
            path.display(),
            STEPS.len(),
            oldest.as_deref().unwrap_or("in its latest release")
        ))),
    }
}

/// The numbers of a release, for comparing: `1.12.3` → `[1, 12, 3]`.
fn release(text: &str) -> Vec<u64> {
    text.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema_of(connection: &Connection) -> String {
        let mut statement = connection
            .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid")
            .unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        rows.map(|sql| sql.unwrap() + ";\n").collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_migrations_are_valid() {
        MIGRATIONS.validate().unwrap();
    }

    #[test]
    fn the_checked_in_schema_is_what_the_migrations_make() {
        let mut connection = Connection::open_in_memory().unwrap();
        up(&mut connection, Path::new("memory")).unwrap();
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/base/schema.sql");
        let schema = schema_of(&connection);
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write(&file, &schema).unwrap();
        }
        let written = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            written == schema,
            "src/base/schema.sql is out of date: run  UPDATE_SCHEMA=1 cargo test schema"
        );
    }

    #[test]
    fn threads_that_were_there_learn_of_their_first_and_last_comments() {
        let mut connection = Connection::open_in_memory().unwrap();
        MIGRATIONS.to_version(&mut connection, 2).unwrap();
        connection
            .execute_batch(
                "INSERT INTO sites (id, key, name, created_at) VALUES (1, 'blog', 'Blog', 0);
                 INSERT INTO threads (id, site_id, page, created_at) VALUES (1, 1, '/a', 0), (2, 1, '/b', 0);
                 INSERT INTO comments (id, site_id, thread_id, root_id, depth, path, author_name, format, body, html, status, created_at)
                 SELECT value, 1, 1, value, 0, x'', 'Ann', 'markdown', 'x', 'x', iif(value IN (10, 40), 'held', 'published'), 0
                 FROM json_each('[10, 20, 30, 40]');",
            )
            .unwrap();
        up(&mut connection, Path::new("memory")).unwrap();
        let ends = |thread: i64| {
            let row = "SELECT oldest, newest FROM threads WHERE id = ?1";
            connection.query_row(row, [thread], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
        };
        let (known, empty): ((i64, i64), (i64, i64)) = (ends(1), ends(2));
        assert_eq!((known, empty), ((20, 30), (0, 0)));
    }

    #[test]
    fn a_newer_schema_is_refused_unless_it_lets_this_release_in() {
        let mut connection = Connection::open_in_memory().unwrap();
        up(&mut connection, Path::new("memory")).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        assert!(up(&mut connection, Path::new("memory")).is_ok(), "min_reader lets this release in");

        connection.execute("UPDATE meta SET value = '99.0.0' WHERE key = 'min_reader'", []).unwrap();
        let refusal = up(&mut connection, Path::new("memory")).unwrap_err().to_string();
        assert!(refusal.contains("newer release") && refusal.contains("99.0.0"), "{refusal}");
    }

    #[test]
    fn releases_compare_by_number() {
        assert!(release("0.10.0") > release("0.9.9"));
        assert!(release("1.0.0-rc1") >= release("1.0.0"));
    }
}
