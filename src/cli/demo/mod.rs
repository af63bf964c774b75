//! `afterword demo`: a throw-away instance with something to see.

mod content;
mod seed;

use std::sync::Arc;

use actix_web::web::{Data, ServiceConfig, get};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use clap::Args;

use super::{Place, block_on};
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::config::Layers;
use crate::base::error::{Error, Result};
use crate::base::secrets::random_token;
use crate::base::telemetry;
use crate::server::listen::{Bound, Extra, Stop};
use crate::web::address::base_url;
use crate::web::ready::made;

const SITE: &str = "demo";
const PAGE: &str = "/blog/";
const EMAIL: &str = "demo@example.org";

/// Look around: a throw-away instance with a sample blog and a lively thread
///
/// Prints the blog's address and an admin's login. Everything is removed when it ends (Ctrl-C).
/// Needs no configuration and reads none.
#[derive(Args)]
pub struct Demo {
    /// Address and port to listen on; port 0 takes a free one, which is printed
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: String,
}

/// What the blog's page tells of the login.
#[derive(Clone)]
struct Login {
    password: String,
}

#[derive(Template)]
#[template(path = "demo/post.html")]
struct Post<'a> {
    site_key: &'a str,
    base: &'a str,
    admin_url: &'a str,
    admin_email: &'a str,
    admin_password: &'a str,
}

impl Demo {
    pub fn run(self, place: &Place) -> Result<()> {
        let folder = tempfile::Builder::new().prefix("afterword-demo-").tempdir()?;
        let config = Layers::defaults()?
            .flag("--listen", "server", "listen", Some(&self.listen))?
            .flag("--data", "data", "dir", folder.path().to_str())?
            .flag("--log", "log", "level", place.log.as_deref())?
            .config()?;
        telemetry::start(&config.log);
        let bound = Bound::of(&config.server)?;
        let app = App::open(config)?;
        let url = app.config.reached_at(bound.address);
        let login = Login { password: random_token()[..16].to_owned() };
        seed::fill(&app, &url, &login.password, Millis::now())?;
        block_on(async move {
            let stop = Stop::listen()?;
            announce(&url, &login);
            bound.serve(app, Some(blog(login)), stop).await
        })
    }
}

fn announce(url: &str, login: &Login) {
    say!("A blog with comments   {url}{PAGE}");
    say!("Its dashboard          {url}/admin/");
    say!("  sign in as           {EMAIL}");
    say!("  with the password    {}", login.password);
    say!("\nCtrl-C ends it and removes everything.");
}

fn blog(login: Login) -> Extra {
    Arc::new(move |urls: &mut ServiceConfig| {
        urls.app_data(Data::new(login.clone()))
            .route("/", get().to(|| async { crate::web::respond::see_other(PAGE) }))
            .route(PAGE, get().to(post))
            .route("/static/demo/blog.css", get().to(style));
    })
}

async fn post(request: HttpRequest, login: Data<Login>) -> Result<HttpResponse> {
    let base = base_url(&request);
    let page = Post {
        site_key: SITE,
        base: &base,
        admin_url: "/admin/",
        admin_email: EMAIL,
        admin_password: &login.password,
    };
    let html = page.render().map_err(Error::internal)?;
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(html))
}

async fn style(request: HttpRequest) -> HttpResponse {
    made(
        &request,
        "text/css; charset=utf-8",
        "public, max-age=60",
        include_str!("../../../static/demo/blog.css"),
    )
}
