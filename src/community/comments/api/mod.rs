//! The public calls.

pub mod read;
pub mod stream;
pub mod write;

use actix_web::HttpRequest;

use super::post::Sender;
use crate::base::app::App;
use crate::base::error::{Error, Result};
use crate::community::sites::Site;
use crate::community::users::guests::{self, Guest};
use crate::web::address;
use crate::web::caller::Caller;

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

fn sender(guest: Option<Guest>, caller: &Caller, request: &HttpRequest) -> Sender {
    Sender {
        guest,
        address_hash: caller.address_hash.clone(),
        idempotency_key: address::header(request, "idempotency-key"),
    }
}

/// Only pages of the site's own origins may write, and our own pages. What says no origin is no
/// browser; it brings nobody else's rights with it, since there are no cookies here.
fn check_origin(site: &Site, request: &HttpRequest) -> Result<()> {
    let Some(origin) = address::origin(request) else { return Ok(()) };
    if site.allows(&origin) || origin == address::base_url(request) {
        return Ok(());
    }
    Err(Error::Forbidden(format!(
        "Comments for the site “{}” are not taken from {origin}. If this is your blog, add {origin} to the site's \
         origins: on the dashboard under Sites → {} → Origins.",
        site.key, site.name
    )))
}
