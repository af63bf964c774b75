//! Serves the embeddable files: the evergreen loader, and what it loads by version. And shows how they would look.

pub mod preview;

use std::collections::HashMap;
use std::sync::LazyLock;

use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue};
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use crate::base::error::{Error, Result};
use crate::web::ready::Fixed;

mod assets {
    include!(concat!(env!("OUT_DIR"), "/widget_assets.rs"));
}

const SCRIPT: &str = "text/javascript; charset=utf-8";
const FOR_TEN_MINUTES: &str = "public, max-age=600, stale-while-revalidate=86400";
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The version of the files in this executable.
pub const VERSION: &str = assets::VERSION;

static LOADER: LazyLock<Fixed> = LazyLock::new(|| {
    let (plain, gzipped) = assets::LOADER;
    Fixed::gzipped(SCRIPT, plain, gzipped)
});
static FILES: LazyLock<HashMap<&str, Fixed>> = LazyLock::new(|| {
    let files = assets::FILES.iter();
    files.map(|(name, kind, plain, gzipped)| (*name, Fixed::gzipped(kind, *plain, *gzipped))).collect()
});

/// `GET /embed.js`
pub async fn loader(request: HttpRequest) -> HttpResponse {
    for_any_page(LOADER.answer(&request, FOR_TEN_MINUTES))
}

/// `GET /w/{version}/{file}`. A page that pinned the version of an older release gets this release's
/// file, which keeps the same contract; it may be kept only for as long as the loader is.
pub async fn file(request: HttpRequest, path: Path<(String, String)>) -> Result<HttpResponse> {
    let (version, name) = path.into_inner();
    let file = FILES.get(&*name).ok_or_else(|| Error::NotFound("There is no such file.".into()))?;
    let cache = if version == VERSION { FOR_EVER } else { FOR_TEN_MINUTES };
    Ok(for_any_page(file.answer(&request, cache)))
}

/// Module scripts are fetched with CORS.
fn for_any_page(mut response: HttpResponse) -> HttpResponse {
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
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
