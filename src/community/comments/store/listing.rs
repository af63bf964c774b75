use rusqlite::{Connection, params};

use super::comments::{COLUMNS, comment};
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::listing::{Place, Shown};
use crate::community::sites::Sort;

/// Which roots come next, and in which order; each walks an index.
const fn order(sort: Sort) -> (&'static str, &'static str) {
    match sort {
        Sort::Oldest => ("id >= ?3", "id"),
        Sort::Newest => ("id <= ?3", "id DESC"),
        Sort::Best => ("(rank, id) <= (?4, ?3)", "rank DESC, id DESC"),
    }
}

/// The comments of the pinned or of the other conversations, in display order, from `from` on.
pub fn segment(
    connection: &Connection,
    thread: Id,
    pinned: bool,
    sort: Sort,
    from: Option<&Place>,
    limit: usize,
) -> Result<Vec<(Shown, f64)>> {
    let (condition, order) = order(sort);
    let condition = if from.is_some() { condition } else { "?3 IS NULL AND ?4 IS NULL" };
    let outer = order.replace("id", "r.id").replace("rank", "r.rank");
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS}, p.author_name AS parent_name, r.rank AS root_rank
         FROM (SELECT id, rank FROM comments
               WHERE thread_id = ?1 AND pinned = ?2 AND parent_id IS NULL AND shown AND {condition}
               ORDER BY {order} LIMIT ?6 + 1) r
         JOIN comments c ON c.root_id = r.id
         LEFT JOIN comments p ON p.id = c.parent_id AND p.status = 'published'
         WHERE c.shown AND (?5 IS NULL OR c.root_id <> ?3 OR c.path > ?5)
         ORDER BY {outer}, c.path LIMIT ?6"
    ))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = params![
        thread,
        pinned,
        from.map(|place| place.root),
        from.map(|place| place.rank),
        from.map(|place| place.path.as_slice()),
        limit
    ];
    let rows = statement.query_map(values, |row| {
        Ok((Shown { comment: comment(row)?, parent_name: row.get("parent_name")? }, row.get("root_rank")?))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
