//! Listening, serving, and stopping without losing anything.

use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{Data, ServiceConfig};
use actix_web::{App as Service, HttpServer};
use rustls::ServerConfig;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{routes, schedule, tls};
use crate::appliance::health::vitals::Started;
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::config;
use crate::base::error::{Error, Result};
use crate::community::comments::api::kept::Kept;
use crate::community::comments::{counts_by_site, figures, held_count, live::Live};
use crate::community::sites::first_view::FirstViews;
use crate::community::transfer::download::Downloads;
use crate::community::transfer::runs::Runs;
use crate::web::doors::Doors;
use crate::web::frame::Counts;
use crate::web::json;
use crate::web::limits::Limits;
use crate::web::respond::envelope;

/// URLs beside the usual ones, for the demo.
pub type Extra = Arc<dyn Fn(&mut ServiceConfig) + Send + Sync>;

/// Bound sockets, not served yet, so that their addresses can be told first.
pub struct Bound {
    socket: TcpListener,
    pub address: SocketAddr,
    /// What speaks HTTPS on it, where there is a certificate.
    tls: Option<ServerConfig>,
    /// The dashboard's own, where it has one.
    admin: Option<TcpListener>,
    pub admin_address: Option<SocketAddr>,
}

impl Bound {
    /// # Errors
    /// `Unavailable` when an address cannot be had, `Invalid` when the certificate cannot be used; the words say what to
    /// do.
    pub fn of(server: &config::Server) -> Result<Self> {
        let tls = server.certificate().map(|(chain, key)| tls::from_files(chain, key)).transpose()?;
        let (socket, address) = bind(server.listen.0, "--listen")?;
        let admin = server.admin_listen.0.map(|address| bind(address, "server.admin_listen")).transpose()?;
        let (admin, admin_address) = admin.unzip();
        Ok(Self { socket, address, tls, admin, admin_address })
    }

    /// Serves until the first signal, then lets open requests finish and tells live streams to come
    /// back; a second one ends that at once. What was acknowledged is on disk either way.
    ///
    /// # Errors
    /// When the server cannot start.
    pub async fn serve(self, app: App, extra: Option<Extra>, mut stop: Stop) -> Result<()> {
        let live = Live::new(app.config.limits.streams_per_address);
        tokio::spawn(app.feed.clone().run());
        tokio::spawn(live.clone().run(app.clone()));
        schedule::start(app.clone()).await?;
        app.db.check_a_large_file();
        let mut server = pin!(build(self, &app, &live, extra)?);
        let handle = server.handle();
        tokio::select! {
            ended = &mut server => ended?,
            () = stop.signalled() => {
                tracing::info!(seconds = app.config.server.drain_seconds, "stopping: open requests may finish");
                live.close();
                tokio::spawn(handle.stop(true));
                tokio::select! {
                    ended = &mut server => ended?,
                    () = stop.signalled() => tracing::warn!("stopped at once"),
                }
            }
        }
        app.db.close();
        Ok(())
    }
}

/// The signals that end it: SIGINT, SIGTERM, and a terminal that closed. From here on they no longer
/// kill the process, so listen for them before telling anybody to send one.
pub struct Stop {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Stop {
    /// # Errors
    /// When the system takes no handlers.
    pub fn listen() -> Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    async fn signalled(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hangup.recv() => {}
        }
    }
}

/// Takes an address; `set_with` is how another one is chosen.
fn bind(address: SocketAddr, set_with: &str) -> Result<(TcpListener, SocketAddr)> {
    let refused = |error: std::io::Error| {
        let hint = match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                format!("Another program listens there; choose another port with {set_with}.")
            }
            std::io::ErrorKind::PermissionDenied => {
                format!("Ports below 1024 need a privilege; choose another with {set_with}.")
            }
            _ => format!("Choose another address with {set_with}."),
        };
        Error::Unavailable(format!("Cannot listen on {address}: {error}. {hint}"))
    };
    let socket = TcpListener::bind(address).map_err(refused)?;
    let address = socket.local_addr().map_err(refused)?;
    Ok((socket, address))
}

fn build(bound: Bound, app: &App, live: &Live, extra: Option<Extra>) -> Result<Server> {
    let doors = Data::new(Doors { public: bound.address, admin: bound.admin_address });
    let limits = Data::new(Limits::new(&app.config.limits));
    let (shared, live) = (Data::new(app.clone()), Data::new(live.clone()));
    let (imports, downloads) = (Data::new(Runs::default()), Data::new(Downloads::default()));
    let kept = Data::new(Kept::up_to(app.config.server.kept_megabytes << 20));
    let (first_views, started) = (Data::new(FirstViews::default()), Data::new(Started(Millis::now())));
    let drain = app.config.server.drain_seconds;
    let server = HttpServer::new(move || {
        Service::new()
            .wrap(from_fn(envelope))
            .app_data(shared.clone())
            .app_data(limits.clone())
            .app_data(live.clone())
            .app_data(doors.clone())
            .app_data(imports.clone())
            .app_data(downloads.clone())
            .app_data(Data::new(Counts {
                held: held_count,
                by_site: counts_by_site,
                of_site: figures::of_site,
            }))
            .app_data(kept.clone())
            .app_data(first_views.clone())
            .app_data(started.clone())
            .app_data(json::bodies())
            .app_data(json::queries())
            .app_data(json::paths())
            .configure(|urls| extra.iter().for_each(|extra| extra(urls)))
            .configure(routes::configure)
    });
    let server = server.disable_signals().shutdown_timeout(drain);
    let server = match bound.tls {
        Some(tls) => server.listen_rustls_0_23(bound.socket, tls)?,
        None => server.listen(bound.socket)?,
    };
    Ok(match bound.admin {
        Some(own) => server.listen(own)?.run(),
        None => server.run(),
    })
}
