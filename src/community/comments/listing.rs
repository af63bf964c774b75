//! Reading a thread, page by page, in an order that stays stable while people post.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::Connection;

use super::{Comment, store};
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::sites::Sort;

/// A comment as it stands in the thread.
#[derive(Clone, Debug)]
pub struct Shown {
    pub comment: Comment,
    /// Who wrote what it replies to, while that is published.
    pub parent_name: Option<String>,
}

/// One page of a thread.
#[derive(Clone, Debug)]
pub struct Listing {
    pub comments: Vec<Shown>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

/// The last comment of a page, by what the order goes by: new comments before or after it do not
/// move it.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub pinned: bool,
    pub rank: f64,
    pub root: Id,
    pub path: Vec<u8>,
}

/// Up to `limit` comments after `cursor`. Pinned conversations come first, then the others by
/// `sort`; below each, its replies from the oldest on, so that it reads as it was said.
///
/// # Errors
/// `Invalid` for a cursor that is none of ours, or of another order.
pub fn list(
    connection: &Connection,
    thread: Id,
    sort: Sort,
    limit: usize,
    cursor: Option<&str>,
) -> Result<Listing> {
    let place = cursor.map(|text| Place::read(connection, thread, text, sort)).transpose()?;
    let mut rows = Vec::new();
    for pinned in [true, false] {
        let from = place.as_ref().filter(|place| place.pinned == pinned);
        let is_past = pinned && place.as_ref().is_some_and(|place| !place.pinned);
        if is_past || rows.len() > limit {
            continue;
        }
        let wanted = limit + 1 - rows.len();
        let found = store::listing::segment(connection, thread, pinned, sort, from, wanted)?;
        rows.extend(found.into_iter().map(|(shown, rank)| (shown, pinned, rank)));
    }
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|(shown, pinned, rank)| {
        Cursor { pinned: *pinned, rank: *rank, comment: shown.comment.id }.write(sort)
    });
    Ok(Listing { comments: rows.into_iter().map(|(shown, _, _)| shown).collect(), next })
}

impl Place {
    fn read(connection: &Connection, thread: Id, text: &str, sort: Sort) -> Result<Self> {
        let wrong = || {
            Error::invalid(
                "cursor",
                "Take the cursor from “next_cursor” of the page before, with the same sort.",
            )
        };
        let cursor = Cursor::parse(text, sort).ok_or_else(wrong)?;
        let comment = store::comments::by_id(connection, cursor.comment)?;
        let comment = comment.filter(|comment| comment.thread == thread).ok_or_else(wrong)?;
        Ok(Self { pinned: cursor.pinned, rank: cursor.rank, root: comment.root, path: comment.path })
    }
}

/// What a client carries from page to page: the last comment, and what its conversation ranked by then.
#[derive(Clone, Debug, PartialEq)]
struct Cursor {
    pinned: bool,
    rank: f64,
    comment: Id,
}

impl Cursor {
    fn write(&self, sort: Sort) -> String {
        let text = format!("{sort}.{}.{:x}.{}", u8::from(self.pinned), self.rank.to_bits(), self.comment);
        URL_SAFE_NO_PAD.encode(text)
    }

    fn parse(text: &str, sort: Sort) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let mut parts = text.split('.');
        if parts.next()? != sort.as_str() {
            return None;
        }
        let pinned = parts.next()? == "1";
        let rank = f64::from_bits(u64::from_str_radix(parts.next()?, 16).ok()?);
        let comment = parts.next()?.parse().ok()?;
        (parts.next().is_none() && rank.is_finite()).then_some(Self { pinned, rank, comment })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_belongs_to_its_order() {
        let cursor = Cursor { pinned: true, rank: 0.25, comment: Id(77) };
        let text = cursor.write(Sort::Best);
        assert_eq!(Cursor::parse(&text, Sort::Best), Some(cursor));
        assert_eq!(Cursor::parse(&text, Sort::Newest), None);
        assert_eq!(Cursor::parse("rubbish", Sort::Best), None);
        assert_eq!(Cursor::parse("", Sort::Best), None);
    }
}
