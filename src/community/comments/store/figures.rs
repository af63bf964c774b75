use rusqlite::{Connection, params};

use super::threads::{COLUMNS, thread};
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::comments::Status;
use crate::community::comments::figures::Busy;
use crate::web::frame::SiteCounts;

/// Ids as one value of a statement, for `json_each`.
fn list(ids: &[Id]) -> Result<String> {
    let numbers: Vec<i64> = ids.iter().map(|id| id.0).collect();
    serde_json::to_string(&numbers).map_err(Error::internal)
}

/// How many comments of these sites have ids from `from` on and before `to`: counted in an index that has all of it.
pub fn count(connection: &Connection, sites: &[Id], status: Status, from: Id, to: Id) -> Result<i64> {
    let mut statement = connection.prepare_cached(
        "SELECT count(*) FROM comments
         WHERE site_id IN (SELECT value FROM json_each(?1)) AND status = ?2 AND id >= ?3 AND id < ?4",
    )?;
    Ok(statement.query_row(params![list(sites)?, status.as_str(), from, to], |row| row.get(0))?)
}

/// The oldest comment of these sites with this status.
pub fn oldest(connection: &Connection, sites: &[Id], status: Status) -> Result<Option<Id>> {
    let mut statement =
        connection.prepare_cached("SELECT min(id) FROM comments WHERE site_id = ?1 AND status = ?2")?;
    let mut oldest: Option<Id> = None;
    for site in sites {
        let first: Option<Id> = statement.query_row(params![site, status.as_str()], |row| row.get(0))?;
        oldest = [oldest, first].into_iter().flatten().min();
    }
    Ok(oldest)
}

/// The threads with the most comments among the newest published ones from `from` on, of which `sample` are looked at.
pub fn busiest(
    connection: &Connection,
    sites: &[Id],
    from: Id,
    sample: u32,
    limit: u32,
) -> Result<Vec<Busy>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS}, b.number, s.key FROM
           (SELECT thread_id, count(*) AS number FROM
              (SELECT thread_id, site_id FROM comments WHERE status = 'published' AND id >= ?2
               ORDER BY id DESC LIMIT ?3)
            WHERE site_id IN (SELECT value FROM json_each(?1))
            GROUP BY thread_id ORDER BY number DESC, thread_id DESC LIMIT ?4) b
         JOIN threads t ON t.id = b.thread_id JOIN sites s ON s.id = t.site_id
         ORDER BY b.number DESC, t.id DESC"
    ))?;
    let found = statement.query_map(params![list(sites)?, from, sample, limit], |row| {
        Ok(Busy { thread: thread(row)?, comments: row.get("number")?, site_key: row.get("key")? })
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Whether there is any comment on these sites.
pub fn any(connection: &Connection, sites: &[Id]) -> Result<bool> {
    let mut statement = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM comments WHERE site_id IN (SELECT value FROM json_each(?1)))",
    )?;
    Ok(statement.query_row([list(sites)?], |row| row.get(0))?)
}

pub fn of_site(connection: &Connection, site: Id) -> Result<SiteCounts> {
    let count = |table: &str| -> Result<i64> {
        let mut statement =
            connection.prepare_cached(&format!("SELECT count(*) FROM {table} WHERE site_id = ?1"))?;
        Ok(statement.query_row([site], |row| row.get(0))?)
    };
    Ok(SiteCounts { threads: count("threads")?, comments: count("comments")?, people: count("guests")? })
}
