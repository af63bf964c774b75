//! A question as people type it, in the language of FTS5.

use rusqlite::Connection;

use super::{spaced, stands_alone};
use crate::base::error::Result;
use crate::community::comments::store;

/// Longer questions are cut: nobody types them, and each word costs a look-up.
const MOST_TERMS: usize = 12;
/// The beginning of a word is enough from so many letters on. Fewer begin too many words, of which to make one list
/// takes longer than a page should.
const SHORTEST_BEGINNING: usize = 3;
/// Up to so many letters the index has a list of what begins so (its option `prefix`).
const LONGEST_LISTED: usize = 4;
/// Words that stand in more comments than this are looked for as they are: a list of all that begins so is long.
const COMMON: u32 = 20_000;

/// The columns in which a word is looked for.
pub const IN_TEXTS: &str = "{author words}";
pub const IN_NAMES: &str = "author";

/// All words of a question, `"a phrase"` as it stands, `-word` not. The beginning of a word is enough, if it has three
/// letters and is no very common word itself, save inside a phrase. None when nothing is left to look for.
///
/// # Errors
/// When it cannot be told how common a word is.
pub fn expression(connection: &Connection, columns: &str, question: &str) -> Result<Option<String>> {
    put_together(question, |word| {
        store::search::is_common(connection, &format!("{columns} : {word}"), COMMON)
    })
}

fn put_together(question: &str, is_common: impl Fn(&str) -> Result<bool>) -> Result<Option<String>> {
    let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
    for (text, phrase) in terms(question).into_iter().take(MOST_TERMS) {
        let (text, not) = match text.strip_prefix('-') {
            Some(rest) if !phrase => (rest, true),
            _ => (text, false),
        };
        if !text.chars().any(char::is_alphanumeric) {
            continue;
        }
        let mut quoted = format!("\"{}\"", spaced(text).trim());
        if !phrase && begins(text, || is_common(&quoted))? {
            quoted.push('*');
        }
        if not { unwanted.push(quoted) } else { wanted.push(quoted) }
    }
    if wanted.is_empty() {
        return Ok(None);
    }
    let mut expression = wanted.join(" AND ");
    for one in unwanted {
        expression = format!("({expression}) NOT {one}");
    }
    Ok(Some(expression))
}

/// Whether what is asked for may go on: the last word of it is long enough to begin others, and not too common.
fn begins(text: &str, is_common: impl Fn() -> Result<bool>) -> Result<bool> {
    let last: Vec<char> = text.chars().rev().take_while(|c| c.is_alphanumeric()).collect();
    if last.len() < SHORTEST_BEGINNING || last.iter().any(|c| stands_alone(*c)) {
        return Ok(false);
    }
    Ok(last.len() <= LONGEST_LISTED || !is_common()?)
}

/// The words and quoted phrases of a question; quotes never reach the expression.
fn terms(question: &str) -> Vec<(&str, bool)> {
    let parts = question.split('"').enumerate();
    parts
        .flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().map(|word| (word, false)).collect::<Vec<_>>(),
            _ => vec![(part, true)],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expression(question: &str) -> Option<String> {
        put_together(question, |word| Ok(word == "\"people\"")).unwrap()
    }

    #[test]
    fn a_question_is_all_its_words() {
        assert_eq!(expression("rust  server").unwrap(), r#""rust"* AND "server"*"#);
        assert_eq!(expression("\"exact phrase\" -spam").unwrap(), r#"("exact phrase") NOT "spam"*"#);
        assert_eq!(expression("日本").unwrap(), "\"日  本\"");
        assert_eq!(expression("ok don't we'll").unwrap(), r#""ok" AND "don't" AND "we'll""#);
    }

    #[test]
    fn nothing_typed_can_break_the_expression() {
        for question in ["", "  ", "\"", "\"\"", "-", "* OR (", "--", "-only", "\u{0}"] {
            let found = expression(question);
            assert!(found.is_none() || found.as_deref() == Some("\"OR\""), "{question:?}: {found:?}");
        }
        let odd = expression("a\"b* NEAR(c) col:d").unwrap();
        assert_eq!(odd.matches('"').count() % 2, 0, "{odd}");
    }

    #[test]
    fn a_very_common_word_is_looked_for_as_it_is() {
        assert_eq!(expression("people peoples the").unwrap(), r#""people" AND "peoples"* AND "the"*"#);
    }
}
