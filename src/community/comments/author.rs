//! How people introduce themselves, and what is taken for an introduction.

use super::markup::printable;
use crate::base::error::{Error, Result};
use crate::community::users::accounts::looks_like_email;
use crate::community::users::names::is_visible;

const LONGEST_NAME: usize = 80;

/// How a person introduces themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Author {
    pub name: String,
    pub email: String,
    pub url: String,
}

/// Introduces somebody, or says what is not right.
///
/// # Errors
/// `Invalid`, with the field.
pub fn check_author(author: &Author) -> Result<Author> {
    let name: String = printable(&author.name).chars().filter(|c| !is_secret(*c)).collect();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if !is_visible(&name) || name.chars().count() > LONGEST_NAME || name.chars().any(is_turning) {
        return Err(Error::invalid(
            "author.name",
            format!("Write a name of 1 to {LONGEST_NAME} characters."),
        ));
    }
    let email = author.email.trim().to_owned();
    if !email.is_empty() && !looks_like_email(&email) {
        return Err(Error::invalid("author.email", "That is not an email address. It may be left out."));
    }
    Ok(Author { name, email, url: check_url(author.url.trim())? })
}

/// Would let two names that look the same be two. What joins letters in some scripts, and emoji, stays.
fn is_secret(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2060}'
            ..='\u{2064}' | '\u{FEFF}'
    )
}

/// Turns the text around it, beyond the name itself.
fn is_turning(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn check_url(text: &str) -> Result<String> {
    if text.is_empty() {
        return Ok(String::new());
    }
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = url::Url::parse(&with_scheme).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.host_str().is_some_and(|host| host.contains('.') || host == "localhost")
    });
    match url {
        Some(url) if url.as_str().len() <= 500 => Ok(url.to_string()),
        _ => Err(Error::invalid(
            "author.url",
            "That is not a website's address like https://example.com. It may be left out.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Result<Author> {
        check_author(&Author { name: name.into(), ..Author::default() })
    }

    #[test]
    fn a_name_is_something_one_can_see() {
        for name in ["", "   ", "\u{3164}", "\u{200B}\u{200B}", "a\u{202E}nnA", &"x".repeat(81)] {
            assert!(named(name).is_err(), "{name:?}");
        }
        assert_eq!(named("  Ann \t Lee ").unwrap().name, "Ann Lee");
        assert_eq!(named("Ad\u{200B}min\u{FEFF}\u{200F}").unwrap().name, "Admin");
        assert!(
            named("\u{0645}\u{06CC}\u{200C}\u{062E}\u{0648}\u{0627}\u{0647}\u{0645}").is_ok(),
            "Persian joins words so"
        );
    }

    #[test]
    fn a_website_is_http_or_nothing() {
        let at = |url: &str| check_author(&Author { name: "A".into(), url: url.into(), ..Author::default() });
        assert_eq!(at("example.com").unwrap().url, "https://example.com/");
        assert_eq!(at("http://a.example/b").unwrap().url, "http://a.example/b");
        for url in ["javascript:alert(1)", "data:text/html,x", "nonsense", "https://"] {
            assert!(at(url).is_err(), "{url}");
        }
    }
}
