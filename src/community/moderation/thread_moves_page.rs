//! A thread goes to another page, or into another thread: what would happen first, then the button.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use rusqlite::Connection;
use serde::Deserialize;

use super::thread_changes::{self, Change, change};
use super::thread_page::{Link, done_href, path, read_id, taker};
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::community::comments::page::page_key;
use crate::community::comments::threads::list::namesakes;
use crate::community::comments::threads::{self, Tally, Thread};
use crate::community::sites::{self, Site};
use crate::web::caller::Admin;
use crate::web::form::Form;
use crate::web::frame::{Field, Frame};
use crate::web::respond::{page, page_with_fault, see_other};

const NAMESAKES: u32 = 5;

#[derive(Template)]
#[template(path = "threads/merge.html")]
struct MergePage {
    frame: Frame,
    path: String,
    from: Side,
    into: Field,
    /// Threads by the same name.
    likely: Vec<Link>,
    plan: Option<MergePlan>,
}

/// One of the two threads, in numbers.
struct Side {
    name: String,
    page: String,
    tally: Tally,
    keys: usize,
    locked: bool,
    holding: bool,
}

struct MergePlan {
    /// The number of the thread that stays.
    into: String,
    href: String,
    stays: Side,
    after: Tally,
    keys_after: usize,
}

#[derive(Template)]
#[template(path = "threads/move.html")]
struct MovePage {
    frame: Frame,
    path: String,
    name: String,
    page_key: String,
    new: Field,
    other: Option<Link>,
    plan: Option<MovePlan>,
}

struct MovePlan {
    key: String,
    /// As it was typed.
    typed: String,
    tally: Tally,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Into {
    into: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct To {
    page: String,
}

/// `GET /admin/threads/{id}/merge`
pub async fn merge_form(
    request: HttpRequest,
    app: Data<App>,
    _admin: Admin,
    id: Path<String>,
    query: Query<Into>,
) -> Result<HttpResponse> {
    let (id, into) = (read_id(&id)?, query.into_inner().into);
    let frame = Frame::of(&request, &app, "Merge a thread", "threads").await?;
    let shown = app.db.read(move |c| MergePage::read(c, frame, &threads::by_id(c, id)?, &into)).await?;
    if shown.into.error.is_some() { page_with_fault(&shown) } else { page(&shown) }
}

/// `POST /admin/threads/{id}/merge`
pub async fn merge(
    app: Data<App>,
    _admin: Admin,
    by: Actor,
    id: Path<String>,
    form: Form,
) -> Result<HttpResponse> {
    let (id, into, now) = (read_id(&id)?, read_id(form.text("into"))?, Millis::now());
    let moved = app.db.write(move |tx| thread_changes::merge(tx, id, into, &by, now)).await?;
    Ok(see_other(&format!("{}?merged={moved}", path(into))))
}

/// `GET /admin/threads/{id}/move`
pub async fn move_form(
    request: HttpRequest,
    app: Data<App>,
    _admin: Admin,
    id: Path<String>,
    query: Query<To>,
) -> Result<HttpResponse> {
    let (id, to) = (read_id(&id)?, query.into_inner().page);
    let frame = Frame::of(&request, &app, "Move a thread", "threads").await?;
    let shown = app.db.read(move |c| MovePage::read(c, frame, &threads::by_id(c, id)?, &to)).await?;
    if shown.new.error.is_some() { page_with_fault(&shown) } else { page(&shown) }
}

/// `POST /admin/threads/{id}/move`
pub async fn move_page(
    app: Data<App>,
    _admin: Admin,
    by: Actor,
    id: Path<String>,
    form: Form,
) -> Result<HttpResponse> {
    let (id, now) = (read_id(&id)?, Millis::now());
    let wanted = Change::Move { page: form.text("page").to_owned(), without: None };
    let doing = wanted.clone();
    let back = app.db.write(move |tx| change(tx, id, &doing, &by, now)).await?;
    Ok(see_other(&done_href(&app, id, &wanted, &back)))
}

impl Side {
    fn read(c: &Connection, thread: &Thread) -> Result<Self> {
        Ok(Self {
            name: thread.name().to_owned(),
            page: thread.page.clone(),
            tally: threads::tally(c, thread.id)?,
            keys: 1 + threads::aliases(c, thread.id)?.len(),
            locked: thread.locked,
            holding: thread.held,
        })
    }
}

impl MergePage {
    fn read(c: &Connection, frame: Frame, from: &Thread, into: &str) -> Result<Self> {
        let site = sites::by_id(c, from.site)?;
        let likely = namesakes(c, from, NAMESAKES)?.into_iter().map(|other| Link {
            href: format!("{}/merge?into={}", path(from.id), other.id),
            name: format!("{} ({})", other.page, comments(other.count)),
        });
        let mut shown = Self {
            frame,
            path: path(from.id),
            from: Side::read(c, from)?,
            into: Field::new(into),
            likely: likely.collect(),
            plan: None,
        };
        if into.trim().is_empty() {
            return Ok(shown);
        }
        match plan_merge(c, &site, from, into) {
            Ok(plan) => shown.plan = Some(plan),
            Err(Error::Invalid { detail, .. } | Error::NotFound(detail)) => {
                shown.into.error = Some(detail);
            }
            Err(other) => return Err(other),
        }
        Ok(shown)
    }
}

fn plan_merge(c: &Connection, site: &Site, from: &Thread, into: &str) -> Result<MergePlan> {
    let into = threads::named(c, site, into)?;
    threads::check_pair(from, &into)?;
    let (goes, stays) = (Side::read(c, from)?, Side::read(c, &into)?);
    let after = Tally {
        published: goes.tally.published + stays.tally.published,
        held: goes.tally.held + stays.tally.held,
        spam: goes.tally.spam + stays.tally.spam,
        deleted: goes.tally.deleted + stays.tally.deleted,
    };
    let keys_after = goes.keys + stays.keys;
    Ok(MergePlan { into: into.id.to_string(), href: path(into.id), stays, after, keys_after })
}

impl MovePage {
    fn read(c: &Connection, frame: Frame, thread: &Thread, to: &str) -> Result<Self> {
        let site = sites::by_id(c, thread.site)?;
        let mut shown = Self {
            frame,
            path: path(thread.id),
            name: thread.name().to_owned(),
            page_key: thread.page.clone(),
            new: Field::new(to),
            other: None,
            plan: None,
        };
        if to.trim().is_empty() {
            return Ok(shown);
        }
        shown.other = taker(c, &site, thread, to)?;
        match page_key(&site, to) {
            Err(error) => shown.new.error = Some(error.to_string()),
            Ok(key) if key.as_str() == thread.page => {
                shown.new.error = Some("That is its key already.".into());
            }
            Ok(key) if shown.other.is_some() => {
                shown.new.error = Some(format!("“{key}” has a thread of its own. The two can be merged."));
            }
            Ok(key) => {
                let tally = threads::tally(c, thread.id)?;
                shown.plan = Some(MovePlan { key: key.to_string(), typed: to.trim().to_owned(), tally });
            }
        }
        Ok(shown)
    }
}

fn comments(number: u32) -> String {
    format!("{number} comment{}", if number == 1 { "" } else { "s" })
}
