//! The sessions of an account as pages list them.

use super::{Session, name_of};
use crate::base::clock::Millis;
use crate::web::frame::When;
use crate::web::table::{Address, Column, Head, Names, Pages, Table};

/// By what sessions can be put in order.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum By {
    Device,
    Since,
    #[default]
    Seen,
}

const HEADS: &[Head<By>] = &[
    Head { by: By::Device, word: "browser", label: "Browser", class: "", descending: false },
    Head { by: By::Seen, word: "seen", label: "Last seen", class: "", descending: true },
    Head { by: By::Since, word: "since", label: "Signed in", class: "", descending: true },
];

/// The browsers in which an account is signed in, a page of them.
pub struct SessionTable {
    /// Where the form leads that ends them.
    pub end_at: String,
    pub columns: Vec<Column>,
    pub rows: Vec<SessionRow>,
    pub pages: Pages,
    /// Whether the one that looks at the page is among them all.
    pub with_current: bool,
}

impl SessionTable {
    /// Of the page at `path`, as its `query` asks for it.
    #[must_use]
    pub fn new(path: &str, query: &str, mut sessions: Vec<Session>, current: &[u8; 32], now: Millis) -> Self {
        let address = Address::new(path, query, &Names::MAIN.all()).at("sessions-title");
        let table = Table::asked(&address, Names::MAIN, HEADS);
        // Whoever looks is seen right now, whenever that was noted last.
        let seen = |one: &Session| if one.token_hash == *current { now } else { one.seen_at };
        table.arrange(&mut sessions, |by, one, other| match by {
            By::Device => device_name(&one.agent).cmp(&device_name(&other.agent)),
            By::Since => one.created_at.cmp(&other.created_at),
            By::Seen => seen(one).cmp(&seen(other)),
        });
        let with_current = sessions.iter().any(|one| one.token_hash == *current);
        let (shown, pages) = table.cut(sessions);
        Self {
            end_at: format!("{path}/sessions"),
            columns: table.columns(),
            rows: shown.into_iter().map(|session| SessionRow::new(session, current, now)).collect(),
            pages,
            with_current,
        }
    }
}

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

    fn session(number: u8, seen_at: i64) -> Session {
        Session {
            token_hash: [number; 32],
            account: crate::base::id::Id(1),
            created_at: Millis(i64::from(number)),
            seen_at: Millis(seen_at),
            agent: String::new(),
            address: number.to_string(),
        }
    }

    fn order(query: &str) -> String {
        let sessions = vec![session(3, 30), session(1, 20), session(2, 10)];
        let table = SessionTable::new("/here", query, sessions, &[2; 32], Millis(100));
        table.rows.into_iter().map(|row| row.address).collect()
    }

    #[test]
    fn who_looks_is_seen_now_and_other_orders_are_kept_to() {
        assert_eq!(order(""), "231");
        assert_eq!(order("sort=seen&dir=asc"), "132");
        assert_eq!(order("sort=since"), "321");
        assert_eq!(order("sort=since&dir=asc"), "123");
    }

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
