//! Imports on the dashboard: upload, trial, the pages as they would be called, then for good.

use actix_multipart::Multipart;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::{AT_ONCE, How, Run, Runs, add, by_id, discard, file_of, folder, latest, refuse};
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::sites;
use crate::community::transfer::{self, Report};
use crate::web::caller::Admin;
use crate::web::form::Form;
use crate::web::frame::{Field, Flash, Frame, When};
use crate::web::respond::{page, page_with_fault, see_other};
use crate::web::upload;

const MOST_BYTES: u64 = 1 << 30;
const MOST_SHOWN: u32 = 50;
/// Rows of a table that the page shows; the report that is kept has more.
const MOST_ROWS: usize = 200;

#[derive(Template)]
#[template(path = "transfer/list.html")]
struct ListPage {
    frame: Frame,
    sites: Vec<(String, String)>,
    formats: Vec<(&'static str, &'static str)>,
    error: Option<String>,
    runs: Vec<Row>,
}

/// One import in the list.
struct Row {
    href: String,
    file: String,
    site: String,
    when: When,
    state: &'static str,
    imported: Option<u64>,
}

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
    rules: Field,
    zone: Field,
    /// Whether the file is still here, to be read again.
    has_file: bool,
    /// Where the page asks how far it is.
    progress: String,
    percent: u64,
    stage: &'static str,
}

impl ImportPage {
    /// How many rows of a table are shown.
    fn shown(all: usize) -> usize {
        all.min(MOST_ROWS)
    }
}

#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// `GET /admin/imports`
pub async fn list(
    request: HttpRequest,
    app: Data<App>,
    runs: Data<Runs>,
    _admin: Admin,
    query: Query<Done>,
) -> Result<HttpResponse> {
    let mut shown = list_page(&request, &app, &runs).await?;
    shown.frame.flash = (query.done == "discarded").then(|| Flash::done("The upload and its file are gone."));
    page(&shown)
}

async fn list_page(request: &HttpRequest, app: &App, runs: &Runs) -> Result<ListPage> {
    let frame = Frame::of(request, app, "Imports", "imports").await?;
    let (runs, now) = (runs.clone(), Millis::now());
    let (sites, rows) = app
        .db
        .read(move |c| {
            let rows = latest(c, MOST_SHOWN)?.into_iter().map(|run| row(c, &runs, run, now));
            Ok((sites::all(c)?, rows.collect::<Result<Vec<_>>>()?))
        })
        .await?;
    Ok(ListPage {
        frame,
        sites: sites.into_iter().map(|site| (site.key, site.name)).collect(),
        formats: transfer::formats(),
        error: None,
        runs: rows,
    })
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
    let now = Millis::now();
    let id = Id::new(now);
    folder(&app)?;
    if let Err(error) = runs.expect_free() {
        let mut shown = list_page(&request, &app, &runs).await?;
        shown.error = Some(error.to_string());
        return page_with_fault(&shown);
    }
    let taken = upload::take(&request, parts, &file_of(&app, id), MOST_BYTES).await;
    let uploaded = match taken {
        Err(Error::Invalid { detail, .. }) => {
            let mut shown = list_page(&request, &app, &runs).await?;
            shown.error = Some(detail);
            return page_with_fault(&shown);
        }
        other => other?,
    };
    let (key, format) = (uploaded.form.text("site").to_owned(), uploaded.form.text("format").to_owned());
    let added = app
        .db
        .write(move |tx| {
            let site = sites::by_key(tx, &key)?.id;
            let (file, rules) = (uploaded.file_name, String::new());
            let account = Some(admin.0.id);
            add(
                tx,
                &Run {
                    id,
                    site,
                    account,
                    format,
                    file,
                    rules,
                    zone: String::new(),
                    dry_run: true,
                    started: now,
                    ended: None,
                    report: None,
                    failure: None,
                },
            )
        })
        .await;
    if added.is_err() {
        let _ = std::fs::remove_file(file_of(&app, id));
    }
    added?;
    // Others may have begun meanwhile: then the page says so, and offers to try again.
    match start(&app, &runs, id, How { dry_run: true, ..How::default() }, by).await {
        Err(Error::Unavailable(words)) => {
            app.db.write(move |tx| refuse(tx, id, &words, Millis::now())).await?;
        }
        other => other?,
    }
    Ok(see_other(&href(id)))
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
    app.db.read(move |c| by_id(c, id)).await?;
    let (rules, zone) = (form.text("rules").to_owned(), form.text("zone").to_owned());
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
            shown.rules = Field::new(rules).with_error(in_rules);
            shown.zone = Field::new(zone).with_error(in_zone);
            page_with_fault(&shown)
        }
        Err(error) => Err(error),
    }
}

async fn start(app: &Data<App>, runs: &Data<Runs>, id: Id, how: How, by: Actor) -> Result<()> {
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
        Ok(Self {
            frame,
            href: href(id),
            site: site.name,
            site_href: format!("/admin/sites/{}", site.key),
            when: When::new(run.started, Millis::now()),
            state: state(&run, runs),
            format: run.report.as_ref().map_or(run.format.clone(), |report| report.format.clone()),
            file: run.file,
            failure: run.failure,
            report: run.report,
            rules: Field::new(run.rules),
            zone: Field::new(run.zone),
            has_file: file_of(app, id).exists(),
            progress: format!("{}/progress", href(id)),
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

/// `running`, `stopped` (by the end of the process), `failed`, `tried` or `imported`.
fn state(run: &Run, runs: &Runs) -> &'static str {
    match (runs.progress(run.id), run.ended, &run.failure) {
        (Some(_), ..) => "running",
        (None, None, _) => "stopped",
        (None, Some(_), Some(_)) => "failed",
        (None, Some(_), None) if run.dry_run => "tried",
        _ => "imported",
    }
}

fn row(c: &Connection, runs: &Runs, run: Run, now: Millis) -> Result<Row> {
    let state = state(&run, runs);
    Ok(Row {
        href: href(run.id),
        site: sites::by_id(c, run.site)?.name,
        when: When::new(run.started, now),
        state,
        imported: run.report.filter(|_| state == "imported").map(|report| report.imported),
        file: run.file,
    })
}

fn href(id: Id) -> String {
    format!("/admin/imports/{id}")
}

fn read_id(text: &str) -> Result<Id> {
    text.parse().map_err(|_| Error::NotFound("There is no such import.".into()))
}
