//! Bare URLs as links, as GitHub Flavored Markdown has them (“extended autolinks”).

use std::collections::VecDeque;

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

/// What a bare address begins with, in any case. One without a scheme must stand at the beginning of a word.
const BEGINNINGS: [&str; 3] = ["https://", "http://", "www."];

/// Makes links of bare URLs in text that is not a link or code already.
pub struct LinkText<'a, I: Iterator<Item = Event<'a>>> {
    events: I,
    waiting: VecDeque<Event<'a>>,
    /// How many links and code blocks are open.
    closed_to_links: usize,
}

impl<'a, I: Iterator<Item = Event<'a>>> LinkText<'a, I> {
    pub fn new(events: I) -> Self {
        Self { events, waiting: VecDeque::new(), closed_to_links: 0 }
    }

    fn split(&mut self, text: &str) {
        let mut rest = text;
        while let Some((before, url)) = first_url(rest) {
            if !before.is_empty() {
                self.waiting.push_back(Event::Text(before.to_owned().into()));
            }
            let dest_url: CowStr<'_> = address(url).into();
            let link = Tag::Link { link_type: LinkType::Autolink, dest_url, title: "".into(), id: "".into() };
            self.waiting.push_back(Event::Start(link));
            self.waiting.push_back(Event::Text(url.to_owned().into()));
            self.waiting.push_back(Event::End(TagEnd::Link));
            rest = &rest[before.len() + url.len()..];
        }
        if !rest.is_empty() {
            self.waiting.push_back(Event::Text(rest.to_owned().into()));
        }
    }
}

impl<'a, I: Iterator<Item = Event<'a>>> Iterator for LinkText<'a, I> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        if let Some(event) = self.waiting.pop_front() {
            return Some(event);
        }
        let event = self.events.next()?;
        match &event {
            Event::Start(Tag::Link { .. } | Tag::CodeBlock(_) | Tag::Image { .. }) => {
                self.closed_to_links += 1;
            }
            Event::End(TagEnd::Link | TagEnd::CodeBlock | TagEnd::Image) => {
                self.closed_to_links = self.closed_to_links.saturating_sub(1);
            }
            Event::Text(text) if self.closed_to_links == 0 && text.contains(['/', '.']) => {
                let text = text.to_string();
                self.split(&text);
                return self.waiting.pop_front();
            }
            _ => {}
        }
        Some(event)
    }
}

/// What stands before the first bare address in `text`, and that address without the punctuation that ends the
/// sentence.
#[must_use]
pub fn first_url(text: &str) -> Option<(&str, &str)> {
    let lower = text.to_ascii_lowercase();
    let mut from = 0;
    loop {
        let found = BEGINNINGS.iter().filter_map(|begin| Some((lower[from..].find(begin)?, begin.len())));
        let (at, length) = found.min()?;
        let start = from + at;
        let url = url_at(&text[start..]);
        // A scheme alone is a word about URLs.
        if url.len() > length && (lower[start..].starts_with("http") || is_host(&text[..start], url)) {
            return Some((&text[..start], url));
        }
        from = start + length;
    }
}

/// Whether an address without a scheme stands where one may, and has a dot in the rest of its host.
fn is_host(before: &str, url: &str) -> bool {
    let opens = |c: char| c.is_whitespace() || matches!(c, '*' | '_' | '~' | '(');
    let host = url.split(['/', '?', '#']).next().unwrap_or_default();
    before.chars().next_back().is_none_or(opens) && host["www.".len()..].contains('.')
}

/// Where a bare address leads.
#[must_use]
pub fn address(url: &str) -> String {
    if url.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case("www.")) {
        format!("http://{url}")
    } else {
        url.to_owned()
    }
}

/// The URL that `text` begins with.
fn url_at(text: &str) -> &str {
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"');
    let url = text.split(ends).next().unwrap_or_default();
    let mut url = url.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~']);
    let mut surplus = url.matches(')').count().saturating_sub(url.matches('(').count());
    while surplus > 0 && url.ends_with(')') {
        url = &url[..url.len() - 1];
        surplus -= 1;
    }
    url
}
