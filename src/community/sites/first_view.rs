//! The first time that a page of a site asks for a thread: the tag was pasted, and it works.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::HttpRequest;

use super::{Site, origin_of, store};
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::id::Id;
use crate::web::address::{header, origin};

/// Where it could not be written down, the next page that asks tries again, but not sooner.
const AGAIN: Duration = Duration::from_mins(1);

/// Of which sites that is being written down; so that reading a thread writes once at the most.
#[derive(Default)]
pub struct FirstViews(Mutex<HashMap<Id, Instant>>);

impl FirstViews {
    /// Notes that a page asked for a thread of `site`, if it is one of the site's own and the first. Whoever asked
    /// does not wait for it, nor learns whether it went well.
    pub fn note(&self, app: &App, site: &Site, request: &HttpRequest) {
        if site.first_view_at.is_some() || !is_own_page(site, request) || !self.begin(site.id) {
            return;
        }
        let (app, id, now) = (app.clone(), site.id, Millis::now());
        actix_web::rt::spawn(async move {
            if let Err(error) = app.db.write(move |tx| store::set_seen(tx, id, now)).await {
                tracing::warn!(%error, "could not note the first page view of a site");
            }
        });
    }

    fn begin(&self, site: Id) -> bool {
        let mut begun = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = begun.get(&site).is_none_or(|before| before.elapsed() > AGAIN);
        if is_due {
            begun.insert(site, Instant::now());
        }
        is_due
    }
}

/// A browser names the page's origin to another one, and the page itself to its own.
fn is_own_page(site: &Site, request: &HttpRequest) -> bool {
    let page = origin(request).or_else(|| header(request, "referer"));
    page.is_some_and(|page| origin_of(&page).is_ok_and(|origin| site.allows(&origin)))
}
