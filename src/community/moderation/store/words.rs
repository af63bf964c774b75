//! The queue's questions with words in them. The index of words has marks of all else that is asked for, so it alone
//! answers, and by id.

use rusqlite::{Connection, params};

use crate::base::error::Result;
use crate::base::id::Id;
use crate::base::order::Order;
use crate::community::comments::search::{Mark, Question};
use crate::community::moderation::{By, Filter, Query};
use crate::community::sites;
use crate::web::access::Access;

/// What the index is asked; none of a question without words.
pub fn expression(connection: &Connection, query: &Query) -> Result<Option<String>> {
    if !query.has_words() {
        return Ok(None);
    }
    let mut question = Question::default();
    if let Some(words) = &query.words {
        add_words(&mut question, words);
    }
    if let Some(author) = &query.author {
        add_author(&mut question, author);
    }
    match query.filter {
        Filter::Held => question.any(&[Mark::Held]),
        Filter::Spam => question.any(&[Mark::Spam]),
        Filter::Reported => question.any(&[Mark::Reported]),
        Filter::All => {}
    }
    match &query.within {
        Access::Everything => {
            for site in sites::removed(connection)? {
                question.not(&Mark::Site(site.id));
            }
        }
        Access::Sites(sites) => {
            question.any(&sites.iter().copied().map(Mark::Site).collect::<Vec<_>>());
        }
    }
    if let Some(thread) = query.thread {
        question.any(&[Mark::Thread(thread)]);
    }
    Ok(Some(question.expression()))
}

fn add_words(question: &mut Question, words: &str) {
    if words.is_empty() { question.any(&[]) } else { question.words(words) }
}

fn add_author(question: &mut Question, by: &By) {
    match by {
        By::Guest(id) => question.any(&[Mark::Guest(*id)]),
        By::Account(id) => question.any(&[Mark::Account(*id)]),
        By::Email(email) => question.any(&[Mark::Email(email)]),
        By::Name(name) => question.author(name),
    }
}

/// Up to `limit` ids in that span and that order, beyond the one called `after`.
pub fn ids(
    connection: &Connection,
    expression: &str,
    (oldest, newest): (Id, Id),
    (order, after): (Order, Option<Id>),
    limit: u32,
) -> Result<Vec<Id>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT rowid FROM comments_fts WHERE comments_fts MATCH ?1 AND rowid > ?2 AND rowid < ?3
         ORDER BY rowid {} LIMIT ?4",
        order.sql()
    ))?;
    let (mut above, mut below) = (Id(oldest.0.saturating_sub(1)), newest.next());
    match (after, order) {
        (Some(after), Order::Newest) => below = below.min(after),
        (Some(after), Order::Oldest) => above = above.max(after),
        (None, _) => {}
    }
    let ids = statement.query_map(params![expression, above, below, limit], |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// How many in that span are newer than `after`; counting ends at `most`.
pub fn count(
    connection: &Connection,
    expression: &str,
    (oldest, newest): (Id, Id),
    after: Option<Id>,
    most: u32,
) -> Result<i64> {
    let mut statement = connection.prepare_cached(
        "SELECT count(*) FROM (SELECT 1 FROM comments_fts WHERE comments_fts MATCH ?1
         AND rowid >= ?2 AND rowid <= ?3 LIMIT ?4)",
    )?;
    let begin = after.map_or(oldest, |after| oldest.max(after.next()));
    Ok(statement.query_row(params![expression, begin, newest, most], |row| row.get(0))?)
}
