//! From what was written to what is shown: CommonMark with strikethrough, autolinks and fenced code,
//! and one allow-list sanitiser that everything passes, whatever it was written in.

mod images;
mod links;
mod named_links;
mod nesting;
mod tags;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, TextMergeStream};

use links::LinkText;
pub use links::{address, first_url};
pub use nesting::without_tags;

use nesting::Nesting;

use crate::community::users::names::is_visible;

const TAGS: &[&str] = &[
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "strike",
    "strong",
    "sub",
    "sup",
    "u",
    "ul",
];
const SCHEMES: &[&str] = &["http", "https", "mailto"];

static WITHOUT_IMAGES: LazyLock<Builder<'static>> = LazyLock::new(|| sanitiser(false));
static WITH_IMAGES: LazyLock<Builder<'static>> = LazyLock::new(|| sanitiser(true));

/// Markdown to sanitised HTML. Raw HTML in it is shown as the text it is; an image is a link to
/// it unless the site allows images.
#[must_use]
pub fn from_markdown(source: &str, images: bool) -> String {
    let mut html = String::with_capacity(source.len() * 3 / 2);
    let mut nesting = Nesting::default();
    let shallow = parse(source).filter(|event| nesting.admits(event));
    let events = LinkText::new(shallow.map(tame));
    pulldown_cmark::html::push_html(&mut html, events);
    sanitise(&html, images)
}

/// Markdown in which raw HTML counts, as several systems have it, to HTML that is still to be sanitised; nothing
/// if there is none in it.
#[must_use]
pub fn from_mixed(source: &str) -> Option<String> {
    let is_html = |event: &Event<'_>| matches!(event, Event::Html(_) | Event::InlineHtml(_));
    if !source.contains('<') || !parse(source).any(|event| is_html(&event)) {
        return None;
    }
    let mut html = String::with_capacity(source.len() * 3 / 2);
    let mut nesting = Nesting::default();
    let events = parse(source).filter(|event| nesting.admits(event)).map(|event| match event {
        Event::Html(_) | Event::InlineHtml(_) => event,
        other => tame(other),
    });
    if source.to_ascii_lowercase().contains("<a") {
        // What stands between these tags is a link already.
        pulldown_cmark::html::push_html(&mut html, events);
    } else {
        pulldown_cmark::html::push_html(&mut html, LinkText::new(events));
    }
    Some(html)
}

fn parse(source: &str) -> impl Iterator<Item = Event<'_>> {
    TextMergeStream::new(Parser::new_ext(source, Options::ENABLE_STRIKETHROUGH))
}

/// Text without the characters that XML cannot carry and nobody can read: control characters but
/// line ends and tabs, and the two that are none (XML 1.0, 2.2).
#[must_use]
pub fn printable(text: &str) -> String {
    let fits =
        |c: char| (!c.is_control() || matches!(c, '\n' | '\t')) && !matches!(c, '\u{FFFE}' | '\u{FFFF}');
    text.chars().filter(|c| fits(*c)).collect()
}

/// Whether there is anything to see in sanitised HTML.
#[must_use]
pub fn says_something(html: &str) -> bool {
    html.contains("<img") || is_visible(&excerpt(html, 1000))
}

/// HTML of somebody else's making to what may be shown. Where images may not, they become links, so that a
/// comment that is nothing but a picture does not become nothing. Where elements are nested deeper than people
/// write, the text alone is left: sorting such nesting out takes time that grows with its square.
#[must_use]
pub fn sanitise(html: &str, images: bool) -> String {
    if nesting::is_absurd(html) {
        return ammonia::clean_text(&nesting::without_tags(html));
    }
    let clean = if images {
        images::patient(&WITH_IMAGES.clean(html).to_string())
    } else if html.as_bytes().windows(4).any(|tag| tag.eq_ignore_ascii_case(b"<img")) {
        WITHOUT_IMAGES.clean(&images::as_links(&WITH_IMAGES.clean(html).to_string())).to_string()
    } else {
        WITHOUT_IMAGES.clean(html).to_string()
    };
    printable(named_links::with_names(&clean).trim())
}

/// How many links the sanitised HTML has. A picture from elsewhere is one: it leads its reader's browser there.
#[must_use]
pub fn count_links(html: &str) -> usize {
    html.matches("<a ").count() + html.matches("<img ").count()
}

/// What sanitised HTML says where it is not read at once: addresses, titles, descriptions of images.
#[must_use]
pub fn attribute_texts(html: &str) -> Vec<String> {
    let names = [" href=\"", " src=\"", " title=\"", " alt=\""];
    let values = names.into_iter().flat_map(|name| html.split(name).skip(1));
    values.filter_map(|rest| rest.split_once('"')).map(|(value, _)| unescape(value)).collect()
}

/// The text alone, for feeds' titles and quotes: at most `limit` characters.
#[must_use]
pub fn excerpt(html: &str, limit: usize) -> String {
    let text = Builder::empty().clean(&html.replace("</p>", "</p> ").replace("<br", " <br")).to_string();
    let text = unescape(&text);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= limit { words } else { words.chars().take(limit).chain(['…']).collect() }
}

/// Undoes what the sanitiser escapes.
fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&")
}

fn sanitiser(images: bool) -> Builder<'static> {
    let mut tags: HashSet<&str> = TAGS.iter().copied().collect();
    let mut attributes: HashMap<&str, HashSet<&str>> = HashMap::from([
        ("a", HashSet::from(["href", "title"])),
        ("abbr", HashSet::from(["title"])),
        ("ol", HashSet::from(["start"])),
    ]);
    if images {
        tags.insert("img");
        attributes.insert("img", HashSet::from(["src", "alt", "title", "width", "height"]));
    }
    let mut builder = Builder::empty();
    builder
        .tags(tags)
        .clean_content_tags(HashSet::from([
            "script", "style", "iframe", "object", "noscript", "template", "svg", "math",
        ]))
        .tag_attributes(attributes)
        .generic_attributes(HashSet::new())
        .add_allowed_classes("code", LANGUAGES.iter().copied())
        .url_schemes(SCHEMES.iter().copied().collect())
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("nofollow ugc noopener"));
    builder
}

/// What fenced code may say it is, for a host page that colours it.
const LANGUAGES: &[&str] = &[
    "language-bash",
    "language-c",
    "language-cpp",
    "language-css",
    "language-diff",
    "language-go",
    "language-haskell",
    "language-html",
    "language-java",
    "language-javascript",
    "language-js",
    "language-json",
    "language-kotlin",
    "language-lua",
    "language-nix",
    "language-php",
    "language-python",
    "language-ruby",
    "language-rust",
    "language-sh",
    "language-sql",
    "language-swift",
    "language-text",
    "language-toml",
    "language-ts",
    "language-typescript",
    "language-xml",
    "language-yaml",
    "language-zig",
];

/// Raw HTML becomes text, and headings start at the third level.
fn tame(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        Event::SoftBreak => Event::HardBreak,
        Event::Start(Tag::Heading { level, id, classes, attrs }) => {
            Event::Start(Tag::Heading { level: lowered(level), id, classes, attrs })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lowered(level))),
        other => other,
    }
}

fn lowered(level: pulldown_cmark::HeadingLevel) -> pulldown_cmark::HeadingLevel {
    use pulldown_cmark::HeadingLevel::{H3, H4, H5, H6};
    match level as usize {
        1 => H3,
        2 => H4,
        3 => H5,
        _ => H6,
    }
}

#[cfg(test)]
mod tests;
