//! One comment on the dashboard, with its thread around it.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use rusqlite::{Connection, Transaction};
use serde::Deserialize;

use super::pages::{left_alone, read_id, target, told};
use super::views::{Item, Neighbour};
use super::{Applied, Batch, Target, Verb, apply, batch, history, set_locked, set_pinned, visible};
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::{self, Comment, threads};
use crate::community::sites;
use crate::web::access::Access;
use crate::web::address::base_url;
use crate::web::caller::{Account, Moderator};
use crate::web::form::Form;
use crate::web::frame::{Flash, Frame, When};
use crate::web::respond::{page, see_other};

const MOST_REPLIES: usize = 50;

#[derive(Template)]
#[template(path = "moderation/comment.html")]
struct CommentPage {
    frame: Frame,
    item: Item,
    site_key: String,
    pinned: bool,
    /// Only a comment that starts a conversation can be pinned.
    root: bool,
    up: i64,
    down: i64,
    person: Person,
    thread: ThreadFacts,
    ancestors: Vec<Neighbour>,
    replies: Vec<Neighbour>,
    more_replies: i64,
    history: Vec<Past>,
}

/// What else the same person wrote here.
struct Person {
    published: i64,
    held: i64,
    spam: i64,
}

struct ThreadFacts {
    count: i64,
    locked: bool,
    plain_href: String,
}

struct Past {
    was: String,
    became: String,
    by: String,
    when: When,
    undone: bool,
}

#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    did: String,
    #[serde(default)]
    undone: Option<u32>,
    #[serde(default)]
    changed: usize,
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
    let (base, now) = (base_url(&request), Millis::now());
    let frame = Frame::of(&request, &app, "Comment", "queue").await?;
    let did = query.did.parse::<Id>().ok();
    let (mut shown, done) = app
        .db
        .read(move |c| {
            let done = did.map(|id| batch(c, &who.0.access, id)).transpose()?.flatten();
            Ok((CommentPage::read(c, &who.0.access, &base, frame, id, now)?, done))
        })
        .await?;
    shown.frame.flash = flash(id, done, &query);
    page(&shown)
}

/// `POST /admin/comments/{id}`
pub async fn act(app: Data<App>, who: Moderator, id: Path<String>, form: Form) -> Result<HttpResponse> {
    let id = read_id(&id)?;
    let (word, now) = (form.text("act").to_owned(), Millis::now());
    let target = target(&form, &id.to_string())?;
    let did = app.db.write(move |tx| perform(tx, target, &word, &who.0, now)).await?;
    let did = did.map(|done| format!("?did={}&changed={}", done.batch, done.changed)).unwrap_or_default();
    Ok(see_other(&format!("/admin/comments/{id}{did}")))
}

fn perform(
    tx: &Transaction<'_>,
    target: Target,
    word: &str,
    by: &Account,
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
    match (done, query.undone) {
        (Some(done), _) if !done.undone => {
            Some(told(&done, 0).with_undo(done.id, format!("/admin/comments/{id}")))
        }
        _ if query.changed > 0 => Some(left_alone()),
        (_, Some(_)) => Some(Flash::done("Undone.")),
        _ => None,
    }
}

impl CommentPage {
    fn read(c: &Connection, access: &Access, base: &str, frame: Frame, id: Id, now: Millis) -> Result<Self> {
        let comment = visible(c, access, id)?;
        let thread = threads::by_id(c, comment.thread)?;
        let site = sites::by_id(c, thread.site)?;
        let (published, held, spam) = comments::by_same_person(c, &comment)?;
        let mut replies = comments::replies(c, id, u32::try_from(MOST_REPLIES + 1).unwrap_or(u32::MAX))?;
        let more_replies = i64::from(replies.len() > MOST_REPLIES);
        replies.truncate(MOST_REPLIES);
        let neighbours = |list: Vec<Comment>| list.into_iter().map(|one| Neighbour::new(one, now)).collect();
        Ok(Self {
            frame,
            site_key: site.key.clone(),
            pinned: comment.pinned,
            root: comment.parent.is_none(),
            up: i64::from(comment.up),
            down: i64::from(comment.down),
            person: Person { published, held, spam },
            thread: ThreadFacts {
                count: i64::from(thread.count),
                locked: thread.locked,
                plain_href: format!("/t/{}/{}#c-{id}", site.key, thread.id),
            },
            ancestors: neighbours(ancestors(c, &comment)?),
            replies: neighbours(replies),
            more_replies,
            history: history(c, id)?.into_iter().map(|past| Past::new(past, now)).collect(),
            item: Item::read(c, base, comment, now)?,
        })
    }
}

impl Past {
    fn new(action: super::Action, now: Millis) -> Self {
        Self {
            was: action.was,
            became: action.became,
            by: action.by,
            when: When::new(action.at, now),
            undone: action.undone,
        }
    }
}

/// From the conversation's first comment down to the parent.
fn ancestors(c: &Connection, comment: &Comment) -> Result<Vec<Comment>> {
    let mut chain = Vec::new();
    let mut above = comment.parent;
    while let Some(id) = above {
        let one = comments::by_id(c, id)?;
        above = one.parent;
        chain.push(one);
    }
    chain.reverse();
    Ok(chain)
}
