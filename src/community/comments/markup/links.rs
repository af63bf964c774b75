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
    text.char_indices().find_map(|(at, _)| {
        let (before, rest) = text.split_at(at);
        let begin = BEGINNINGS.iter().find(|begin| begins_with(rest, begin))?;
        let leads = begin.contains("://") || is_host(before, rest);
        let url = leads.then(|| url_at(rest))?;
        // A scheme alone is a word about URLs.
        (url.len() > begin.len()).then_some((before, url))
    })
}

fn begins_with(text: &str, begin: &str) -> bool {
    text.get(..begin.len()).is_some_and(|found| found.eq_ignore_ascii_case(begin))
}

/// Whether an address without a scheme stands where one may, and has a dot in the rest of its host. It looks no
/// further than the host, so that a text of nothing but such beginnings is read once.
fn is_host(before: &str, rest: &str) -> bool {
    let opens = |c: char| c.is_whitespace() || matches!(c, '*' | '_' | '~' | '(');
    let host = rest.split(|c| ends_url(c) || matches!(c, '/' | '?' | '#')).next().unwrap_or_default();
    let name = host["www.".len()..].trim_end_matches(ends_sentence);
    before.chars().next_back().is_none_or(opens) && name.contains('.')
}

/// Where a bare address leads.
#[must_use]
pub fn address(url: &str) -> String {
    if begins_with(url, "www.") { format!("http://{url}") } else { url.to_owned() }
}

/// The URL that `text` begins with.
fn url_at(text: &str) -> &str {
    let url = text.split(ends_url).next().unwrap_or_default();
    let mut url = url.trim_end_matches(ends_sentence);
    let mut surplus = url.matches(')').count().saturating_sub(url.matches('(').count());
    while surplus > 0 && url.ends_with(')') {
        url = &url[..url.len() - 1];
        surplus -= 1;
    }
    url
}

fn ends_url(c: char) -> bool {
    c.is_whitespace() || matches!(c, '<' | '>' | '"')
}

/// What belongs to the words around an address when it stands at its end.
const fn ends_sentence(c: char) -> bool {
    matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~')
}
