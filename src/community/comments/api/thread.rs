//! One page of a thread.

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use rusqlite::Connection;
use serde::Deserialize;
use utoipa::IntoParams;

use super::FOR_CACHES;
use super::kept::{Asked, Kept, Made, Origin};
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::outbox;
use crate::community::comments::listing::list;
use crate::community::comments::page::{PageKey, page_key};
use crate::community::comments::threads::Thread;
use crate::community::comments::view::{CommentView, SiteView, ThreadFacts, ThreadView};
use crate::community::comments::{store, threads};
use crate::community::sites::first_view::FirstViews;
use crate::community::sites::{self, Site, Sort};
use crate::web::ready::Encoding;
use crate::web::respond::Problem;

const MOST: usize = 200;
const USUAL: usize = 100;

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
    kept: Data<Kept>,
    first_views: Data<FirstViews>,
    query: Query<ThreadQuery>,
) -> Result<HttpResponse> {
    let asked = Asked::Thread(ThreadAsked::of(query.into_inner())?);
    let answer = kept.get(&app, asked, Encoding::accepted(request.headers())).await?;
    if let Some(site) = answer.site() {
        first_views.note(&app, site, &request);
    }
    Ok(answer.ready.answer(&request, FOR_CACHES))
}

/// One page of a thread, as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ThreadAsked {
    site: String,
    page: String,
    sort: Option<Sort>,
    limit: usize,
    cursor: Option<String>,
}

/// What is asked for, in the database.
pub struct Subject {
    site: Site,
    page: PageKey,
    thread: Option<Thread>,
}

impl Subject {
    pub fn origin(&self, connection: &Connection) -> Result<Origin> {
        let thread = self.thread.as_ref().map(|thread| thread.id);
        let revision = thread.map(|id| store::revisions::of_thread(connection, id)).transpose()?;
        Ok(Origin {
            site: (self.site.id, sites::revision(connection, self.site.id)?),
            thread: thread.zip(revision),
        })
    }
}

impl ThreadAsked {
    fn of(query: ThreadQuery) -> Result<Self> {
        let ThreadQuery { site, page, sort, limit, cursor } = query;
        let limit = limit.unwrap_or(USUAL);
        if !(1..=MOST).contains(&limit) {
            return Err(Error::invalid("limit", format!("The limit is a number from 1 to {MOST}.")));
        }
        Ok(Self { site, page, sort, limit, cursor })
    }

    /// Bytes of memory, about.
    pub fn size(&self) -> usize {
        self.site.len() + self.page.len() + self.cursor.as_ref().map_or(0, String::len)
    }

    pub fn subject(&self, connection: &Connection) -> Result<Subject> {
        let site = sites::by_key(connection, &self.site)?;
        let page = page_key(&site, &self.page)?;
        let thread = threads::find(connection, &site, &page)?;
        Ok(Subject { site, page, thread })
    }

    pub fn make(
        &self,
        connection: &Connection,
        subject: Subject,
        origin: Origin,
        now: Millis,
    ) -> Result<Made> {
        let Subject { site, page, thread } = subject;
        let closes = thread.as_ref().and_then(|thread| thread.closes_at(&site)).filter(|end| *end > now);
        let view = self.view(connection, &site, &page, thread, now)?;
        let json = serde_json::to_vec(&view).map_err(Error::internal)?;
        Ok(Made { json, origin: Some(origin), until: closes, site: Some(site) })
    }

    fn view(
        &self,
        connection: &Connection,
        site: &Site,
        page: &PageKey,
        thread: Option<Thread>,
        now: Millis,
    ) -> Result<ThreadView> {
        let sort = self.sort.unwrap_or(site.sort);
        let id = thread.as_ref().map_or(Id(0), |thread| thread.id);
        let is_public = match &thread {
            Some(thread) => threads::is_public(connection, thread)?,
            None => false,
        };
        // Before the comments: rather told twice than not at all.
        let last_event = outbox::newest_of_thread(connection, id)?;
        let listing = list(connection, id, sort, self.limit, self.cursor.as_deref())?;
        Ok(ThreadView {
            thread: match thread {
                Some(thread) if is_public => ThreadFacts::new(site, thread, now),
                hidden => ThreadFacts::empty(page.to_string(), hidden.is_some_and(|thread| thread.locked)),
            },
            sort,
            comments: listing.comments.into_iter().map(|shown| CommentView::new(site, shown)).collect(),
            next_cursor: listing.next,
            last_event: Some(last_event.to_string()),
            site: SiteView::from(site),
        })
    }
}
