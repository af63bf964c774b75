//! `GET /t/{site}/{thread}`: the thread as a plain page, for readers without scripts and for search
//! engines.

use std::collections::HashSet;
use std::sync::LazyLock;

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::listing::{Shown, list};
use super::threads::{self, Thread};
use super::view::{AuthorView, CommentView};
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::sites::Site;
use crate::web::address::base_url;
use crate::web::ready::{Fixed, made};
use crate::web::respond::moved_to;

const PAGE: usize = 200;

#[derive(Template)]
#[template(path = "comments/thread.html")]
struct ThreadPage {
    site_name: String,
    heading: String,
    count: u32,
    page_url: String,
    feed_url: String,
    comments: Vec<Entry>,
    /// The tags that close what the last comment left open.
    closing: String,
    next: Option<String>,
}

struct Entry {
    id: Id,
    author: Option<AuthorView>,
    html: String,
    created: Millis,
    created_text: String,
    edited: bool,
    pinned: bool,
    reply_to: Option<Above>,
    /// The tags that lead from the comment before to this one's level.
    opening: String,
}

/// Whom a comment replies to that stands too deep to show it.
struct Above {
    name: String,
    href: String,
}

#[derive(Template)]
#[template(path = "comments/entry.html")]
struct Part {
    entry: Entry,
}

/// The comments of a thread as nested lists, for whoever writes them one at a time.
#[derive(Default)]
pub struct Outline {
    level: Option<usize>,
}

fn anchor(comment: Id) -> String {
    format!("#c-{comment}")
}

impl Outline {
    /// The HTML of the next comment, with the tags that lead to its level.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn next(&mut self, site: &Site, shown: Shown) -> Result<String> {
        Part { entry: Entry::new(site, shown, &mut self.level, anchor) }.render().map_err(Error::internal)
    }

    /// The tags that close what the last comment left open.
    #[must_use]
    pub fn closing(&self) -> String {
        self.level.map_or(String::new(), |level| "</li></ol>".repeat(level + 1))
    }
}

#[derive(Deserialize)]
pub struct Cursor {
    cursor: Option<String>,
}

pub async fn thread(
    request: HttpRequest,
    app: Data<App>,
    path: Path<(String, String)>,
    query: Query<Cursor>,
) -> Result<HttpResponse> {
    let (base, (site, thread)) = (base_url(&request), path.into_inner());
    let page = app
        .db
        .read(move |c| {
            let (site, found) = threads::public(c, &site, &thread)?;
            if found.id.to_string() != thread {
                return Ok(Err(found.plain_path(&site)));
            }
            let listing = list(c, found.id, site.sort, PAGE, query.cursor.as_deref())?;
            Ok(Ok(ThreadPage::new(&base, &site, found, listing.comments, listing.next)))
        })
        .await?;
    let page = match page {
        Ok(page) => page,
        Err(merged_into) => return Ok(moved_to(&request, &merged_into)),
    };
    let html = page.render().map_err(Error::internal)?;
    Ok(made(&request, "text/html; charset=utf-8", "public, max-age=0, must-revalidate", html))
}

impl ThreadPage {
    fn new(base: &str, site: &Site, thread: Thread, shown: Vec<Shown>, next: Option<String>) -> Self {
        let own_path = thread.plain_path(site);
        let mut outline = Outline::default();
        let here: HashSet<Id> = shown.iter().map(|shown| shown.comment.id).collect();
        let href = |id| {
            if here.contains(&id) { anchor(id) } else { threads::comment_url(base, site, &thread, id) }
        };
        let comments =
            shown.into_iter().map(|shown| Entry::new(site, shown, &mut outline.level, href)).collect();
        Self {
            site_name: site.name.clone(),
            heading: thread.name().to_owned(),
            count: thread.count,
            feed_url: format!("{base}{}", thread.feed_path(site)),
            page_url: thread.url,
            comments,
            closing: outline.closing(),
            next: next.map(|cursor| format!("{own_path}?cursor={cursor}")),
        }
    }
}

impl Entry {
    /// `href` is where another comment can be read.
    fn new(site: &Site, shown: Shown, level: &mut Option<usize>, href: impl Fn(Id) -> String) -> Self {
        let view = CommentView::new(site, shown);
        let depth = view.depth.min(site.display_depth) as usize;
        // A page that begins in the middle of a conversation begins at the first level.
        let depth = level.map_or(0, |before| depth.min(before + 1));
        let opening = match *level {
            None => "<ol>".to_owned(),
            Some(before) if depth > before => "<ol>".to_owned(),
            Some(before) => format!("</li>{}", "</ol></li>".repeat(before - depth)),
        };
        *level = Some(depth);
        Self {
            id: view.id,
            author: view.author,
            html: view.html,
            created: view.created_at,
            created_text: view.created_at.for_people(),
            edited: view.edited_at.is_some(),
            pinned: view.pinned,
            reply_to: view.reply_to.and_then(|to| Some(Above { name: to.name?, href: href(to.id) })),
            opening,
        }
    }
}

/// The style sheet of the plain pages.
pub const STYLE: &str = include_str!("../../../static/plain/plain.css");

/// `GET /static/plain/plain.css`
pub async fn style(request: HttpRequest) -> HttpResponse {
    static FILE: LazyLock<Fixed> = LazyLock::new(|| Fixed::new("text/css; charset=utf-8", STYLE));
    FILE.answer(&request, "public, max-age=600")
}
