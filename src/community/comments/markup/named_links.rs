//! Links that say where they lead.

use super::tags::{length_of_tag, value};
use crate::community::users::names::is_visible;

/// Gives every link in sanitised HTML that shows nothing its address as its words: nobody could see it, and a screen
/// reader would have nothing to say.
#[must_use]
pub fn with_names(clean: &str) -> String {
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
