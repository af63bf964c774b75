//! By which listener and from which networks the dashboard is reached, and the note that opens it for a
//! while to whoever locked themselves out.

use std::net::SocketAddr;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::address;
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::db::noted_in;
use crate::base::error::{Error, Result};

/// Where this server listens, as it turned out at start.
#[derive(Clone, Copy, Debug)]
pub struct Doors {
    pub public: SocketAddr,
    /// The dashboard's own; none when it answers beside everything else.
    pub admin: Option<SocketAddr>,
}

/// The dashboard's own listener, where it has one and this request came in by it.
#[must_use]
pub fn own_door(request: &HttpRequest) -> Option<Doors> {
    let doors: Doors = *request.app_data::<Data<Doors>>()?.get_ref();
    (doors.admin == Some(request.app_config().local_addr())).then_some(doors)
}

/// For everything under `/admin`: nothing is there on another listener than the dashboard's own, where it has
/// one, and nobody from another network is let in.
pub async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    match admit(request.request()).await {
        Ok(()) => Ok(next.call(request).await?.map_into_boxed_body()),
        Err(error) => Ok(request.error_response(error)),
    }
}

async fn admit(request: &HttpRequest) -> Result<()> {
    let elsewhere = request.app_data::<Data<Doors>>().is_some_and(|doors| doors.admin.is_some());
    if elsewhere && own_door(request).is_none() {
        return Err(Error::NotFound("There is nothing at this address.".into()));
    }
    let Some(app) = request.app_data::<Data<App>>() else {
        return Err(Error::internal("the app is not there"));
    };
    let (networks, client) = (&app.config.server.admin_networks, address::client(request));
    let is_known = networks.is_empty() || networks.iter().any(|network| network.contains(client));
    if is_known || unlocked(app, Millis::now()).await?.is_some() {
        return Ok(());
    }
    Err(Error::Forbidden(format!(
        "The dashboard is not open to your network: {client} is in none of those that server.admin_networks names. \
         If you look after this server, run  afterword admin unlock  in a terminal on it. The dashboard then answers \
         everybody for {} minutes.",
        UNLOCKED_FOR.as_secs() / 60
    )))
}

/// Under this word the command leaves its note.
pub const UNLOCKED: &str = "admin_unlocked";
/// So long the note holds.
pub const UNLOCKED_FOR: Duration = Duration::from_mins(30);

/// The note of `afterword admin unlock`. It is in the database, since the server that is to hear of it is
/// another process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unlocked {
    /// Milliseconds since 1970.
    pub at: i64,
    /// Whose attempts to sign in are not counted against them; none: everybody's.
    pub email: Option<String>,
}

impl Unlocked {
    #[must_use]
    pub fn covers(&self, email: &str) -> bool {
        self.email.as_ref().is_none_or(|own| own.eq_ignore_ascii_case(email))
    }

    fn holds(&self, now: Millis) -> bool {
        // A moment still to come was noted by another clock.
        (0..=UNLOCKED_FOR.as_millis()).contains(&u128::try_from(now.0 - self.at).unwrap_or(u128::MAX))
    }
}

/// The note, while it holds.
pub async fn unlocked(app: &App, now: Millis) -> Result<Option<Unlocked>> {
    let note = app.db.read(|c| noted_in(c, UNLOCKED)).await?;
    let note: Option<Unlocked> = note.and_then(|text| serde_json::from_str(&text).ok());
    Ok(note.filter(|note| note.holds(now)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unlocking_holds_for_half_an_hour() {
        let note = Unlocked { at: 1_000_000, email: Some("Ann@example.org".into()) };
        let minutes = |minutes: i64| note.holds(Millis(1_000_000 + minutes * 60_000));
        assert!(minutes(0) && minutes(30));
        assert!(!minutes(31) && !minutes(-1));
        assert!(note.covers("ann@example.ORG") && !note.covers("bob@example.org"));
        assert!(Unlocked { email: None, ..note }.covers("bob@example.org"));
    }
}
