//! The list of threads.

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use rusqlite::Connection;
use serde::Deserialize;
use url::Url;
use url::form_urlencoded::Serializer;

use super::views::{SiteChoice, ThreadState};
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::community::comments::threads::list::{Mark, Order, Row, State, Wanted, list, waiting};
use crate::community::sites::{self, Site};
use crate::web::caller::Admin;
use crate::web::frame::{Frame, When};
use crate::web::respond::page;

const PAGE: usize = 50;
const LONGEST_TEXT: usize = 500;
const THREADS: &str = "/admin/threads";

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

/// A heading that puts the list in its order.
struct Column {
    label: &'static str,
    href: String,
    /// For `aria-sort`, where the list is in its order.
    sorted: Option<&'static str>,
    class: &'static str,
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

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    site: String,
    state: String,
    text: String,
    sort: String,
    dir: String,
    after: String,
}

/// `GET /admin/threads`
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    _admin: Admin,
    query: Query<ListQuery>,
) -> Result<HttpResponse> {
    let (asked, now) = (query.into_inner().tidy(), Millis::now());
    let frame = Frame::of(&request, &app, "Threads", "threads").await?;
    let shown = app.db.read(move |c| ThreadsPage::read(c, frame, &asked, now)).await?;
    page(&shown)
}

impl ListQuery {
    fn tidy(self) -> Self {
        let order = Order::parse(&self.sort);
        let descending = match self.dir.as_str() {
            "asc" => false,
            "desc" => true,
            _ => starts_descending(order),
        };
        Self {
            sort: order.as_str().into(),
            dir: direction(descending).into(),
            text: self.text.trim().chars().take(LONGEST_TEXT).collect(),
            ..self
        }
    }

    fn href(&self) -> String {
        let mut query = Serializer::new(String::new());
        let parts = [
            ("site", &self.site),
            ("state", &self.state),
            ("text", &self.text),
            ("sort", &self.sort),
            ("dir", &self.dir),
            ("after", &self.after),
        ];
        query.extend_pairs(parts.iter().filter(|(_, value)| !value.is_empty()));
        format!("{THREADS}?{}", query.finish())
    }

    fn after(&self, mark: String) -> String {
        Self { after: mark, ..self.clone() }.href()
    }

    /// The same from its start, in another order; in the other direction where it has that one.
    fn column(&self, label: &'static str, order: Order, class: &'static str) -> Column {
        let is_current = self.sort == order.as_str();
        let descending = if is_current { self.dir == "asc" } else { starts_descending(order) };
        let turned = Self {
            sort: order.as_str().into(),
            dir: direction(descending).into(),
            after: String::new(),
            ..self.clone()
        };
        let now = if self.dir == "desc" { "descending" } else { "ascending" };
        Column { label, href: turned.href(), sorted: is_current.then_some(now), class }
    }
}

/// An address that was pasted has what keys begin with after its host.
fn without_host(text: &str) -> String {
    match Url::parse(text) {
        Ok(url) if url.has_host() => url.path().trim_end_matches('/').to_owned(),
        _ => text.to_owned(),
    }
}

/// The most is looked for first; names begin with A.
fn starts_descending(order: Order) -> bool {
    order != Order::Name
}

fn direction(descending: bool) -> &'static str {
    if descending { "desc" } else { "asc" }
}

impl ThreadsPage {
    fn read(c: &Connection, frame: Frame, asked: &ListQuery, now: Millis) -> Result<Self> {
        let all = sites::all(c)?;
        let order = Order::parse(&asked.sort);
        let among = |site: &&Site| asked.site.is_empty() || site.key == asked.site;
        let wanted = Wanted {
            sites: all.iter().filter(among).map(|site| site.id).collect(),
            state: State::parse(&asked.state),
            text: without_host(&asked.text),
            order,
            descending: asked.dir == "desc",
            after: Mark::parse(&asked.after, order),
            limit: PAGE + 1,
            now,
        };
        let mut rows = list(c, &wanted)?;
        let next = rows.get(PAGE - 1).filter(|_| rows.len() > PAGE).map(|row| row.mark.to_string());
        rows.truncate(PAGE);
        Ok(Self {
            frame,
            states: State::EVERY.into_iter().map(|state| StateChoice::new(state, wanted.state)).collect(),
            text: asked.text.clone(),
            order: order.as_str(),
            direction: direction(wanted.descending),
            columns: vec![
                asked.column("Thread", Order::Name, ""),
                asked.column("Comments", Order::Count, "number"),
                asked.column("Last comment", Order::Newest, ""),
            ],
            threads: rows.into_iter().map(|row| Line::read(c, &all, row, now)).collect::<Result<_>>()?,
            filtered: wanted.state != State::Any || !asked.text.is_empty() || !asked.site.is_empty(),
            first: (!asked.after.is_empty()).then(|| asked.after(String::new())),
            next: next.map(|mark| asked.after(mark)),
            sites: all.into_iter().map(|site| SiteChoice::new(site, &asked.site)).collect(),
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
