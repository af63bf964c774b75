//! The sites on the dashboard.

use std::collections::HashMap;

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::{Draft, Fault, Site};
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::web::address::base_url;
use crate::web::caller::Admin;
use crate::web::form::Form;
use crate::web::frame::{Counts, Field, Flash, Frame};
use crate::web::respond::{page, page_with_fault, see_other};

#[derive(Template)]
#[template(path = "sites/list.html")]
struct SiteList {
    frame: Frame,
    sites: Vec<SiteRow>,
}

struct SiteRow {
    key: String,
    name: String,
    origins: Vec<String>,
    moderation: String,
    comments: i64,
    held: i64,
}

#[derive(Template)]
#[template(path = "sites/edit.html")]
struct SiteEdit {
    frame: Frame,
    is_new: bool,
    error: Option<String>,
    key: Field,
    name: Field,
    origins: Field,
    moderation: String,
    display_depth: Field,
    sort: String,
    edit_window: Field,
    max_length: Field,
    images: bool,
    avatars: bool,
    tag: String,
    csp: String,
}

impl SiteEdit {
    /// How many fields are wrong: the sentence above the form.
    fn faults(&self) -> usize {
        let fields =
            [&self.key, &self.name, &self.origins, &self.display_depth, &self.edit_window, &self.max_length];
        fields.iter().filter(|field| field.error.is_some()).count()
    }
}

#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// `GET /admin/sites`
pub async fn list(
    request: HttpRequest,
    app: Data<App>,
    counts: Data<Counts>,
    _admin: Admin,
) -> Result<HttpResponse> {
    let frame = Frame::of(&request, &app, "Sites", "sites").await?;
    let (sites, counts) = app.db.read(move |c| Ok((super::all(c)?, (counts.by_site)(c)?))).await?;
    page(&SiteList { frame, sites: sites.into_iter().map(|site| row(site, &counts)).collect() })
}

/// `GET /admin/sites/new`
pub async fn new(request: HttpRequest, app: Data<App>, _admin: Admin) -> Result<HttpResponse> {
    page(&form_page(&request, &app, &Draft::default(), true, &[]).await?)
}

/// `POST /admin/sites`
pub async fn create(
    request: HttpRequest,
    app: Data<App>,
    _admin: Admin,
    by: Actor,
    form: Form,
) -> Result<HttpResponse> {
    let draft = draft(&form, form.text("key"));
    save(&request, &app, draft, true, by, |tx, draft, by| super::create(tx, draft, by, Millis::now())).await
}

/// `GET /admin/sites/{key}`
pub async fn edit(
    request: HttpRequest,
    app: Data<App>,
    _admin: Admin,
    key: Path<String>,
    query: Query<Done>,
) -> Result<HttpResponse> {
    let site = app.db.read(move |c| super::by_key(c, &key)).await?;
    let mut shown = form_page(&request, &app, &Draft::from(&site), false, &[]).await?;
    shown.frame.flash = match query.done.as_str() {
        "created" => Some(Flash::done("The site is there. Paste the tag below into your blog's pages.")),
        "saved" => Some(Flash::done("Saved.")),
        _ => None,
    };
    page(&shown)
}

/// `POST /admin/sites/{key}`
pub async fn update(
    request: HttpRequest,
    app: Data<App>,
    _admin: Admin,
    by: Actor,
    key: Path<String>,
    form: Form,
) -> Result<HttpResponse> {
    let draft = draft(&form, &key);
    save(&request, &app, draft, false, by, |tx, draft, by| {
        super::update(tx, &draft.key, draft, by, Millis::now())
    })
    .await
}

async fn save(
    request: &HttpRequest,
    app: &App,
    draft: Draft,
    is_new: bool,
    by: Actor,
    write: fn(&rusqlite::Transaction<'_>, &Draft, &Actor) -> Result<Site>,
) -> Result<HttpResponse> {
    if let Err(faults) = draft.to_site(Id(0), Millis(0)) {
        return page_with_fault(&form_page(request, app, &draft, is_new, &faults).await?);
    }
    let typed = draft.clone();
    match app.db.write(move |tx| write(tx, &typed, &by)).await {
        Ok(site) => Ok(see_other(&format!(
            "/admin/sites/{}?done={}",
            site.key,
            if is_new { "created" } else { "saved" }
        ))),
        Err(Error::Conflict(detail)) => {
            let taken = [Fault { field: "key", detail }];
            page_with_fault(&form_page(request, app, &draft, is_new, &taken).await?)
        }
        Err(other) => Err(other),
    }
}

fn draft(form: &Form, key: &str) -> Draft {
    let text = |name: &str| form.text(name).to_owned();
    Draft {
        key: key.to_owned(),
        name: text("name"),
        origins: text("origins"),
        moderation: text("moderation"),
        sort: text("sort"),
        display_depth: text("display_depth"),
        edit_minutes: text("edit_window"),
        max_length: text("max_length"),
        images: form.is_ticked("images"),
        avatars: form.is_ticked("avatars"),
    }
}

async fn form_page(
    request: &HttpRequest,
    app: &App,
    draft: &Draft,
    is_new: bool,
    faults: &[Fault],
) -> Result<SiteEdit> {
    let title = if is_new { "New site" } else { draft.key.as_str() };
    let frame = Frame::of(request, app, title, "sites").await?;
    let base = base_url(request);
    let fault =
        |name: &str| faults.iter().find(|fault| fault.field == name).map(|fault| fault.detail.clone());
    let field = |name: &str, value: &str| Field::new(value).with_error(fault(name));
    Ok(SiteEdit {
        frame,
        is_new,
        error: fault("moderation").or_else(|| fault("sort")),
        key: field("key", &draft.key),
        name: field("name", &draft.name),
        origins: field("origins", &draft.origins),
        moderation: draft.moderation.clone(),
        display_depth: field("display_depth", &draft.display_depth),
        sort: draft.sort.clone(),
        edit_window: field("edit_minutes", &draft.edit_minutes),
        max_length: field("max_length", &draft.max_length),
        images: draft.images,
        avatars: draft.avatars,
        tag: super::tag(&base, &draft.key),
        csp: format!("script-src {base}; connect-src {base}"),
    })
}

fn row(site: Site, counts: &HashMap<Id, (i64, i64)>) -> SiteRow {
    let (comments, held) = counts.get(&site.id).copied().unwrap_or_default();
    SiteRow {
        key: site.key,
        name: site.name,
        origins: site.origins,
        moderation: site.moderation.to_string(),
        comments,
        held,
    }
}
