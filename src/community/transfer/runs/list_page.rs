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
use crate::web::table::{Address, Column, Head, Names, PAGE, Pages, Table};
use crate::web::upload;

const MOST_BYTES: u64 = 1 << 30;
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
    pages: Pages,
}

const HEADS: &[Head<By>] = &[
    Head { by: By::File, word: "file", label: "File", class: "wide", descending: false },
    Head { by: By::Site, word: "site", label: "Into", class: "", descending: false },
    Head { by: By::Format, word: "format", label: "From", class: "", descending: false },
    Head { by: By::When, word: "when", label: "Read", class: "", descending: true },
];

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
    told: Query<Done>,
) -> Result<HttpResponse> {
    let mut shown = ListPage::read(&request, &app, &runs).await?;
    shown.frame.flash = (told.done == "discarded").then(|| Flash::done("The upload and its file are gone."));
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
            let mut shown = ListPage::read(&request, &app, &runs).await?;
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
    async fn read(request: &HttpRequest, app: &App, runs: &Runs) -> Result<Self> {
        let frame = Frame::of(request, app, "Imports", "imports").await?;
        let address = Address::new(LIST, request.query_string(), &Names::MAIN.all()).at("earlier");
        let table = Table::asked(&address, Names::MAIN, HEADS);
        let columns = table.columns();
        let read = move |c: &rusqlite::Connection| {
            let pages = table.pages(count(c)?);
            let found = lines(c, table.by, table.descending, pages.first - 1, PAGE)?;
            Ok((sites::all(c)?, found, pages))
        };
        let (sites, found, pages) = app.db.read(read).await?;
        let now = Millis::now();
        Ok(Self {
            frame,
            sites: sites.into_iter().map(|site| (site.key, site.name)).collect(),
            formats: transfer::formats(),
            error: None,
            columns,
            runs: found.into_iter().map(|line| row(line, runs, now)).collect(),
            pages,
        })
    }
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
