//! Serves the embeddable files: the evergreen loader, and what it loads by version. And shows how they would look.

pub mod preview;

use actix_web::http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_ENCODING, HeaderValue, VARY,
};
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
    let (plain, gzipped) = assets::LOADER;
    answer(&request, SCRIPT, FOR_TEN_MINUTES, plain, gzipped)
}

/// `GET /w/{version}/{file}`. A page that pinned the version of an older release gets this release's
/// file, which keeps the same contract; it may be kept only for as long as the loader is.
pub async fn file(request: HttpRequest, path: Path<(String, String)>) -> Result<HttpResponse> {
    let (version, name) = path.into_inner();
    let found = assets::FILES.iter().find(|(known, ..)| *known == name);
    let (_, kind, plain, gzipped) = found.ok_or_else(|| Error::NotFound("There is no such file.".into()))?;
    let cache = if version == VERSION { FOR_EVER } else { FOR_TEN_MINUTES };
    Ok(answer(&request, kind, cache, plain, gzipped))
}

/// Gzipped at build time for whoever takes that. Module scripts are fetched with CORS, and the files
/// are for any page.
fn answer(request: &HttpRequest, kind: &str, cache: &str, plain: &[u8], gzipped: &[u8]) -> HttpResponse {
    let accepted = request.headers().get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let small = accepted.is_some_and(|accepted| accepted.contains("gzip"));
    let mut response = kept(request, kind, cache, if small { gzipped } else { plain });
    let encoding = if small { "gzip" } else { "identity" };
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_style_and_any_language_stay_within_ten_kilobytes() {
        let size = |name: &str| {
            assets::FILES.iter().find(|(known, ..)| *known == name).map_or(0, |file| file.3.len())
        };
        let both = assets::LOADER.1.len() + size("widget.js");
        let languages = assets::FILES.iter().filter(|(_, kind, ..)| *kind == "application/json");
        for (name, _, _, gzipped) in languages {
            let sum = both + gzipped.len();
            assert!(sum <= 10_000, "{name}: {sum} bytes");
        }
        assert!(size("en.json") > 0 && size("ar.json") > 0);
    }
}
