//! Bans on the dashboard: listed, added, ended.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use rusqlite::Connection;
use serde::Deserialize;

use super::ban_form::{BanForm, drafts};
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::bans::{self, Ban, Kind, Listing};
use crate::community::sites::{self, Site};
use crate::web::caller::Admin;
use crate::web::form::Form;
use crate::web::frame::{Flash, Frame, When};
use crate::web::respond::{page, page_with_fault, see_other};

const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "bans/list.html")]
struct BanList {
    frame: Frame,
    tabs: Vec<Choice>,
    orders: Vec<Choice>,
    ended: bool,
    bans: Vec<BanRow>,
    first: Option<String>,
    next: Option<String>,
}

/// A link of which one is where we are.
struct Choice {
    label: String,
    count: Option<i64>,
    href: String,
    current: bool,
}

struct BanRow {
    id: String,
    kind: &'static str,
    pattern: String,
    site: Option<String>,
    shadow: bool,
    reason: String,
    by: Option<String>,
    since: When,
    until: Option<When>,
    /// The form for the same once more, where that can be written down.
    again: Option<String>,
}

#[derive(Template)]
#[template(path = "bans/new.html")]
struct NewBan {
    frame: Frame,
    form: BanForm,
}

#[derive(Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    show: String,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    after: String,
    #[serde(default)]
    done: String,
}

/// What the form is filled with.
#[derive(Clone, Default, Deserialize)]
pub struct NewQuery {
    /// Somebody who wrote this comment.
    #[serde(default)]
    comment: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    pattern: String,
    #[serde(default)]
    site: String,
}

/// `GET /admin/bans`
pub async fn list(
    request: HttpRequest,
    app: Data<App>,
    _admin: Admin,
    query: Query<ListQuery>,
) -> Result<HttpResponse> {
    let (query, now) = (query.into_inner(), Millis::now());
    let flash = match query.done.as_str() {
        "added" => Some(Flash::done("Banned. It holds from now on.")),
        "ended" => Some(Flash::done("The ban is ended.")),
        _ => None,
    };
    let frame = Frame::of(&request, &app, "Bans", "bans").await?.with_flash(flash);
    page(&app.db.read(move |c| BanList::read(c, frame, &query, now)).await?)
}

/// `GET /admin/bans/new`
pub async fn new(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    query: Query<NewQuery>,
) -> Result<HttpResponse> {
    let frame = Frame::of(&request, &app, "New ban", "bans").await?;
    let (asked, now) = (query.into_inner(), Millis::now());
    let form = app
        .db
        .read(move |c| {
            let mut form = BanForm::empty(c, &admin.0.access, &asked.comment, now)?;
            for (field, value) in [
                (&mut form.kind, asked.kind),
                (&mut form.pattern, asked.pattern),
                (&mut form.site, asked.site),
            ] {
                if !value.is_empty() {
                    *field = value;
                }
            }
            Ok(form)
        })
        .await?;
    page(&NewBan { frame, form })
}

/// `POST /admin/bans`
pub async fn add(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    by: Actor,
    form: Form,
) -> Result<HttpResponse> {
    let (access, now) = (admin.0.access.clone(), Millis::now());
    let sent = form.clone();
    let done = app
        .db
        .write(move |tx| {
            for draft in drafts(tx, &access, &sent, now)? {
                bans::add(tx, &draft, &by, now)?;
            }
            Ok(())
        })
        .await;
    let fault = match done {
        Ok(()) => return Ok(see_other("/admin/bans?done=added")),
        Err(fault @ Error::Invalid { .. }) => fault,
        Err(other) => return Err(other),
    };
    let frame = Frame::of(&request, &app, "New ban", "bans").await?;
    let shown = app
        .db
        .read(move |c| {
            // All that is wrong, and not only what was found first.
            let all = drafts(c, &admin.0.access, &form, now).unwrap_or_default();
            let shown = BanForm::sent(c, &admin.0.access, &form, now)?;
            Ok(all.iter().flat_map(|draft| draft.faults(now)).fold(shown, BanForm::blamed))
        })
        .await?;
    page_with_fault(&NewBan { frame, form: shown.blamed(fault) })
}

/// `POST /admin/bans/{id}/end`
pub async fn end(
    app: Data<App>,
    _admin: Admin,
    by: Actor,
    id: Path<String>,
    _form: Form,
) -> Result<HttpResponse> {
    let id: Id = id.parse().map_err(|_| Error::NotFound("There is no such ban.".into()))?;
    let now = Millis::now();
    app.db.write(move |tx| bans::end(tx, id, &by, now)).await?;
    Ok(see_other("/admin/bans?done=ended"))
}

impl BanList {
    fn read(c: &Connection, frame: Frame, query: &ListQuery, now: Millis) -> Result<Self> {
        let listing = Listing { ended: query.show == "ended", by_end: query.sort == "end" };
        let sites = sites::all(c)?;
        let mut bans = bans::list(c, listing, query.after.parse().ok(), PAGE + 1, now)?;
        let more = bans.len() > PAGE as usize;
        bans.truncate(PAGE as usize);
        let next = bans.last().filter(|_| more).map(|last| format!("{}&after={}", href(listing), last.id));
        let holding = bans::count(c, now)?;
        Ok(Self {
            frame,
            tabs: vec![
                Choice {
                    label: "In force".into(),
                    count: Some(holding),
                    href: href(Listing { ended: false, ..listing }),
                    current: !listing.ended,
                },
                Choice {
                    label: "Ended".into(),
                    count: None,
                    href: href(Listing { ended: true, ..listing }),
                    current: listing.ended,
                },
            ],
            orders: [(false, "Newest"), (true, if listing.ended { "Ended last" } else { "Ending next" })]
                .map(|(by_end, label)| Choice {
                    label: label.into(),
                    count: None,
                    href: href(Listing { by_end, ..listing }),
                    current: by_end == listing.by_end,
                })
                .into(),
            ended: listing.ended,
            bans: bans.into_iter().map(|ban| BanRow::new(ban, &sites, now)).collect(),
            first: (!query.after.is_empty()).then(|| href(listing)),
            next,
        })
    }
}

fn href(listing: Listing) -> String {
    let show = if listing.ended { "ended" } else { "active" };
    let sort = if listing.by_end { "end" } else { "new" };
    format!("/admin/bans?show={show}&sort={sort}")
}

impl BanRow {
    fn new(ban: Ban, sites: &[Site], now: Millis) -> Self {
        let site = ban.site.map(|id| sites.iter().find(|site| site.id == id));
        let site =
            site.map(|site| site.map_or_else(|| "a site that is gone".to_owned(), |site| site.name.clone()));
        let again = (ban.kind != Kind::Address).then(|| {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.append_pair("kind", ban.kind.as_str()).append_pair("pattern", &ban.pattern);
            format!("/admin/bans/new?{}", query.finish())
        });
        Self {
            id: ban.id.to_string(),
            kind: ban.kind.as_str(),
            pattern: match ban.kind {
                Kind::Address => ban.pattern.chars().take(8).collect(),
                _ => ban.pattern,
            },
            site,
            shadow: ban.shadow,
            reason: ban.reason,
            by: ban.by,
            since: When::new(ban.created_at, now),
            until: ban.expires_at.map(|end| if end > now { When::exact(end) } else { When::new(end, now) }),
            again,
        }
    }
}
