//! The one rule that turns a URL into a page's key. See `docs/page-keys.md`.

use std::fmt;

use url::Url;

use crate::base::error::{Error, Result};
use crate::community::sites::Site;

const LONGEST: usize = 2048;
/// Parameters that say where a reader came from, and never which page it is.
const TRACKING: &[&str] = &[
    "fbclid",
    "gclid",
    "gbraid",
    "wbraid",
    "dclid",
    "gclsrc",
    "msclkid",
    "twclid",
    "ttclid",
    "yclid",
    "ysclid",
    "li_fat_id",
    "igsh",
    "igshid",
    "epik",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "_hsenc",
    "_hsmi",
    "_ga",
    "_gl",
    "_openstat",
    "oly_anon_id",
    "oly_enc_id",
    "vero_id",
    "srsltid",
];

/// A site's own name for one of its pages.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PageKey(String);

impl PageKey {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The key of a page of `site`: a URL of one of its hosts becomes `/path?query`, a URL of another
/// host `host/path?query`, a text that starts with `/` is taken as a path, and any other text is a
/// key of the site's own making.
///
/// # Errors
/// `Invalid` for an empty text, control characters, or more than 2048 bytes.
pub fn page_key(site: &Site, text: &str) -> Result<PageKey> {
    key(text, |host| site.owns_host(host))
}

/// The same for whoever knows that every URL is one of the site's own, such as an importer.
///
/// # Errors
/// As [`page_key`].
pub fn page_key_of_own(text: &str) -> Result<PageKey> {
    key(text, |_| true)
}

/// The same with the host in front of every URL, for whoever must tell hosts apart.
///
/// # Errors
/// As [`page_key`].
pub fn page_key_with_host(text: &str) -> Result<PageKey> {
    key(text, |_| false)
}

/// A web address without a user's name and password in it; any other text as it is.
#[must_use]
pub fn without_password(text: &str) -> String {
    match Url::parse(text) {
        Ok(mut url) if !url.username().is_empty() || url.password().is_some() => {
            let bare = url.set_username("").and_then(|()| url.set_password(None));
            bare.map_or_else(|()| String::new(), |()| url.into())
        }
        _ => text.to_owned(),
    }
}

fn key(text: &str, is_own: impl Fn(&str) -> bool) -> Result<PageKey> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
        return Err(Error::invalid(
            "page",
            format!("A page's key has 1 to {LONGEST} bytes and no control characters."),
        ));
    }
    let parsed = match text.strip_prefix('/') {
        Some(path) => Url::parse(&format!("http://own.invalid/{}", path.trim_start_matches('/'))),
        None => Url::parse(text),
    };
    let url = parsed.ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    Ok(PageKey(match url {
        None => text.to_owned(),
        Some(url) => {
            let host = host_of(&url);
            let is_own = text.starts_with('/') || is_own(&host);
            format!("{}{}{}", if is_own { "" } else { host.as_str() }, path_of(&url), query_of(&url))
        }
    }))
}

/// In lower case and punycode, with a port only where it is not the scheme's own.
fn host_of(url: &Url) -> String {
    // With a dot at its end it is the same host, in full (RFC 1034, 3.1).
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn path_of(url: &Url) -> String {
    let segments = url.path().split('/').filter(|segment| !segment.is_empty()).map(encode);
    segments.fold(String::new(), |path, segment| path + "/" + &segment)
        + if url.path().trim_matches('/').is_empty() { "/" } else { "" }
}

fn query_of(url: &Url) -> String {
    let mut pairs: Vec<String> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && !is_tracking(pair.split('=').next().unwrap_or_default()))
        .map(encode)
        .collect();
    pairs.sort();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

fn is_tracking(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("utm_") || TRACKING.contains(&name.as_str())
}

/// Percent-encoding made the same (RFC 3986, 6.2.2): unreserved characters plain, all else that was
/// encoded with upper-case digits, and what is not ASCII encoded.
fn encode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = (byte == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        let escaped = escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escaped {
            Some(byte) if is_unreserved(byte) => out.push(char::from(byte)),
            Some(byte) => out.push_str(&format!("%{byte:02X}")),
            None if byte.is_ascii_graphic() && byte != b'%' => out.push(char::from(byte)),
            None => out.push_str(&format!("%{byte:02X}")),
        }
        at += if escaped.is_some() { 3 } else { 1 };
    }
    out
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base::clock::Millis;
    use crate::base::id::Id;
    use crate::community::sites::Draft;

    fn key_of(text: &str) -> String {
        let draft = Draft {
            key: "blog".into(),
            origins: "https://blog.example.com http://localhost:1313 https://bücher.example".into(),
            ..Draft::default()
        };
        page_key(&draft.to_site(Id(1), Millis(0)).unwrap(), text).unwrap().to_string()
    }

    #[test]
    fn one_page_has_one_key_however_it_was_reached() {
        for url in [
            "https://blog.example.com/posts/a/",
            "http://blog.example.com/posts/a",
            "HTTPS://Blog.Example.COM:443/posts/a",
            "https://blog.example.com//posts///a//",
            "https://blog.example.com/posts/a/#comments",
            "https://blog.example.com/posts/a/?fbclid=xyz",
            "https://blog.example.com/posts/a/?utm_source=x&UTM_Medium=y&gclid=z",
            "https://blog.example.com/posts/./b/../a",
            "https://blog.example.com/posts/%61",
            "  https://blog.example.com/posts/a?  ",
            "http://localhost:1313/posts/a/",
            "https://blog.example.com./posts/a/",
            "/posts/a/",
            "//posts/a",
        ] {
            assert_eq!(key_of(url), "/posts/a", "{url}");
        }
    }

    #[test]
    fn what_tells_pages_apart_stays() {
        assert_eq!(key_of("https://blog.example.com/?p=12"), "/?p=12");
        assert_eq!(key_of("https://blog.example.com/a?b=2&a=1&utm_id=3"), "/a?a=1&b=2");
        assert_eq!(key_of("https://blog.example.com/A"), "/A");
        assert_eq!(key_of("https://blog.example.com/a/index.html"), "/a/index.html");
        assert_eq!(key_of("https://blog.example.com"), "/");
        assert_eq!(key_of("https://blog.example.com/a%2Fb"), "/a%2Fb");
        assert_eq!(key_of("https://blog.example.com/a%2fb"), "/a%2Fb");
    }

    #[test]
    fn scripts_other_than_latin_have_one_spelling() {
        assert_eq!(
            key_of("https://blog.example.com/żółw"),
            key_of("https://blog.example.com/%c5%bc%C3%B3%C5%82w")
        );
        assert_eq!(key_of("https://bücher.example/x"), "/x");
        assert_eq!(key_of("https://xn--bcher-kva.example/x"), "/x");
    }

    #[test]
    fn a_page_elsewhere_keeps_its_host() {
        assert_eq!(key_of("https://Other.example:8443/a/"), "other.example:8443/a");
        assert_eq!(key_of("https://user:pass@other.example/a"), "other.example/a");
        assert_ne!(key_of("https://blog.example.com.evil.example/posts/a"), "/posts/a");
    }

    #[test]
    fn a_name_and_a_password_are_taken_out_of_an_address() {
        assert_eq!(without_password("https://ann:secret@a.example/b?c#d"), "https://a.example/b?c#d");
        assert_eq!(without_password("https://ann@a.example/"), "https://a.example/");
        for text in ["https://a.example/b?c=d@e", "/a@b", "a@b.example", ""] {
            assert_eq!(without_password(text), text);
        }
    }

    #[test]
    fn a_key_of_the_sites_own_making_stays_as_it_is() {
        assert_eq!(key_of(" post-17 "), "post-17");
        assert_eq!(key_of("urn:uuid:1234"), "urn:uuid:1234");
    }

    #[test]
    fn what_cannot_be_a_key_is_refused() {
        for text in ["", "   ", "a\u{0}b", "line\nbreak", &"x".repeat(2049)] {
            assert!(page_key_of_own(text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(path in "/[ -~é漢]{0,60}") {
            if let Ok(once) = page_key_of_own(&path) {
                prop_assert_eq!(page_key_of_own(once.as_str()).unwrap(), once);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,200}") {
            let _ = page_key_of_own(&text);
        }
    }
}
