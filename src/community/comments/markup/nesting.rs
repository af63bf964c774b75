//! How deep a comment may be nested.

use pulldown_cmark::{Event, TagEnd};

/// Keeps lists, quotes and emphasis from being nested deeper than anybody reads: what is inside stays,
/// and a page of `>` does not become a page of elements.
#[derive(Default)]
pub struct Nesting {
    /// Whether each open element was let through.
    open: Vec<bool>,
    depth: usize,
}

impl Nesting {
    const DEEPEST: usize = 12;

    /// Whether this event is let through.
    pub fn admits(&mut self, event: &Event<'_>) -> bool {
        match event {
            Event::Start(tag) if is_nesting(tag.to_end()) => {
                let admitted = self.depth < Self::DEEPEST;
                self.depth += usize::from(admitted);
                self.open.push(admitted);
                admitted
            }
            Event::End(tag) if is_nesting(*tag) => {
                let admitted = self.open.pop().unwrap_or(true);
                self.depth -= usize::from(admitted && self.depth > 0);
                admitted
            }
            _ => true,
        }
    }
}

fn is_nesting(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::BlockQuote(_)
            | TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
    )
}

/// Elements that may be open at once in HTML of somebody else's making. Tags that end nothing count too, and
/// old exports leave many paragraphs open.
const MOST_OPEN: usize = 500;
/// Elements that have no end.
const VOID: [&str; 6] = ["br", "hr", "img", "input", "wbr", "source"];

/// Whether so many elements are open at once somewhere that no person wrote this.
#[must_use]
pub fn is_absurd(html: &str) -> bool {
    let mut open = 0_usize;
    for tag in html.split('<').skip(1) {
        if tag.starts_with('/') {
            open = open.saturating_sub(1);
        } else if tag.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            let name = tag.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default();
            let ends_itself = tag.split('>').next().is_some_and(|inside| inside.ends_with('/'));
            open += usize::from(!ends_itself && !VOID.iter().any(|void| name.eq_ignore_ascii_case(void)));
        }
        if open > MOST_OPEN {
            return true;
        }
    }
    false
}

/// HTML without its tags, its entities as they were.
#[must_use]
pub fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    for (number, part) in html.split('<').enumerate() {
        match part.split_once('>') {
            _ if number == 0 => text.push_str(part),
            Some((_, after)) => {
                text.push(' ');
                text.push_str(after);
            }
            None => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_no_person_writes_is_absurd() {
        assert!(!is_absurd(&"<p>one<br>two".repeat(400)));
        assert!(!is_absurd(&"<p>one</p><img src=x>".repeat(4000)));
        assert!(is_absurd(&"<blockquote>".repeat(1000)) && is_absurd(&"<ul><li>x".repeat(1000)));
    }

    #[test]
    fn without_tags_the_text_is_left() {
        assert_eq!(without_tags("a<b>b</b> &lt;<i").trim(), "a b  &lt;");
    }
}
