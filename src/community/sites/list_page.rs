//! The list of sites on the dashboard.

use std::cmp::Ordering;
use std::collections::HashMap;

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::{Site, days_left, tag};
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::web::address::base_url;
use crate::web::caller::Admin;
use crate::web::frame::{Counts, Flash, Frame, When};
use crate::web::respond::page;

const PAGE: usize = 50;
const LIST: &str = "/admin/sites";

#[derive(Template)]
#[template(path = "sites/list.html")]
struct SiteList {
    frame: Frame,
    columns: Vec<Column>,
    sites: Vec<Row>,
    /// Of all pages.
    total: usize,
    before: Option<String>,
    after: Option<String>,
    removed: Vec<RemovedRow>,
}

/// A column's heading, which sorts by it.
struct Column {
    label: &'static str,
    href: String,
    /// `ascending`, `descending`, or empty when the list is not sorted by it.
    sorted: &'static str,
    number: bool,
}

struct Row {
    key: String,
    name: String,
    origins: Vec<String>,
    moderation: String,
    comments: i64,
    held: i64,
    created: When,
    first_view: Option<When>,
    tag: String,
}

struct RemovedRow {
    key: String,
    name: String,
    comments: i64,
    when: When,
    days_left: u64,
}

#[derive(Clone, Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    sort: String,
    #[serde(default)]
    order: String,
    #[serde(default)]
    page: Option<usize>,
    /// The key of the site that was just removed or brought back.
    #[serde(default)]
    removed: String,
    #[serde(default)]
    restored: String,
}

/// What the list can be sorted by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Name,
    Comments,
    Held,
    Created,
}

impl By {
    const EVERY: [(Self, &'static str, &'static str); 4] = [
        (Self::Name, "name", "Site"),
        (Self::Comments, "comments", "Comments"),
        (Self::Held, "held", "Held"),
        (Self::Created, "created", "Made"),
    ];

    fn parse(word: &str) -> Self {
        Self::EVERY.into_iter().find(|(_, known, _)| *known == word).map_or(Self::Name, |(by, ..)| by)
    }

    /// Names from A on; of numbers and times the largest first.
    fn starts_descending(self) -> bool {
        self != Self::Name
    }
}

type Counted = (Site, (i64, i64));

/// `GET /admin/sites`
pub async fn list(
    request: HttpRequest,
    app: Data<App>,
    counts: Data<Counts>,
    _admin: Admin,
    query: Query<ListQuery>,
) -> Result<HttpResponse> {
    let (query, base, now) = (query.into_inner(), base_url(&request), Millis::now());
    let frame = Frame::of(&request, &app, "Sites", "sites").await?;
    let (sites, removed, counts) =
        app.db.read(move |c| Ok((super::all(c)?, super::removed(c)?, (counts.by_site)(c)?))).await?;
    let flash = flash(&sites, &removed, &query);
    let by = By::parse(&query.sort);
    let descending = match query.order.as_str() {
        "asc" => false,
        "desc" => true,
        _ => by.starts_descending(),
    };
    let total = sites.len();
    let last = total.div_ceil(PAGE).max(1);
    let at = query.page.unwrap_or(1).clamp(1, last);
    let shown = sorted(sites, &counts, by, descending).into_iter().skip((at - 1) * PAGE).take(PAGE);
    let address = |number: usize| href(by, descending, number);
    page(&SiteList {
        frame: frame.with_flash(flash),
        columns: columns(by, descending),
        sites: shown.map(|counted| row(counted, &base, now)).collect(),
        total,
        before: (at > 1).then(|| address(at - 1)),
        after: (at < last).then(|| address(at + 1)),
        removed: removed.into_iter().filter_map(|site| removed_row(site, &counts, now)).collect(),
    })
}

fn sorted(sites: Vec<Site>, counts: &HashMap<Id, (i64, i64)>, by: By, descending: bool) -> Vec<Counted> {
    let counted = |site: Site| {
        let numbers = counts.get(&site.id).copied().unwrap_or_default();
        (site, numbers)
    };
    let mut all: Vec<Counted> = sites.into_iter().map(counted).collect();
    let ascending = |one: &Counted, other: &Counted| match by {
        By::Name => Ordering::Equal,
        By::Comments => one.1.0.cmp(&other.1.0),
        By::Held => one.1.1.cmp(&other.1.1),
        By::Created => one.0.created_at.cmp(&other.0.created_at),
    };
    // They come by name, and stay so among equals.
    match (by, descending) {
        (By::Name, true) => all.reverse(),
        (_, true) => all.sort_by(|one, other| ascending(other, one)),
        (_, false) => all.sort_by(ascending),
    }
    all
}

fn columns(current: By, descending: bool) -> Vec<Column> {
    let column = |(by, _, label): (By, &'static str, &'static str)| {
        let is_current = by == current;
        let next = if is_current { !descending } else { by.starts_descending() };
        Column {
            label,
            href: href(by, next, 1),
            sorted: match (is_current, descending) {
                (false, _) => "",
                (true, true) => "descending",
                (true, false) => "ascending",
            },
            number: matches!(by, By::Comments | By::Held),
        }
    };
    By::EVERY.into_iter().map(column).collect()
}

fn href(by: By, descending: bool, page: usize) -> String {
    let word = By::EVERY.into_iter().find(|(known, ..)| *known == by).map_or("name", |(_, word, _)| word);
    let order = if descending { "desc" } else { "asc" };
    let page = if page > 1 { format!("&page={page}") } else { String::new() };
    format!("{LIST}?sort={word}&order={order}{page}")
}

/// Only of what is true: a link to this page can be written by anyone.
fn flash(sites: &[Site], removed: &[Site], query: &ListQuery) -> Option<Flash> {
    let named =
        |list: &[Site], key: &str| list.iter().find(|site| site.key == key).map(|site| site.name.clone());
    if let Some(name) = named(removed, &query.removed) {
        return Some(Flash::done(format!("Removed: {name}. It can be brought back below.")));
    }
    named(sites, &query.restored).map(|name| Flash::done(format!("{name} is back, with all its comments.")))
}

fn row((site, (comments, held)): Counted, base: &str, now: Millis) -> Row {
    Row {
        tag: tag(base, &site.key),
        created: When::new(site.created_at, now),
        first_view: site.first_view_at.map(|at| When::new(at, now)),
        key: site.key,
        name: site.name,
        origins: site.origins,
        moderation: site.moderation.to_string(),
        comments,
        held,
    }
}

fn removed_row(site: Site, counts: &HashMap<Id, (i64, i64)>, now: Millis) -> Option<RemovedRow> {
    let at = site.removed_at?;
    Some(RemovedRow {
        comments: counts.get(&site.id).map_or(0, |(comments, _)| *comments),
        key: site.key,
        name: site.name,
        when: When::new(at, now),
        days_left: days_left(at, now),
    })
}
