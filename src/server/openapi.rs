//! The OpenAPI document, generated from the handlers.

use actix_web::{HttpRequest, HttpResponse};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::appliance::health;
use crate::base::error::{Error, Result};
use crate::community::comments::api::{counts, react, read, stream, thread, write};
use crate::web::ready::made;

const ABOUT: &str = "Comments for static sites. Reads are the same bytes for everyone and may be cached; what one person \
alone sees comes from `/api/v1/me`. A commenter is known by a bearer token for one site, which the first answer to \
a post or a vote hands out; there are no cookies. Faults are `application/problem+json` (RFC 9457).";

#[derive(OpenApi)]
#[openapi(
    info(title = "Afterword", description = ABOUT, license(name = "MIT OR Apache-2.0")),
    paths(
        thread::thread, read::me, read::source, counts::counts, stream::stream,
        write::create, write::edit, write::delete, react::vote, react::report, react::preview,
        health::healthz, health::readyz,
    ),
    modifiers(&Bearer),
)]
struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let token = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A person's token for one site: `edit_token` or `token` of an earlier answer."))
            .build();
        let components = document.components.get_or_insert_with(Default::default);
        components.add_security_scheme("bearer", SecurityScheme::Http(token));
    }
}

/// The document itself.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// `GET /api/v1/openapi.json`
pub async fn json(request: HttpRequest) -> Result<HttpResponse> {
    let text = document().to_pretty_json().map_err(Error::internal)?;
    Ok(made(&request, "application/json", "public, max-age=600", text))
}
