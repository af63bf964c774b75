//! Votes, reports and previews.

use actix_web::web::{Data, Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{check_origin, site_of_comment};
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::bans::Origin;
use crate::community::comments::vote::vote as cast_vote;
use crate::community::comments::{markup, report as reporting};
use crate::community::sites;
use crate::community::users::guests;
use crate::web::caller::Caller;
use crate::web::limits::Limits;
use crate::web::respond::Problem;

/// Where no site is named.
const LONGEST_PREVIEW: u32 = 10_000;

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
    (status = 403, description = "Not from this origin, too many from one network, or the voter is banned", body = Problem, content_type = "application/problem+json"),
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
    limits.person_votes.check_known(guest.as_ref().map(|guest| &guest.id))?;
    let (id, value, is_new, now) = (*id, vote.value, guest.is_none(), Millis::now());
    let origin = Origin::of(&caller);
    let voted = app.db.write(move |tx| cast_vote(tx, id, guest.as_ref(), value, &origin, now)).await?;
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
    (status = 403, description = "Not from this origin, or the sender is banned", body = Problem, content_type = "application/problem+json"),
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
    let (site, guest) = site_of_comment(&app, &caller, *id).await?;
    check_origin(&site, &request)?;
    limits.person_reports.check_known(guest.as_ref().map(|guest| &guest.id))?;
    let (id, reason, now) = (*id, report.into_inner().reason, Millis::now());
    let origin = Origin::of(&caller);
    app.db.write(move |tx| reporting::report(tx, id, guest.as_ref(), &reason, &origin, now)).await?;
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
