//! Who is asking. The sessions middleware puts the account in; pages and calls take it out here and
//! never know of sessions.

use std::future::{Ready, ready};
use std::net::IpAddr;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::access::{Access, Role};
use super::address;
use crate::base::app::App;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::secrets::InstanceKey;

/// Someone who signed in to the dashboard.
#[derive(Clone, Debug)]
pub struct Account {
    pub id: Id,
    pub name: String,
    pub email: String,
    pub role: Role,
    /// Whose comments and threads they may see and act on.
    pub access: Access,
    /// SHA-256 of the session's token.
    pub session: [u8; 32],
    /// What every form of this session must send back.
    pub csrf: String,
}

/// The token that ties a form to a session, so that no other page can send it for somebody.
#[must_use]
pub fn csrf_token(key: &InstanceKey, session: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(key.tag("csrf", session))
}

/// Whoever sent this request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// As it is; not to be stored.
    pub address: IpAddr,
    /// The address, or the network, that counts as one for limits.
    pub network: IpAddr,
    /// The same, as it is stored: a keyed hash that the database alone cannot turn back.
    pub address_hash: Vec<u8>,
    /// The bearer token of a reader, unchecked.
    pub bearer: Option<String>,
    pub account: Option<Account>,
}

impl FromRequest for Caller {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(app) = request.app_data::<Data<App>>() else {
            return ready(Err(Error::internal("the app is not there")));
        };
        let address = address::client(request);
        let network = address::network_of(address);
        let tag = app.key.tag("address", network.to_string().as_bytes());
        ready(Ok(Self {
            address,
            network,
            address_hash: tag[..16].to_vec(),
            bearer: bearer(request),
            account: request.extensions().get::<Account>().cloned(),
        }))
    }
}

/// Takes whoever signed in. What they may see is in their [`Access`].
pub struct Moderator(pub Account);

/// Takes admins and owners.
pub struct Admin(pub Account);

/// Takes owners.
pub struct Owner(pub Account);

macro_rules! takes {
    ($($extractor:ident),*) => {$(
        impl FromRequest for $extractor {
            type Error = Error;
            type Future = Ready<Result<Self>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                ready(signed_in(request, Role::$extractor).map(Self))
            }
        }
    )*};
}
takes!(Moderator, Admin, Owner);

fn signed_in(request: &HttpRequest, least: Role) -> Result<Account> {
    let account = request.extensions().get::<Account>().cloned().ok_or(Error::SignInRequired)?;
    if account.role.covers(least) {
        return Ok(account);
    }
    let who = if least == Role::Owner { "owners" } else { "owners and admins" };
    Err(Error::Forbidden(format!(
        "This is for {who} of this server, and you are signed in as {}. Ask an owner to do it, or to change your role.",
        account.role.with_article()
    )))
}

fn bearer(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned()).filter(|token| !token.is_empty())
}
