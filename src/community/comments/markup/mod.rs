//! From what was written to what is shown: CommonMark with strikethrough, autolinks and fenced code,
//! and one allow-list sanitiser that everything passes, whatever it was written in.

mod images;
mod links;
mod nesting;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream};

use super::author::is_visible;
use links::LinkText;
pub use links::first_url;
pub use nesting::without_tags;

use nesting::Nesting;

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
    let events = LinkText::new(shallow.map(|event| tame(event, images)));
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
        other => tame(other, true),
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
        WITH_IMAGES.clean(html)
    } else if html.as_bytes().windows(4).any(|tag| tag.eq_ignore_ascii_case(b"<img")) {
        WITHOUT_IMAGES.clean(&images::as_links(&WITH_IMAGES.clean(html).to_string()))
    } else {
        WITHOUT_IMAGES.clean(html)
    };
    printable(clean.to_string().trim())
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
    if images {
        builder.set_tag_attribute_value("img", "loading", "lazy").set_tag_attribute_value(
            "img",
            "referrerpolicy",
            "no-referrer",
        );
    }
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

/// Raw HTML becomes text, headings start at the third level, and images are links where they are not allowed.
fn tame(event: Event<'_>, images: bool) -> Event<'_> {
    match event {
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        Event::SoftBreak => Event::HardBreak,
        Event::Start(Tag::Heading { level, id, classes, attrs }) => {
            Event::Start(Tag::Heading { level: lowered(level), id, classes, attrs })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lowered(level))),
        Event::Start(Tag::Image { dest_url, title, id, .. }) if !images => {
            Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url, title, id })
        }
        Event::End(TagEnd::Image) if !images => Event::End(TagEnd::Link),
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
mod tests {
    use super::*;

    fn html(source: &str) -> String {
        from_markdown(source, false)
    }

    #[test]
    fn markdown_is_commonmark_with_strikethrough_autolinks_and_code() {
        assert_eq!(
            html("*a* **b** ~~c~~ `d`"),
            "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>"
        );
        assert_eq!(
            html("```rust\nfn x() {}\n```"),
            "<pre><code class=\"language-rust\">fn x() {}\n</code></pre>"
        );
        assert_eq!(html("> q"), "<blockquote>\n<p>q</p>\n</blockquote>");
        assert_eq!(html("# big"), "<h3>big</h3>");
    }

    #[test]
    fn links_are_marked_as_the_readers_own() {
        let expected = "<p><a href=\"https://a.example/b\" rel=\"nofollow ugc noopener\">x</a></p>";
        assert_eq!(html("[x](https://a.example/b)"), expected);
        assert!(html("see https://a.example/b_(c), ok").contains("href=\"https://a.example/b_(c)\""));
        assert!(html("(https://a.example/b).").contains(">https://a.example/b</a>)."));
        assert_eq!(count_links(&html("`https://a.example` and\n\n    https://b.example")), 0);
    }

    #[test]
    fn raw_html_is_shown_as_text() {
        assert_eq!(html("<b>x</b>"), "<p>&lt;b&gt;x&lt;/b&gt;</p>");
        assert!(!html("<script>alert(1)</script>").contains("<script"));
        assert!(!html("<img src=x onerror=alert(1)>").contains("<img"));
    }

    #[test]
    fn dangerous_links_lose_their_target() {
        for source in [
            "[x](javascript:alert(1))",
            "[x](data:text/html,1)",
            "[x](vbscript:1)",
            "[x](/relative)",
            "[x](JaVaScRiPt:1)",
        ] {
            assert!(!html(source).contains("href"), "{source}: {}", html(source));
        }
    }

    #[test]
    fn images_are_links_unless_a_site_allows_them() {
        let source = "![cat](https://a.example/cat.png)";
        assert!(html(source).starts_with("<p><a href=\"https://a.example/cat.png\""));
        let allowed = from_markdown(source, true);
        assert!(allowed.contains("<img") && allowed.contains("loading=\"lazy\""), "{allowed}");
        assert!(!from_markdown("![x](javascript:alert(1))", true).contains("src="));
    }

    #[test]
    fn foreign_html_keeps_what_is_allowed_and_no_more() {
        let dirty = "<p onclick=x>a<b>b</b><i style='color:red'>c</i><script>d</script><a href='https://e.example' target=_blank>f</a></p>";
        assert_eq!(
            sanitise(dirty, false),
            "<p>a<b>b</b><i>c</i><a href=\"https://e.example\" rel=\"nofollow ugc noopener\">f</a></p>"
        );
    }

    #[test]
    fn images_in_foreign_html_are_links_unless_a_site_allows_them() {
        let link =
            |href: &str, words: &str| format!("<a href=\"{href}\" rel=\"nofollow ugc noopener\">{words}</a>");
        let cases = [
            ("<IMG src='https://a.example/x.png' alt=':doge:'>", link("https://a.example/x.png", ":doge:")),
            (
                "<img src=https://a.example/b/x.png?y=1&z=2>",
                link("https://a.example/b/x.png?y=1&amp;z=2", "x.png"),
            ),
            (
                "<a href='https://b.example'>see <img src='https://a.example/x.png' alt='a > \"b\"'></a>!",
                link("https://b.example", "see a &gt; \"b\"") + "!",
            ),
            ("a<img src='data:image/png,x' alt='smile'>b<img src='/relative.png'>c", "asmilebc".to_owned()),
            ("<p title='<img src=x>'>a<br>b</p>", "<p>a<br>b</p>".to_owned()),
        ];
        for (dirty, expected) in &cases {
            assert_eq!(&sanitise(dirty, false), expected);
            assert_eq!(&sanitise(expected, false), expected, "sanitising twice changes nothing");
        }
        assert!(sanitise(cases[0].0, true).contains("<img"));
    }

    #[test]
    fn markdown_in_which_raw_html_counts_keeps_both() {
        let mixed = |source: &str| from_mixed(source).map(|html| sanitise(&html, false));
        assert_eq!(mixed("*a* < b, `<i>`, \\<b>\n\n    <u>"), None);
        assert_eq!(mixed("*a*\n<b>b</b>").unwrap(), "<p><em>a</em><br>\n<b>b</b></p>");
        assert_eq!(mixed("<p>a</p>\n").unwrap(), "<p>a</p>");
        assert_eq!(mixed("<u>x</u> https://a.example").unwrap().matches("href").count(), 1);
        assert_eq!(
            mixed("<a href=\"https://a.example\">https://a.example</a>").unwrap().matches("<a ").count(),
            1
        );
        assert_eq!(mixed("x<script>alert(1)</script>").unwrap(), "<p>x</p>");
    }

    #[test]
    fn deep_nesting_is_flattened_and_loses_no_word() {
        for deep in [">".repeat(5000) + "word", "- ".repeat(500) + "word", "*a **b ".repeat(200) + "word"] {
            let html = html(&deep);
            assert!(html.contains("word") && html.len() < 3 * deep.len() + 2000, "{} bytes", html.len());
            assert!(html.matches("<blockquote").count() <= 12 && html.matches("<ul").count() <= 12);
        }
    }

    #[test]
    fn what_no_feed_can_carry_is_left_out() {
        assert_eq!(html("a\u{1}b\u{FFFE}"), "<p>ab</p>");
        assert!(!says_something(&html("\u{200B}")) && says_something(&html("ok")));
    }

    #[test]
    fn an_excerpt_is_plain_text() {
        assert_eq!(excerpt("<p>a &amp; b</p><p>c</p>", 10), "a & b c");
        assert_eq!(excerpt("<p>abcdef</p>", 3), "abc…");
    }

    #[test]
    fn attributes_are_read_too() {
        let html = from_markdown("![a cat](https://a.example/x?a=1&b=2 \"A title\")", true);
        let mut texts = attribute_texts(&html);
        texts.sort();
        assert_eq!(texts, ["A title", "a cat", "https://a.example/x?a=1&b=2"]);
    }

    proptest::proptest! {
        #[test]
        fn nothing_that_runs_gets_through(source in "\\PC{0,300}") {
            for html in [from_markdown(&source, true), sanitise(&source, true), sanitise(&source, false)] {
                let lower = html.to_lowercase();
                proptest::prop_assert!(!lower.contains("<script") && !lower.contains("<style") && !lower.contains("<iframe"));
                proptest::prop_assert_eq!(sanitise(&html, true), html.clone(), "sanitising twice changes nothing");
            }
        }
    }

    #[test]
    fn a_scheme_alone_is_no_link_and_hides_none() {
        let html = from_markdown("http:// is a scheme, https://example.org/x a link", false);
        assert!(html.contains("<a href=\"https://example.org/x\"") && count_links(&html) == 1, "{html}");
    }

    #[test]
    fn a_picture_counts_as_a_link() {
        assert_eq!(count_links(&from_markdown("![x](https://spam.example/ad.png)", true)), 1);
    }
}
