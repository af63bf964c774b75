//! Answers. The one place where an error becomes a status, a problem document (RFC 9457) or a page.

use std::borrow::Cow;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap,
    HeaderName, HeaderValue, REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;
use serde::Serialize;
use utoipa::ToSchema;

use super::frame;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;

/// Nothing from elsewhere, nothing inline; pictures of comments and avatars may come over HTTPS.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https:; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// How a page has to do with frames; any other has none and stands in none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// It has one of our own pages in a frame.
    HasOurs,
    /// It may stand in a frame of our own pages.
    InOurs,
}

impl Framing {
    /// Makes `response` the page of which this is true.
    #[must_use]
    pub fn mark(self, mut response: HttpResponse) -> HttpResponse {
        response.extensions_mut().insert(self);
        response
    }
}

/// What went wrong, after RFC 9457.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the status says what kind of problem it is.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    pub kind: &'static str,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened and what to do, for a person.
    pub detail: String,
    /// Which value was not acceptable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Finds this request in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::SignInRequired => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Full(_) => StatusCode::INSUFFICIENT_STORAGE,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The status alone: [`envelope`] writes the body, since it knows who asks for what.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status_code());
        if let Some(seconds) = retry_after(self) {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

fn retry_after(error: &Error) -> Option<u64> {
    match error {
        Error::TooMany { retry_after, .. } => Some(retry_after.as_secs() + 1),
        Error::Unavailable(_) => Some(5),
        _ => None,
    }
}

/// A page, as it is.
pub fn page(template: &impl Template) -> Result<HttpResponse> {
    let html = template.render().map_err(Error::internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(html))
}

/// A page that shows what was wrong with what was sent.
pub fn page_with_fault(template: &impl Template) -> Result<HttpResponse> {
    let mut response = page(template)?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// Sends the browser on after a form (`303`), so that reloading does not send it again.
#[must_use]
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header(("location", path)).finish()
}

/// Sends whoever asks on for good (`301`), with the query they came with.
#[must_use]
pub fn moved_to(request: &HttpRequest, path: &str) -> HttpResponse {
    let query = request.query_string();
    let place = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    HttpResponse::MovedPermanently().insert_header(("location", place)).finish()
}

/// Around every request: an id, the headers that every answer has, a body for every error, a line
/// in the log.
pub async fn envelope(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let started = Instant::now();
    let request_id = Id::new(Millis::now()).to_string();
    let method = request.method().clone();
    let path = request.path().to_owned();
    let wants_page = !path.starts_with("/api/v1/") && accepts_html(request.headers());
    if method == Method::HEAD {
        // Answered as a GET is; the connection leaves the body out.
        request.head_mut().method = Method::GET;
    }
    let mut response = if is_encoded(request.headers()) {
        let mut refusal = HttpResponse::new(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        refusal.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        request.into_response(refusal)
    } else {
        next.call(request).await?.map_into_boxed_body()
    };
    if let Some(problem) = problem(&response, &request_id) {
        response = with_body(response, &problem, wants_page);
    }
    let framing = response.response().extensions().get::<Framing>().copied();
    add_headers(response.headers_mut(), &request_id, framing);
    let (status, elapsed) = (response.status().as_u16(), started.elapsed());
    tracing::debug!(%method, path, status, ?elapsed, request_id, "answered");
    Ok(response)
}

/// Whether a body would have to be unpacked before its size is known: a few bytes can become gigabytes. What is sent
/// here is small, so it may come as it is (415 and `Accept-Encoding`: RFC 9110, 15.5.16).
fn is_encoded(headers: &HeaderMap) -> bool {
    headers.get_all(CONTENT_ENCODING).any(|encoding| encoding != "identity")
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get("accept")
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// The problem that an error answer tells of, if it is one that has no body yet.
fn problem(response: &ServiceResponse, request_id: &str) -> Option<Problem> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    let error = response.response().error();
    if error.is_none()
        && !matches!(
            response.response().body().size(),
            actix_web::body::BodySize::Sized(0) | actix_web::body::BodySize::None
        )
    {
        return None;
    }
    let known = error.and_then(|error| error.as_error::<Error>());
    let (field, detail) = match known {
        Some(Error::Internal(source)) => {
            tracing::error!(request_id, error = %source, "a request failed");
            (None, "Something went wrong on the server. It was logged under the request id.".to_owned())
        }
        Some(Error::Invalid { field, detail }) => (Some(field.clone()), detail.clone()),
        Some(error) => (None, error.to_string()),
        None => (None, plain_words(status).to_owned()),
    };
    let title = status.canonical_reason().unwrap_or("Error").to_owned();
    let request_id = Some(request_id.to_owned());
    Some(Problem { kind: "about:blank", title, status: status.as_u16(), detail, field, request_id })
}

fn plain_words(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "There is nothing at this address.",
        StatusCode::METHOD_NOT_ALLOWED => "This address does not take that method.",
        StatusCode::PAYLOAD_TOO_LARGE => "That is too large.",
        _ => "The request could not be understood.",
    }
}

fn with_body(response: ServiceResponse, problem: &Problem, wants_page: bool) -> ServiceResponse {
    let (kind, text) = if wants_page {
        ("text/html; charset=utf-8", frame::error_page(problem))
    } else {
        ("application/problem+json", serde_json::to_string(problem).unwrap_or_default())
    };
    let mut response = response.map_body(|_, _| BoxBody::new(text));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn add_headers(headers: &mut HeaderMap, request_id: &str, framing: Option<Framing>) {
    let is_page = headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let policy: Cow<'static, str> = match (is_page, framing) {
        (false, _) => DATA_POLICY.into(),
        (true, None) => PAGE_POLICY.into(),
        (true, Some(Framing::HasOurs)) => format!("{PAGE_POLICY}; frame-src 'self'").into(),
        (true, Some(Framing::InOurs)) => {
            PAGE_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'").into()
        }
    };
    let frames = if framing == Some(Framing::InOurs) { "SAMEORIGIN" } else { "DENY" };
    let always: [(HeaderName, &str); 4] = [
        (CONTENT_SECURITY_POLICY, &policy),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, frames),
        (REFERRER_POLICY, "strict-origin-when-cross-origin"),
    ];
    for (name, value) in always {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}
