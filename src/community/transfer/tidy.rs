//! What other systems wrote, made fit for ours: one line where one line is meant, links that are links.

use std::collections::BTreeMap;
use std::fmt::Write;

use quick_xml::escape::resolve_html5_entity;
use sha2::{Digest, Sha256};

use super::report::Skipped;
use super::{SourceAuthor, SourceComment, SourceThread};
use crate::base::secrets::hex;
use crate::community::comments::page::{page_key_of_own, without_password};
use crate::community::comments::{Format as BodyFormat, Status, markup};
use crate::community::sites::Site;

/// Longer comments are not a person's; the sanitiser should not have to chew on them.
pub const LONGEST_BODY: usize = 1 << 20;
const LONGEST_TITLE: usize = 500;
const LONGEST_NAME: usize = 100;
const LONGEST_EMAIL: usize = 254;
const LONGEST_ID: usize = 200;
const LONGEST_LINK: usize = 2000;
/// More sites than anybody has are not told one by one.
pub const MOST_SITES: usize = 100;
/// For those who left no name.
const NOBODY: &str = "Anonymous";

/// A thread with the key under which this site knows the page.
#[derive(Debug)]
pub struct KeyedThread {
    pub source_id: String,
    /// What the file calls the page, for people.
    pub link: String,
    /// None when the file does not say which page it is.
    pub page: Option<String>,
    pub url: String,
    pub title: String,
    pub closed: bool,
    pub deleted: bool,
    pub aliases: Vec<String>,
}

/// What the file calls a page.
pub fn called(thread: &SourceThread) -> String {
    let names = std::iter::once(&thread.link).chain(&thread.aliases);
    let called = names.map(|name| line(name, LONGEST_LINK)).find(|name| !name.is_empty());
    without_password(&called.unwrap_or_default())
}

/// Finds out which page a thread belongs to; `link` is what the file calls it.
pub fn thread(site: &Site, link: String, thread: SourceThread) -> KeyedThread {
    let mut keys: Vec<String> = [thread.link.as_str()]
        .into_iter()
        .chain(thread.aliases.iter().map(String::as_str))
        .filter(|text| !text.trim().is_empty() && text.len() <= LONGEST_LINK)
        .filter_map(|text| page_key_of_own(text).ok())
        .map(|key| key.as_str().to_owned())
        .collect();
    let page = (!keys.is_empty()).then(|| keys.remove(0));
    keys.retain(|key| Some(key) != page.as_ref());
    keys.dedup();
    KeyedThread {
        url: page.as_deref().map(|page| address(site, page, &thread.link)).unwrap_or_default(),
        page,
        link,
        title: line(&thread.title, LONGEST_TITLE),
        source_id: thread.source_id,
        closed: thread.closed,
        deleted: thread.deleted,
        aliases: keys,
    }
}

/// Where the page is now: the file may name a host that the site has left since.
fn address(site: &Site, page: &str, link: &str) -> String {
    let origin = |url: &url::Url| site.origins.contains(&url.origin().ascii_serialization());
    let link = link.trim();
    match url::Url::parse(link) {
        Ok(url) if origin(&url) => return without_password(url.as_str()),
        _ => (),
    }
    match site.origins.first() {
        Some(origin) if link.starts_with('/') => {
            url::Url::parse(&format!("{origin}{link}")).map_or_else(|_| format!("{origin}{page}"), Into::into)
        }
        Some(origin) if page.starts_with('/') => format!("{origin}{page}"),
        _ => web_link(link),
    }
}

/// A comment that is fit to be kept.
#[derive(Debug)]
pub struct FitComment {
    pub comment: SourceComment,
    /// For a comment that shows nothing itself: why it is skipped when nothing stands below it.
    pub if_alone: Option<&'static str>,
}

/// Makes a comment fit. One that was deleted, or has no text, becomes a placeholder.
///
/// # Errors
/// The reason why it cannot be brought over.
pub fn comment(mut comment: SourceComment) -> Result<FitComment, Skipped> {
    if comment.body.len() > LONGEST_BODY {
        let reason = format!("its text has {} bytes; up to {LONGEST_BODY} can be taken", comment.body.len());
        return Err(Skipped { at: comment.place, reason });
    }
    let body = comment.body.replace(is_noise, "");
    body.trim().clone_into(&mut comment.body);
    let if_alone = match comment.status {
        Status::Deleted => Some("it was deleted, and nothing answers it"),
        _ if comment.body.is_empty() => Some("it has no text, and nothing answers it"),
        _ => None,
    };
    if if_alone.is_some() {
        comment.status = Status::Deleted;
        comment.body.clear();
        comment.author = SourceAuthor::default();
    } else {
        comment.author = author(&comment.author);
    }
    Ok(FitComment { comment, if_alone })
}

fn author(author: &SourceAuthor) -> SourceAuthor {
    let name = line(&author.name, LONGEST_NAME);
    let email = email(&author.email);
    SourceAuthor {
        id: if name.is_empty() && email.is_empty() { String::new() } else { identity(author) },
        name: if name.is_empty() { NOBODY.to_owned() } else { name },
        email_verified: author.email_verified && !email.is_empty(),
        email,
        url: web_link(&author.url),
    }
}

/// An id, unless it is one of the words that stand for none.
pub fn id(text: &str) -> Option<String> {
    let id = text.trim();
    (!matches!(id, "" | "0" | "null" | "undefined")).then(|| id.to_owned())
}

/// Where in a JSON file a comment stands: many exports are one long line, so its id says more than that.
pub fn place_of(line: u64, id: Option<&str>) -> String {
    match id {
        Some(id) => format!("line {line} (comment {})", self::line(id, 40)),
        None => format!("line {line} (a comment without an id)"),
    }
}

/// A number of votes; what is none, or below zero, is zero.
pub fn votes(number: Option<i64>) -> u32 {
    u32::try_from(number.unwrap_or(0).max(0)).unwrap_or(u32::MAX)
}

/// The id of a comment that has none, made from what does not change between two exports.
pub fn made_id(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.trim());
        digest.update([0]);
    }
    let mut id = String::from("no-id-");
    for byte in digest.finalize().iter().take(12) {
        let _ = write!(id, "{byte:02x}");
    }
    id
}

/// Markdown of a system where raw HTML counts: it stays Markdown if it has none, and becomes HTML if it has some,
/// because here it would be shown as text.
pub fn mixed(body: String) -> (String, BodyFormat) {
    let html = if body.len() <= LONGEST_BODY { markup::from_mixed(&body) } else { None };
    match html.filter(|html| html.len() <= LONGEST_BODY) {
        Some(html) => (html, BodyFormat::Html),
        None => (body, BodyFormat::Markdown),
    }
}

/// What to say of a file with the comments of several sites: their names, and how many comments each has.
pub fn several_sites(sites: &BTreeMap<String, u64>) -> Option<String> {
    if sites.len() < 2 {
        return None;
    }
    let named: Vec<String> =
        sites.iter().map(|(name, count)| format!("{} ({count})", line(name, LONGEST_NAME))).collect();
    let more = if sites.len() < MOST_SITES { "" } else { " and more" };
    Some(format!(
        "This file has comments of several sites: {}{more}. All of them are brought to this one, and pages of the same path become one page. \
         To keep them apart, or to bring over one alone, see the guide to importing.",
        named.join(", ")
    ))
}

/// Why a comment without a readable date is skipped.
pub fn no_date(written: &str) -> String {
    match line(written, 40).as_str() {
        "" => "it has no date".into(),
        written => format!("its date, “{written}”, cannot be read"),
    }
}

/// Who somebody is: the other system's word for it, else exactly how they introduced themselves.
fn identity(author: &SourceAuthor) -> String {
    let id = author.id.trim();
    match id.len() {
        0 => format!("as:{}", digest(&[&author.name, &author.email])),
        1..=LONGEST_ID => id.to_owned(),
        _ => format!("id:{}", digest(&[id])),
    }
}

/// The same for the same parts, in 32 digits.
pub fn digest(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
        digest.update([0]);
    }
    hex(&digest.finalize()[..16])
}

fn is_noise(letter: char) -> bool {
    letter.is_control() && !matches!(letter, '\n' | '\t')
}

/// The Markdown that was written, as long as we read the same in it as the other system did: HTML in it would be
/// shown as text here, so then it is the HTML that was shown there.
pub fn best_text(markdown: String, html: String) -> (String, BodyFormat) {
    let has_tags = markdown.match_indices('<').any(|(at, _)| {
        markdown[at + 1..].starts_with(|next: char| next.is_ascii_alphabetic() || matches!(next, '/' | '!'))
    });
    if html.trim().is_empty() || !(has_tags || markdown.trim().is_empty()) {
        (markdown, BodyFormat::Markdown)
    } else {
        (html, BodyFormat::Html)
    }
}

/// Votes for and against, where only their sum is known.
pub fn votes_of_score(score: Option<i64>) -> (u32, u32) {
    let score = score.unwrap_or(0);
    let votes = u32::try_from(score.unsigned_abs()).unwrap_or(u32::MAX);
    if score < 0 { (0, votes) } else { (votes, 0) }
}

/// One line: white space collapsed, control characters gone, at most `longest` characters.
pub fn line(text: &str, longest: usize) -> String {
    let words: Vec<&str> = text
        .split(|letter: char| letter.is_whitespace() || letter.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ").chars().take(longest).collect::<String>().trim_end().to_owned()
}

fn email(text: &str) -> String {
    let text = text.trim();
    let plausible = matches!(text.split_once('@'), Some((user, host)) if !user.is_empty() && !host.is_empty())
        && text.len() <= LONGEST_EMAIL
        && !text.contains(|letter: char| letter.is_whitespace() || letter.is_control());
    if plausible { text.to_owned() } else { String::new() }
}

/// The link if a browser would follow it to a web page, else nothing.
fn web_link(text: &str) -> String {
    let text = text.trim();
    match url::Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && text.len() <= LONGEST_LINK => {
            without_password(url.as_str())
        }
        _ => String::new(),
    }
}

/// Resolves the entities of HTML and XML once: `&amp;lt;` becomes `&lt;`. What is no entity stays as it is.
pub fn unescape(text: &str) -> String {
    const LONGEST_ENTITY: usize = 32;
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        plain.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.bytes().take(LONGEST_ENTITY).position(|byte| byte == b';');
        if let Some((letters, end)) = end.and_then(|end| Some((entity(&rest[1..end])?, end))) {
            plain.push_str(&letters);
            rest = &rest[end + 1..];
        } else {
            plain.push('&');
            rest = &rest[1..];
        }
    }
    plain + rest
}

fn entity(name: &str) -> Option<String> {
    let number = |digits: &str, base| {
        u32::from_str_radix(digits, base).ok().and_then(char::from_u32).filter(|letter| *letter != '\0')
    };
    match name.strip_prefix('#') {
        None => resolve_html5_entity(name).map(str::to_owned),
        Some(code) => match code.strip_prefix(['x', 'X']) {
            Some(digits) => number(digits, 16),
            None => number(code, 10),
        }
        .map(String::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_resolved_once() {
        assert_eq!(unescape("O&#x27;Brien &amp; S&oslash;n"), "O'Brien & Søn");
        assert_eq!(unescape("&amp;lt;b&amp;gt;"), "&lt;b&gt;");
        assert_eq!(unescape("&#233;&#xE9;&quot;"), "éé\"");
    }

    #[test]
    fn what_is_no_entity_stays() {
        for text in ["a & b; c", "&nothing;", "&#0;", "&#xD800;", "&", "&;", "&#;", "&\u{fc};", "ü&ü"] {
            assert_eq!(unescape(text), text);
        }
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(line("  Ann\r\n\t of \u{0}Green\u{7} ", 100), "Ann of Green");
        assert_eq!(line("Jürgen", 3), "Jür");
    }

    #[test]
    fn only_web_links_are_kept() {
        assert_eq!(web_link(" https://example.org/?a=1&b=2 "), "https://example.org/?a=1&b=2");
        assert_eq!(web_link("https://ann:secret@example.org/"), "https://example.org/");
        for link in ["javascript:alert(1)", "data:text/html,x", "example.org", "", "//example.org"] {
            assert_eq!(web_link(link), "");
        }
    }

    #[test]
    fn what_is_no_email_address_is_left_out() {
        assert_eq!(email(" a@b.c "), "a@b.c");
        for text in ["", "@b.c", "a@", "a b@c.d", "a"] {
            assert_eq!(email(text), "");
        }
    }

    #[test]
    fn markdown_is_taken_unless_it_has_html_in_it_or_is_missing() {
        let html = || "<p>x</p>".to_owned();
        for markdown in ["a < b, 1 <2", "*a*"] {
            assert_eq!(best_text(markdown.into(), html()), (markdown.into(), BodyFormat::Markdown));
        }
        for markdown in ["<b>a</b>", "a<br/>", " "] {
            assert_eq!(best_text(markdown.into(), html()), (html(), BodyFormat::Html));
        }
        assert_eq!(best_text("<b>a</b>".into(), " ".into()).1, BodyFormat::Markdown);
    }

    #[test]
    fn who_somebody_is_depends_on_their_id_or_on_every_letter() {
        let id = |id: &str, name: &str, email: &str| {
            let (id, name, email) = (id.to_owned(), name.to_owned(), email.to_owned());
            author(&SourceAuthor { id, name, email, ..SourceAuthor::default() }).id
        };
        assert_eq!(id(" 7 ", "Ann", ""), "7");
        assert_eq!(id("", "Ann", "a@b.c"), id("", "Ann", "a@b.c"));
        assert_ne!(id("", "Ann", "a@b.c"), id("", "Ann", "A@b.c"));
        assert_ne!(id("", "Ann", "a"), id("", "Anna", ""));
        assert_eq!((id("7", " ", "no address"), id("", "", "")), (String::new(), String::new()));
        assert!(id(&"x".repeat(5000), "Ann", "").len() < 50);
    }
}
