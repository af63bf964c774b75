//! The queue.

use std::fmt::Write;

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::views::{Item, SiteChoice, Tab};
use super::{Batch, Filter, Target, Verb, apply, batch, count, queue, undo};
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::comments::Status;
use crate::community::sites::{self, Site};
use crate::web::access::Access;
use crate::web::address::base_url;
use crate::web::caller::Moderator;
use crate::web::form::Form;
use crate::web::frame::{Flash, Frame};
use crate::web::respond::{page, see_other};

const PAGE: u32 = 30;
const QUEUE: &str = "/admin/queue";

#[derive(Template)]
#[template(path = "moderation/queue.html")]
struct QueuePage {
    frame: Frame,
    status: &'static str,
    tabs: Vec<Tab>,
    sites: Vec<SiteChoice>,
    comments: Vec<Item>,
    total: i64,
    back: String,
    newest: Option<String>,
    older: Option<String>,
}

#[derive(Clone, Deserialize)]
pub struct QueueQuery {
    #[serde(default)]
    status: String,
    #[serde(default)]
    site: String,
    #[serde(default)]
    cursor: String,
    /// The batch that was just done, to tell of it.
    #[serde(default)]
    did: String,
    #[serde(default)]
    undone: Option<u32>,
    /// How many were left alone, since they were edited meanwhile.
    #[serde(default)]
    changed: usize,
}

/// What the page shows of the database.
struct Content {
    tabs: Vec<Tab>,
    sites: Vec<SiteChoice>,
    comments: Vec<Item>,
    total: i64,
    older: Option<Id>,
    done: Option<Batch>,
}

/// `GET /admin/queue`
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: Moderator,
    query: Query<QueueQuery>,
) -> Result<HttpResponse> {
    let query = query.into_inner();
    let filter = Filter::parse(&query.status);
    let (base, asked, now) = (base_url(&request), query.clone(), Millis::now());
    let access = who.0.access;
    let content = app.db.read(move |c| Content::read(c, &access, &base, filter, &asked, now)).await?;
    let back = href(filter, &query.site, &query.cursor);
    let flash = match (content.done, query.undone) {
        (Some(done), _) if !done.undone => Some(told(&done, query.changed).with_undo(done.id, back.clone())),
        _ if query.changed > 0 => Some(left_alone()),
        (_, Some(number)) => Some(Flash::done(format!("Undone: {}.", comments(i64::from(number))))),
        _ => None,
    };
    let title = if filter == Filter::Held { "Queue" } else { "Comments" };
    let frame = Frame::of(&request, &app, title, "queue").await?.with_flash(flash);
    page(&QueuePage {
        frame,
        status: filter.as_str(),
        tabs: content.tabs,
        sites: content.sites,
        comments: content.comments,
        total: content.total,
        newest: (!query.cursor.is_empty()).then(|| href(filter, &query.site, "")),
        older: content.older.map(|id| href(filter, &query.site, &id.to_string())),
        back,
    })
}

/// `POST /admin/queue`: a button beside one comment, or one for all that are ticked.
pub async fn act(app: Data<App>, who: Moderator, form: Form) -> Result<HttpResponse> {
    let back = back_of(&form);
    let (verb, ids) = match form.text("one").split_once(':') {
        Some((verb, id)) => (verb, vec![id]),
        None => (form.text("bulk"), form.all("id").collect()),
    };
    let verb = Verb::parse(verb)?;
    let targets = ids.into_iter().map(|id| target(&form, id)).collect::<Result<Vec<_>>>()?;
    if targets.is_empty() {
        return Ok(see_other(&back));
    }
    let now = Millis::now();
    let applied = app.db.write(move |tx| apply(tx, &targets, verb, &who.0, now)).await?;
    Ok(see_other(&format!("{back}&did={}&changed={}", applied.batch, applied.changed)))
}

/// `POST /admin/queue/undo`
pub async fn take_back(app: Data<App>, who: Moderator, form: Form) -> Result<HttpResponse> {
    let (batch, now) = (read_id(form.text("batch"))?, Millis::now());
    let number = app.db.write(move |tx| undo(tx, batch, &who.0, now)).await?;
    Ok(see_other(&format!("{}&undone={number}", back_of(&form))))
}

impl Content {
    fn read(
        c: &rusqlite::Connection,
        access: &Access,
        base: &str,
        filter: Filter,
        query: &QueueQuery,
        now: Millis,
    ) -> Result<Self> {
        let mut sites = sites::all(c)?;
        sites.retain(|site| access.allows(site.id));
        let site = sites.iter().find(|site| site.key == query.site).map(|site| site.id);
        let within = access.within(site);
        let mut found = queue(c, filter, &within, query.cursor.parse().ok(), PAGE + 1)?;
        let older =
            found.get(PAGE as usize - 1).map(|comment| comment.id).filter(|_| found.len() > PAGE as usize);
        found.truncate(PAGE as usize);
        let shown = i64::try_from(found.len()).unwrap_or(i64::MAX);
        let done = query.did.parse().ok().map(|id| batch(c, access, id)).transpose()?.flatten();
        Ok(Self {
            tabs: tabs(c, filter, &query.site, &within)?,
            comments: found
                .into_iter()
                .map(|comment| Item::read(c, base, comment, now))
                .collect::<Result<_>>()?,
            // All there ever were are too many to count for a line of text.
            total: if filter == Filter::All { shown } else { count(c, filter, &within)? },
            sites: sites.into_iter().map(|site| choice(site, &query.site)).collect(),
            older,
            done,
        })
    }
}

fn tabs(c: &rusqlite::Connection, current: Filter, key: &str, within: &Access) -> Result<Vec<Tab>> {
    let tab = |filter: Filter| {
        let label = match filter {
            Filter::Held => "Held",
            Filter::Reported => "Reported",
            Filter::Spam => "Spam",
            Filter::All => "All recent",
        };
        let count = if filter == Filter::All { None } else { Some(count(c, filter, within)?) };
        Ok(Tab { label, href: href(filter, key, ""), count, current: filter == current })
    };
    Filter::EVERY.into_iter().map(tab).collect()
}

fn choice(site: Site, current: &str) -> SiteChoice {
    SiteChoice { current: site.key == current, key: site.key, name: site.name }
}

fn href(filter: Filter, site: &str, cursor: &str) -> String {
    let mut href = format!("{QUEUE}?status={}", filter.as_str());
    for (name, value) in [("site", site), ("cursor", cursor)] {
        if !value.is_empty() {
            let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
            let _ = write!(href, "&{name}={value}");
        }
    }
    href
}

/// Where a form came from; only a page of the dashboard is gone back to.
pub fn back_of(form: &Form) -> String {
    let back = form.text("back");
    let own = back.starts_with("/admin/") && !back.contains(['\r', '\n', '\\']);
    let back = if own { back } else { QUEUE };
    if back.contains('?') { back.to_owned() } else { format!("{back}?") }
}

/// The comment of that id, and which text of it the form had: `seen` is `ID:VERSION`.
pub fn target(form: &Form, id: &str) -> Result<Target> {
    let seen = form.all("seen").filter_map(|seen| seen.split_once(':')).find(|(of, _)| *of == id);
    Ok(Target { id: read_id(id)?, seen: seen.and_then(|(_, version)| version.parse().ok()).map(Millis) })
}

pub fn read_id(text: &str) -> Result<Id> {
    text.parse().map_err(|_| Error::NotFound("There is no such comment.".into()))
}

/// What a batch did, in words.
pub fn told(batch: &Batch, changed: usize) -> Flash {
    let what = match batch.became {
        Status::Published => "Approved",
        Status::Held => "Held",
        Status::Spam => "Marked as spam",
        Status::Deleted => "Deleted",
    };
    let rest = if changed > 0 {
        format!(" {changed} left as it was: edited since you read it.")
    } else {
        String::new()
    };
    Flash::done(format!("{what}: {}.{rest}", comments(batch.count)))
}

/// Nothing was approved, as all of it had been edited meanwhile.
pub fn left_alone() -> Flash {
    let text = "Not approved: its author edited it since you read it. This is what it says now.".to_owned();
    Flash { text, wrong: true, undo: None }
}

fn comments(number: i64) -> String {
    format!("{number} comment{}", if number == 1 { "" } else { "s" })
}
