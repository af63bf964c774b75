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
