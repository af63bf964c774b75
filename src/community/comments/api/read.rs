//! What one person may read: what is theirs.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{check_bearer, guest_of};
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::edit::own;
use crate::community::comments::page::page_key;
use crate::community::comments::view::Me;
use crate::community::comments::{by_id, me, site_of};
use crate::community::sites;
use crate::web::caller::Caller;
use crate::web::respond::Problem;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The site's key.
    site: String,
    /// The page's key, or its URL.
    page: String,
}

/// What only this person sees.
///
/// Who they are on this site, their votes on this page, their own held comments, and what they may
/// still edit. Without a token: nobody, and nothing.
#[utoipa::path(get, path = "/api/v1/me", tag = "Reading", params(PageQuery), security(("bearer" = []), ()), responses(
    (status = 200, description = "What only this person sees", body = Me),
    (status = 404, description = "No such site", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "A value is not acceptable", body = Problem, content_type = "application/problem+json"),
))]
pub async fn me(app: Data<App>, caller: Caller, query: Query<PageQuery>) -> Result<HttpResponse> {
    let (handle, query, now) = (app.get_ref().clone(), query.into_inner(), Millis::now());
    let me = app
        .db
        .read(move |c| {
            let site = sites::by_key(c, &query.site)?;
            let page = page_key(&site, &query.page)?;
            let guest = guest_of(c, &handle, &site, &caller)?;
            guest.map_or_else(|| Ok(Me::default()), |guest| me::of(c, &site, &page, guest, now))
        })
        .await?;
    Ok(HttpResponse::Ok().insert_header(("cache-control", "no-store")).json(me))
}

/// A comment's source, as its author wrote it.
#[derive(Serialize, ToSchema)]
pub struct Source {
    /// Markdown.
    body: String,
}

/// The source of one's own comment.
///
/// For as long as it may be edited.
#[utoipa::path(get, path = "/api/v1/comments/{id}/source", tag = "Reading", params(("id" = String, Path, description = "The comment")),
    security(("bearer" = [])), responses(
    (status = 200, description = "The source", body = Source),
    (status = 403, description = "Not one's own, or too late", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "No such comment", body = Problem, content_type = "application/problem+json"),
))]
pub async fn source(app: Data<App>, caller: Caller, id: Path<Id>) -> Result<HttpResponse> {
    check_bearer(&app, &caller)?;
    let (handle, id, now) = (app.get_ref().clone(), id.into_inner(), Millis::now());
    let body = app
        .db
        .read(move |c| {
            let site = site_of(c, &by_id(c, id)?)?;
            let guest = guest_of(c, &handle, &site, &caller)?;
            Ok(own(c, id, guest.as_ref(), now)?.1.body)
        })
        .await?;
    Ok(HttpResponse::Ok().insert_header(("cache-control", "no-store")).json(Source { body }))
}
