//! Whether a thread takes new comments, and whether they wait for a moderator.

use std::time::Duration;

use super::Thread;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::community::comments::Status;
use crate::community::sites::Site;

/// Why a comment waits that the site's own rule would have let through.
pub const HELD: &str = "Every new comment in this thread waits for a moderator.";

/// What keeps a thread from taking new comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    Open,
    /// Somebody locked it.
    Locked,
    /// So many days have passed since its first comment.
    Passed(u32),
}

impl Closing {
    #[must_use]
    pub fn is_closed(self) -> bool {
        self != Self::Open
    }

    /// # Errors
    /// `Forbidden` when no comment is taken, with the reason.
    pub fn check(self) -> Result<()> {
        let detail = match self {
            Self::Open => return Ok(()),
            Self::Locked => "This thread is closed for new comments.".to_owned(),
            Self::Passed(1) => "This thread is closed: a day has passed since its first comment.".to_owned(),
            Self::Passed(days) => {
                format!("This thread is closed: {days} days have passed since its first comment.")
            }
        };
        Err(Error::Forbidden(detail))
    }
}

impl Thread {
    /// Days after its first comment from when it takes no new ones; 0: it stays open.
    #[must_use]
    pub fn days_open(&self, site: &Site) -> u32 {
        self.close_after.unwrap_or(site.close_after)
    }

    /// When it closes by itself; none when it never does, or while nobody has commented.
    #[must_use]
    pub fn closes_at(&self, site: &Site) -> Option<Millis> {
        let days = self.days_open(site);
        let first = self.oldest.filter(|_| days > 0)?;
        Some(first.moment() + Duration::from_hours(24 * u64::from(days)))
    }

    /// How it stands at `now`.
    #[must_use]
    pub fn closing(&self, site: &Site, now: Millis) -> Closing {
        if self.locked {
            return Closing::Locked;
        }
        match self.closes_at(site) {
            Some(end) if end <= now => Closing::Passed(self.days_open(site)),
            _ => Closing::Open,
        }
    }

    /// The site's verdict on a comment or an edit, and what this thread makes of it.
    #[must_use]
    pub fn judge(&self, verdict: (Status, String)) -> (Status, String) {
        if self.held && verdict.0 == Status::Published { (Status::Held, HELD.to_owned()) } else { verdict }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::Id;
    use crate::community::sites::Draft;

    const DAY: i64 = 24 * 3600 * 1000;

    fn site(close_after: u32) -> Site {
        let draft = Draft { key: "blog".into(), origins: "https://blog.example".into(), ..Draft::default() };
        Site { close_after, ..draft.to_site(Id(1), Millis(0)).unwrap() }
    }

    fn empty() -> Thread {
        Thread {
            id: Id(2),
            site: Id(1),
            page: "/a".into(),
            url: String::new(),
            title: String::new(),
            locked: false,
            held: false,
            close_after: None,
            count: 0,
            oldest: None,
            newest: None,
            created_at: Millis(0),
        }
    }

    fn begun(at: i64) -> Thread {
        Thread { oldest: Some(Id::at(Millis(at), 5)), ..empty() }
    }

    #[test]
    fn it_closes_so_many_days_after_its_first_comment() {
        let thread = begun(1000);
        assert_eq!(thread.closes_at(&site(30)), Some(Millis(1000 + 30 * DAY)));
        assert_eq!(thread.closing(&site(30), Millis(999 + 30 * DAY)), Closing::Open);
        assert_eq!(thread.closing(&site(30), Millis(1000 + 30 * DAY)), Closing::Passed(30));
    }

    #[test]
    fn a_thread_s_own_days_go_before_the_site_s() {
        let late = Millis(1000 * DAY);
        assert_eq!(Thread { close_after: Some(0), ..begun(0) }.closing(&site(30), late), Closing::Open);
        assert_eq!(Thread { close_after: Some(7), ..begun(0) }.closing(&site(0), late), Closing::Passed(7));
        assert_eq!(begun(0).closing(&site(0), late), Closing::Open);
    }

    #[test]
    fn where_nobody_has_commented_nothing_closes() {
        assert_eq!(empty().closing(&site(1), Millis(1000 * DAY)), Closing::Open);
    }

    #[test]
    fn a_refusal_says_which_of_the_two_it_is() {
        let words = |closing: Closing| closing.check().unwrap_err().to_string();
        assert!(Closing::Open.check().is_ok());
        assert_eq!(words(Closing::Locked), "This thread is closed for new comments.");
        assert!(words(Closing::Passed(30)).contains("30 days have passed"));
        let both = Thread { locked: true, ..begun(0) };
        assert_eq!(both.closing(&site(1), Millis(9 * DAY)), Closing::Locked);
    }

    #[test]
    fn a_thread_that_holds_lets_nothing_through_and_rescues_nothing() {
        let thread = Thread { held: true, ..empty() };
        let judge = |thread: &Thread, status, why: &str| thread.judge((status, why.to_owned()));
        assert_eq!(judge(&thread, Status::Published, ""), (Status::Held, HELD.to_owned()));
        assert_eq!(judge(&thread, Status::Spam, "why"), (Status::Spam, "why".to_owned()));
        assert_eq!(judge(&empty(), Status::Published, ""), (Status::Published, String::new()));
    }
}
