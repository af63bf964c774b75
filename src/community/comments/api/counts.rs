//! How many comments pages have.

use std::collections::BTreeMap;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use rusqlite::Connection;
use serde::Serialize;
use utoipa::ToSchema;

use super::FOR_CACHES;
use super::kept::{Asked, Kept, Made};
use crate::base::app::App;
use crate::base::error::{Error, Result};
use crate::community::comments::page::page_key;
use crate::community::comments::threads;
use crate::community::sites;
use crate::web::ready::Encoding;
use crate::web::respond::Problem;

const MOST_COUNTS: usize = 100;

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
pub async fn counts(request: HttpRequest, app: Data<App>, kept: Data<Kept>) -> Result<HttpResponse> {
    let asked = Asked::Counts(CountsAsked::of(request.query_string())?);
    let answer = kept.get(&app, asked, Encoding::accepted(request.headers())).await?;
    Ok(answer.ready.answer(&request, FOR_CACHES))
}

/// The counts of some pages, as they are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CountsAsked {
    site: String,
    pages: Vec<String>,
}

impl CountsAsked {
    fn of(query: &str) -> Result<Self> {
        let (mut site, mut pages) = (None, Vec::new());
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()).into_owned() {
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
        Ok(Self { site, pages })
    }

    /// Bytes of memory, about.
    pub fn size(&self) -> usize {
        self.site.len() + self.pages.iter().map(|page| page.len() + size_of::<String>()).sum::<usize>()
    }

    pub fn make(&self, connection: &Connection) -> Result<Made> {
        let site = sites::by_key(connection, &self.site)?;
        let count = |page: &String| {
            // What is no key has no comments; the others' counts are wanted all the same.
            let Ok(key) = page_key(&site, page) else { return Ok((page.clone(), 0)) };
            let thread = threads::find(connection, &site, &key)?;
            Ok((page.clone(), thread.map_or(0, |thread| thread.count)))
        };
        let counts = Counts { counts: self.pages.iter().map(count).collect::<Result<_>>()? };
        let json = serde_json::to_vec(&counts).map_err(Error::internal)?;
        Ok(Made { json, origin: None, until: None, site: None })
    }
}
