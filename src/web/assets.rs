//! Files that are part of the executable, and how a browser may keep them.

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse, web};
use sha2::{Digest, Sha256};

use crate::base::error::{Error, Result};
use crate::base::secrets::hex;
use crate::web::ready::Fixed;

/// A file's name, its content type and its bytes.
type Asset = (&'static str, &'static str, &'static [u8]);

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

static READY: LazyLock<Vec<(&str, Fixed)>> =
    LazyLock::new(|| ADMIN.iter().map(|(name, kind, bytes)| (*name, Fixed::new(kind, *bytes))).collect());

/// `GET /static/admin/{name}` and `GET /admin/static/{name}`: pages that refuse somebody have a style, too.
pub async fn admin(request: HttpRequest, name: web::Path<String>) -> Result<HttpResponse> {
    let asset = READY.iter().find(|(known, _)| *known == name.as_str());
    let (_, file) = asset.ok_or_else(|| Error::NotFound("There is no such file.".into()))?;
    Ok(file.answer(&request, "public, max-age=31536000, immutable"))
}
