//! Keeps everybody out of the dashboard who comes from another network than those of `admin.networks`.

use actix_web::HttpRequest;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;

use super::admin_networks;
use crate::base::app::App;
use crate::base::error::{Error, Result};
use crate::web::address;

/// For everything under `/admin`.
pub async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    match admit(request.request()) {
        Ok(()) => Ok(next.call(request).await?.map_into_boxed_body()),
        Err(error) => Ok(request.error_response(error)),
    }
}

fn admit(request: &HttpRequest) -> Result<()> {
    let app = request.app_data::<Data<App>>().ok_or_else(|| Error::internal("the app is not there"))?;
    let (networks, client) = (admin_networks(&app.db)?, address::client(request));
    if networks.is_empty() || networks.iter().any(|network| network.contains(client)) {
        return Ok(());
    }
    Err(Error::Forbidden(format!(
        "The dashboard is not open to your network: {client} is in none of those that the setting admin.networks names. \
         If you look after this server, run  afterword settings reset admin.networks  in a terminal on it."
    )))
}
