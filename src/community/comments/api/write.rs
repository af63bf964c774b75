//! Writing: post, edit, delete.

use std::time::Duration;

use actix_web::web::{Data, Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{check_bearer, check_origin, guest_of, sender, site_of_comment};
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::bans::Origin;
use crate::community::comments::author::Author;
use crate::community::comments::post::{self, Draft};
use crate::community::comments::view::{Created, OwnComment};
use crate::community::comments::{Format, Status, edit as editing, parent_name};
use crate::community::sites::{self, Site};
use crate::community::spam::told_to_author;
use crate::community::users::guests::{self, Guest};
use crate::web::caller::Caller;
use crate::web::limits::Limits;
use crate::web::respond::Problem;

/// A new comment.
#[derive(Deserialize, ToSchema)]
pub struct NewComment {
    /// The site's key.
    site: String,
    /// The page's key, or its URL.
    page: String,
    /// Where the page is, for links to it.
    #[serde(default)]
    url: Option<String>,
    /// The page's title.
    #[serde(default)]
    title: Option<String>,
    /// The comment it replies to.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    parent_id: Option<Id>,
    /// Markdown.
    #[schema(example = "I tried **this** and it works.")]
    body: String,
    /// Needed from somebody without a token.
    #[serde(default)]
    author: Option<NewAuthor>,
    /// Leave it empty: only programs fill it.
    #[serde(default)]
    website: Option<String>,
    /// Milliseconds from opening the form to sending it.
    #[serde(default)]
    elapsed_ms: Option<u64>,
}

/// How somebody introduces themselves.
#[derive(Deserialize, ToSchema)]
pub struct NewAuthor {
    #[schema(example = "Ann")]
    name: String,
    /// Never shown.
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    url: Option<String>,
}

/// Posts a comment.
///
/// With an `Idempotency-Key` of your own making (random, and a new one for each comment) the same
/// request may be sent again after a dropped connection: it makes one comment. Keep the
/// `edit_token` of the answer and send it from then on.
#[utoipa::path(post, path = "/api/v1/comments", tag = "Writing", request_body = NewComment, params(
    ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request harmless"),
), security(("bearer" = []), ()), responses(
    (status = 201, description = "Published", body = Created),
    (status = 202, description = "Held for a moderator", body = Created),
    (status = 403, description = "Not from this origin, the thread is closed, or the sender is banned", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "No such site or parent", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "The key was used for another comment", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "A value is not acceptable", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "Too many at once", body = Problem, content_type = "application/problem+json"),
    (status = 507, description = "The server's disk is full; nothing was stored", body = Problem, content_type = "application/problem+json"),
))]
pub async fn create(
    request: HttpRequest,
    app: Data<App>,
    limits: Data<Limits>,
    caller: Caller,
    new: Json<NewComment>,
) -> Result<HttpResponse> {
    limits.posts.check(&caller.network)?;
    let new = new.into_inner();
    let (site, guest) = site_and_guest(&app, &caller, new.site.clone()).await?;
    check_origin(&site, &request)?;
    limits.person_posts.check_known(guest.as_ref().map(|guest| &guest.id))?;
    let (sender, checking) = (sender(&app, guest, &caller, &request)?, site.clone());
    let (checked, sender) =
        limits.rendering.run(move || Ok((post::check(&checking, &sender, new.into())?, sender))).await?;
    let (now, posting) = (Millis::now(), site.clone());
    let posted = app.db.write(move |tx| post::post(tx, &posting, &sender, &checked, now)).await?;
    let status = posted.comment.status_for_author();
    let because = (status != Status::Published).then(|| told_to_author(&posted.comment.held_because));
    let created = Created {
        comment: OwnComment::new(&site, &posted.comment, posted.parent_name),
        edit_token: guests::token(&app.key, posted.guest),
        held_because: because,
    };
    let mut answer =
        if status == Status::Published { HttpResponse::Created() } else { HttpResponse::Accepted() };
    Ok(answer.json(created))
}

/// An author's new text.
#[derive(Deserialize, ToSchema)]
pub struct Edit {
    /// Markdown.
    body: String,
}

/// The answer to an edit.
#[derive(Serialize, ToSchema)]
pub struct Edited {
    comment: OwnComment,
}

/// Edits one's own comment.
///
/// Within the site's window. The site's moderation rule judges an edit as it does a new comment.
#[utoipa::path(patch, path = "/api/v1/comments/{id}", tag = "Writing", request_body = Edit,
    params(("id" = String, Path, description = "The comment")), security(("bearer" = [])), responses(
    (status = 200, description = "Changed; perhaps held now", body = Edited),
    (status = 403, description = "Not one's own, too late, or the author is banned", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "No such comment", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "A value is not acceptable", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "Too many at once", body = Problem, content_type = "application/problem+json"),
))]
pub async fn edit(
    request: HttpRequest,
    app: Data<App>,
    limits: Data<Limits>,
    caller: Caller,
    id: Path<Id>,
    edit: Json<Edit>,
) -> Result<HttpResponse> {
    let (site, guest) = author_of(&request, &app, &limits, &caller, *id).await?;
    let (id, body, checking) = (*id, edit.into_inner().body, site.clone());
    let text = limits.rendering.run(move || editing::check(&checking, Format::Markdown, &body)).await?;
    let (origin, now) = (Origin::of(&caller), Millis::now());
    let (comment, parent) = app
        .db
        .write(move |tx| {
            let comment = editing::edit(tx, id, guest.as_ref(), &text, &origin, now)?;
            let parent = parent_name(tx, &comment)?;
            Ok((comment, parent))
        })
        .await?;
    Ok(HttpResponse::Ok().json(Edited { comment: OwnComment::new(&site, &comment, parent) }))
}

/// Deletes one's own comment.
///
/// Within the site's window. A placeholder stays while there are replies.
#[utoipa::path(delete, path = "/api/v1/comments/{id}", tag = "Writing",
    params(("id" = String, Path, description = "The comment")), security(("bearer" = [])), responses(
    (status = 204, description = "Gone"),
    (status = 403, description = "Not one's own, or too late", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "No such comment", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "Too many at once", body = Problem, content_type = "application/problem+json"),
))]
pub async fn delete(
    request: HttpRequest,
    app: Data<App>,
    limits: Data<Limits>,
    caller: Caller,
    id: Path<Id>,
) -> Result<HttpResponse> {
    let (_, guest) = author_of(&request, &app, &limits, &caller, *id).await?;
    let (id, now) = (*id, Millis::now());
    app.db.write(move |tx| editing::delete(tx, id, guest.as_ref(), now)).await?;
    Ok(HttpResponse::NoContent().finish())
}

impl From<NewComment> for Draft {
    fn from(new: NewComment) -> Self {
        let author = new.author.map(|author| Author {
            name: author.name,
            email: author.email.unwrap_or_default(),
            url: author.url.unwrap_or_default(),
        });
        Self {
            page: new.page,
            url: new.url.unwrap_or_default(),
            title: new.title.unwrap_or_default(),
            parent: new.parent_id,
            body: new.body,
            author,
            trap: new.website.unwrap_or_default(),
            elapsed: new.elapsed_ms.map(Duration::from_millis),
        }
    }
}

async fn site_and_guest(app: &App, caller: &Caller, key: String) -> Result<(Site, Option<Guest>)> {
    let (handle, caller) = (app.clone(), caller.clone());
    app.db
        .read(move |c| {
            let site = sites::by_key(c, &key)?;
            let guest = guest_of(c, &handle, &site, &caller)?;
            Ok((site, guest))
        })
        .await
}

/// Who wants to change a comment: what is asked of them before anything else is looked at.
async fn author_of(
    request: &HttpRequest,
    app: &App,
    limits: &Limits,
    caller: &Caller,
    id: Id,
) -> Result<(Site, Option<Guest>)> {
    limits.posts.check(&caller.network)?;
    check_bearer(app, caller)?;
    let (site, guest) = site_of_comment(app, caller, id).await?;
    check_origin(&site, request)?;
    limits.person_posts.check_known(guest.as_ref().map(|guest| &guest.id))?;
    Ok((site, guest))
}
