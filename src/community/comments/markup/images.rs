//! Images as links to them, where a site does not allow images; where it does, images that are loaded late and
//! do not tell where they are shown.

use super::tags::{length_of_tag, value};

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

fn link(attributes: &str, in_link: bool) -> String {
    let src = value(attributes, "src");
    let described = ["alt", "title"].map(|name| value(attributes, name).trim());
    let words = described.into_iter().find(|words| !words.is_empty()).unwrap_or_else(|| file_name(src));
    let words = words.replace('<', "&lt;").replace('>', "&gt;");
    if in_link || src.is_empty() { words } else { format!("<a href=\"{src}\">{words}</a>") }
}

fn file_name(src: &str) -> &str {
    let path = src.split(['?', '#']).next().unwrap_or_default();
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}
