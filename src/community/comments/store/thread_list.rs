//! Threads and people in lists.

use std::fmt::Write;

use rusqlite::types::Value;
use rusqlite::{Connection, Row as SqlRow, params, params_from_iter};

use super::threads::{COLUMNS, thread};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::Comment;
use crate::community::comments::store::comments::{COLUMNS as COMMENT, comment};
use crate::community::comments::threads::list::{Key, Mark, Order, Row, State, Wanted};
use crate::community::comments::threads::{Person, Thread};

/// What an order goes by, as its index has it.
const fn key(order: Order) -> &'static str {
    match order {
        Order::Newest => "t.newest",
        Order::Count => "t.count",
        Order::Name => "lower(iif(t.title = '', t.page, t.title))",
    }
}

/// The words that begin, go on from and put in order a page of a list.
struct Paging {
    key: &'static str,
    further: &'static str,
    direction: &'static str,
}

impl Paging {
    fn of(wanted: &Wanted) -> Self {
        let (further, direction) = if wanted.descending { ("<", "DESC") } else { (">", "ASC") };
        Self { key: key(wanted.order), further, direction }
    }

    /// Beyond the mark in `?1` and `?2`.
    fn beyond(&self, wanted: &Wanted) -> String {
        let Self { key, further, .. } = self;
        if wanted.after.is_none() {
            return "?1 IS NULL AND ?2 IS NULL".to_owned();
        }
        format!("{key} {further}= ?1 AND ({key} {further} ?1 OR t.id {further} ?2)")
    }

    fn order(&self) -> String {
        format!("{} {}, t.id {}", self.key, self.direction, self.direction)
    }
}

fn mark(wanted: &Wanted) -> [Value; 2] {
    match &wanted.after {
        None => [Value::Null, Value::Null],
        Some(Mark { key: Key::Number(number), id }) => [Value::from(*number), Value::from(id.0)],
        Some(Mark { key: Key::Text(text), id }) => [Value::from(text.clone()), Value::from(id.0)],
    }
}

fn row(found: &SqlRow<'_>, order: Order) -> rusqlite::Result<Row> {
    let thread = thread(found)?;
    let key = match order {
        Order::Name => Key::Text(found.get(12)?),
        Order::Newest | Order::Count => Key::Number(found.get(12)?),
    };
    let mark = Mark { key, id: thread.id };
    Ok(Row { thread, mark })
}

/// One page of a site's threads, by the order's index.
pub fn of_site(connection: &Connection, site: Id, wanted: &Wanted) -> Result<Vec<Row>> {
    let paging = Paging::of(wanted);
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS}, {} FROM threads t WHERE t.site_id = ?3 AND {} ORDER BY {} LIMIT ?4",
        paging.key,
        paging.beyond(wanted),
        paging.order()
    ))?;
    let [key, id] = mark(wanted);
    let limit = i64::try_from(wanted.limit).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![key, id, site, limit], |found| row(found, wanted.order))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// One page of the threads that fit, from all there are: reading the table once is quicker than following an index
/// through it.
pub fn filtered(connection: &Connection, wanted: &Wanted) -> Result<Vec<Row>> {
    let paging = Paging::of(wanted);
    let mut values = Vec::from(mark(wanted));
    values.push(Value::from(i64::try_from(wanted.limit).unwrap_or(i64::MAX)));
    let sites: Vec<String> = wanted.sites.iter().map(|site| site.0.to_string()).collect();
    let mut conditions = format!("{} AND t.site_id IN ({})", paging.beyond(wanted), sites.join(", "));
    push_state(&mut conditions, wanted.state, wanted.now, &mut values);
    push_text(&mut conditions, &wanted.text, &mut values);
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS}, {} FROM threads t NOT INDEXED CROSS JOIN sites s ON s.id = t.site_id
         WHERE {conditions} ORDER BY {} LIMIT ?3",
        paging.key,
        paging.order()
    ))?;
    let rows = statement.query_map(params_from_iter(values), |found| row(found, wanted.order))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The upper bits of an id are milliseconds.
const HAS_PASSED: &str = "(t.oldest <> 0 AND coalesce(t.close_after, s.close_after) > 0
     AND (t.oldest >> 20) + coalesce(t.close_after, s.close_after) * 86400000 <= ";

fn push_state(conditions: &mut String, state: State, now: Millis, values: &mut Vec<Value>) {
    let mut passed = || {
        values.push(Value::from(now.0));
        format!("{HAS_PASSED}?{})", values.len())
    };
    let condition = match state {
        State::Any => return,
        State::Open => format!("NOT t.locked AND NOT {}", passed()),
        State::Locked => "t.locked".to_owned(),
        State::Closed => format!("NOT t.locked AND {}", passed()),
        State::Held => "t.held".to_owned(),
        State::Waiting => "t.id IN (SELECT thread_id FROM comments WHERE status = 'held')".to_owned(),
    };
    let _ = write!(conditions, " AND {condition}");
}

fn push_text(conditions: &mut String, text: &str, values: &mut Vec<Value>) {
    if text.is_empty() {
        return;
    }
    let mut either = Vec::new();
    for spelling in spellings(text) {
        values.push(Value::from(pattern(&spelling)));
        let at = values.len();
        for column in ["t.title", "t.page"] {
            either.push(format!("{column} LIKE ?{at} ESCAPE '\\'"));
        }
        either.push(format!(
            "t.id IN (SELECT thread_id FROM thread_aliases WHERE page LIKE ?{at} ESCAPE '\\')"
        ));
    }
    let _ = write!(conditions, " AND ({})", either.join(" OR "));
}

fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern + "%"
}

/// SQLite knows upper and lower case of ASCII alone; other letters are looked for in the ways they are written.
fn spellings(text: &str) -> Vec<String> {
    let mut all = vec![text.to_owned()];
    if !text.is_ascii() {
        let lower = text.to_lowercase();
        let mut letters = lower.chars();
        let capital = letters.next().map(|first| first.to_uppercase().chain(letters).collect());
        all.extend([Some(lower.clone()), Some(text.to_uppercase()), capital].into_iter().flatten());
        all.sort_unstable();
        all.dedup();
    }
    all
}

pub fn waiting(connection: &Connection, thread: Id) -> Result<i64> {
    let mut statement = connection
        .prepare_cached("SELECT count(*) FROM comments WHERE thread_id = ?1 AND status = 'held'")?;
    Ok(statement.query_row([thread], |row| row.get(0))?)
}

/// Other threads of the site by the same name, busiest first; the plus keeps it from walking all in the order of their
/// counts.
pub fn namesakes(connection: &Connection, of: &Thread, limit: u32) -> Result<Vec<Thread>> {
    let name = key(Order::Name);
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM threads t WHERE t.site_id = ?1 AND {name} = lower(?2) AND t.id <> ?3
         ORDER BY +t.count DESC LIMIT ?4"
    ))?;
    let found = statement.query_map(params![of.site, of.name(), of.id, limit], thread)?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// The newest comments of a thread, whatever became of them.
pub fn newest(connection: &Connection, thread: Id, limit: u32) -> Result<Vec<Comment>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COMMENT} FROM comments c WHERE c.thread_id = ?1 AND c.body <> '' ORDER BY c.id DESC LIMIT ?2"
    ))?;
    let found = statement.query_map(params![thread, limit], comment)?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// A person is an account, a guest, or else whoever has that email or that name.
pub fn people(connection: &Connection, thread: Id, looked_at: u32) -> Result<Vec<Person>> {
    let mut statement = connection.prepare_cached(
        "SELECT max(id), author_name, author_email, guest_id, account_id,
                sum(status = 'published'), sum(status = 'held'), sum(status = 'spam')
         FROM (SELECT id, author_name, author_email, guest_id, account_id, status FROM comments
               WHERE thread_id = ?1 ORDER BY id DESC LIMIT ?2)
         WHERE status <> 'deleted'
         GROUP BY coalesce(account_id, guest_id, nullif(lower(author_email), ''), author_name)
         ORDER BY max(id) DESC",
    )?;
    let people = statement.query_map(params![thread, looked_at], |row| {
        Ok(Person {
            last: row.get(0)?,
            name: row.get(1)?,
            email: row.get(2)?,
            guest: row.get(3)?,
            account: row.get(4)?,
            published: row.get(5)?,
            held: row.get(6)?,
            spam: row.get(7)?,
        })
    })?;
    Ok(people.collect::<rusqlite::Result<_>>()?)
}
