//! Links that say where they lead. Images as links to them, where a site does not allow images; where it does, images that are loaded late and
//! do not tell where they are shown.

use crate::community::users::names::is_visible;

/// What every image is given. It is not left to the sanitiser, which keeps what it sets in a hash map: the order
/// was another in every process, and with it the bytes of the HTML.
const MANNERS: &str = " loading=\"lazy\" referrerpolicy=\"no-referrer\"";

/// Gives every image of sanitised HTML its manners.
#[must_use]
pub fn patient(clean: &str) -> String {
    let mut out = String::with_capacity(clean.len() + MANNERS.len());
    let mut rest = clean;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let (tag, after) = rest[at..].split_at(length_of_tag(&rest[at..]));
        match tag.strip_suffix('>') {
            Some(inside) if inside == "<img" || inside.starts_with("<img ") => {
                out.push_str(inside);
                out.push_str(MANNERS);
                out.push('>');
            }
            _ => out.push_str(tag),
        }
        rest = after;
    }
    out + rest
}

/// Replaces every image in sanitised HTML by a link with its description. A link that holds an image keeps the
/// description alone.
#[must_use]
pub fn as_links(clean: &str) -> String {
    let mut out = String::with_capacity(clean.len());
    let mut rest = clean;
    let mut in_link = false;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let (tag, after) = rest[at..].split_at(length_of_tag(&rest[at..]));
        if let Some(attributes) = tag.strip_prefix("<img ") {
            out.push_str(&link(attributes, in_link));
        } else {
            in_link = tag.starts_with("<a ") || (in_link && tag != "</a>");
            out.push_str(tag);
        }
        rest = after;
    }
    out + rest
}

/// Gives every link in sanitised HTML that shows nothing its address as its words: nobody could see it, and a screen
/// reader would have nothing to say.
#[must_use]
pub fn with_named_links(clean: &str) -> String {
    let mut out = String::with_capacity(clean.len());
    let mut rest = clean;
    while let Some(at) = rest.find("<a ") {
        let (before, link) = rest.split_at(at);
        let (tag, after) = link.split_at(length_of_tag(link));
        let inside = after.split("</a>").next().unwrap_or_default();
        out.push_str(before);
        out.push_str(tag);
        out.push_str(inside);
        if !shows_something(inside) {
            out.push_str(&value(tag, "<a href").replace('<', "&lt;").replace('>', "&gt;"));
        }
        rest = &after[inside.len()..];
    }
    out + rest
}

fn shows_something(html: &str) -> bool {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (tag, after) = rest[at..].split_at(length_of_tag(&rest[at..]));
        if is_visible(&rest[..at]) || (tag.starts_with("<img ") && is_visible(value(&tag[4..], "alt"))) {
            return true;
        }
        rest = after;
    }
    is_visible(&rest.replace("&nbsp;", " "))
}

/// The sanitiser writes every value between double quotes; a `>` in one does not end the tag.
fn length_of_tag(text: &str) -> usize {
    let mut in_value = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => in_value = !in_value,
            b'>' if !in_value => return at + 1,
            _ => (),
        }
    }
    text.len()
}

fn link(attributes: &str, in_link: bool) -> String {
    let src = value(attributes, "src");
    let described = ["alt", "title"].map(|name| value(attributes, name).trim());
    let words = described.into_iter().find(|words| !words.is_empty()).unwrap_or_else(|| file_name(src));
    let words = words.replace('<', "&lt;").replace('>', "&gt;");
    if in_link || src.is_empty() { words } else { format!("<a href=\"{src}\">{words}</a>") }
}

fn value<'a>(attributes: &'a str, name: &str) -> &'a str {
    // Every second piece between quotes is a value, and stands behind its name.
    let mut pieces = attributes.split('"');
    while let (Some(before), Some(value)) = (pieces.next(), pieces.next()) {
        if before.trim() == format!("{name}=") {
            return value;
        }
    }
    ""
}

fn file_name(src: &str) -> &str {
    let path = src.split(['?', '#']).next().unwrap_or_default();
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}
