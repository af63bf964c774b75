//! The sessions of an account as pages list them.

use super::{Session, name_of};
use crate::base::clock::Millis;
use crate::web::frame::When;

/// One browser in which an account is signed in.
pub struct SessionRow {
    pub id: String,
    pub device: String,
    pub address: String,
    pub since: When,
    pub seen: When,
    /// Whether it is the one that looks at the page.
    pub current: bool,
}

impl SessionRow {
    /// The one that looks first, then the last used.
    #[must_use]
    pub fn list(mut sessions: Vec<Session>, current: &[u8; 32], now: Millis) -> Vec<Self> {
        sessions.sort_by_key(|session| session.token_hash != *current);
        sessions.into_iter().map(|session| Self::new(session, current, now)).collect()
    }

    fn new(session: Session, current: &[u8; 32], now: Millis) -> Self {
        Self {
            id: name_of(&session.token_hash),
            device: device_name(&session.agent),
            address: session.address,
            since: When::new(session.created_at, now),
            seen: When::new(session.seen_at, now),
            current: session.token_hash == *current,
        }
    }
}

/// “Firefox on Linux”, as far as the browser says so; order matters, since they imitate each other.
fn device_name(agent: &str) -> String {
    const BROWSERS: [(&str, &str); 5] = [
        ("Firefox/", "Firefox"),
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let name = |list: &[(&str, &'static str)]| {
        list.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name)
    };
    match (name(&BROWSERS), name(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) if agent.is_empty() => "A device that gives no name".to_owned(),
        (None, None) => agent.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_named_as_its_owner_would() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        let edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0";
        assert_eq!(device_name(firefox), "Firefox on Linux");
        assert_eq!(device_name(edge), "Edge on Windows");
        assert_eq!(device_name("curl/8"), "curl/8");
        assert!(!device_name("").is_empty());
    }
}
