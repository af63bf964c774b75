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
use crate::web::table::{Address, Column, Head, Names, Pages, Table};

const LIST: &str = "/admin/sites";

#[derive(Template)]
#[template(path = "sites/list.html")]
struct SiteList {
    frame: Frame,
    columns: Vec<Column>,
    sites: Vec<Row>,
    pages: Pages,
    removed_columns: Vec<Column>,
    removed: Vec<RemovedRow>,
    removed_pages: Pages,
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
#[serde(default)]
pub struct Done {
    /// The key of the site that was just removed or brought back.
    removed: String,
    restored: String,
}

const NAMES: Names = Names { direction: "order", ..Names::MAIN };
const REMOVED_NAMES: Names = Names { sort: "removed_sort", direction: "removed_order", page: "removed_page" };

/// What the list can be sorted by.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum By {
    #[default]
    Name,
    Comments,
    Held,
    Created,
}

const HEADS: &[Head<By>] = &[
    Head { by: By::Name, word: "name", label: "Site", class: "", descending: false },
    Head { by: By::Comments, word: "comments", label: "Comments", class: "number", descending: true },
    Head { by: By::Held, word: "held", label: "Held", class: "number", descending: true },
    Head { by: By::Created, word: "created", label: "Made", class: "", descending: true },
];

/// What the removed ones can be sorted by.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum RemovedBy {
    Name,
    Comments,
    #[default]
    Removed,
}

const REMOVED_HEADS: &[Head<RemovedBy>] = &[
    Head { by: RemovedBy::Name, word: "name", label: "Site", class: "", descending: false },
    Head { by: RemovedBy::Comments, word: "comments", label: "Comments", class: "number", descending: true },
    Head { by: RemovedBy::Removed, word: "removed", label: "Removed", class: "", descending: true },
];

type Counted = (Site, (i64, i64));

/// `GET /admin/sites`
pub async fn list(
    request: HttpRequest,
    app: Data<App>,
    counts: Data<Counts>,
    _admin: Admin,
    done: Query<Done>,
) -> Result<HttpResponse> {
    let (base, now) = (base_url(&request), Millis::now());
    let frame = Frame::of(&request, &app, "Sites", "sites").await?;
    let (sites, removed, counts) =
        app.db.read(move |c| Ok((super::all(c)?, super::removed(c)?, (counts.by_site)(c)?))).await?;
    let flash = flash(&sites, &removed, &done);
    let address = Address::new(LIST, request.query_string(), &[NAMES.all(), REMOVED_NAMES.all()].concat());
    let table = Table::asked(&address, NAMES, HEADS);
    let (shown, pages) = table.cut(sorted(counted(sites, &counts), &table));
    let gone_address = address.at("removed");
    let gone = Table::asked(&gone_address, REMOVED_NAMES, REMOVED_HEADS);
    let (removed, removed_pages) = gone.cut(sorted_removed(counted(removed, &counts), &gone));
    page(&SiteList {
        frame: frame.with_flash(flash),
        columns: table.columns(),
        sites: shown.into_iter().map(|counted| row(counted, &base, now)).collect(),
        pages,
        removed_columns: gone.columns(),
        removed: removed.into_iter().filter_map(|counted| removed_row(counted, now)).collect(),
        removed_pages,
    })
}

/// Each with its numbers; they come by name.
fn counted(sites: Vec<Site>, counts: &HashMap<Id, (i64, i64)>) -> Vec<Counted> {
    let counted = |site: Site| {
        let numbers = counts.get(&site.id).copied().unwrap_or_default();
        (site, numbers)
    };
    sites.into_iter().map(counted).collect()
}

fn sorted(mut sites: Vec<Counted>, table: &Table<By>) -> Vec<Counted> {
    table.arrange(&mut sites, |by, one, other| match by {
        By::Name => by_name(one, other),
        By::Comments => one.1.0.cmp(&other.1.0),
        By::Held => one.1.1.cmp(&other.1.1),
        By::Created => one.0.created_at.cmp(&other.0.created_at),
    });
    sites
}

fn sorted_removed(mut sites: Vec<Counted>, table: &Table<RemovedBy>) -> Vec<Counted> {
    table.arrange(&mut sites, |by, one, other| match by {
        RemovedBy::Name => by_name(one, other),
        RemovedBy::Comments => one.1.0.cmp(&other.1.0),
        RemovedBy::Removed => one.0.removed_at.cmp(&other.0.removed_at),
    });
    sites
}

fn by_name(one: &Counted, other: &Counted) -> Ordering {
    one.0.name.to_lowercase().cmp(&other.0.name.to_lowercase())
}

/// Only of what is true: a link to this page can be written by anyone.
fn flash(sites: &[Site], removed: &[Site], done: &Done) -> Option<Flash> {
    let named =
        |list: &[Site], key: &str| list.iter().find(|site| site.key == key).map(|site| site.name.clone());
    if let Some(name) = named(removed, &done.removed) {
        return Some(Flash::done(format!("Removed: {name}. It can be brought back below.")));
    }
    named(sites, &done.restored).map(|name| Flash::done(format!("{name} is back, with all its comments.")))
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

fn removed_row((site, (comments, _)): Counted, now: Millis) -> Option<RemovedRow> {
    let at = site.removed_at?;
    Some(RemovedRow {
        comments,
        key: site.key,
        name: site.name,
        when: When::new(at, now),
        days_left: days_left(at, now),
    })
}
