//! Files that are part of the executable, and how a browser may keep them.

use std::sync::LazyLock;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse, web};
use sha2::{Digest, Sha256};

use crate::base::error::{Error, Result};
use crate::base::secrets::hex;

/// A file's name, its content type and its bytes.
pub type Asset = (&'static str, &'static str, &'static [u8]);

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

static ADMIN: &[Asset] = &[
    ("admin.css", CSS, include_bytes!("../../static/admin/admin.css")),
    ("admin.js", SCRIPT, include_bytes!("../../static/admin/admin.js")),
    ("import.js", SCRIPT, include_bytes!("../../static/admin/import.js")),
    ("queue.js", SCRIPT, include_bytes!("../../static/admin/queue.js")),
    ("setup.js", SCRIPT, include_bytes!("../../static/admin/setup.js")),
    ("home.css", CSS, include_bytes!("../../static/admin/home.css")),
    ("sites.css", CSS, include_bytes!("../../static/admin/sites.css")),
    ("preview.css", CSS, include_bytes!("../../static/admin/preview.css")),
    ("first-view.js", SCRIPT, include_bytes!("../../static/admin/first-view.js")),
    ("preview.js", SCRIPT, include_bytes!("../../static/admin/preview.js")),
    ("icon.svg", "image/svg+xml", include_bytes!("../../static/admin/icon.svg")),
];

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for (_, _, bytes) in ADMIN {
        hash.update(bytes);
    }
    hex(&hash.finalize()[..6])
});

/// Changes when one of the dashboard's files does, so that they may be kept for ever.
#[must_use]
pub fn version() -> &'static str {
    &VERSION
}

/// `GET /admin/static/{name}`
pub async fn admin(request: HttpRequest, name: web::Path<String>) -> Result<HttpResponse> {
    let asset = ADMIN.iter().find(|(known, _, _)| *known == name.as_str());
    let (_, kind, bytes) = asset.ok_or_else(|| Error::NotFound("There is no such file.".into()))?;
    Ok(kept(&request, kind, "public, max-age=31536000, immutable", bytes))
}

/// An answer that a browser or a CDN may keep and revalidate: a strong `ETag`, and 304 for whoever
/// has these bytes already (RFC 9110, 13.1.2).
#[must_use]
pub fn kept(request: &HttpRequest, kind: &str, cache: &str, bytes: impl AsRef<[u8]>) -> HttpResponse {
    let bytes = bytes.as_ref();
    let tag = format!("\"{}\"", hex(&Sha256::digest(bytes)[..12]));
    let mut response = if has(request, &tag) { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((ETAG, tag.as_str())).insert_header((CACHE_CONTROL, cache));
    if has(request, &tag) {
        return response.finish();
    }
    response.insert_header((CONTENT_TYPE, kind)).body(bytes.to_vec())
}

/// Compression may have marked the tag as weak on its way; the bytes it names are the same.
fn has(request: &HttpRequest, tag: &str) -> bool {
    let sent = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    sent.is_some_and(|sent| {
        sent.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
    })
}
