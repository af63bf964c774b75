//! Puts the account of a request's session where [`crate::web::caller`] finds it, and sends whoever
//! has none to the sign-in page.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::SET_COOKIE;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest};

use super::{find, is_stale, touch};
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::web::address;
use crate::web::caller::{Account, csrf_token};
use crate::web::respond::see_other;

/// Over plain HTTP (a trial on localhost) no browser would keep a `Secure` cookie.
const PLAIN_COOKIE: &str = "afterword-session";
/// The prefix makes browsers refuse one that another host or an unencrypted page set.
const SECURE_COOKIE: &str = "__Host-afterword-session";

/// For everything under `/admin`.
pub async fn identify(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let known = match account_of(request.request()).await {
        Ok(known) => known,
        Err(error) => return Ok(request.error_response(error)),
    };
    if let Some((account, renewed)) = known {
        request.extensions_mut().insert(account);
        let mut response = next.call(request).await?.map_into_boxed_body();
        if let Some(cookie) = renewed
            && !response.headers().contains_key(SET_COOKIE)
        {
            response.response_mut().add_cookie(&cookie)?;
        }
        return Ok(response);
    }
    let is_page = request.method() == Method::GET;
    let (path, query) = (request.path().to_owned(), request.query_string().to_owned());
    let response = next.call(request).await?.map_into_boxed_body();
    let refused = response.response().error().and_then(|error| error.as_error::<Error>());
    if matches!(refused, Some(Error::SignInRequired)) {
        let next = match (is_page, query.is_empty()) {
            (false, _) => String::new(),
            (true, true) => path,
            (true, false) => format!("{path}?{query}"),
        };
        let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        return Ok(response.into_response(see_other(&format!("/admin/sign-in?next={next}"))));
    }
    Ok(response)
}

/// The token that this browser sent.
#[must_use]
pub fn token_of(request: &HttpRequest) -> Option<String> {
    request.cookie(cookie_name(request)).map(|cookie| cookie.value().to_owned())
}

/// The cookie for a token; without one, the cookie that takes it away.
#[must_use]
pub fn cookie(request: &HttpRequest, token: Option<&str>) -> Cookie<'static> {
    let mut cookie = Cookie::build(cookie_name(request), token.unwrap_or_default().to_owned())
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(address::is_secure(request))
        .finish();
    match token {
        Some(_) => cookie.set_max_age(actix_web::cookie::time::Duration::days(30)),
        None => cookie.make_removal(),
    }
    cookie
}

fn cookie_name(request: &HttpRequest) -> &'static str {
    if address::is_secure(request) { SECURE_COOKIE } else { PLAIN_COOKIE }
}

/// The account, and the cookie anew when the session's time was set forward.
async fn account_of(request: &HttpRequest) -> Result<Option<(Account, Option<Cookie<'static>>)>> {
    let (Some(token), Some(app)) = (token_of(request), request.app_data::<Data<App>>()) else {
        return Ok(None);
    };
    let (now, sent) = (Millis::now(), token.clone());
    let found = app.db.read(move |c| find(c, &sent, now)).await?;
    let Some((session, account, access)) = found else { return Ok(None) };
    let csrf = csrf_token(&app.key, &session.token_hash);
    let account = Account {
        id: account.id,
        name: account.name,
        email: account.email,
        role: account.role,
        access,
        csrf,
        session: session.token_hash,
    };
    if !is_stale(&session, now) {
        return Ok(Some((account, None)));
    }
    // A full disk must not keep anyone from looking.
    match app.db.write(move |tx| touch(tx, &session.token_hash, now)).await {
        Ok(()) => Ok(Some((account, Some(cookie(request, Some(&token)))))),
        Err(error) => {
            tracing::warn!(%error, "could not note that a session was used");
            Ok(Some((account, None)))
        }
    }
}
