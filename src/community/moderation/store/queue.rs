//! The queue's own statements. They are put together from the parts that a question needs: a condition that is
//! not there leaves the planner its index.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::moderation::{By, Filter, Query};

/// The parts of a statement and the values in them, in their order.
struct Question {
    from: &'static str,
    conditions: Vec<String>,
    values: Vec<Value>,
    /// Whether no site was named: then the removed ones are left out.
    everywhere: bool,
}

impl Question {
    fn of(query: &Query) -> Self {
        let mut question = Self {
            from: "comments c",
            conditions: Vec::new(),
            values: Vec::new(),
            everywhere: query.site.is_none(),
        };
        if let Some(words) = expression(query) {
            // In this order, whatever the planner thinks: the index of words answers by descending id at once.
            question.from = "comments_fts f CROSS JOIN comments c ON c.id = f.rowid";
            question.add("comments_fts MATCH ?", words);
        }
        question.conditions.push(condition(query.filter).to_owned());
        if let Some(site) = query.site {
            question.add("c.site_id = ?", site.0);
        }
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
        let id = question.id();
        if let Some(since) = query.since {
            question.add(&format!("{id} >= ?"), Id::at(since, 0).0);
        }
        if let Some(until) = query.until {
            question.add(&format!("{id} <= ?"), Id::at(until, u32::MAX).0);
        }
        question
    }

    fn add(&mut self, condition: &str, value: impl Into<Value>) {
        self.conditions.push(condition.to_owned());
        self.values.push(value.into());
    }

    /// The comment's id, where the statement's order comes from.
    fn id(&self) -> &'static str {
        if self.from.starts_with("comments_fts") { "f.rowid" } else { "c.id" }
    }

    fn ids(mut self, before: Id, limit: u32) -> (String, Vec<Value>) {
        let id = self.id();
        self.add(&format!("{id} < ?"), before.0);
        if self.everywhere {
            self.conditions
                .push("c.site_id NOT IN (SELECT id FROM sites WHERE removed_at IS NOT NULL)".to_owned());
        }
        self.values.push(Value::from(limit));
        let sql = format!(
            "SELECT {id} FROM {} WHERE {} ORDER BY {id} DESC LIMIT ?",
            self.from,
            self.conditions.join(" AND ")
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
            "SELECT count(*) FROM (SELECT 1 FROM {} WHERE {} LIMIT ?)",
            self.from,
            self.conditions.join(" AND ")
        );
        (sql, self.values)
    }
}

/// What the index of words is asked: the text, the name, or both.
fn expression(query: &Query) -> Option<String> {
    match (&query.words, &query.author) {
        (Some(words), Some(By::Name(name))) => Some(format!("({words}) AND ({name})")),
        (Some(one), _) | (None, Some(By::Name(one))) => Some(one.clone()),
        _ => None,
    }
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

/// Up to `limit` ids older than `before`, newest first.
pub fn ids(connection: &Connection, query: &Query, before: Option<Id>, limit: u32) -> Result<Vec<Id>> {
    let (sql, values) = Question::of(query).ids(before.unwrap_or(Id(i64::MAX)), limit);
    let mut statement = connection.prepare_cached(&sql)?;
    let ids = statement.query_map(params_from_iter(values), |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// How many there are; counting ends at `most`.
pub fn count(connection: &Connection, query: &Query, most: u32) -> Result<i64> {
    let (sql, values) = Question::of(query).count(most);
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_row(params_from_iter(values), |row| row.get(0))?)
}

/// How many comments newer than `after` a question has; counting ends at `most`.
pub fn newer(connection: &Connection, query: &Query, after: Id, most: u32) -> Result<i64> {
    let mut question = Question::of(query);
    let id = question.id();
    question.add(&format!("{id} > ?"), after.0);
    let (sql, values) = question.count(most);
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_row(params_from_iter(values), |row| row.get(0))?)
}

/// What the person of a filter is called; none when that says it itself.
pub fn name_of(connection: &Connection, by: Option<&By>) -> Result<Option<String>> {
    let (table, id) = match by {
        Some(By::Guest(id)) => ("guests", id),
        Some(By::Account(id)) => ("accounts", id),
        _ => return Ok(None),
    };
    let mut statement = connection.prepare_cached(&format!("SELECT name FROM {table} WHERE id = ?1"))?;
    let name: Option<String> = statement.query_row([id], |row| row.get(0)).optional()?;
    Ok(name.filter(|name| !name.is_empty()))
}
