//! Atom feeds (RFC 4287): a site's newest comments, or a thread's.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use sha2::{Digest, Sha256};

use super::threads::{self, Thread};
use super::view::html;
use super::{Comment, markup, store};
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::secrets::hex;
use crate::community::sites::{self, Site};
use crate::web::address::base_url;
use crate::web::ready::made;
use crate::web::respond::moved_to;

const ENTRIES: u32 = 50;
const KIND: &str = "application/atom+xml; charset=utf-8";
const CACHE: &str = "public, max-age=60";

#[derive(Template)]
#[template(path = "comments/feed.xml")]
struct Feed {
    id: String,
    title: String,
    own_url: String,
    page_url: String,
    updated: Millis,
    entries: Vec<Entry>,
}

struct Entry {
    id: String,
    title: String,
    url: String,
    author: String,
    published: Millis,
    updated: Millis,
    html: String,
}

/// `GET /feeds/{site}.atom`
pub async fn of_site(request: HttpRequest, app: Data<App>, site: Path<String>) -> Result<HttpResponse> {
    let base = base_url(&request);
    let feed = app
        .db
        .read(move |c| {
            let site = sites::by_key(c, &site)?;
            let comments = store::comments::newest_of_site(c, site.id, ENTRIES)?;
            let entries = comments
                .iter()
                .map(|comment| Entry::read(c, &base, &site, comment))
                .collect::<Result<Vec<_>>>()?;
            let own_url = format!("{base}/feeds/{}.atom", site.key);
            let page_url = site.origins.first().cloned().unwrap_or(base);
            let title = format!("Comments on {}", site.name);
            Ok(Feed::new(urn(&site, "site", site.id), own_url, page_url, title, site.created_at, entries))
        })
        .await?;
    answer(&request, &feed)
}

/// `GET /feeds/{site}/{thread}.atom`
pub async fn of_thread(
    request: HttpRequest,
    app: Data<App>,
    path: Path<(String, String)>,
) -> Result<HttpResponse> {
    let base = base_url(&request);
    let (site, thread) = path.into_inner();
    let feed = app
        .db
        .read(move |c| {
            let (site, found) = threads::public(c, &site, &thread)?;
            if found.id.to_string() != thread {
                return Ok(Err(found.feed_path(&site)));
            }
            let comments = store::comments::newest_of_thread(c, found.id, ENTRIES)?;
            let entries = comments.iter().map(|comment| Entry::new(&base, &site, &found, comment)).collect();
            let own_url = format!("{base}{}", found.feed_path(&site));
            let page_url = threads::url(&base, &site, &found);
            let title = format!("Comments on “{}”", found.name());
            let id = urn(&site, "thread", found.id);
            Ok(Ok(Feed::new(id, own_url, page_url, title, found.created_at, entries)))
        })
        .await?;
    match feed {
        Ok(feed) => answer(&request, &feed),
        Err(merged_into) => Ok(moved_to(&request, &merged_into)),
    }
}

impl Feed {
    fn new(
        id: String,
        own_url: String,
        page_url: String,
        title: String,
        created: Millis,
        entries: Vec<Entry>,
    ) -> Self {
        let updated = entries.iter().map(|entry| entry.updated).max().unwrap_or(created);
        Self { id, title, own_url, page_url, updated, entries }
    }
}

impl Entry {
    fn read(connection: &rusqlite::Connection, base: &str, site: &Site, comment: &Comment) -> Result<Self> {
        Ok(Self::new(base, site, &threads::by_id(connection, comment.thread)?, comment))
    }

    fn new(base: &str, site: &Site, thread: &Thread, comment: &Comment) -> Self {
        Self {
            // Without its thread, which may become another one: to a feed reader that would be a new comment.
            id: urn(site, "comment", comment.id),
            title: format!(
                "{} on “{}”: {}",
                comment.author_name,
                thread.name(),
                markup::excerpt(&comment.html, 60)
            ),
            url: threads::comment_url(base, site, thread, comment.id),
            author: markup::printable(&comment.author_name),
            published: comment.created_at,
            updated: comment.edited_at.unwrap_or(comment.created_at),
            html: markup::printable(&html(site, comment)),
        }
    }
}

/// A name that is the same under whatever address a feed is read, and after a move to another server: to a feed reader,
/// another id is another comment. It is a UUID of version 8 (RFC 9562, 5.8) out of ids that exist once.
fn urn(site: &Site, kind: &str, id: Id) -> String {
    let digest = Sha256::digest(format!("{}/{kind}/{id}", site.id));
    let mut bytes: [u8; 16] = std::array::from_fn(|at| digest[at]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex(&bytes);
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn answer(request: &HttpRequest, feed: &Feed) -> Result<HttpResponse> {
    let xml = feed.render().map_err(Error::internal)?;
    Ok(made(request, KIND, CACHE, xml))
}
