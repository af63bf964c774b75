//! The queue's own statements. They are put together from the parts that a question needs: a condition that is
//! not there leaves the planner its index.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::words;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::base::order::Order;
use crate::community::moderation::{By, Filter, Query};
use crate::web::access::Access;

/// The parts of a statement and the values in them, in their order.
struct Question {
    conditions: Vec<String>,
    values: Vec<Value>,
    /// Whether no site was named: then the removed ones are left out.
    everywhere: bool,
}

impl Question {
    fn of(query: &Query) -> Self {
        let mut question = Self {
            conditions: Vec::new(),
            values: Vec::new(),
            everywhere: query.within == Access::Everything,
        };
        question.conditions.push(condition(query.filter).to_owned());
        question.stay_within(&query.within);
        if let Some(thread) = query.thread {
            question.add("c.thread_id = ?", thread.0);
        }
        match &query.author {
            Some(By::Guest(id)) => question.add("c.guest_id = ?", id.0),
            Some(By::Account(id)) => question.add("c.account_id = ?", id.0),
            Some(By::Email(email)) => {
                question.add("c.author_email = ? COLLATE NOCASE AND c.author_email <> ''", email.clone());
            }
            Some(By::Name(_)) | None => {}
        }
        let (oldest, newest) = span(query);
        if query.since.is_some() {
            question.add("c.id >= ?", oldest.0);
        }
        if query.until.is_some() {
            question.add("c.id <= ?", newest.0);
        }
        question
    }

    fn stay_within(&mut self, access: &Access) {
        match access {
            Access::Everything => {}
            Access::Sites(sites) if sites.is_empty() => self.conditions.push("0".to_owned()),
            Access::Sites(sites) => {
                let places = vec!["?"; sites.len()].join(", ");
                self.conditions.push(format!("c.site_id IN ({places})"));
                self.values.extend(sites.iter().map(|site| Value::from(site.0)));
            }
        }
    }

    fn add(&mut self, condition: &str, value: impl Into<Value>) {
        self.conditions.push(condition.to_owned());
        self.values.push(value.into());
    }

    fn ids(mut self, (order, after): (Order, Option<Id>), limit: u32) -> (String, Vec<Value>) {
        match order {
            Order::Newest => self.add("c.id < ?", after.map_or(i64::MAX, |id| id.0)),
            Order::Oldest => self.add("c.id > ?", after.map_or(0, |id| id.0)),
        }
        if self.everywhere {
            self.conditions
                .push("c.site_id NOT IN (SELECT id FROM sites WHERE removed_at IS NOT NULL)".to_owned());
        }
        self.values.push(Value::from(limit));
        let sql = format!(
            "SELECT c.id FROM comments c WHERE {} ORDER BY c.id {} LIMIT ?",
            self.conditions.join(" AND "),
            order.sql()
        );
        (sql, self.values)
    }

    fn count(mut self, most: u32) -> (String, Vec<Value>) {
        if self.everywhere {
            // The same as above, said so that the index which counts without looking at comments is taken.
            self.conditions.push("c.site_id IN (SELECT id FROM sites WHERE removed_at IS NULL)".to_owned());
        }
        self.values.push(Value::from(most));
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 FROM comments c WHERE {} LIMIT ?)",
            self.conditions.join(" AND ")
        );
        (sql, self.values)
    }
}

/// From the oldest to the newest id that a question can mean.
fn span(query: &Query) -> (Id, Id) {
    let oldest = query.since.map_or(Id(0), |since| Id::at(since, 0));
    let newest = query.until.map_or(Id(i64::MAX), |until| Id::at(until, u32::MAX));
    (oldest, newest)
}

const fn condition(filter: Filter) -> &'static str {
    match filter {
        Filter::Held => "c.status = 'held'",
        Filter::Spam => "c.status = 'spam'",
        Filter::Reported => {
            "c.status = 'published' AND c.id IN (SELECT comment_id FROM reports WHERE settled_by IS NULL)"
        }
        Filter::All => "c.body <> ''",
    }
}

/// A question about several sites as one for each, where each then walks its own index in the right order.
fn site_by_site(query: &Query) -> Vec<Query> {
    match &query.within {
        Access::Sites(sites) if sites.len() > 1 => {
            let of = |site: &Id| Query { within: Access::Sites(vec![*site]), ..query.clone() };
            sites.iter().map(of).collect()
        }
        _ => vec![query.clone()],
    }
}

/// Up to `limit` ids in that order, beyond the one called `after`.
pub fn ids(
    connection: &Connection,
    query: &Query,
    (order, after): (Order, Option<Id>),
    limit: u32,
) -> Result<Vec<Id>> {
    if let Some(words) = words::expression(connection, query)? {
        return words::ids(connection, &words, span(query), (order, after), limit);
    }
    let mut found = Vec::new();
    for query in site_by_site(query) {
        let (sql, values) = Question::of(&query).ids((order, after), limit);
        let mut statement = connection.prepare_cached(&sql)?;
        let ids = statement.query_map(params_from_iter(values), |row| row.get(0))?;
        found.extend(ids.collect::<rusqlite::Result<Vec<Id>>>()?);
    }
    found.sort_unstable();
    if order == Order::Newest {
        found.reverse();
    }
    found.truncate(limit as usize);
    Ok(found)
}

/// How many there are; counting ends at `most`.
pub fn count(connection: &Connection, query: &Query, most: u32) -> Result<i64> {
    counted(connection, query, None, most)
}

/// How many comments newer than `after` a question has; counting ends at `most`.
pub fn newer(connection: &Connection, query: &Query, after: Id, most: u32) -> Result<i64> {
    counted(connection, query, Some(after), most)
}

/// Comments that were held or reported after a moment, whenever they were written.
pub fn came_back(connection: &Connection, since: Millis, most: u32) -> Result<Vec<Id>> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM comments WHERE status = 'held' AND edited_at > ?1
         UNION SELECT comment_id FROM reports WHERE settled_by IS NULL AND at > ?1 LIMIT ?2",
    )?;
    let ids = statement.query_map(params![since, most], |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

fn counted(connection: &Connection, query: &Query, after: Option<Id>, most: u32) -> Result<i64> {
    if let Some(words) = words::expression(connection, query)? {
        return words::count(connection, &words, span(query), after, most);
    }
    let mut sum = 0;
    for query in site_by_site(query) {
        let mut question = Question::of(&query);
        if let Some(after) = after {
            question.add("c.id > ?", after.0);
        }
        let (sql, values) = question.count(most);
        let mut statement = connection.prepare_cached(&sql)?;
        sum += statement.query_row(params_from_iter(values), |row| row.get::<_, i64>(0))?;
    }
    Ok(sum.min(i64::from(most)))
}

/// What the person of a filter is called; none when that says it itself, and for a guest of a site that is not
/// theirs.
pub fn name_of(connection: &Connection, access: &Access, by: Option<&By>) -> Result<Option<String>> {
    let (sql, id) = match by {
        Some(By::Guest(id)) => ("SELECT name, site_id FROM guests WHERE id = ?1", id),
        Some(By::Account(id)) => ("SELECT name, NULL FROM accounts WHERE id = ?1", id),
        _ => return Ok(None),
    };
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row([id], |row| Ok((row.get(0)?, row.get(1)?)));
    let found: Option<(String, Option<Id>)> = found.optional()?;
    let name = found.filter(|(_, site)| site.is_none_or(|site| access.allows(site))).map(|(name, _)| name);
    Ok(name.filter(|name| !name.is_empty()))
}
