//! Serves the embeddable files: the evergreen loader, and what it loads by version.

use actix_web::http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use crate::base::error::{Error, Result};
use crate::web::assets::kept;

mod assets {
    include!(concat!(env!("OUT_DIR"), "/widget_assets.rs"));
}

const SCRIPT: &str = "text/javascript; charset=utf-8";
const FOR_TEN_MINUTES: &str = "public, max-age=600, stale-while-revalidate=86400";
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The version of the files in this executable.
pub const VERSION: &str = assets::VERSION;

/// `GET /embed.js`
pub async fn loader(request: HttpRequest) -> HttpResponse {
    open(kept(&request, SCRIPT, FOR_TEN_MINUTES, assets::LOADER))
}

/// `GET /w/{version}/{file}`. A page that pinned the version of an older release gets this release's
/// file, which keeps the same contract; it may be kept only for as long as the loader is.
pub async fn file(request: HttpRequest, path: Path<(String, String)>) -> Result<HttpResponse> {
    let (version, name) = path.into_inner();
    let found = assets::FILES.iter().find(|(known, _, _)| *known == name);
    let (_, kind, bytes) = found.ok_or_else(|| Error::NotFound("There is no such file.".into()))?;
    let cache = if version == VERSION { FOR_EVER } else { FOR_TEN_MINUTES };
    Ok(open(kept(&request, kind, cache, bytes)))
}

/// Module scripts are fetched with CORS, and the files are for any page.
fn open(mut response: HttpResponse) -> HttpResponse {
    let any = actix_web::http::header::HeaderValue::from_static("*");
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, any);
    response
}
