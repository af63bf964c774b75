//! `GET /admin/`: what needs somebody now, and how things go. It stands here since it speaks of both wings.

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use rusqlite::Connection;
use serde::Deserialize;

use super::chart::Chart;
use super::schedule::JOBS;
use crate::appliance::health::vitals::{self, Started, State, Vital};
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::{figures, held_count};
use crate::community::moderation::{self, Filter, Query};
use crate::community::sites::{self, Site, tag};
use crate::web::address::base_url;
use crate::web::caller::Admin;
use crate::web::frame::{Frame, When};
use crate::web::respond::page;

/// Days that the chart can show.
const RANGES: [u32; 2] = [14, 30];
const BUSY_DAYS: u32 = 7;
const BUSIEST: u32 = 5;
/// More tags than these are for the list of sites.
const TAGS: usize = 3;

#[derive(Template)]
#[template(path = "home/home.html")]
struct HomePage {
    frame: Frame,
    content: Content,
    chart: Chart,
    vitals: Vec<Vital>,
}

impl HomePage {
    /// How many things about the box are not as they should be.
    fn unwell(&self) -> usize {
        self.vitals.iter().filter(|vital| vital.state != State::Good).count()
    }
}

struct Content {
    /// Whether there is a site at all.
    has_sites: bool,
    /// Whether anything was ever said here.
    has_comments: bool,
    held: i64,
    longest_held: Option<When>,
    reported: i64,
    ranges: Vec<Range>,
    busiest: Vec<BusyRow>,
    new_sites: Vec<NewSite>,
    /// New sites beyond those whose tags are shown.
    more_new: usize,
}

struct Range {
    days: u32,
    current: bool,
}

struct BusyRow {
    href: String,
    name: String,
    /// Empty where there is one site only.
    site: String,
    comments: i64,
}

/// A site of which no page has asked for a thread yet.
struct NewSite {
    key: String,
    name: String,
    tag: String,
}

#[derive(Deserialize)]
pub struct HomeQuery {
    #[serde(default)]
    days: String,
}

/// `GET /admin/`
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    started: Data<Started>,
    _admin: Admin,
    query: web::Query<HomeQuery>,
) -> Result<HttpResponse> {
    let (base, now) = (base_url(&request), Millis::now());
    let days = query.days.parse().ok().filter(|days| RANGES.contains(days)).unwrap_or(RANGES[0]);
    // Beside each other, since each takes its time where there is much.
    let (content, chart, vitals, frame) = tokio::try_join!(
        app.db.read(move |c| Content::read(c, &base, days, now)),
        app.db.read(move |c| Ok(Chart::new(&figures::days(c, &ids(&sites::all(c)?), days, now)?))),
        vitals::read(&app, JOBS, *started.get_ref(), now),
        Frame::of(&request, &app, "Home", "home"),
    )?;
    page(&HomePage { frame, content, chart, vitals })
}

impl Content {
    fn read(c: &Connection, base: &str, days: u32, now: Millis) -> Result<Self> {
        let sites = sites::all(c)?;
        let ids = ids(&sites);
        let new: Vec<&Site> = sites.iter().filter(|site| site.first_view_at.is_none()).collect();
        Ok(Self {
            has_sites: !sites.is_empty(),
            has_comments: figures::any(c, &ids)?,
            held: held_count(c)?,
            longest_held: figures::longest_held(c, &ids)?.map(|at| When::new(at, now)),
            reported: moderation::count(c, &Query::of(Filter::Reported), u32::MAX)?,
            ranges: RANGES.map(|range| Range { days: range, current: range == days }).into(),
            busiest: busiest(c, &sites, &ids, now)?,
            more_new: new.len().saturating_sub(TAGS),
            new_sites: new.into_iter().take(TAGS).map(|site| NewSite::of(site, base)).collect(),
        })
    }
}

fn ids(sites: &[Site]) -> Vec<Id> {
    sites.iter().map(|site| site.id).collect()
}

fn busiest(c: &Connection, sites: &[Site], ids: &[Id], now: Millis) -> Result<Vec<BusyRow>> {
    let found = figures::busiest(c, ids, now - figures::A_DAY * BUSY_DAYS, BUSIEST)?;
    let row = |busy: figures::Busy| {
        let site = sites.iter().find(|site| site.id == busy.thread.site)?;
        Some(BusyRow {
            href: format!("/admin/threads/{}", busy.thread.id),
            name: busy.thread.name().to_owned(),
            site: if sites.len() > 1 { site.name.clone() } else { String::new() },
            comments: busy.comments,
        })
    };
    Ok(found.into_iter().filter_map(row).collect())
}

impl NewSite {
    fn of(site: &Site, base: &str) -> Self {
        Self { key: site.key.clone(), name: site.name.clone(), tag: tag(base, &site.key) }
    }
}
