//! What people do: post, edit, delete, vote, report, preview.

use std::time::Duration;

use actix_web::web::{Data, Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{check_origin, guest_of, sender};
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::comments::author::Author;
use crate::community::comments::post::{self, Draft};
use crate::community::comments::view::{Created, OwnComment};
use crate::community::comments::vote::vote as cast_vote;
use crate::community::comments::{
    Status, by_id, edit as editing, markup, parent_name, report as reporting, site_of,
};
use crate::community::sites::{self, Site};
use crate::community::users::guests::{self, Guest};
use crate::web::caller::Caller;
use crate::web::limits::Limits;
use crate::web::respond::Problem;

/// Where no site is named.
const LONGEST_PREVIEW: u32 = 10_000;

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
    (status = 403, description = "Not from this origin, or the thread is closed", body = Problem, content_type = "application/problem+json"),
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
    check_person(&limits, guest.as_ref())?;
    let (sender, checking) = (sender(guest, &caller, &request), site.clone());
    let (checked, sender) =
        limits.rendering.run(move || Ok((post::check(&checking, &sender, new.into())?, sender))).await?;
    let (now, posting) = (Millis::now(), site.clone());
    let posted = app.db.write(move |tx| post::post(tx, &posting, &sender, &checked, now)).await?;
    let because = Some(posted.comment.held_because.clone()).filter(|_| posted.comment.status == Status::Held);
    let created = Created {
        comment: OwnComment::new(&site, &posted.comment, posted.parent_name),
        edit_token: guests::token(&app.key, posted.guest),
        held_because: because,
    };
    let is_public = posted.comment.status == Status::Published;
    let mut answer = if is_public { HttpResponse::Created() } else { HttpResponse::Accepted() };
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
    (status = 403, description = "Not one's own, or too late", body = Problem, content_type = "application/problem+json"),
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
    limits.posts.check(&caller.network)?;
    let (site, guest) = site_of_comment(&app, &caller, *id).await?;
    check_origin(&site, &request)?;
    check_person(&limits, guest.as_ref())?;
    let (id, body, checking) = (*id, edit.into_inner().body, site.clone());
    let text = limits.rendering.run(move || editing::check(&checking, &body)).await?;
    let now = Millis::now();
    let (comment, parent) = app
        .db
        .write(move |tx| {
            let comment = editing::edit(tx, id, guest.as_ref(), &text, now)?;
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
    limits.posts.check(&caller.network)?;
    let (site, guest) = site_of_comment(&app, &caller, *id).await?;
    check_origin(&site, &request)?;
    check_person(&limits, guest.as_ref())?;
    let (id, now) = (*id, Millis::now());
    app.db.write(move |tx| editing::delete(tx, id, guest.as_ref(), now)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A vote.
#[derive(Deserialize, ToSchema)]
pub struct Vote {
    /// 1 is up, -1 is down, 0 takes it back.
    #[schema(minimum = -1, maximum = 1)]
    value: i8,
}

/// How it stands now.
#[derive(Serialize, ToSchema)]
pub struct VoteView {
    #[schema(value_type = String)]
    id: Id,
    /// Up votes less down votes.
    score: i64,
    /// This person's vote.
    value: i8,
    /// For somebody who came without a token: theirs, to keep and to send from then on.
    token: Option<String>,
}

/// Votes, once a person.
#[utoipa::path(put, path = "/api/v1/comments/{id}/vote", tag = "Writing", request_body = Vote,
    params(("id" = String, Path, description = "The comment")), security(("bearer" = []), ()), responses(
    (status = 200, description = "Counted", body = VoteView),
    (status = 403, description = "Not from this origin, or too many from one network", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "No such comment", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "A value is not acceptable", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "Too many at once", body = Problem, content_type = "application/problem+json"),
))]
pub async fn vote(
    request: HttpRequest,
    app: Data<App>,
    limits: Data<Limits>,
    caller: Caller,
    id: Path<Id>,
    vote: Json<Vote>,
) -> Result<HttpResponse> {
    limits.votes.check(&caller.network)?;
    let (site, guest) = site_of_comment(&app, &caller, *id).await?;
    check_origin(&site, &request)?;
    let (id, value, is_new, now) = (*id, vote.value, guest.is_none(), Millis::now());
    let address = caller.address_hash;
    let voted = app.db.write(move |tx| cast_vote(tx, id, guest.as_ref(), value, &address, now)).await?;
    let token = voted.guest.filter(|_| is_new).map(|guest| guests::token(&app.key, guest));
    Ok(HttpResponse::Ok().json(VoteView { id, score: voted.score, value: voted.value, token }))
}

/// Why somebody reports a comment.
#[derive(Deserialize, ToSchema)]
pub struct Report {
    /// In their own words, at most 500 characters; may be empty.
    #[serde(default)]
    reason: String,
}

/// Reports a comment to the moderators.
#[utoipa::path(post, path = "/api/v1/comments/{id}/report", tag = "Writing", request_body = Report,
    params(("id" = String, Path, description = "The comment")), responses(
    (status = 204, description = "Noted"),
    (status = 403, description = "Not from this origin", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "No such comment", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "A value is not acceptable", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "Too many at once", body = Problem, content_type = "application/problem+json"),
))]
pub async fn report(
    request: HttpRequest,
    app: Data<App>,
    limits: Data<Limits>,
    caller: Caller,
    id: Path<Id>,
    report: Json<Report>,
) -> Result<HttpResponse> {
    limits.reports.check(&caller.network)?;
    let (site, _) = site_of_comment(&app, &caller, *id).await?;
    check_origin(&site, &request)?;
    let (id, reason, address, now) = (*id, report.into_inner().reason, caller.address_hash, Millis::now());
    app.db.write(move |tx| reporting::report(tx, id, &reason, &address, now)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A text to look at before it is posted.
#[derive(Deserialize, ToSchema)]
pub struct PreviewRequest {
    /// Markdown.
    body: String,
    /// The site's key: whether it shows images.
    #[serde(default)]
    site: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Preview {
    /// Sanitised, exactly as it would be shown.
    html: String,
}

/// Shows how a comment would look.
#[utoipa::path(post, path = "/api/v1/preview", tag = "Writing", request_body = PreviewRequest, responses(
    (status = 200, description = "The HTML", body = Preview),
    (status = 404, description = "No such site", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "A value is not acceptable", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "Too many at once", body = Problem, content_type = "application/problem+json"),
))]
pub async fn preview(
    app: Data<App>,
    limits: Data<Limits>,
    caller: Caller,
    asked: Json<PreviewRequest>,
) -> Result<HttpResponse> {
    limits.previews.check(&caller.network)?;
    let PreviewRequest { body, site } = asked.into_inner();
    let (longest, images) = match site {
        Some(key) => {
            app.db.read(move |c| sites::by_key(c, &key)).await.map(|site| (site.max_length, site.images))?
        }
        None => (LONGEST_PREVIEW, false),
    };
    if body.chars().count() > longest as usize {
        return Err(Error::invalid("body", format!("A preview takes at most {longest} characters.")));
    }
    let html = limits.rendering.run(move || Ok(markup::from_markdown(&body, images))).await?;
    Ok(HttpResponse::Ok().json(Preview { html }))
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

/// The site of a comment and the caller as its guest. Who does not see a comment is not told that it is there.
async fn site_of_comment(app: &App, caller: &Caller, id: Id) -> Result<(Site, Option<Guest>)> {
    let (handle, caller) = (app.clone(), caller.clone());
    app.db
        .read(move |c| {
            let comment = by_id(c, id)?;
            let site = site_of(c, &comment)?;
            let guest = guest_of(c, &handle, &site, &caller)?;
            let is_own = guest.is_some() && guest.as_ref().map(|guest| guest.id) == comment.guest;
            if comment.status == Status::Published || is_own {
                return Ok((site, guest));
            }
            Err(Error::NotFound("There is no such comment.".into()))
        })
        .await
}

fn check_person(limits: &Limits, guest: Option<&Guest>) -> Result<()> {
    guest.map_or(Ok(()), |guest| limits.person_posts.check(&guest.id))
}
