//! Forgetting where comments, votes and reports came from.

use super::store;
use crate::base::clock::Millis;
use crate::base::db::Db;
use crate::base::error::Result;
use crate::base::secrets::random_bytes;

/// Rows changed at once: a server that shares the file goes on answering.
const BATCH: usize = 1000;

/// How many rows were made to forget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    pub comments: usize,
    pub votes: usize,
    pub reports: usize,
}

/// Forgets the network addresses of all that was sent before `moment`: their hashes, and the shortened ones.
/// What is told apart by a hash stays apart.
///
/// # Errors
/// When it cannot be stored.
pub fn forget_before(db: &Db, moment: Millis) -> Result<Forgotten> {
    let mut forgotten = Forgotten::default();
    loop {
        let count = db.write_blocking(move |tx| store::addresses::forget_of_comments(tx, moment, BATCH))?;
        forgotten.comments += count;
        if count < BATCH {
            break;
        }
    }
    let votes = db.read_blocking(|c| store::addresses::of_votes(c, moment))?;
    forgotten.votes = votes.len();
    for batch in votes.chunks(BATCH).map(<[_]>::to_vec) {
        db.write_blocking(move |tx| {
            batch
                .iter()
                .try_for_each(|(comment, guest)| store::addresses::forget_of_vote(tx, *comment, *guest))
        })?;
    }
    let reports = db.read_blocking(|c| store::addresses::of_reports(c, moment))?;
    forgotten.reports = reports.len();
    for batch in reports.chunks(BATCH).map(<[_]>::to_vec) {
        db.write_blocking(move |tx| {
            batch.iter().try_for_each(|(comment, address)| {
                let instead = random_bytes::<{ store::addresses::FORGOTTEN }>();
                store::addresses::forget_of_report(tx, *comment, address, &instead)
            })
        })?;
    }
    Ok(forgotten)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &str = "
        INSERT INTO sites (id, key, name, created_at) VALUES (1, 's', 'S', 0);
        INSERT INTO threads (id, site_id, page, created_at) VALUES (1, 1, '/a', 0);
        INSERT INTO guests (id, site_id, created_at) VALUES (1, 1, 0), (2, 1, 0);
        INSERT INTO comments (id, site_id, thread_id, root_id, depth, path, author_name, format, body, html, status,
            created_at, address_hash, network) VALUES
            (1, 1, 1, 1, 0, x'', 'A', 'html', 'a', 'a', 'published', 10, x'0102030405060708090a0b0c0d0e0f10', ''),
            (2, 1, 1, 2, 0, x'', 'B', 'html', 'b', 'b', 'published', 11, NULL, '192.0.2.0/24'),
            (3, 1, 1, 3, 0, x'', 'C', 'html', 'c', 'c', 'published', 99, x'0102030405060708090a0b0c0d0e0f10', '192.0.2.0/24');
        INSERT INTO votes (comment_id, guest_id, value, address_hash, at) VALUES
            (1, 1, 1, x'0102030405060708090a0b0c0d0e0f10', 10), (1, 2, 1, x'0102030405060708090a0b0c0d0e0f10', 99);
        INSERT INTO reports (comment_id, address_hash, reason, at) VALUES
            (1, x'0102030405060708090a0b0c0d0e0f10', 'one', 10), (1, x'1102030405060708090a0b0c0d0e0f10', 'two', 10),
            (1, x'2102030405060708090a0b0c0d0e0f10', 'new', 99);";

    #[test]
    fn what_is_old_forgets_where_it_came_from_and_stays_apart() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("afterword.sqlite")).unwrap();
        db.write_blocking(|tx| Ok(tx.execute_batch(ROWS)?)).unwrap();
        let forgotten = forget_before(&db, Millis(50)).unwrap();
        assert_eq!(forgotten, Forgotten { comments: 2, votes: 1, reports: 2 });
        let left: String = db
            .read_blocking(|c| {
                let sql = "SELECT (SELECT group_concat(id) FROM comments WHERE address_hash IS NOT NULL OR network <> '')
                               || ' ' || (SELECT group_concat(guest_id) FROM votes WHERE length(address_hash) = 16)
                               || ' ' || (SELECT group_concat(reason) FROM reports WHERE length(address_hash) = 16)
                               || ' ' || (SELECT count(*) FROM reports)";
                Ok(c.query_row(sql, [], |row| row.get(0))?)
            })
            .unwrap();
        assert_eq!(left, "3 2 new 3");
        assert_eq!(forget_before(&db, Millis(50)).unwrap(), Forgotten::default(), "once is enough");
    }
}
