//! What a ban looks at, and what fits it.

use std::net::IpAddr;
use std::str::FromStr;

use crate::base::config::Network;
use crate::base::error::{Error, Result};
use crate::community::users::accounts::looks_like_email;
use crate::community::users::names::{folded, is_visible};

const LONGEST: usize = 200;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One address, by the keyed hash that is stored with a comment.
    Address,
    /// A network, against the address as it is.
    Network,
    Email,
    Name,
}

impl Kind {
    pub const EVERY: [Self; 4] = [Self::Address, Self::Network, Self::Email, Self::Name];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Network => "network",
            Self::Email => "email",
            Self::Name => "name",
        }
    }

    /// The pattern as it is stored.
    ///
    /// # Errors
    /// `Invalid` when it is none, or when everybody would fit it.
    pub fn check(self, pattern: &str) -> Result<String> {
        let pattern = pattern.trim();
        if pattern.chars().count() > LONGEST {
            return Err(wrong(&format!("That is too long: at most {LONGEST} characters.")));
        }
        match self {
            Self::Address => {
                let is_hash = !pattern.is_empty() && pattern.bytes().all(|byte| byte.is_ascii_hexdigit());
                if is_hash {
                    Ok(pattern.to_owned())
                } else {
                    Err(wrong("Ban an address from a comment’s page."))
                }
            }
            Self::Network => network(pattern),
            Self::Email if !pattern.contains('*') && !looks_like_email(pattern) => {
                Err(wrong("That is not an email address. With a * it may be a part of one: *@spam.example"))
            }
            Self::Email | Self::Name if !is_visible(&pattern.replace('*', "")) => {
                Err(wrong("Everybody fits that. Write something beside the *."))
            }
            Self::Email | Self::Name => Ok(pattern.to_owned()),
        }
    }
}

impl FromStr for Kind {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        Self::EVERY.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| {
            Error::invalid("kind", format!("“{text}” is none of address, network, email, name."))
        })
    }
}

fn wrong(detail: &str) -> Error {
    Error::invalid("pattern", detail)
}

/// The network that an address with a prefix length is in.
fn network(pattern: &str) -> Result<String> {
    let Network(network) = pattern.parse().map_err(|words: String| wrong(&format!("{words}.")))?;
    if network.prefix_len() == 0 {
        return Err(wrong("That is the whole internet. Choose a smaller network."));
    }
    Ok(Network(network.trunc()).to_string())
}

pub fn network_has(pattern: &str, address: IpAddr) -> bool {
    pattern.parse::<Network>().is_ok_and(|network| network.contains(address))
}

pub fn email_fits(pattern: &str, email: &str) -> bool {
    !email.is_empty() && fits(&folded(pattern), &folded(email))
}

pub fn name_fits(pattern: &str, name: &str) -> bool {
    !name.is_empty() && fits(&folded(pattern), &folded(name))
}

/// Whether the whole of `text` fits `pattern`, in which `*` stands for any characters, also for none.
/// The pieces between the stars are taken where they come first, which loses nothing.
fn fits(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let Some(last) = pieces.next_back() else { return rest.is_empty() };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything_and_for_nothing() {
        for (pattern, text) in [
            ("ann", "ann"),
            ("*", ""),
            ("a*", "a"),
            ("*ann*", "joanna"),
            ("*@spam.example", "a@spam.example"),
            ("a*b*c", "a b b c"),
            ("a**c", "ac"),
            ("*aab", "aaab"),
        ] {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("ann", "anna"),
            ("a*a", "a"),
            ("*@spam.example", "a@spam.example.org"),
            ("a*b*c", "a c b"),
            ("", "a"),
        ] {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn names_and_emails_are_compared_as_people_read_them() {
        assert!(name_fits("big TROLL*", "Big  Tro\u{200B}ll the 3rd"));
        assert!(name_fits("straße", "STRASSE"));
        assert!(email_fits("Eve@Example.org", "eve@example.ORG"));
        assert!(!email_fits("*@example.org", ""), "who gave no email has none that fits");
        assert!(!name_fits("Ann", "Anna"));
    }

    #[test]
    fn a_network_is_kept_by_its_first_address() {
        assert_eq!(Kind::Network.check(" 203.0.113.7/24 ").unwrap(), "203.0.113.0/24");
        assert_eq!(Kind::Network.check("2001:db8:1:2::9/48").unwrap(), "2001:db8:1::/48");
        assert_eq!(Kind::Network.check("203.0.113.7").unwrap(), "203.0.113.7");
        let has = |network: &str, address: &str| network_has(network, address.parse().unwrap());
        assert!(has("203.0.113.0/24", "203.0.113.200") && !has("203.0.113.0/24", "203.0.114.1"));
        assert!(has("203.0.113.7", "203.0.113.7") && !has("203.0.113.7", "203.0.113.8"));
    }

    #[test]
    fn nobody_bans_everybody() {
        for (kind, pattern) in [
            (Kind::Name, "*"),
            (Kind::Name, " ** "),
            (Kind::Name, ""),
            (Kind::Name, "\u{200B}*"),
            (Kind::Email, "*"),
            (Kind::Email, ""),
            (Kind::Network, "0.0.0.0/0"),
            (Kind::Network, "::/0"),
            (Kind::Network, "here"),
            (Kind::Address, ""),
            (Kind::Address, "203.0.113.7"),
        ] {
            assert!(kind.check(pattern).is_err(), "{kind:?} {pattern:?}");
        }
    }
}
