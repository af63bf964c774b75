//! Who is asking. The sessions middleware puts the account in; pages and calls take it out here and
//! never know of sessions.

use std::future::{Future, Ready, ready};
use std::net::IpAddr;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::address;
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::salts;
use crate::base::secrets::InstanceKey;

/// Someone who signed in to the dashboard.
#[derive(Clone, Debug)]
pub struct Account {
    pub id: Id,
    pub name: String,
    pub email: String,
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
    /// The address, or the network, that counts as one for limits.
    pub network: IpAddr,
    /// The same, as it is stored: a hash under the key and the salt of the present period, which nobody can
    /// turn back without both, and nobody at all once the salt is gone.
    pub address_hash: Vec<u8>,
    /// The address shortened, `203.0.113.0/24`.
    pub shortened: String,
    /// The bearer token of a reader, unchecked.
    pub bearer: Option<String>,
    pub account: Option<Account>,
}

impl FromRequest for Caller {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let app = request.app_data::<Data<App>>();
            let app = app.ok_or_else(|| Error::internal("the app is not there"))?;
            let client = address::client(&request);
            let network = address::network_of(client);
            let salt = salts::current(&app.db, Millis::now()).await?;
            Ok(Self {
                network,
                address_hash: salt.hash(&app.key, &network.to_string()),
                shortened: address::shortened(client),
                bearer: bearer(&request),
                account: request.extensions().get::<Account>().cloned(),
            })
        })
    }
}

/// Who acts, as the audit trail has it: the account or somebody, and the address shortened.
impl FromRequest for Actor {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let address = address::shortened(address::client(request));
        let account = request.extensions().get::<Account>().cloned();
        ready(Ok(match account {
            Some(account) => Self { account: Some(account.id), name: account.name, address },
            None => Self::somebody(address),
        }))
    }
}

/// Takes only those who signed in.
pub struct Admin(pub Account);

impl FromRequest for Admin {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Account>().cloned().map(Self).ok_or(Error::SignInRequired))
    }
}

fn bearer(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned()).filter(|token| !token.is_empty())
}
