//! Writing the whole file anew, so that nothing that was deleted can be found in it any more.

use std::time::Duration;

use rusqlite::Connection;

use super::Db;
use crate::base::error::{Error, Result};

/// Longer than any single write takes; a server that shares the file waits no longer for us.
const BUSY: Duration = Duration::from_secs(30);

impl Db {
    /// Writes the file anew without what was deleted: SQLite leaves that in unused parts of its pages, and the
    /// search index in its older segments, until something else needs the room. Others can read meanwhile, but
    /// not write. It needs as much free room as the file is large, twice.
    ///
    /// # Errors
    /// `Unavailable` when another process is in the way for too long; `Full` when the disk is.
    pub fn rewrite(&self) -> Result<()> {
        let connection = Connection::open(self.path())?;
        connection.busy_timeout(BUSY)?;
        for index in search_indexes(&connection)? {
            connection.execute(&format!("INSERT INTO \"{index}\" (\"{index}\") VALUES ('optimize')"), [])?;
        }
        connection.execute_batch("PRAGMA temp_store = FILE; VACUUM;")?;
        // The log still holds pages as they were before.
        let in_the_way: bool =
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if in_the_way {
            return Err(Error::Unavailable(
                "The file is written anew, but somebody was reading the old pages, so that its write-ahead log \
                 still has them. Do the same again in a moment, or restart the server."
                    .into(),
            ));
        }
        Ok(())
    }
}

fn search_indexes(connection: &Connection) -> Result<Vec<String>> {
    let mut statement = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%USING fts5%'")?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "Bartholomew-Unmistakable";

    fn is_in_the_file(db: &Db) -> bool {
        let files = ["", "-wal"].map(|ending| format!("{}{ending}", db.path().display()));
        let bytes = files.map(|file| std::fs::read(file).unwrap_or_default()).concat();
        bytes.windows(NAME.len()).any(|window| window == NAME.as_bytes())
    }

    #[test]
    fn what_was_deleted_is_not_in_the_file_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("afterword.sqlite")).unwrap();
        db.note("name", NAME.into()).unwrap();
        assert!(is_in_the_file(&db));
        db.note("name", "x".into()).unwrap();
        db.rewrite().unwrap();
        assert!(!is_in_the_file(&db));
        assert_eq!(db.noted("name").unwrap().as_deref(), Some("x"), "and it still works");
    }

    #[test]
    fn nor_in_the_search_index() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("afterword.sqlite")).unwrap();
        let term = NAME.to_lowercase();
        let term = term.split('-').next().unwrap();
        db.write_blocking(|tx| {
            for (id, words) in [(1, NAME), (2, "Barbara"), (3, "somebody else")] {
                tx.execute("INSERT INTO comments_fts (rowid, words) VALUES (?1, ?2)", (id, words))?;
            }
            Ok(())
        })
        .unwrap();
        db.write_blocking(|tx| Ok(tx.execute("DELETE FROM comments_fts WHERE rowid = 1", [])?)).unwrap();
        db.rewrite().unwrap();
        let bytes = std::fs::read(db.path()).unwrap();
        // Terms of the index share their beginnings, so only the end of one stands there for sure.
        let end = &term.as_bytes()[3..];
        assert!(!bytes.windows(end.len()).any(|window| window == end), "{term}");
        let found: i64 = db
            .read_blocking(|c| {
                Ok(c.query_row("SELECT count(*) FROM comments_fts('barbara')", [], |row| row.get(0))?)
            })
            .unwrap();
        assert_eq!(found, 1);
    }
}
