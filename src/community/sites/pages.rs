//! A site on the dashboard: made and changed.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::{Deserialize, Serialize};

use super::{Advice, Colour, Draft, Fault, Site, advice, tag};
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::web::address::base_url;
use crate::web::caller::Admin;
use crate::web::form::Form;
use crate::web::frame::{Field, Flash, Frame, When};
use crate::web::respond::{Framing, page, page_with_fault, see_other};

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
    blocked_words: Field,
    display_depth: Field,
    sort: String,
    edit_window: Field,
    max_length: Field,
    close_after: Field,
    images: bool,
    avatars: bool,
    theme: String,
    accent: Field,
    advice: Vec<Advice>,
    tag: String,
    csp: String,
    first_view: Option<When>,
}

impl SiteEdit {
    /// How many fields are wrong: the sentence above the form.
    fn faults(&self) -> usize {
        let fields = [
            &self.key,
            &self.name,
            &self.origins,
            &self.blocked_words,
            &self.display_depth,
            &self.edit_window,
            &self.max_length,
            &self.close_after,
            &self.accent,
        ];
        fields.iter().filter(|field| field.error.is_some()).count()
    }
}

#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// `GET /admin/sites/new`
pub async fn new(request: HttpRequest, app: Data<App>, _admin: Admin) -> Result<HttpResponse> {
    page(&form_page(&request, &app, &Draft::default(), None, &[]).await?)
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
    save(&request, &app, draft, None, by, |tx, draft, by| super::create(tx, draft, by, Millis::now())).await
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
    let mut shown = form_page(&request, &app, &Draft::from(&site), Some(&site), &[]).await?;
    shown.frame.flash = match query.done.as_str() {
        "created" => Some(Flash::done("The site is there. Paste the tag below into your blog's pages.")),
        "saved" => Some(Flash::done("Saved.")),
        _ => None,
    };
    Ok(Framing::HasOurs.mark(page(&shown)?))
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
    let site = app.db.read(move |c| super::by_key(c, &key)).await?;
    save(&request, &app, draft, Some(&site), by, |tx, draft, by| {
        super::update(tx, &draft.key, draft, by, Millis::now())
    })
    .await
}

/// Whether a page of the site has asked for a thread yet.
#[derive(Serialize)]
struct FirstView {
    first_view_at: Option<Millis>,
}

/// `GET /admin/sites/{key}/first-view`: for a page that waits for it.
pub async fn first_view(app: Data<App>, _admin: Admin, key: Path<String>) -> Result<HttpResponse> {
    let first_view_at = app.db.read(move |c| super::by_key(c, &key)).await?.first_view_at;
    Ok(HttpResponse::Ok().insert_header(("cache-control", "no-store")).json(FirstView { first_view_at }))
}

async fn save(
    request: &HttpRequest,
    app: &App,
    draft: Draft,
    before: Option<&Site>,
    by: Actor,
    write: fn(&rusqlite::Transaction<'_>, &Draft, &Actor) -> Result<Site>,
) -> Result<HttpResponse> {
    if let Err(faults) = draft.to_site(Id(0), Millis(0)) {
        let shown = form_page(request, app, &draft, before, &faults).await?;
        return Ok(Framing::HasOurs.mark(page_with_fault(&shown)?));
    }
    let typed = draft.clone();
    match app.db.write(move |tx| write(tx, &typed, &by)).await {
        Ok(site) => Ok(see_other(&format!(
            "/admin/sites/{}?done={}",
            site.key,
            if before.is_none() { "created" } else { "saved" }
        ))),
        Err(Error::Conflict(detail)) => {
            let taken = [Fault { field: "key", detail }];
            page_with_fault(&form_page(request, app, &draft, before, &taken).await?)
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
        close_after: text("close_after"),
        images: form.is_ticked("images"),
        avatars: form.is_ticked("avatars"),
        blocked_words: text("blocked_words"),
        theme: Some(text("theme")).filter(|theme| !theme.is_empty()).unwrap_or_else(|| "auto".into()),
        accent: text("accent"),
    }
}

async fn form_page(
    request: &HttpRequest,
    app: &App,
    draft: &Draft,
    site: Option<&Site>,
    faults: &[Fault],
) -> Result<SiteEdit> {
    let title = if site.is_some() { draft.key.as_str() } else { "New site" };
    let frame = Frame::of(request, app, title, "sites").await?;
    let base = base_url(request);
    let fault =
        |name: &str| faults.iter().find(|fault| fault.field == name).map(|fault| fault.detail.clone());
    let field = |name: &str, value: &str| Field::new(value).with_error(fault(name));
    let accent = Colour::parse(draft.accent.trim());
    Ok(SiteEdit {
        frame,
        is_new: site.is_none(),
        error: fault("moderation").or_else(|| fault("sort")).or_else(|| fault("theme")),
        key: field("key", &draft.key),
        name: field("name", &draft.name),
        origins: field("origins", &draft.origins),
        moderation: draft.moderation.clone(),
        blocked_words: field("blocked_words", &draft.blocked_words),
        display_depth: field("display_depth", &draft.display_depth),
        sort: draft.sort.clone(),
        edit_window: field("edit_minutes", &draft.edit_minutes),
        max_length: field("max_length", &draft.max_length),
        close_after: field("close_after", &draft.close_after),
        images: draft.images,
        avatars: draft.avatars,
        theme: draft.theme.clone(),
        accent: field("accent", &draft.accent),
        advice: accent
            .map(|accent| advice(accent, draft.theme.parse().unwrap_or_default()))
            .unwrap_or_default(),
        tag: tag(&base, &draft.key),
        csp: format!("script-src {base}; connect-src {base}"),
        first_view: site.and_then(|site| site.first_view_at).map(|at| When::new(at, Millis::now())),
    })
}
