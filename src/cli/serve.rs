//! `afterword serve`

use clap::Args;

use super::{DASHBOARD_AT, Place, SERVED_AT, block_on, local_url};
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::telemetry;
use crate::community::sessions::setup;
use crate::server::listen::{Bound, Stop};

/// Run the server: widget, API and dashboard
///
/// Makes the data folder and the database where they are missing. As long as nobody looks after the
/// instance, it prints a setup link, valid for 30 minutes, with which you become its admin.
///
/// Ctrl-C and SIGTERM let open requests finish; a second one ends it at once. Nothing that was
/// acknowledged is lost either way.
#[derive(Args)]
pub struct Serve {
    /// Address and port to listen on; port 0 takes a free one, which is printed [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// How readers reach this server, such as `https://comments.example.com`
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

impl Serve {
    pub fn run(self, place: &Place) -> Result<()> {
        let config = place
            .layers()?
            .flag("--listen", "server", "listen", self.listen.as_deref())?
            .flag("--public-url", "server", "public_url", self.public_url.as_deref())?
            .config()?;
        telemetry::start(&config.log);
        let bound = Bound::of(&config.server)?;
        let app = App::open(config)?;
        let url = app.config.reached_at(bound.address);
        app.db.note(SERVED_AT, url.clone())?;
        let dashboard = bound.admin_address.map_or(url, local_url);
        app.db.note(DASHBOARD_AT, dashboard.clone())?;
        let link = setup_link(&app, &dashboard)?;
        block_on(async move {
            let stop = Stop::listen()?;
            announce(&app, &bound, &dashboard, link);
            bound.serve(app, None, stop).await
        })
    }
}

/// A new setup link, as long as nobody looks after the instance.
fn setup_link(app: &App, url: &str) -> Result<Option<String>> {
    if !app.db.read_blocking(setup::is_open)? {
        return Ok(None);
    }
    let token = app.db.write_blocking(|tx| setup::new_token(tx, Millis::now()))?;
    Ok(Some(setup::link(url, &token)))
}

fn announce(app: &App, bound: &Bound, dashboard: &str, link: Option<String>) {
    say!("Afterword {} listens on {}", env!("CARGO_PKG_VERSION"), app.config.listens_on(bound.address));
    if let Some(public) = &app.config.server.public_url.0 {
        say!("Readers reach it at {public}");
    }
    say!("Its data is in {}", app.config.data.dir.display());
    let Some(link) = link else {
        say!("Its dashboard is at {dashboard}/admin/");
        return;
    };
    say!("\nNobody looks after it yet. Open this link within 30 minutes to become its admin:\n");
    say!("    {link}\n");
    say!("Too late? Run  afterword admin setup-link  for a new one.");
}
