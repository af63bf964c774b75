//! One thread on the dashboard: how it stands, what can be changed, and who talks in it.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use rusqlite::Connection;
use serde::Deserialize;

use super::filters::{Asked, QUEUE};
use super::thread_changes::{Change, change};
use super::thread_people::{LOOKED_AT, ThreadPeople};
use super::views::{Neighbour, ThreadState};
use super::{visible_thread, way_back};
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::comments::newest_of_thread;
use crate::community::comments::page::page_key;
use crate::community::comments::threads::{self, Tally, Thread};
use crate::community::sites::{self, Site};
use crate::web::access::Access;
use crate::web::caller::Moderator;
use crate::web::form::Form;
use crate::web::frame::{Field, Flash, Frame, When};
use crate::web::respond::{page, page_with_fault, see_other};

const LATEST: u32 = 8;

#[derive(Template)]
#[template(path = "threads/thread.html")]
struct ThreadPage {
    frame: Frame,
    /// What could not be done.
    error: Option<String>,
    /// The thread that has the key already: the two can be merged.
    other: Option<Link>,
    path: String,
    number: String,
    name: String,
    page_key: String,
    url: String,
    plain_href: Option<String>,
    feed_href: Option<String>,
    site_name: String,
    site_href: String,
    state: ThreadState,
    tally: Tally,
    first: Option<When>,
    last: Option<When>,
    closes: Option<When>,
    title: Field,
    close: &'static str,
    days: Field,
    site_days: u32,
    aliases: Vec<String>,
    key: Field,
    people: ThreadPeople,
    /// Whether there are comments that were not looked at for the people.
    only_newest: bool,
    queue_href: String,
    latest: Vec<Neighbour>,
}

pub struct Link {
    pub href: String,
    pub name: String,
}

/// What was just done, from the address that a form leads to.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Done {
    /// The form's word.
    did: String,
    merged: Option<i64>,
    undo: String,
    proof: String,
}

/// What was typed and could not be done.
struct Wrong {
    change: Change,
    field: String,
    detail: String,
}

#[must_use]
pub fn path(id: Id) -> String {
    format!("/admin/threads/{id}")
}

/// # Errors
/// `NotFound` for what is no number of a thread.
pub fn read_id(text: &str) -> Result<Id> {
    text.parse().map_err(|_| Error::NotFound("There is no such thread.".into()))
}

/// `GET /admin/threads/{id}`
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: Moderator,
    id: Path<String>,
    query: Query<Done>,
) -> Result<HttpResponse> {
    let (id, now) = (read_id(&id)?, Millis::now());
    let frame = Frame::of(&request, &app, "Thread", "threads").await?;
    let frame = frame.with_flash(flash(&app, &path(id), &query));
    let asked = request.query_string().to_owned();
    let (found, shown) = app
        .db
        .read(move |c| {
            let thread = visible_thread(c, &who.0.access, id)?;
            Ok((thread.id, ThreadPage::read(c, frame, thread, &asked, None, now)?))
        })
        .await?;
    // It was merged into another one.
    if found != id {
        return Ok(see_other(&path(found)));
    }
    page(&shown)
}

/// `POST /admin/threads/{id}`
pub async fn act(
    request: HttpRequest,
    app: Data<App>,
    who: Moderator,
    by: Actor,
    id: Path<String>,
    form: Form,
) -> Result<HttpResponse> {
    let (id, now) = (read_id(&id)?, Millis::now());
    let wanted = match Change::read(|name| form.text(name)) {
        Err(Error::Invalid { field, detail }) if field == "days" => {
            let wrong = Wrong { change: Change::Close(Some(0)), field, detail };
            return refuse(&request, &app, who.0.access, (id, wrong), now).await;
        }
        read => read?,
    };
    let (doing, access) = (wanted.clone(), who.0.access.clone());
    match app.db.write(move |tx| change(tx, id, &doing, &access, &by, now)).await {
        Ok(back) => Ok(see_other(&done_href(&app, id, &wanted, &back))),
        Err(Error::Invalid { field, detail }) => {
            let wrong = Wrong { change: wanted, field, detail };
            refuse(&request, &app, who.0.access, (id, wrong), now).await
        }
        Err(Error::Conflict(detail)) => {
            let wrong = Wrong { change: wanted, field: "page".into(), detail };
            refuse(&request, &app, who.0.access, (id, wrong), now).await
        }
        Err(other) => Err(other),
    }
}

async fn refuse(
    request: &HttpRequest,
    app: &App,
    access: Access,
    (id, wrong): (Id, Wrong),
    now: Millis,
) -> Result<HttpResponse> {
    let frame = Frame::of(request, app, "Thread", "threads").await?;
    let read = move |c: &Connection| {
        let thread = visible_thread(c, &access, id)?;
        ThreadPage::read(c, frame, thread, "", Some(wrong), now)
    };
    page_with_fault(&app.db.read(read).await?)
}

/// Where a form leads that did something.
pub fn done_href(app: &App, id: Id, did: &Change, back: &Change) -> String {
    let action = path(id);
    if matches!(did, Change::Move { without: Some(_), .. }) {
        return format!("{action}?did=moved_back");
    }
    let way_back = way_back::write(&app.key, &action, &back.fields());
    format!("{action}?did={}&{way_back}", did.word())
}

fn flash(app: &App, action: &str, done: &Done) -> Option<Flash> {
    if let Some(comments) = done.merged {
        let s = if comments == 1 { "" } else { "s" };
        return Some(Flash::done(format!("Merged: {comments} comment{s} came over.")));
    }
    if done.did == "moved_back" {
        return Some(Flash::done("Moved back."));
    }
    // For the words its texts and days are of no matter.
    let did = Change::read(|name| match name {
        "act" => done.did.as_str(),
        "close" => "never",
        _ => "",
    });
    let told = Flash::done(did.ok()?.told());
    Some(way_back::offer(&app.key, told, action.to_owned(), &done.undo, &done.proof))
}

impl ThreadPage {
    fn read(
        c: &Connection,
        frame: Frame,
        thread: Thread,
        query: &str,
        wrong: Option<Wrong>,
        now: Millis,
    ) -> Result<Self> {
        let site = sites::by_id(c, thread.site)?;
        let tally = threads::tally(c, thread.id)?;
        let is_public = threads::is_public(c, &thread)?;
        let latest = newest_of_thread(c, thread.id, LATEST)?;
        let other = wrong.as_ref().map(|wrong| wrong.other(c, &site, &thread)).transpose()?.flatten();
        let (close, days) = closing(&thread, &site);
        let mut shown = Self {
            frame,
            error: None,
            other,
            path: path(thread.id),
            number: thread.id.to_string(),
            name: thread.name().to_owned(),
            plain_href: is_public.then(|| thread.plain_path(&site)),
            feed_href: is_public.then(|| thread.feed_path(&site)),
            state: ThreadState::new(Some(&site), &thread, now),
            tally,
            first: thread.oldest.map(|id| When::new(id.moment(), now)),
            last: thread.newest.map(|id| When::new(id.moment(), now)),
            closes: thread.closes_at(&site).map(|at| When { iso: at.to_string(), text: at.for_people() }),
            close,
            days: Field::new(days),
            site_days: site.close_after,
            aliases: threads::aliases(c, thread.id)?,
            key: Field::default(),
            only_newest: tally.all() > i64::from(LOOKED_AT),
            people: ThreadPeople::read(c, thread.id, query, now)?,
            queue_href: queue_href(thread.id, String::new()),
            latest: latest.into_iter().map(|comment| Neighbour::new(comment, now)).collect(),
            site_href: format!("/admin/sites/{}", site.key),
            site_name: site.name,
            title: Field::new(thread.title),
            page_key: thread.page,
            url: thread.url,
        };
        if let Some(wrong) = wrong {
            shown.mark(wrong);
        }
        Ok(shown)
    }

    /// Shows what was typed, and what is wrong with it, where it was typed.
    fn mark(&mut self, wrong: Wrong) {
        let field = |value: String| Field::new(value).with_error(Some(wrong.detail.clone()));
        match wrong.change {
            Change::Title(title) => self.title = field(title),
            Change::TakeKey(page) => self.key = field(page),
            Change::Close(_) => {
                self.close = "days";
                self.days = field(String::new());
            }
            _ => self.error = Some(wrong.detail),
        }
    }
}

impl Wrong {
    fn other(&self, c: &Connection, site: &Site, thread: &Thread) -> Result<Option<Link>> {
        let (Change::TakeKey(page) | Change::Move { page, .. }) = &self.change else { return Ok(None) };
        if self.field != "page" {
            return Ok(None);
        }
        taker(c, site, thread, page)
    }
}

/// The way to merging with the thread that has a key already.
pub fn taker(c: &Connection, site: &Site, thread: &Thread, page: &str) -> Result<Option<Link>> {
    let Ok(key) = page_key(site, page) else { return Ok(None) };
    let other = threads::taken_by(c, site, thread, &key)?;
    Ok(other.map(|other| Link {
        href: format!("{}/merge?into={}", path(thread.id), other.id),
        name: other.name().to_owned(),
    }))
}

fn closing(thread: &Thread, site: &Site) -> (&'static str, String) {
    match thread.close_after {
        None if site.close_after == 0 => ("site", String::new()),
        None => ("site", site.close_after.to_string()),
        Some(0) => ("never", String::new()),
        Some(days) => ("days", days.to_string()),
    }
}

/// The comments of a thread in the queue, or those of one author in it.
pub fn queue_href(thread: Id, author: String) -> String {
    Asked { status: "all".into(), thread: thread.to_string(), author, ..Asked::default() }.href(QUEUE)
}
