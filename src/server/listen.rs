//! Listening, serving, and stopping without losing anything.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{Data, ServiceConfig};
use actix_web::{App as Service, HttpServer};
use tokio::signal::unix::{SignalKind, signal};

use super::{routes, schedule};
use crate::base::app::App;
use crate::base::error::{Error, Result};
use crate::community::comments::{counts_by_site, held_count, live::Live};
use crate::web::frame::Counts;
use crate::web::json;
use crate::web::limits::Limits;
use crate::web::respond::envelope;

/// URLs beside the usual ones, for the demo.
pub type Extra = Arc<dyn Fn(&mut ServiceConfig) + Send + Sync>;

/// A bound socket, not served yet, so that its address can be told first.
pub struct Bound {
    socket: TcpListener,
    pub address: SocketAddr,
}

impl Bound {
    /// # Errors
    /// `Unavailable` when the address cannot be had; the words say what to do.
    pub fn to(address: SocketAddr) -> Result<Self> {
        let refused = |error: std::io::Error| {
            let hint = match error.kind() {
                std::io::ErrorKind::AddrInUse => {
                    "Another program listens there; choose another port with --listen."
                }
                std::io::ErrorKind::PermissionDenied => {
                    "Ports below 1024 need a privilege; choose another with --listen."
                }
                _ => "Choose another address with --listen.",
            };
            Error::Unavailable(format!("Cannot listen on {address}: {error}. {hint}"))
        };
        let socket = TcpListener::bind(address).map_err(refused)?;
        let address = socket.local_addr().map_err(refused)?;
        Ok(Self { socket, address })
    }

    /// Serves until SIGINT or SIGTERM, then lets open requests finish.
    ///
    /// # Errors
    /// When the server cannot start.
    pub async fn serve(self, app: App, extra: Option<Extra>) -> Result<()> {
        let live = Live::new(app.config.limits.streams_per_address);
        let drain = Duration::from_secs(app.config.server.drain_seconds);
        tokio::spawn(app.feed.clone().run());
        tokio::spawn(live.clone().run(app.clone()));
        schedule::start(app.clone()).await?;
        let server = build(self.socket, &app, &live, extra)?;
        tokio::select! {
            ended = drain_on_signal(server.handle(), server, live, drain) => ended?,
            () = twice() => tracing::warn!("stopped at once; what was acknowledged is stored"),
        }
        app.db.close();
        Ok(())
    }
}

fn build(socket: TcpListener, app: &App, live: &Live, extra: Option<Extra>) -> Result<Server> {
    let limits = Data::new(Limits::new(&app.config.limits));
    let (shared, live) = (Data::new(app.clone()), Data::new(live.clone()));
    let drain = app.config.server.drain_seconds;
    let server = HttpServer::new(move || {
        Service::new()
            .wrap(from_fn(envelope))
            .wrap(Compress::default())
            .app_data(shared.clone())
            .app_data(limits.clone())
            .app_data(live.clone())
            .app_data(Data::new(Counts { held: held_count, by_site: counts_by_site }))
            .app_data(json::bodies())
            .app_data(json::queries())
            .app_data(json::paths())
            .configure(|urls| extra.iter().for_each(|extra| extra(urls)))
            .configure(routes::configure)
    });
    Ok(server.disable_signals().shutdown_timeout(drain).listen(socket)?.run())
}

/// Serves until the first signal; then live streams are told to come back, and open requests finish.
async fn drain_on_signal(
    handle: ServerHandle,
    server: Server,
    live: Live,
    drain: Duration,
) -> std::io::Result<()> {
    tokio::spawn(async move {
        signalled().await;
        tracing::info!(seconds = drain.as_secs(), "stopping: open requests may finish");
        live.close();
        handle.stop(true).await;
    });
    server.await
}

async fn twice() {
    signalled().await;
    signalled().await;
}

/// SIGINT, SIGTERM, or a terminal that closed.
async fn signalled() {
    let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
    let [Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)] = kinds.map(signal) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
}
