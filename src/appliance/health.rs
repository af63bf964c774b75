//! Is it well, and how would anyone know.

pub mod vitals;

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::web::respond::Problem;

#[derive(Serialize, ToSchema)]
pub struct Health {
    /// `ok`
    status: &'static str,
    version: &'static str,
}

const OK: Health = Health { status: "ok", version: env!("CARGO_PKG_VERSION") };

/// Alive: the process answers.
#[utoipa::path(get, path = "/healthz", tag = "Health", responses((status = 200, description = "Alive", body = Health)))]
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().insert_header(("cache-control", "no-store")).json(OK)
}

/// Ready: the database can be read and written.
#[utoipa::path(get, path = "/readyz", tag = "Health", responses(
    (status = 200, description = "Ready", body = Health),
    (status = 503, description = "Not ready", body = Problem, content_type = "application/problem+json"),
    (status = 507, description = "The disk is full", body = Problem, content_type = "application/problem+json"),
))]
pub async fn readyz(app: Data<App>) -> Result<HttpResponse> {
    if app.db.is_damaged() {
        return Err(Error::Unavailable("The database is damaged; the log says what to do.".into()));
    }
    app.db.probe(Millis::now()).await?;
    Ok(HttpResponse::Ok().insert_header(("cache-control", "no-store")).json(OK))
}
