//! One comment on the dashboard, with its thread around it.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use rusqlite::Transaction;
use serde::Deserialize;

use super::dossier::Dossier;
use super::pages::{left_alone, read_id, target, told, undone};
use super::{Applied, Batch, Target, Verb, apply, batch, correct_text, reply_as, set_locked, set_pinned};
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::comments::edit::{Text, check};
use crate::community::comments::versions::Piece;
use crate::community::comments::{Format, answer};
use crate::web::address::base_url;
use crate::web::caller::Admin;
use crate::web::form::Form;
use crate::web::frame::{Field, Flash, Frame};
use crate::web::limits::Limits;
use crate::web::respond::{page, page_with_fault, see_other};

#[derive(Template)]
#[template(path = "moderation/comment.html")]
struct CommentPage {
    frame: Frame,
    of: Dossier,
    reply: Field,
    text: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Done {
    did: String,
    undone: Option<u32>,
    changed: usize,
    /// `replied` or `edited`.
    wrote: String,
}

/// `GET /admin/comments/{id}`
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    _admin: Admin,
    id: Path<String>,
    query: Query<Done>,
) -> Result<HttpResponse> {
    let id = read_id(&id)?;
    let did = query.did.parse::<Id>().ok();
    let done = app.db.read(move |c| Ok(did.map(|id| batch(c, id)).transpose()?.flatten())).await?;
    let mut shown = CommentPage::read(&request, &app, id).await?;
    shown.frame.flash = flash(id, done, &query);
    page(&shown)
}

/// `POST /admin/comments/{id}`
pub async fn act(
    app: Data<App>,
    _admin: Admin,
    by: Actor,
    id: Path<String>,
    form: Form,
) -> Result<HttpResponse> {
    let id = read_id(&id)?;
    let (word, now) = (form.text("act").to_owned(), Millis::now());
    let target = target(&form, &id.to_string())?;
    let did = app.db.write(move |tx| perform(tx, target, &word, &by, now)).await?;
    let did = did.map(|done| format!("?did={}&changed={}", done.batch, done.changed)).unwrap_or_default();
    Ok(see_other(&format!("/admin/comments/{id}{did}")))
}

/// `POST /admin/comments/{id}/reply`: a reply of those who look after the site.
pub async fn reply(
    request: HttpRequest,
    app: Data<App>,
    limits: Data<Limits>,
    admin: Admin,
    by: Actor,
    id: Path<String>,
    form: Form,
) -> Result<HttpResponse> {
    let (id, body) = (read_id(&id)?, form.text("reply").to_owned());
    let now = Millis::now();
    let done = match prepare(&app, &limits, id, &body, true).await {
        Ok(text) => {
            let author = (admin.0.id, admin.0.name.clone());
            app.db.write(move |tx| reply_as(tx, id, author, &text, &by, now)).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(see_other(&format!("/admin/comments/{id}?wrote=replied"))),
        Err(error) => {
            again(&request, &app, id, error, |shown, fault| {
                shown.reply = Field::new(body).with_error(Some(fault));
            })
            .await
        }
    }
}

/// `POST /admin/comments/{id}/text`: another text for somebody's comment.
pub async fn correct(
    request: HttpRequest,
    app: Data<App>,
    limits: Data<Limits>,
    _admin: Admin,
    by: Actor,
    id: Path<String>,
    form: Form,
) -> Result<HttpResponse> {
    let (id, body) = (read_id(&id)?, form.text("text").to_owned());
    let (seen, now) = (form.text("seen").parse().ok().map(Millis), Millis::now());
    let done = match prepare(&app, &limits, id, &body, false).await {
        Ok(text) => app.db.write(move |tx| correct_text(tx, id, &text, seen, &by, now)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => Ok(see_other(&format!("/admin/comments/{id}?wrote=edited"))),
        Err(error) => {
            again(&request, &app, id, error, |shown, fault| {
                shown.text = Field::new(body).with_error(Some(fault));
            })
            .await
        }
    }
}

/// The HTML of what was typed: Markdown in a reply, and in a correction whatever the comment is written in.
async fn prepare(app: &App, limits: &Limits, id: Id, body: &str, is_reply: bool) -> Result<Text> {
    let (site, format) = app.db.read(move |c| answer::site_and_format(c, id)).await?;
    let format = if is_reply { Format::Markdown } else { format };
    let body = body.to_owned();
    limits.rendering.run(move || check(&site, format, &body)).await
}

/// The page again with what was typed and what was wrong with it: nothing is lost.
async fn again(
    request: &HttpRequest,
    app: &App,
    id: Id,
    error: Error,
    fill: impl FnOnce(&mut CommentPage, String),
) -> Result<HttpResponse> {
    let (Error::Invalid { detail, .. } | Error::Conflict(detail)) = error else { return Err(error) };
    let mut shown = CommentPage::read(request, app, id).await?;
    fill(&mut shown, detail);
    page_with_fault(&shown)
}

fn perform(
    tx: &Transaction<'_>,
    target: Target,
    word: &str,
    by: &Actor,
    now: Millis,
) -> Result<Option<Applied>> {
    let id = target.id;
    match word {
        "pin" | "unpin" => set_pinned(tx, id, word == "pin", by, now).map(|()| None),
        "lock" | "unlock" => set_locked(tx, id, word == "lock", by, now).map(|()| None),
        verb => apply(tx, &[target], Verb::parse(verb)?, by, now).map(Some),
    }
}

fn flash(id: Id, done: Option<Batch>, query: &Done) -> Option<Flash> {
    match (done, query.undone, query.wrote.as_str()) {
        (Some(done), ..) if !done.undone => {
            Some(told(&done, 0).with_undo(done.id, format!("/admin/comments/{id}")))
        }
        (_, Some(number), _) => Some(undone(number, query.changed)),
        _ if query.changed > 0 => Some(left_alone()),
        (.., "replied") => Some(Flash::done("Your reply is public.")),
        (.., "edited") => Some(Flash::done("The comment says that now. What it said before is kept below.")),
        _ => None,
    }
}

impl CommentPage {
    async fn read(request: &HttpRequest, app: &App, id: Id) -> Result<Self> {
        let frame = Frame::of(request, app, "Comment", "queue").await?;
        let (base, now) = (base_url(request), Millis::now());
        let of = app.db.read(move |c| Dossier::read(c, &base, id, now)).await?;
        Ok(Self { frame, reply: Field::default(), text: Field::new(of.body.clone()), of })
    }
}
