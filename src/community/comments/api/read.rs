//! What can be read without being anyone.

use std::collections::BTreeMap;

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{check_bearer, guest_of};
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::outbox;
use crate::community::comments::edit::own;
use crate::community::comments::listing::list;
use crate::community::comments::page::page_key;
use crate::community::comments::view::{CommentView, Me, SiteView, ThreadFacts, ThreadView};
use crate::community::comments::{by_id, me, site_of, threads};
use crate::community::sites::first_view::FirstViews;
use crate::community::sites::{self, Site, Sort};
use crate::web::assets::kept;
use crate::web::caller::Caller;
use crate::web::respond::Problem;

const MOST: usize = 200;
const USUAL: usize = 100;
const MOST_COUNTS: usize = 100;
/// Whoever keeps it asks again each time whether it is still the same.
const REVALIDATE: &str = "public, max-age=0, must-revalidate";
const JSON: &str = "application/json";

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ThreadQuery {
    /// The site's key.
    site: String,
    /// The page's key, or its URL.
    page: String,
    /// The site's own order when left out.
    #[param(inline)]
    sort: Option<Sort>,
    /// Comments a page, 1 to 200; 100 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// One page of a thread.
///
/// The same bytes for everyone; revalidate with `If-None-Match`. A page nobody has commented on is
/// an empty thread whose id is null.
#[utoipa::path(get, path = "/api/v1/threads", tag = "Reading", params(ThreadQuery), responses(
    (status = 200, description = "One page of the thread", body = ThreadView),
    (status = 304, description = "Still the same"),
    (status = 404, description = "No such site", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "A value is not acceptable", body = Problem, content_type = "application/problem+json"),
))]
pub async fn thread(
    request: HttpRequest,
    app: Data<App>,
    first_views: Data<FirstViews>,
    query: Query<ThreadQuery>,
) -> Result<HttpResponse> {
    let query = query.into_inner();
    let limit = query.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(Error::invalid("limit", format!("The limit is a number from 1 to {MOST}.")));
    }
    let now = Millis::now();
    let (view, site) = app.db.read(move |c| read_thread(c, &query, limit, now)).await?;
    first_views.note(&app, &site, &request);
    let json = serde_json::to_vec(&view).map_err(Error::internal)?;
    Ok(kept(&request, JSON, REVALIDATE, json))
}

fn read_thread(
    connection: &rusqlite::Connection,
    query: &ThreadQuery,
    limit: usize,
    now: Millis,
) -> Result<(ThreadView, Site)> {
    let site = sites::by_key(connection, &query.site)?;
    let page = page_key(&site, &query.page)?;
    let sort = query.sort.unwrap_or(site.sort);
    let thread = threads::find(connection, &site, &page)?;
    let id = thread.as_ref().map_or(Id(0), |thread| thread.id);
    let is_public = match &thread {
        Some(thread) => threads::is_public(connection, thread)?,
        None => false,
    };
    // Before the comments: rather told twice than not at all.
    let last_event = outbox::newest_of_thread(connection, id)?;
    let listing = list(connection, id, sort, limit, query.cursor.as_deref())?;
    let view = ThreadView {
        thread: match thread {
            Some(thread) if is_public => ThreadFacts::new(&site, thread, now),
            hidden => ThreadFacts::empty(page.to_string(), hidden.is_some_and(|thread| thread.locked)),
        },
        sort,
        comments: listing.comments.into_iter().map(|shown| CommentView::new(&site, shown)).collect(),
        next_cursor: listing.next,
        last_event: Some(last_event.to_string()),
        site: SiteView::from(&site),
    };
    Ok((view, site))
}

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

/// How many comments pages have.
#[derive(Serialize, ToSchema)]
pub struct Counts {
    /// By each page's key or URL, as it was asked for.
    counts: BTreeMap<String, u32>,
}

/// Counts for up to 100 pages.
#[utoipa::path(get, path = "/api/v1/counts", tag = "Reading", params(
    ("site" = String, Query, description = "The site's key"),
    ("page" = Vec<String>, Query, description = "A page's key or URL; repeat it for each page, up to 100 times", explode = true),
), responses(
    (status = 200, description = "Published comments of each page", body = Counts),
    (status = 304, description = "Still the same"),
    (status = 404, description = "No such site", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "A value is not acceptable", body = Problem, content_type = "application/problem+json"),
))]
pub async fn counts(request: HttpRequest, app: Data<App>) -> Result<HttpResponse> {
    let (mut site, mut pages) = (None, Vec::new());
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()).into_owned() {
        match name.as_str() {
            "site" => site = Some(value),
            "page" => pages.push(value),
            _ => {}
        }
    }
    let site = site.ok_or_else(|| Error::invalid("site", "Say which site: ?site=KEY&page=A&page=B"))?;
    if pages.is_empty() || pages.len() > MOST_COUNTS {
        return Err(Error::invalid(
            "page",
            format!("Name 1 to {MOST_COUNTS} pages: ?site=KEY&page=A&page=B"),
        ));
    }
    let counts = app.db.read(move |c| count(c, &site, pages)).await?;
    let json = serde_json::to_vec(&Counts { counts }).map_err(Error::internal)?;
    Ok(kept(&request, JSON, REVALIDATE, json))
}

fn count(connection: &rusqlite::Connection, site: &str, pages: Vec<String>) -> Result<BTreeMap<String, u32>> {
    let site = sites::by_key(connection, site)?;
    let count = |page: String| {
        // What is no key has no comments; the others' counts are wanted all the same.
        let Ok(key) = page_key(&site, &page) else { return Ok((page, 0)) };
        let thread = threads::find(connection, &site, &key)?;
        Ok((page, thread.map_or(0, |thread| thread.count)))
    };
    pages.into_iter().map(count).collect()
}
