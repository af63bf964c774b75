//! The list of imports on the dashboard, and the form that begins one.

use actix_multipart::Multipart;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::pages::{href, start, state_of};
use super::{AT_ONCE, By, How, Line, Run, Runs, add, count, file_of, folder, lines, refuse};
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::sites;
use crate::community::transfer;
use crate::web::caller::Admin;
use crate::web::frame::{Flash, Frame, When};
use crate::web::respond::{page, page_with_fault, see_other};
use crate::web::upload;

const MOST_BYTES: u64 = 1 << 30;
const PAGE: u64 = 50;
const LIST: &str = "/admin/imports";

#[derive(Template)]
#[template(path = "transfer/list.html")]
struct ListPage {
    frame: Frame,
    sites: Vec<(String, String)>,
    formats: Vec<(&'static str, &'static str)>,
    error: Option<String>,
    columns: Vec<Column>,
    runs: Vec<Row>,
    before: Option<String>,
    after: Option<String>,
}

/// A heading that puts the list in its order.
struct Column {
    label: &'static str,
    href: String,
    /// For `aria-sort`, where the list is in its order.
    sorted: Option<&'static str>,
    wide: bool,
}

/// One import in the list.
struct Row {
    href: String,
    file: String,
    site: String,
    format: String,
    when: When,
    state: &'static str,
    imported: Option<u64>,
}

#[derive(Clone, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    done: String,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    order: String,
    #[serde(default)]
    page: Option<u64>,
}

impl Asked {
    fn view(&self) -> (By, bool) {
        let by = By::EVERY.into_iter().find(|by| by.word() == self.sort).unwrap_or(By::When);
        let descending = if self.order.is_empty() { by == By::When } else { self.order == "desc" };
        (by, descending)
    }
}

/// `GET /admin/imports`
pub async fn list(
    request: HttpRequest,
    app: Data<App>,
    runs: Data<Runs>,
    _admin: Admin,
    asked: Query<Asked>,
) -> Result<HttpResponse> {
    let mut shown = ListPage::read(&request, &app, &runs, &asked).await?;
    shown.frame.flash = (asked.done == "discarded").then(|| Flash::done("The upload and its file are gone."));
    page(&shown)
}

/// `POST /admin/imports`: takes the file and reads it on trial.
pub async fn create(
    request: HttpRequest,
    app: Data<App>,
    runs: Data<Runs>,
    admin: Admin,
    by: Actor,
    parts: Multipart,
) -> Result<HttpResponse> {
    let id = Id::new(Millis::now());
    folder(&app)?;
    let uploaded = match upload::take(&request, parts, &file_of(&app, id), MOST_BYTES).await {
        Err(Error::Invalid { detail, .. } | Error::Full(detail)) => {
            let mut shown = ListPage::read(&request, &app, &runs, &Asked::default()).await?;
            shown.error = Some(detail);
            return page_with_fault(&shown);
        }
        other => other?,
    };
    if let Err(error) = note(&app, id, admin.0.id, uploaded).await {
        let _ = std::fs::remove_file(file_of(&app, id));
        return Err(error);
    }
    // While others run, the file is kept for when they are done: the page says so, and offers to try again.
    match start(&app, &runs, id, How { dry_run: true, ..How::default() }, by).await {
        Err(Error::Unavailable(words)) => {
            app.db.write(move |tx| refuse(tx, id, &words, Millis::now())).await?;
        }
        other => other?,
    }
    Ok(see_other(&href(id)))
}

async fn note(app: &App, id: Id, account: Id, uploaded: upload::Upload) -> Result<()> {
    let (key, format) = (uploaded.form.text("site").to_owned(), uploaded.form.text("format").to_owned());
    app.db
        .write(move |tx| {
            let site = sites::by_key(tx, &key)?.id;
            add(tx, &Run::uploaded(id, site, account, format, uploaded.file_name))
        })
        .await
}

impl ListPage {
    async fn read(request: &HttpRequest, app: &App, runs: &Runs, asked: &Asked) -> Result<Self> {
        let frame = Frame::of(request, app, "Imports", "imports").await?;
        let ((by, descending), wanted) = (asked.view(), asked.page.unwrap_or(1));
        let read = move |c: &rusqlite::Connection| {
            let last = count(c)?.div_ceil(PAGE).max(1);
            let at = wanted.clamp(1, last);
            Ok((sites::all(c)?, lines(c, by, descending, (at - 1) * PAGE, PAGE)?, at, last))
        };
        let (sites, found, at, last) = app.db.read(read).await?;
        let now = Millis::now();
        Ok(Self {
            frame,
            sites: sites.into_iter().map(|site| (site.key, site.name)).collect(),
            formats: transfer::formats(),
            error: None,
            columns: By::EVERY.into_iter().map(|each| column(each, by, descending)).collect(),
            runs: found.into_iter().map(|line| row(line, runs, now)).collect(),
            before: (at > 1).then(|| address(by, descending, at - 1)),
            after: (at < last).then(|| address(by, descending, at + 1)),
        })
    }
}

fn column(each: By, by: By, descending: bool) -> Column {
    let is_current = each == by;
    let next = if is_current { !descending } else { each == By::When };
    Column {
        label: each.label(),
        href: address(each, next, 1),
        sorted: is_current.then_some(if descending { "descending" } else { "ascending" }),
        wide: each == By::File,
    }
}

fn address(by: By, descending: bool, page: u64) -> String {
    let order = if descending { "desc" } else { "asc" };
    let page = if page > 1 { format!("&page={page}") } else { String::new() };
    format!("{LIST}?sort={}&order={order}{page}#earlier", by.word())
}

fn row(line: Line, runs: &Runs, now: Millis) -> Row {
    let state = state_of(runs, line.id, line.ended.is_some(), line.failed, line.dry_run);
    Row {
        href: href(line.id),
        file: line.file,
        site: line.site,
        format: line.format,
        when: When::new(line.started, now),
        state,
        imported: line.imported.filter(|_| state == "imported"),
    }
}
