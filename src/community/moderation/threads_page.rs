//! The list of threads.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use rusqlite::Connection;
use url::Url;

use super::views::{SiteChoice, ThreadState};
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::community::comments::threads::list::{Mark, Order, Row, State, Wanted, list, waiting};
use crate::community::sites::{self, Site};
use crate::web::access::Access;
use crate::web::caller::Moderator;
use crate::web::frame::{Frame, When};
use crate::web::respond::page;
use crate::web::table::{Address, Column, Head, Names, PAGE, Table};

const LONGEST_TEXT: usize = 500;
const THREADS: &str = "/admin/threads";
/// New comments never shift a page: it goes on after the last thread of the one before.
const NAMES: Names = Names { page: "after", ..Names::MAIN };
const HEADS: &[Head<Order>] = &[
    Head { by: Order::Name, word: Order::Name.as_str(), label: "Thread", class: "", descending: false },
    Head {
        by: Order::Count,
        word: Order::Count.as_str(),
        label: "Comments",
        class: "number",
        descending: true,
    },
    Head {
        by: Order::Newest,
        word: Order::Newest.as_str(),
        label: "Last comment",
        class: "",
        descending: true,
    },
];

#[derive(Template)]
#[template(path = "threads/list.html")]
struct ThreadsPage {
    frame: Frame,
    sites: Vec<SiteChoice>,
    states: Vec<StateChoice>,
    text: String,
    order: &'static str,
    direction: &'static str,
    columns: Vec<Column>,
    threads: Vec<Line>,
    /// Whether anything but everything was asked for.
    filtered: bool,
    first: Option<String>,
    next: Option<String>,
}

struct StateChoice {
    word: &'static str,
    label: &'static str,
    current: bool,
}

/// One thread.
struct Line {
    href: String,
    name: String,
    page: String,
    /// Whether the name is more than the key.
    titled: bool,
    site_name: String,
    state: ThreadState,
    comments: u32,
    held: i64,
    last: Option<When>,
}

/// `GET /admin/threads`
pub async fn show(request: HttpRequest, app: Data<App>, who: Moderator) -> Result<HttpResponse> {
    let [sort, direction, after] = NAMES.all();
    let kept = ["site", "state", "text", sort, direction, after];
    let (asked, now) = (Address::new(THREADS, request.query_string(), &kept), Millis::now());
    let frame = Frame::of(&request, &app, "Threads", "threads").await?;
    let shown = app.db.read(move |c| ThreadsPage::read(c, &who.0.access, frame, &asked, now)).await?;
    page(&shown)
}

/// An address that was pasted has what keys begin with after its host.
fn without_host(text: &str) -> String {
    match Url::parse(text) {
        Ok(url) if url.has_host() => url.path().trim_end_matches('/').to_owned(),
        _ => text.to_owned(),
    }
}

impl ThreadsPage {
    fn read(c: &Connection, access: &Access, frame: Frame, asked: &Address, now: Millis) -> Result<Self> {
        let mut all = sites::all(c)?;
        all.retain(|site| access.allows(site.id));
        let table = Table::asked(asked, NAMES, HEADS);
        let (site, after) = (asked.get("site"), asked.get(NAMES.page));
        let text: String = asked.get("text").trim().chars().take(LONGEST_TEXT).collect();
        let among = |one: &&Site| site.is_empty() || one.key == site;
        let wanted = Wanted {
            sites: all.iter().filter(among).map(|site| site.id).collect(),
            state: State::parse(asked.get("state")),
            text: without_host(&text),
            order: table.by,
            descending: table.descending,
            after: Mark::parse(after, table.by),
            limit: PAGE + 1,
            now,
        };
        let mut rows = list(c, &wanted)?;
        let next = rows.get(PAGE - 1).filter(|_| rows.len() > PAGE).map(|row| row.mark.to_string());
        rows.truncate(PAGE);
        Ok(Self {
            frame,
            states: State::EVERY.into_iter().map(|state| StateChoice::new(state, wanted.state)).collect(),
            order: table.word(),
            direction: table.direction(),
            columns: table.columns(),
            threads: rows.into_iter().map(|row| Line::read(c, &all, row, now)).collect::<Result<_>>()?,
            filtered: wanted.state != State::Any || !text.is_empty() || !site.is_empty(),
            first: (!after.is_empty()).then(|| table.page_href("")),
            next: next.map(|mark| table.page_href(mark)),
            sites: all.into_iter().map(|one| SiteChoice::new(one, site)).collect(),
            text,
        })
    }
}

impl StateChoice {
    fn new(state: State, current: State) -> Self {
        let label = match state {
            State::Any => "Any",
            State::Open => "Open",
            State::Locked => "Locked",
            State::Closed => "Closed by age",
            State::Held => "Holding everything",
            State::Waiting => "With comments that wait",
        };
        Self { word: state.as_str(), label, current: state == current }
    }
}

impl Line {
    fn read(c: &Connection, sites: &[Site], row: Row, now: Millis) -> Result<Self> {
        let thread = row.thread;
        let site = sites.iter().find(|site| site.id == thread.site);
        Ok(Self {
            href: format!("{THREADS}/{}", thread.id),
            name: thread.name().to_owned(),
            titled: !thread.title.is_empty(),
            site_name: site.map(|site| site.name.clone()).unwrap_or_default(),
            state: ThreadState::new(site, &thread, now),
            comments: thread.count,
            held: waiting(c, thread.id)?,
            last: thread.newest.map(|id| When::new(id.moment(), now)),
            page: thread.page,
        })
    }
}
