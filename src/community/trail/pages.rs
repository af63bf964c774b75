//! The trail on the dashboard.

use std::fmt::Write;

use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use futures_util::stream::try_unfold;
use rusqlite::Connection;
use serde::Deserialize;

use super::export::piece;
use super::views::{Choice, EntryView, Group, State, groups, people, site_choices};
use super::{Asked, Format, Order, lines};
use crate::base::app::App;
use crate::base::audit::{self, Actor, Filter};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::sites;
use crate::web::caller::Admin;
use crate::web::form::Form;
use crate::web::frame::{Field, Frame};
use crate::web::respond::{page, page_with_fault, see_other};

const PAGE: usize = 50;
const HERE: &str = "/admin/audit";

#[derive(Template)]
#[template(path = "trail/trail.html")]
struct TrailPage {
    frame: Frame,
    state: State,
    people: Vec<Choice>,
    groups: Vec<Group>,
    sites: Vec<Choice>,
    subject: Field,
    since: Field,
    until: Field,
    /// What is wrong with a choice.
    error: Option<String>,
    oldest_first: bool,
    filtered: bool,
    entries: Vec<EntryView>,
    other_order: String,
    first: Option<String>,
    next: Option<String>,
    csv: String,
    jsonl: String,
}

impl TrailPage {
    /// Whether what was asked for means nothing, so that nothing was looked for.
    fn is_faulty(&self) -> bool {
        let fields = [&self.subject, &self.since, &self.until];
        self.error.is_some() || fields.iter().any(|field| field.error.is_some())
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Place {
    order: String,
    cursor: String,
}

impl Place {
    fn order(&self) -> Order {
        Order::parse(&self.order)
    }
}

/// What the page shows of the database.
struct Content {
    state: State,
    people: Vec<Choice>,
    groups: Vec<Group>,
    sites: Vec<Choice>,
    entries: Vec<EntryView>,
    next: Option<Id>,
    fault: Option<(String, String)>,
}

/// `GET /admin/audit`
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    _admin: Admin,
    asked: Query<Asked>,
    place: Query<Place>,
) -> Result<HttpResponse> {
    let (asked, place, now) = (asked.into_inner(), place.into_inner(), Millis::now());
    let (typed, from) = (asked.clone(), place.clone());
    let content = app.db.read(move |c| Content::read(c, &typed, &from, now)).await?;
    let frame = Frame::of(&request, &app, "Audit trail", "audit").await?;
    let fault = |name: &str| {
        content.fault.as_ref().filter(|(field, _)| field == name).map(|(_, detail)| detail.clone())
    };
    let field = |name: &str, value: &str| Field::new(value).with_error(fault(name));
    let order = place.order();
    let this = order.as_str();
    let shown = TrailPage {
        subject: field("subject", &asked.subject),
        since: field("since", &asked.since),
        until: field("until", &asked.until),
        error: fault("who").or_else(|| fault("site")),
        oldest_first: order == Order::Oldest,
        filtered: !asked.is_empty(),
        other_order: href(HERE, &asked, order.other().as_str(), ""),
        first: (!place.cursor.is_empty()).then(|| href(HERE, &asked, this, "")),
        next: content.next.map(|id| href(HERE, &asked, this, &id.to_string())),
        csv: href("/admin/audit/export.csv", &asked, "", ""),
        jsonl: href("/admin/audit/export.jsonl", &asked, "", ""),
        frame,
        state: content.state,
        people: content.people,
        groups: content.groups,
        sites: content.sites,
        entries: content.entries,
    };
    if content.fault.is_some() { page_with_fault(&shown) } else { page(&shown) }
}

/// `POST /admin/audit/check`: all of it, however long it is.
pub async fn check(app: Data<App>, _admin: Admin, _by: Actor, _form: Form) -> Result<HttpResponse> {
    let db = app.db.clone();
    let check = move || audit::check(&db, Millis::now());
    tokio::task::spawn_blocking(check).await.map_err(Error::internal)??;
    Ok(see_other(HERE))
}

/// `GET /admin/audit/export.csv`, `….jsonl`: what the filter finds, oldest first.
pub async fn export(
    app: Data<App>,
    _admin: Admin,
    format: Path<String>,
    asked: Query<Asked>,
) -> Result<HttpResponse> {
    let format = Format::parse(&format)?;
    let filter = app.db.read(move |c| asked.filter(c)).await?;
    let db = app.db.clone();
    let pieces = try_unfold(Some(None), move |after: Option<Option<Id>>| {
        let (db, filter) = (db.clone(), filter.clone());
        async move {
            let Some(after) = after else { return Ok::<_, Error>(None) };
            let (text, next) = db.read(move |c| piece(c, &filter, format, after)).await?;
            Ok(Some((Bytes::from(text), next.map(Some))))
        }
    });
    let ending = if format == Format::Csv { "csv" } else { "jsonl" };
    let day = Millis::now().to_string();
    let name = format!("attachment; filename=\"afterword-audit-{}.{ending}\"", &day[..10]);
    Ok(HttpResponse::Ok()
        .insert_header(("content-type", format.content_type()))
        .insert_header(("content-disposition", name))
        .insert_header(("cache-control", "no-store"))
        .streaming(pieces))
}

impl Content {
    fn read(c: &Connection, asked: &Asked, place: &Place, now: Millis) -> Result<Self> {
        let (filter, fault) = match asked.filter(c) {
            Ok(filter) => (Some(filter), None),
            Err(Error::Invalid { field, detail }) => (None, Some((field, detail))),
            Err(other) => return Err(other),
        };
        let find = |filter: Filter| lines(c, &filter, place.order(), place.cursor.parse().ok(), PAGE + 1);
        let mut found = filter.map_or_else(|| Ok(Vec::new()), find)?;
        let next = found.get(PAGE - 1).map(|line| line.entry.id).filter(|_| found.len() > PAGE);
        found.truncate(PAGE);
        Ok(Self {
            state: State::read(c, now)?,
            people: people(audit::actors(c)?, &asked.who),
            groups: groups(audit::actions(c)?, &asked.action),
            sites: site_choices(sites::all(c)?, &asked.site),
            entries: found.into_iter().map(|line| EntryView::new(line, now)).collect(),
            next,
            fault,
        })
    }
}

fn href(path: &str, asked: &Asked, order: &str, cursor: &str) -> String {
    let mut href = path.to_owned();
    let mut sign = '?';
    for (name, value) in [
        ("who", asked.who.as_str()),
        ("action", &asked.action),
        ("subject", &asked.subject),
        ("site", &asked.site),
        ("since", &asked.since),
        ("until", &asked.until),
        ("order", order),
        ("cursor", cursor),
    ] {
        if !value.is_empty() {
            let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
            let _ = write!(href, "{sign}{name}={value}");
            sign = '&';
        }
    }
    href
}
