//! Finding comments by their words, whatever the script.
//!
//! SQLite's `unicode61` tokenizer parts words at spaces and punctuation. Scripts that write without spaces would be
//! one long word to it, so each of their letters is made a word of its own; a phrase of them is then found anywhere.

mod expression;
mod marks;

use rusqlite::Transaction;

use super::markup::without_tags;
use super::{Status, store};
use crate::base::error::Result;
use crate::base::id::Id;

pub use expression::{IN_NAMES, IN_TEXTS, expression};
pub use marks::{Mark, Question};

/// Comments that moved are put into the index at once up to this number: the writer has others to serve.
const MOST_AT_ONCE: usize = 2000;

/// What the index is told of a comment.
#[derive(Clone, Debug)]
pub struct Found {
    pub id: Id,
    pub site: Id,
    pub thread: Id,
    pub guest: Option<Id>,
    pub account: Option<Id>,
    pub email: String,
    pub status: Status,
    pub is_reported: bool,
    pub author: String,
    pub html: String,
}

/// Blocks of scripts written without spaces between words, first and last letter (Unicode 17 block ranges). Hangul
/// has spaces, but hangs its particles on the word before.
const UNSPACED: [(char, char); 11] = [
    ('\u{0E00}', '\u{0EFF}'),   // Thai, Lao
    ('\u{0F00}', '\u{109F}'),   // Tibetan, Myanmar
    ('\u{1780}', '\u{17FF}'),   // Khmer
    ('\u{3005}', '\u{3007}'),   // iteration mark and zero of Han
    ('\u{3041}', '\u{30FF}'),   // Hiragana, Katakana
    ('\u{31F0}', '\u{31FF}'),   // Katakana extensions
    ('\u{3400}', '\u{4DBF}'),   // Han, extension A
    ('\u{4E00}', '\u{9FFF}'),   // Han
    ('\u{AC00}', '\u{D7AF}'),   // Hangul
    ('\u{F900}', '\u{FAFF}'),   // Han, compatibility
    ('\u{20000}', '\u{3FFFF}'), // Han, further extensions
];

/// Text with a space around each letter of a script that has none.
#[must_use]
pub fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 2);
    for letter in text.chars() {
        let alone = stands_alone(letter);
        if alone {
            out.push(' ');
        }
        out.push(letter);
        if alone {
            out.push(' ');
        }
    }
    out
}

fn stands_alone(letter: char) -> bool {
    UNSPACED.iter().any(|(first, last)| (*first..=*last).contains(&letter))
}

/// Puts a comment into the index as it is now, or takes one out that says nothing any more.
///
/// # Errors
/// When it cannot be stored.
pub fn index(tx: &Transaction<'_>, id: Id) -> Result<()> {
    match store::search::read(tx, id)? {
        Some(found) => put(tx, &found),
        None => forget(tx, id),
    }
}

/// The same for all that moved together: so many at once, the others when the job `search-index` comes by.
///
/// # Errors
/// When it cannot be stored.
pub fn index_all(tx: &Transaction<'_>, ids: &[Id]) -> Result<()> {
    let (now, later) = ids.split_at(ids.len().min(MOST_AT_ONCE));
    now.iter().try_for_each(|id| index(tx, *id))?;
    later.iter().try_for_each(|id| forget(tx, *id))
}

/// Takes a comment out of the index.
///
/// # Errors
/// When it cannot be stored.
pub fn forget(tx: &Transaction<'_>, id: Id) -> Result<()> {
    store::search::remove(tx, id)
}

/// Puts up to `limit` comments into the index that are not in it; answers how many.
///
/// # Errors
/// When they cannot be read or stored.
pub fn catch_up(tx: &Transaction<'_>, limit: u32) -> Result<usize> {
    let missing = store::search::missing(tx, limit)?;
    missing.iter().try_for_each(|id| index(tx, *id))?;
    Ok(missing.len())
}

fn put(tx: &Transaction<'_>, found: &Found) -> Result<()> {
    let mut marks = vec![Mark::Site(found.site), Mark::Thread(found.thread)];
    marks.extend(found.guest.map(Mark::Guest));
    marks.extend(found.account.map(Mark::Account));
    marks.extend((!found.email.is_empty()).then_some(Mark::Email(&found.email)));
    match found.status {
        Status::Held => marks.push(Mark::Held),
        Status::Spam => marks.push(Mark::Spam),
        Status::Published if found.is_reported => marks.push(Mark::Reported),
        Status::Published | Status::Deleted => {}
    }
    let (author, words) = (spaced(&found.author), spaced(&text_of(&found.html)));
    store::search::put(tx, found.id, &author, &words, &marks::text(&marks))
}

/// Sanitised HTML without its tags. Addresses of links go with them: people look for what they read.
fn text_of(html: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&nbsp;", " "), ("&amp;", "&")]
        .iter()
        .fold(without_tags(html), |text, (entity, letter)| text.replace(entity, letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_scripts_without_spaces_stand_alone() {
        assert_eq!(spaced("blog日本"), "blog 日  本 ");
        assert_eq!(spaced("plain words"), "plain words");
    }

    #[test]
    fn tags_are_not_text() {
        assert_eq!(
            text_of("<p>One <a href=\"https://x.example\">two</a> &amp; &lt;b&gt;</p>").trim(),
            "One  two  & <b>"
        );
    }
}
