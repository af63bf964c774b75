//! The public calls.

pub mod kept;
pub mod counts;
pub mod thread;
pub mod read;
pub mod react;
pub mod stream;
pub mod write;

use actix_web::HttpRequest;

use super::post::Sender;
use super::{Status, by_id, site_of};
use crate::base::app::App;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::bans::Origin;
use crate::community::sites::Site;
use crate::community::users::guests::{self, Guest};
use crate::settings;
use crate::web::address;
use crate::web::caller::Caller;

/// A browser asks again each time whether it is still the same. A cache that many share may answer by itself for five
/// seconds, and for ten more while it asks (RFC 9111, 5.2.2; RFC 5861, 3): a comment that was taken away is gone from
/// it fifteen seconds later at the most.
const FOR_CACHES: &str = "public, max-age=0, s-maxage=5, stale-while-revalidate=10";

/// Who calls, as far as their token tells. A token that is not of this site tells nothing: it may be
/// an old one, and its owner is then somebody new.
fn guest_of(
    connection: &rusqlite::Connection,
    app: &App,
    site: &Site,
    caller: &Caller,
) -> Result<Option<Guest>> {
    match &caller.bearer {
        Some(token) => guests::of_token(connection, &app.key, site.id, token),
        None => Ok(None),
    }
}

fn sender(app: &App, guest: Option<Guest>, caller: &Caller, request: &HttpRequest) -> Result<Sender> {
    Ok(Sender {
        guest,
        origin: Origin::of(caller),
        keep: settings::of(&app.db)?.addresses_keep(),
        idempotency_key: address::header(request, "idempotency-key"),
    })
}

/// Only pages of the site's own origins may write, and our own pages. What says no origin is no
/// browser; it brings nobody else's rights with it, since there are no cookies here.
fn check_origin(site: &Site, request: &HttpRequest) -> Result<()> {
    let Some(origin) = address::origin(request) else { return Ok(()) };
    if site.allows(&origin) || origin == address::base_url(request) {
        return Ok(());
    }
    if origin == "null" {
        return Err(Error::Forbidden(
            "Comments are not taken from a page without an address, such as a file opened from the disk or a frame that \
             is shut off. Open the page over http, and add what its address begins with to the site's origins."
                .into(),
        ));
    }
    Err(Error::Forbidden(format!(
        "Comments for the site “{}” are not taken from {origin}. If this is your blog, add {origin} to the site's \
         origins: on the dashboard under Sites → {} → Origins.",
        site.key, site.name
    )))
}

/// Only somebody with a token of ours can have written anything; others are told nothing of what is there.
fn check_bearer(app: &App, caller: &Caller) -> Result<()> {
    if caller.bearer.as_deref().is_some_and(|token| guests::is_genuine(&app.key, token)) {
        return Ok(());
    }
    Err(Error::Forbidden("Only its author can change a comment, in the browser it was written in.".into()))
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
