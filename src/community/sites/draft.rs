//! A site as somebody typed it, and what is wrong with it.

use std::time::Duration;

use serde::Serialize;

use super::{Colour, Moderation, Site, Sort, Theme};
use crate::base::clock::Millis;
use crate::base::error::Error;
use crate::base::id::Id;

/// As long as a thread can stay open that closes at all: ten years.
pub const MOST_DAYS: u32 = 3650;
/// As many as can still be looked for in every comment.
const MOST_WORDS: usize = 2000;
const LONGEST_WORD: usize = 100;

/// Everything as text, so that a form can show it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Draft {
    pub key: String,
    pub name: String,
    /// One a line.
    pub origins: String,
    pub moderation: String,
    pub sort: String,
    pub display_depth: String,
    pub edit_minutes: String,
    pub max_length: String,
    pub close_after: String,
    pub images: bool,
    pub avatars: bool,
    /// One a line.
    pub blocked_words: String,
    pub theme: String,
    /// `#rrggbb`, or empty.
    pub accent: String,
}

/// One value that will not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub field: &'static str,
    pub detail: String,
}

impl Fault {
    #[must_use]
    pub fn first(faults: &[Self]) -> Error {
        let fault = faults.first();
        Error::invalid(fault.map_or("", |fault| fault.field), fault.map_or("", |fault| fault.detail.as_str()))
    }
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            key: String::new(),
            name: String::new(),
            origins: String::new(),
            moderation: "first".into(),
            sort: "oldest".into(),
            display_depth: "4".into(),
            edit_minutes: "15".into(),
            max_length: "10000".into(),
            close_after: "0".into(),
            images: false,
            avatars: false,
            blocked_words: String::new(),
            theme: "auto".into(),
            accent: String::new(),
        }
    }
}

impl From<&Site> for Draft {
    fn from(site: &Site) -> Self {
        Self {
            key: site.key.clone(),
            name: site.name.clone(),
            origins: site.origins.join("\n"),
            moderation: site.moderation.to_string(),
            sort: site.sort.to_string(),
            display_depth: site.display_depth.to_string(),
            edit_minutes: (site.edit_window.as_secs() / 60).to_string(),
            max_length: site.max_length.to_string(),
            close_after: site.close_after.to_string(),
            images: site.images,
            avatars: site.avatars,
            blocked_words: site.blocked_words.clone(),
            theme: site.theme.to_string(),
            accent: site.accent.map(|accent| accent.to_string()).unwrap_or_default(),
        }
    }
}

impl Draft {
    /// # Errors
    /// Every fault at once, so that a form need not be sent once for each.
    pub fn to_site(&self, id: Id, created_at: Millis) -> Result<Site, Vec<Fault>> {
        let mut faults = Vec::new();
        let site = Site {
            id,
            key: check(&mut faults, "key", key_of(&self.key)),
            name: check(&mut faults, "name", name_of(&self.name, &self.key)),
            origins: check(&mut faults, "origins", origins_of(&self.origins)),
            moderation: check(&mut faults, "moderation", self.moderation.parse::<Moderation>()),
            sort: check(&mut faults, "sort", self.sort.parse::<Sort>()),
            display_depth: check(&mut faults, "display_depth", number(&self.display_depth, 0, 10)),
            edit_window: Duration::from_secs(
                60 * u64::from(check(
                    &mut faults,
                    "edit_minutes",
                    number(&self.edit_minutes, 0, 60 * 24 * 7),
                )),
            ),
            max_length: check(&mut faults, "max_length", number(&self.max_length, 10, 100_000)),
            close_after: check(&mut faults, "close_after", days(&self.close_after)),
            images: self.images,
            avatars: self.avatars,
            blocked_words: check(&mut faults, "blocked_words", words_of(&self.blocked_words)),
            theme: check(&mut faults, "theme", self.theme.parse::<Theme>()),
            accent: check(&mut faults, "accent", accent_of(&self.accent)),
            created_at,
            first_view_at: None,
            removed_at: None,
        };
        if faults.is_empty() { Ok(site) } else { Err(faults) }
    }
}

fn check<T: Default>(faults: &mut Vec<Fault>, field: &'static str, value: Result<T, String>) -> T {
    value.unwrap_or_else(|detail| {
        faults.push(Fault { field, detail });
        T::default()
    })
}

pub(super) fn key_of(text: &str) -> Result<String, String> {
    let key = text.trim();
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if key.is_empty() || key.len() > 64 || !key.chars().all(fits) {
        return Err(
            "A key has 1 to 64 characters: a to z, 0 to 9, - and _. It stands in the embedding tag.".into()
        );
    }
    if key == "new" {
        return Err("“new” is the name of a page of the dashboard; choose another key.".into());
    }
    Ok(key.to_owned())
}

fn name_of(text: &str, key: &str) -> Result<String, String> {
    let name = text.trim();
    if name.chars().count() > 200 {
        return Err("A name has at most 200 characters.".into());
    }
    Ok(if name.is_empty() { key.trim().to_owned() } else { name.to_owned() })
}

fn origins_of(text: &str) -> Result<Vec<String>, String> {
    let mut origins = Vec::new();
    for word in text.split([',', '\n', ' ', '\r', '\t']).filter(|word| !word.is_empty()) {
        let origin = origin_of(word)?;
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    if origins.is_empty() {
        return Err(
            "Name at least one origin, such as https://blog.example.com: only its pages may post.".into()
        );
    }
    Ok(origins)
}

/// The origin of a URL, as browsers write it: `HTTPS://Blog.example.com:443/about` →
/// `https://blog.example.com`.
///
/// # Errors
/// When it is no http(s) URL; the words say what one looks like.
pub fn origin_of(text: &str) -> Result<String, String> {
    let url =
        url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.map(|url| url.origin().ascii_serialization())
        .ok_or_else(|| format!("“{text}” is not an origin; write for example https://blog.example.com"))
}

/// The list without blank lines and repetitions.
fn words_of(text: &str) -> Result<String, String> {
    let mut words: Vec<&str> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let word = line.trim();
        let bare = word.strip_suffix('*').unwrap_or(word);
        if word.chars().count() > LONGEST_WORD {
            return Err(format!("Line {number} is longer than {LONGEST_WORD} characters."));
        }
        if bare.contains('*') || (bare.is_empty() && !word.is_empty()) {
            return Err(format!(
                "Line {number}: a * may stand at the end of a word only, for whatever begins so."
            ));
        }
        if !word.is_empty() && !words.contains(&word) {
            words.push(word);
        }
    }
    if words.len() > MOST_WORDS {
        return Err(format!("These are {} lines; at most {MOST_WORDS} can be looked for.", words.len()));
    }
    Ok(words.join("\n"))
}

fn accent_of(text: &str) -> Result<Option<Colour>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let colour = Colour::parse(text);
    colour.map(Some).ok_or_else(|| {
        "Write a colour as # and six digits, such as #1f6a4d; empty is the widget’s own.".into()
    })
}

fn number(text: &str, least: u32, most: u32) -> Result<u32, String> {
    let number = text.trim().parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| format!("Write a whole number from {least} to {most}."))
}

/// Left empty it is 0.
fn days(text: &str) -> Result<u32, String> {
    if text.trim().is_empty() { Ok(0) } else { number(text, 0, MOST_DAYS) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(origins: &str) -> Draft {
        Draft { key: "blog".into(), origins: origins.into(), ..Draft::default() }
    }

    #[test]
    fn an_origin_is_what_a_browser_would_send() {
        let site = draft("HTTPS://Blog.Example.com:443/about http://localhost:1313")
            .to_site(Id(1), Millis(0))
            .unwrap();
        assert_eq!(site.origins, ["https://blog.example.com", "http://localhost:1313"]);
        assert_eq!(origin_of("https://bücher.example").unwrap(), "https://xn--bcher-kva.example");
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let bad = Draft {
            key: "My Blog!".into(),
            origins: "blog".into(),
            display_depth: "99".into(),
            ..Draft::default()
        };
        let fields: Vec<_> =
            bad.to_site(Id(1), Millis(0)).unwrap_err().iter().map(|fault| fault.field).collect();
        assert_eq!(fields, ["key", "origins", "display_depth"]);
    }

    #[test]
    fn a_list_of_words_is_tidied_and_its_mistakes_are_named_by_line() {
        assert_eq!(words_of(" casino \r\n\n赌场\ncasino\nfree mon*\n").unwrap(), "casino\n赌场\nfree mon*");
        for (list, line) in [("ok\n*", "Line 2"), ("*any", "Line 1"), ("a*b", "Line 1")] {
            assert!(words_of(list).unwrap_err().starts_with(line), "{list}");
        }
        assert!(words_of(&"x".repeat(101)).is_err());
        assert!(words_of(&(0..2001).map(|n| n.to_string()).collect::<Vec<_>>().join("\n")).is_err());
    }

    #[test]
    fn a_form_shows_the_site_that_it_made() {
        let full = Draft {
            blocked_words: "casino\nviagra*".into(),
            theme: "dark".into(),
            accent: "#FC0".into(),
            ..draft("https://a.example")
        };
        let site = full.to_site(Id(1), Millis(0)).unwrap();
        assert_eq!(site.accent.unwrap().to_string(), "#ffcc00");
        assert_eq!(Draft::from(&site).to_site(Id(1), Millis(0)).unwrap(), site);
    }
}
