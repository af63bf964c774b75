//! What a comment said before it was edited, and what each edit changed.

use rusqlite::{Connection, Transaction};
use similar::{ChangeTag, TextDiff};

use super::edit::Text;
use super::{Comment, search, store};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;

/// Older texts go when there are more.
const MOST: u32 = 20;
/// Longer texts are compared line by line: word by word would take too long.
const LONG: usize = 20_000;

/// A text that an edit replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub written_at: Millis,
    pub body: String,
}

/// One edit: when it was made, and the text around it in pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub at: Millis,
    /// When the text was written that it replaced.
    pub replaced: Millis,
    pub pieces: Vec<Piece>,
}

/// A stretch of text that an edit left, took out or put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Same(String),
    Removed(String),
    Added(String),
}

/// Gives a comment another text and keeps the one it had.
///
/// # Errors
/// When it cannot be stored.
pub fn replace(tx: &Transaction<'_>, comment: &Comment, body: &str, html: &str, now: Millis) -> Result<()> {
    store::versions::keep(tx, comment.id)?;
    store::versions::trim(tx, comment.id, MOST)?;
    store::comments::set_text(tx, comment.id, body, html, now)?;
    search::index(tx, comment.id)
}

/// The text that was written then, as it was shown, if it is still kept.
///
/// # Errors
/// When it cannot be read.
pub fn text(connection: &Connection, comment: Id, written_at: Millis) -> Result<Option<Text>> {
    let found = store::versions::text(connection, comment, written_at)?;
    Ok(found.map(|(body, html)| Text { body, html, blocked: None }))
}

/// The edits of a comment, newest first.
///
/// # Errors
/// When they cannot be read.
pub fn edits(connection: &Connection, comment: &Comment) -> Result<Vec<Edit>> {
    let mut texts = store::versions::of(connection, comment.id)?;
    let written_at = comment.edited_at.unwrap_or(comment.created_at);
    texts.push(Version { written_at, body: comment.body.clone() });
    let edits = texts.windows(2).map(|pair| Edit {
        at: pair[1].written_at,
        replaced: pair[0].written_at,
        pieces: difference(&pair[0].body, &pair[1].body),
    });
    let mut edits: Vec<Edit> = edits.collect();
    edits.reverse();
    Ok(edits)
}

/// Word by word; line by line where the texts are long.
#[must_use]
pub fn difference(before: &str, after: &str) -> Vec<Piece> {
    let diff = if before.len() + after.len() > LONG {
        TextDiff::from_lines(before, after)
    } else {
        TextDiff::from_unicode_words(before, after)
    };
    let mut pieces: Vec<Piece> = Vec::new();
    for change in diff.iter_all_changes() {
        let text = change.value();
        match (change.tag(), pieces.last_mut()) {
            (ChangeTag::Equal, Some(Piece::Same(run)))
            | (ChangeTag::Delete, Some(Piece::Removed(run)))
            | (ChangeTag::Insert, Some(Piece::Added(run))) => run.push_str(text),
            (ChangeTag::Equal, _) => pieces.push(Piece::Same(text.to_owned())),
            (ChangeTag::Delete, _) => pieces.push(Piece::Removed(text.to_owned())),
            (ChangeTag::Insert, _) => pieces.push(Piece::Added(text.to_owned())),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_word_is_out_and_in_with_the_rest_as_it_was() {
        let pieces = difference("I like red apples.", "I like green apples.");
        assert_eq!(
            pieces,
            [
                Piece::Same("I like ".into()),
                Piece::Removed("red".into()),
                Piece::Added("green".into()),
                Piece::Same(" apples.".into())
            ]
        );
    }

    #[test]
    fn pieces_put_together_are_the_two_texts() {
        let (before, after) = ("one\ntwo 日本語 three", "one\nzwei 日本 three\nfour");
        let (mut old, mut new) = (String::new(), String::new());
        for piece in difference(before, after) {
            match piece {
                Piece::Same(text) => {
                    old += &text;
                    new += &text;
                }
                Piece::Removed(text) => old += &text,
                Piece::Added(text) => new += &text,
            }
        }
        assert_eq!((old.as_str(), new.as_str()), (before, after));
    }
}
