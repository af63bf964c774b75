//! The frame around every page, and the small things that pages show.

use std::collections::HashMap;

use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest};
use askama::Template;
use rusqlite::Connection;

use super::assets;
use super::caller::Account;
use super::respond::Problem;
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;

/// What the frame around every page needs.
pub struct Frame {
    pub title: String,
    /// None for a visitor: no navigation then, and a narrow page.
    pub account_name: Option<String>,
    /// Comments that wait, over all sites: the number beside "Queue".
    pub held: i64,
    pub csrf: String,
    pub flash: Option<Flash>,
    /// Which entry of the navigation is marked: `home`, `queue`, `threads`, `sites`, `account` or none.
    pub current: &'static str,
    pub asset_version: &'static str,
}

/// One sentence on what has just happened.
pub struct Flash {
    pub text: String,
    pub wrong: bool,
    pub undo: Option<Undo>,
}

/// The form that takes it back.
pub struct Undo {
    pub action: String,
    pub fields: Vec<(String, String)>,
}

/// A time, worded by the server.
pub struct When {
    /// RFC 3339.
    pub iso: String,
    pub text: String,
}

/// A form's field as it was sent, and what was wrong with it.
#[derive(Default)]
pub struct Field {
    pub value: String,
    pub error: Option<String>,
}

/// Counts of comments, for floors that know none. Given by the server.
#[derive(Clone, Copy)]
pub struct Counts {
    /// Those that wait, over all sites.
    pub held: fn(&Connection) -> Result<i64>,
    /// Published and held ones of each site that has any.
    pub by_site: fn(&Connection) -> Result<CountsBySite>,
    /// All that hangs on one site.
    pub of_site: fn(&Connection, Id) -> Result<SiteCounts>,
}

/// How much there is on a site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SiteCounts {
    pub threads: i64,
    /// Of every status, deleted ones too.
    pub comments: i64,
    /// Guests: whoever commented or voted.
    pub people: i64,
}

pub type CountsBySite = HashMap<Id, (i64, i64)>;

impl Frame {
    /// For somebody who has not signed in.
    #[must_use]
    pub fn visitor(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            account_name: None,
            held: 0,
            csrf: String::new(),
            flash: None,
            current: "",
            asset_version: assets::version(),
        }
    }

    /// For whoever sent `request`.
    ///
    /// # Errors
    /// When what waits cannot be counted.
    pub async fn of(request: &HttpRequest, app: &App, title: &str, current: &'static str) -> Result<Self> {
        let account = request.extensions().get::<Account>().cloned();
        let visitor = Self::visitor(title);
        let Some(account) = account else { return Ok(visitor) };
        let held = match request.app_data::<Data<Counts>>().map(|counts| counts.held) {
            Some(count) => app.db.read(count).await?,
            None => 0,
        };
        Ok(Self { account_name: Some(account.name), csrf: account.csrf, held, current, ..visitor })
    }

    #[must_use]
    pub fn with_flash(self, flash: Option<Flash>) -> Self {
        Self { flash, ..self }
    }
}

impl Flash {
    /// Something that went well and cannot be undone by a button.
    #[must_use]
    pub fn done(text: impl Into<String>) -> Self {
        Self { text: text.into(), wrong: false, undo: None }
    }

    #[must_use]
    pub fn with_undo(self, batch: Id, back: String) -> Self {
        self.with_undo_by(
            "/admin/queue/undo".into(),
            vec![("batch".into(), batch.to_string()), ("back".into(), back)],
        )
    }

    /// With a button that sends these fields there.
    #[must_use]
    pub fn with_undo_by(self, action: String, fields: Vec<(String, String)>) -> Self {
        Self { undo: Some(Undo { action, fields }), ..self }
    }
}

impl When {
    /// Worded for somebody who reads it at `now`.
    #[must_use]
    pub fn new(moment: Millis, now: Millis) -> Self {
        let seconds = moment.until(now).as_secs();
        let text = match seconds {
            0..60 => "just now".to_owned(),
            60..3600 => ago(seconds / 60, "minute"),
            3600..86_400 => ago(seconds / 3600, "hour"),
            86_400..604_800 => ago(seconds / 86_400, "day"),
            _ => moment.for_people(),
        };
        Self { iso: moment.to_string(), text }
    }
}

fn ago(number: u64, unit: &str) -> String {
    format!("{number} {unit}{} ago", if number == 1 { "" } else { "s" })
}

impl Field {
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self { value: value.into(), error: None }
    }

    #[must_use]
    pub fn with_error(self, error: Option<String>) -> Self {
        Self { error, ..self }
    }
}

#[derive(Template)]
#[template(path = "web/error.html")]
struct ErrorPage {
    frame: Frame,
    status: u16,
    heading: String,
    detail: String,
    advice: String,
    way_on: Option<(String, String)>,
    request_id: String,
}

/// The page for a problem; its bare words if even that cannot be made.
#[must_use]
pub fn error_page(problem: &Problem) -> String {
    let (heading, advice) = match problem.status {
        401 => ("Please sign in", ""),
        403 => ("That is not allowed", ""),
        404 => ("There is nothing here", "Check the address; what was here may have been removed."),
        409 => ("That does not fit what is there now", ""),
        422 => (
            "Something in it is not right",
            "Go back, correct it, and send it again: your browser kept what you typed.",
        ),
        429 => ("A moment, please", "Wait a little and try again."),
        503 | 507 => {
            ("The server cannot do that just now", "Try again in a moment. What was sent is not stored.")
        }
        _ => ("Something went wrong", "Try again. If it stays, look for the request id in the server's log."),
    };
    let page = ErrorPage {
        frame: Frame::visitor(heading),
        status: problem.status,
        heading: heading.to_owned(),
        detail: problem.detail.clone(),
        advice: advice.to_owned(),
        way_on: (problem.status == 401).then(|| ("/admin/sign-in".to_owned(), "Sign in".to_owned())),
        request_id: problem.request_id.clone().unwrap_or_default(),
    };
    page.render().unwrap_or_else(|_| format!("<!doctype html><title>{heading}</title><h1>{heading}</h1>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_worded_for_people() {
        let now = Millis(1_700_000_000_000);
        let words = |seconds: i64| When::new(Millis(now.0 - seconds * 1000), now).text;
        assert_eq!(words(-5), "just now");
        assert_eq!(words(61), "1 minute ago");
        assert_eq!(words(7200), "2 hours ago");
        assert_eq!(words(3 * 86_400), "3 days ago");
        assert_eq!(words(30 * 86_400), "2023-10-15 22:13 UTC");
    }
}
