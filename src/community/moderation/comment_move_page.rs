//! A comment goes elsewhere, with everything below it: what would happen first, then the button.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use rusqlite::Connection;
use serde::Deserialize;

use super::pages::read_id;
use super::thread_changes::move_to;
use super::thread_page::path as thread_path;
use super::views::Neighbour;
use super::{visible, way_back};
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::comments::moving::{Load, Place, check, load};
use crate::community::comments::threads::{self, Thread};
use crate::community::comments::{self, Comment};
use crate::community::sites;
use crate::web::access::Access;
use crate::web::caller::Moderator;
use crate::web::form::Form;
use crate::web::frame::{Field, Flash, Frame};
use crate::web::respond::{page, page_with_fault, see_other};

/// Written by the API and in addresses, an id has so many characters.
const ID: usize = 13;

#[derive(Template)]
#[template(path = "threads/comment.html")]
struct MoveCommentPage {
    frame: Frame,
    path: String,
    comment_href: String,
    near: Neighbour,
    load: Load,
    now: Standing,
    to: Field,
    under: Field,
    plan: Option<Plan>,
}

/// Where a comment stands.
struct Standing {
    thread: String,
    thread_href: String,
    /// Whom it replies to, and where that is.
    under: Option<(String, String)>,
    published: u32,
}

struct Plan {
    to: String,
    under: String,
    standing: Standing,
    /// None within one thread.
    counts: Option<Counts>,
}

/// How many published comments the two threads have afterwards.
struct Counts {
    here: i64,
    there: i64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct MoveQuery {
    to: String,
    under: String,
    moved: Option<i64>,
    undo: String,
    proof: String,
}

fn path(id: Id) -> String {
    format!("/admin/comments/{id}/move")
}

/// `GET /admin/comments/{id}/move`
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: Moderator,
    id: Path<String>,
    query: Query<MoveQuery>,
) -> Result<HttpResponse> {
    let (id, now) = (read_id(&id)?, Millis::now());
    let frame = Frame::of(&request, &app, "Move a comment", "queue").await?;
    let frame = frame.with_flash(flash(&app, &path(id), &query));
    let shown = app.db.read(move |c| MoveCommentPage::read(c, &who.0.access, frame, id, &query, now)).await?;
    let is_wrong = shown.to.error.is_some() || shown.under.error.is_some();
    if is_wrong { page_with_fault(&shown) } else { page(&shown) }
}

/// `POST /admin/comments/{id}/move`
pub async fn act(
    app: Data<App>,
    who: Moderator,
    by: Actor,
    id: Path<String>,
    form: Form,
) -> Result<HttpResponse> {
    let (id, now) = (read_id(&id)?, Millis::now());
    let thread = form.text("to").parse().map_err(|_| Error::invalid("to", "Name a thread by its number."))?;
    let parent = Some(form.text("under")).filter(|under| !under.is_empty()).map(read_id).transpose()?;
    let to = Place { thread, parent };
    let (from, load) = app
        .db
        .write(move |tx| {
            let from = move_to(tx, id, to, &who.0.access, &by, now)?;
            Ok((from, load(tx, &comments::by_id(tx, id)?)?))
        })
        .await?;
    let parent = from.parent.map(|id| id.to_string()).unwrap_or_default();
    let back = way_back::write(&app.key, &path(id), &[("to", from.thread.to_string()), ("under", parent)]);
    Ok(see_other(&format!("{}?moved={}&{back}", path(id), load.comments)))
}

fn flash(app: &App, action: &str, query: &MoveQuery) -> Option<Flash> {
    let comments = query.moved?;
    let s = if comments == 1 { "" } else { "s" };
    let told = Flash::done(format!("Moved: {comments} comment{s}."));
    Some(way_back::offer(&app.key, told, action.to_owned(), &query.undo, &query.proof))
}

impl MoveCommentPage {
    fn read(
        c: &Connection,
        access: &Access,
        frame: Frame,
        id: Id,
        query: &MoveQuery,
        now: Millis,
    ) -> Result<Self> {
        let comment = visible(c, access, id)?;
        let thread = threads::by_id(c, comment.thread)?;
        let load = load(c, &comment)?;
        let mut shown = Self {
            frame,
            path: path(id),
            comment_href: format!("/admin/comments/{id}"),
            now: Standing::read(c, &thread, comment.parent)?,
            near: Neighbour::new(comment.clone(), now),
            load,
            to: Field::new(if query.to.is_empty() { &thread.page } else { &query.to }),
            under: Field::new(&query.under),
            plan: None,
        };
        if !query.to.is_empty() {
            match plan(c, &comment, &thread, load, query) {
                Ok(plan) => shown.plan = Some(plan),
                Err(Error::Invalid { field, detail }) if field == "under" => {
                    shown.under.error = Some(detail);
                }
                Err(Error::Invalid { detail, .. } | Error::NotFound(detail)) => shown.to.error = Some(detail),
                Err(other) => return Err(other),
            }
        }
        Ok(shown)
    }
}

fn plan(c: &Connection, comment: &Comment, from: &Thread, load: Load, query: &MoveQuery) -> Result<Plan> {
    let site = sites::by_id(c, comment.site)?;
    let thread = threads::named(c, &site, &query.to)?;
    let parent = read_parent(&query.under)?;
    check(c, comment, Place { thread: thread.id, parent })?;
    let counts = (thread.id != from.id).then(|| Counts {
        here: i64::from(from.count) - load.published,
        there: i64::from(thread.count) + load.published,
    });
    Ok(Plan {
        to: thread.id.to_string(),
        under: parent.map(|id| id.to_string()).unwrap_or_default(),
        standing: Standing::read(c, &thread, parent)?,
        counts,
    })
}

/// The comment that somebody means by its number, or by an address that ends in it.
fn read_parent(text: &str) -> Result<Option<Id>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let number = text.len().checked_sub(ID).and_then(|start| text.get(start..)).unwrap_or(text);
    number.parse().map(Some).map_err(|_| {
        Error::invalid("under", "Name a comment by its number, or by the address of it that a reader has.")
    })
}

impl Standing {
    fn read(c: &Connection, thread: &Thread, parent: Option<Id>) -> Result<Self> {
        let parent = parent.map(|id| comments::by_id(c, id)).transpose()?;
        Ok(Self {
            thread: thread.name().to_owned(),
            thread_href: thread_path(thread.id),
            under: parent.map(|one| (one.author_name, format!("/admin/comments/{}", one.id))),
            published: thread.count,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_named_by_its_number_or_an_address_that_ends_in_it() {
        let id = Id::at(Millis(1_700_000_000_000), 7);
        for text in [
            id.to_string(),
            format!(" https://blog.example/posts/a#afterword-{id} "),
            format!("http://127.0.0.1/t/blog/{id}#c-{id}"),
            format!("/admin/comments/{id}"),
        ] {
            assert_eq!(read_parent(&text).unwrap(), Some(id), "{text}");
        }
        assert_eq!(read_parent("  ").unwrap(), None);
        for wrong in ["7", "the one above, by Jörg ☺", "https://blog.example/posts/a"] {
            assert!(read_parent(wrong).is_err(), "{wrong}");
        }
    }
}
