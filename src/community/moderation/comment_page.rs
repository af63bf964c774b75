//! One comment on the dashboard, with its thread around it.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use rusqlite::Transaction;
use serde::Deserialize;

use super::dossier::Dossier;
use super::pages::{left_alone, read_id, target, told, undone};
use super::turns::Turn;
use super::{
    Applied, Batch, Target, Verb, apply, batch, correct_text, reply_as, restore_text, visible, way_back,
};
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::comments::edit::{Text, check};
use crate::community::comments::versions::Piece;
use crate::community::comments::{Format, answer};
use crate::web::access::Access;
use crate::web::address::base_url;
use crate::web::caller::Moderator;
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
    /// `replied`, `edited` or `restored`.
    wrote: String,
    /// A [`Turn`].
    turned: String,
    /// What takes a turn or another text back.
    undo: String,
    proof: String,
}

/// What a button did.
enum Outcome {
    Moderated(Applied),
    /// And whether it was not so already.
    Turned(Turn, bool),
}

/// `GET /admin/comments/{id}`
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: Moderator,
    id: Path<String>,
    query: Query<Done>,
) -> Result<HttpResponse> {
    let id = read_id(&id)?;
    let did = query.did.parse::<Id>().ok();
    let access = who.0.access.clone();
    let done = app.db.read(move |c| Ok(did.map(|id| batch(c, &access, id)).transpose()?.flatten())).await?;
    let mut shown = CommentPage::read(&request, &app, who.0.access, id).await?;
    shown.frame.flash = flash(&app, id, done, &query);
    page(&shown)
}

/// `POST /admin/comments/{id}`
pub async fn act(
    app: Data<App>,
    who: Moderator,
    by: Actor,
    id: Path<String>,
    form: Form,
) -> Result<HttpResponse> {
    let id = read_id(&id)?;
    let (word, now) = (form.text("act").to_owned(), Millis::now());
    let target = target(&form, &id.to_string())?;
    let did = app.db.write(move |tx| perform(tx, target, &word, &who.0.access, &by, now)).await?;
    let here = path(id);
    Ok(see_other(&match did {
        Outcome::Moderated(done) => format!("{here}?did={}&changed={}", done.batch, done.changed),
        Outcome::Turned(turn, false) => format!("{here}?turned={}", turn.as_str()),
        Outcome::Turned(turn, true) => {
            let way_back = way_back::write(&app.key, &here, &[("act", turn.back().as_str().to_owned())]);
            format!("{here}?turned={}&{way_back}", turn.as_str())
        }
    }))
}

/// `POST /admin/comments/{id}/reply`: a reply of those who look after the site.
pub async fn reply(
    request: HttpRequest,
    app: Data<App>,
    limits: Data<Limits>,
    who: Moderator,
    by: Actor,
    id: Path<String>,
    form: Form,
) -> Result<HttpResponse> {
    let (id, body) = (read_id(&id)?, form.text("reply").to_owned());
    let (access, now) = (who.0.access.clone(), Millis::now());
    let done = match prepare(&app, &limits, &access, id, &body, true).await {
        Ok(text) => app.db.write(move |tx| reply_as(tx, id, &text, &access, &by, now)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(see_other(&format!("/admin/comments/{id}?wrote=replied"))),
        Err(error) => {
            again(&request, &app, (who.0.access, id), error, |shown, fault| {
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
    who: Moderator,
    by: Actor,
    id: Path<String>,
    form: Form,
) -> Result<HttpResponse> {
    let (id, body) = (read_id(&id)?, form.text("text").to_owned());
    let (seen, now) = (form.moment("seen"), Millis::now());
    let access = who.0.access.clone();
    let done = match prepare(&app, &limits, &access, id, &body, false).await {
        Ok(text) => app.db.write(move |tx| correct_text(tx, id, &text, seen, &access, &by, now)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(before) => Ok(see_other(&wrote(&app, id, "edited", before, now))),
        Err(error) => {
            again(&request, &app, (who.0.access, id), error, |shown, fault| {
                shown.text = Field::new(body).with_error(Some(fault));
            })
            .await
        }
    }
}

/// `POST /admin/comments/{id}/restore`: an earlier text once more.
pub async fn restore(
    app: Data<App>,
    who: Moderator,
    by: Actor,
    id: Path<String>,
    form: Form,
) -> Result<HttpResponse> {
    let (id, now) = (read_id(&id)?, Millis::now());
    let seen = form.moment("seen");
    let wanted =
        form.moment("version").ok_or_else(|| Error::invalid("version", "Choose an earlier text."))?;
    let access = who.0.access;
    let before = app.db.write(move |tx| restore_text(tx, id, wanted, seen, &access, &by, now)).await?;
    Ok(see_other(&wrote(&app, id, "restored", before, now)))
}

/// Where it leads that a comment says something else since `now`. Its undo puts back what was written `before`.
fn wrote(app: &App, id: Id, word: &str, before: Option<Millis>, now: Millis) -> String {
    let told = format!("{}?wrote={word}", path(id));
    let Some(before) = before else { return told };
    let fields = [("version", before.0.to_string()), ("seen", now.0.to_string())];
    format!("{told}&{}", way_back::write(&app.key, &restore_path(id), &fields))
}

fn path(id: Id) -> String {
    format!("/admin/comments/{id}")
}

fn restore_path(id: Id) -> String {
    format!("/admin/comments/{id}/restore")
}

/// The HTML of what was typed: Markdown in a reply, and in a correction whatever the comment is written in.
async fn prepare(
    app: &App,
    limits: &Limits,
    access: &Access,
    id: Id,
    body: &str,
    is_reply: bool,
) -> Result<Text> {
    let access = access.clone();
    let read = app.db.read(move |c| {
        visible(c, &access, id)?;
        answer::site_and_format(c, id)
    });
    let (site, format) = read.await?;
    let format = if is_reply { Format::Markdown } else { format };
    let body = body.to_owned();
    limits.rendering.run(move || check(&site, format, &body)).await
}

/// The page again with what was typed and what was wrong with it: nothing is lost.
async fn again(
    request: &HttpRequest,
    app: &App,
    (access, id): (Access, Id),
    error: Error,
    fill: impl FnOnce(&mut CommentPage, String),
) -> Result<HttpResponse> {
    let (Error::Invalid { detail, .. } | Error::Conflict(detail)) = error else { return Err(error) };
    let mut shown = CommentPage::read(request, app, access, id).await?;
    fill(&mut shown, detail);
    page_with_fault(&shown)
}

fn perform(
    tx: &Transaction<'_>,
    target: Target,
    word: &str,
    access: &Access,
    by: &Actor,
    now: Millis,
) -> Result<Outcome> {
    if let Some(turn) = Turn::parse(word) {
        let changed = turn.perform(tx, target.id, access, by, now)?;
        return Ok(Outcome::Turned(turn, changed));
    }
    apply(tx, &[target], Verb::parse(word)?, access, by, now).map(Outcome::Moderated)
}

fn flash(app: &App, id: Id, done: Option<Batch>, query: &Done) -> Option<Flash> {
    let offer = |told: &str, action| {
        Some(way_back::offer(&app.key, Flash::done(told), action, &query.undo, &query.proof))
    };
    if let Some(turn) = Turn::parse(&query.turned) {
        return offer(turn.told(), path(id));
    }
    match (done, query.undone, query.wrote.as_str()) {
        (Some(done), ..) if !done.undone => Some(told(&done, 0).with_undo(done.id, path(id))),
        (_, Some(number), _) => Some(undone(number, query.changed)),
        _ if query.changed > 0 => Some(left_alone()),
        (.., "replied") => Some(Flash::done("Your reply is public.")),
        (.., "edited") => {
            offer("The comment says that now. What it said before is kept below.", restore_path(id))
        }
        (.., "restored") => {
            offer("The earlier text is back. What it said until now is kept below.", restore_path(id))
        }
        _ => None,
    }
}

impl CommentPage {
    async fn read(request: &HttpRequest, app: &App, access: Access, id: Id) -> Result<Self> {
        let frame = Frame::of(request, app, "Comment", "queue").await?;
        let (base, now) = (base_url(request), Millis::now());
        let of = app.db.read(move |c| Dossier::read(c, &access, &base, id, now)).await?;
        Ok(Self { frame, reply: Field::default(), text: Field::new(of.body.clone()), of })
    }
}
