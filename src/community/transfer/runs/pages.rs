//! One import on the dashboard: what a trial found, the pages as they would be called, then for good.

use actix_multipart::Multipart;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Serialize;

use super::tables::{self, Part};
use super::{How, Run, Runs, by_id, discard, file_of, folder};
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::sites;
use crate::community::transfer::page_map::table;
use crate::community::transfer::{Preview, Report, Skipped};
use crate::web::caller::Admin;
use crate::web::form::Form;
use crate::web::frame::{Field, Frame, When};
use crate::web::respond::{page, page_with_fault, see_other};
use crate::web::upload;

/// Longer rules came as a file, and are changed by another.
const LONGEST_TYPED: usize = 64 << 10;
const LONGEST_RULES: u64 = 16 << 20;
/// A short table stands open.
const FEW: usize = 20;

#[derive(Template)]
#[template(path = "transfer/import.html")]
struct ImportPage {
    frame: Frame,
    href: String,
    file: String,
    site: String,
    site_href: String,
    when: When,
    state: &'static str,
    format: String,
    failure: Option<String>,
    report: Option<Report>,
    pages: Option<Part<Preview>>,
    skipped: Option<Part<Skipped>>,
    rules: Field,
    /// Lines of rules that are too long for a field.
    rules_from_file: Option<usize>,
    /// What is wrong with a file of rules.
    rules_fault: Option<String>,
    zone: Field,
    /// Whether the file is still here, to be read again.
    has_file: bool,
    /// Where the page asks how far it is.
    progress: String,
    percent: u64,
    stage: &'static str,
}

/// `GET /admin/imports/{id}`
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    runs: Data<Runs>,
    _admin: Admin,
    id: Path<String>,
) -> Result<HttpResponse> {
    page(&ImportPage::read(&request, &app, &runs, read_id(&id)?).await?)
}

/// `GET /admin/imports/{id}/pages.csv`: which page is which, to be changed and given back.
pub async fn pages_csv(app: Data<App>, _admin: Admin, id: Path<String>) -> Result<HttpResponse> {
    let id = read_id(&id)?;
    let run = app.db.read(move |c| by_id(c, id)).await?;
    let report = run.report.ok_or_else(|| Error::NotFound("This import has no table of pages.".into()))?;
    Ok(HttpResponse::Ok()
        .insert_header(("content-type", "text/csv; charset=utf-8"))
        .insert_header(("content-disposition", format!("attachment; filename=\"pages-{id}.csv\"")))
        .insert_header(("cache-control", "no-store"))
        .body(table::write(&report.pages)))
}

/// `POST /admin/imports/{id}/rules`: a file of rules for pages, with which the import is tried again.
pub async fn rules(
    request: HttpRequest,
    app: Data<App>,
    runs: Data<Runs>,
    _admin: Admin,
    by: Actor,
    id: Path<String>,
    parts: Multipart,
) -> Result<HttpResponse> {
    let id = read_id(&id)?;
    let run = app.db.read(move |c| by_id(c, id)).await?;
    let started = match take_rules(&request, &app, parts).await {
        Ok(rules) => start(&app, &runs, id, How { dry_run: true, rules, zone: run.zone }, by).await,
        Err(error) => Err(error),
    };
    match started {
        Ok(()) => Ok(see_other(&href(id))),
        Err(Error::Invalid { detail, .. }) => {
            let mut shown = ImportPage::read(&request, &app, &runs, id).await?;
            shown.rules_fault = Some(detail);
            page_with_fault(&shown)
        }
        Err(error) => Err(error),
    }
}

async fn take_rules(request: &HttpRequest, app: &App, parts: Multipart) -> Result<String> {
    folder(app)?;
    let path = file_of(app, Id::new(Millis::now()));
    upload::take(request, parts, &path, LONGEST_RULES).await?;
    let text = std::fs::read_to_string(&path);
    let _ = std::fs::remove_file(&path);
    text.map_err(|_| Error::invalid("map", "That file is not text in UTF-8."))
}

/// What the page asks for while an import runs.
#[derive(Serialize)]
struct Answer {
    running: bool,
    stage: &'static str,
    percent: u64,
}

/// `GET /admin/imports/{id}/progress`
pub async fn progress(runs: Data<Runs>, _admin: Admin, id: Path<String>) -> Result<HttpResponse> {
    let (stage, percent) = how_far(&runs, read_id(&id)?);
    let answer = Answer { running: !stage.is_empty(), stage, percent };
    Ok(HttpResponse::Ok().insert_header(("cache-control", "no-store")).json(answer))
}

/// `POST /admin/imports/{id}`: once more on trial, for good, or away with it.
pub async fn act(
    request: HttpRequest,
    app: Data<App>,
    runs: Data<Runs>,
    _admin: Admin,
    by: Actor,
    id: Path<String>,
    form: Form,
) -> Result<HttpResponse> {
    let id = read_id(&id)?;
    let run = app.db.read(move |c| by_id(c, id)).await?;
    // Long ones are not in the form.
    let rules = if form.has("rules") { form.text("rules").to_owned() } else { run.rules };
    let zone = form.text("zone").to_owned();
    let started = match form.text("act") {
        "discard" => {
            let (app, runs) = (app.get_ref().clone(), runs.get_ref().clone());
            let discarded = tokio::task::spawn_blocking(move || discard(&runs, &app, id, by)).await;
            discarded.map_err(Error::internal)??;
            return Ok(see_other("/admin/imports?done=discarded"));
        }
        "stop" => {
            let (app, runs) = (app.get_ref().clone(), runs.get_ref().clone());
            let stopped = tokio::task::spawn_blocking(move || runs.stop(&app, id, by)).await;
            stopped.map_err(Error::internal)?
        }
        act @ ("try" | "import") => {
            let how = How { dry_run: act == "try", rules: rules.clone(), zone: zone.clone() };
            start(&app, &runs, id, how, by).await
        }
        _ => return Err(Error::invalid("act", "Choose what to do with the file.")),
    };
    match started {
        Ok(()) => Ok(see_other(&href(id))),
        Err(Error::Invalid { field, detail }) => {
            let mut shown = ImportPage::read(&request, &app, &runs, id).await?;
            let (in_zone, in_rules) =
                if field == "zone" { (Some(detail), None) } else { (None, Some(detail)) };
            if form.has("rules") {
                shown.rules_from_file = None;
                shown.rules = Field::new(rules).with_error(in_rules);
            }
            shown.zone = Field::new(zone).with_error(in_zone);
            page_with_fault(&shown)
        }
        Err(error) => Err(error),
    }
}

pub(super) async fn start(app: &Data<App>, runs: &Data<Runs>, id: Id, how: How, by: Actor) -> Result<()> {
    if !file_of(app, id).exists() {
        return Err(Error::Conflict("The file is not here any more. Upload it again.".into()));
    }
    let (app, runs) = (app.get_ref().clone(), runs.get_ref().clone());
    tokio::task::spawn_blocking(move || runs.start(&app, id, how, by)).await.map_err(Error::internal)?
}

impl ImportPage {
    async fn read(request: &HttpRequest, app: &App, runs: &Runs, id: Id) -> Result<Self> {
        let frame = Frame::of(request, app, "Import", "imports").await?;
        let (run, site) = app
            .db
            .read(move |c| {
                let run = by_id(c, id)?;
                let site = sites::by_id(c, run.site)?;
                Ok((run, site))
            })
            .await?;
        let (stage, percent) = how_far(runs, id);
        let href = href(id);
        let address = tables::address(&href, request.query_string());
        let typed = run.rules.len() <= LONGEST_TYPED;
        Ok(Self {
            frame,
            pages: run.report.as_ref().map(|report| tables::pages(report, &address)),
            skipped: run.report.as_ref().map(|report| tables::skipped(report, &address)),
            rules_from_file: (!typed).then(|| run.rules.lines().count()),
            rules_fault: None,
            site: site.name,
            site_href: format!("/admin/sites/{}", site.key),
            when: When::new(run.started, Millis::now()),
            state: state(&run, runs),
            format: run.report.as_ref().map_or(run.format.clone(), |report| report.format.clone()),
            file: run.file,
            failure: run.failure,
            report: run.report,
            rules: Field::new(if typed { run.rules } else { String::new() }),
            zone: Field::new(run.zone),
            has_file: file_of(app, id).exists(),
            progress: format!("{href}/progress"),
            href,
            percent,
            stage,
        })
    }
}

/// What it is busy with, and how far; no word for one that is not running here.
fn how_far(runs: &Runs, id: Id) -> (&'static str, u64) {
    runs.progress(id).map_or(("", 0), |progress| {
        (progress.stage.word(), (progress.done * 100 / progress.total.max(1)).min(100))
    })
}

fn state(run: &Run, runs: &Runs) -> &'static str {
    state_of(runs, run.id, run.ended.is_some(), run.failure.is_some(), run.dry_run)
}

/// `running`, `stopped` (by the end of the process), `failed`, `tried` or `imported`.
pub(super) fn state_of(runs: &Runs, id: Id, ended: bool, failed: bool, dry_run: bool) -> &'static str {
    match (runs.progress(id), ended, failed) {
        (Some(_), ..) => "running",
        (None, false, _) => "stopped",
        (None, true, true) => "failed",
        (None, true, false) if dry_run => "tried",
        _ => "imported",
    }
}

pub(super) fn href(id: Id) -> String {
    format!("/admin/imports/{id}")
}

fn read_id(text: &str) -> Result<Id> {
    text.parse().map_err(|_| Error::NotFound("There is no such import.".into()))
}
