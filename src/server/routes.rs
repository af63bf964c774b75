//! The whole URL space on one page.

use actix_web::HttpResponse;
use actix_web::middleware::from_fn;
use actix_web::web::{ServiceConfig, get, patch, post, put, resource, route, scope};

use super::{docs, openapi};
use crate::appliance::health;
use crate::base::error::{Error, Result};
use crate::community::comments::api::{react, read, stream, write};
use crate::community::comments::{feeds, pages as threads};
use crate::community::moderation::{comment_page, pages as moderation};
use crate::community::sessions::{account_pages as account, middleware::identify, pages as sessions};
use crate::community::sites::pages as sites;
use crate::community::widget;
use crate::web::assets;
use crate::web::cors::open_to_all;
use crate::web::respond::see_other;

pub fn configure(urls: &mut ServiceConfig) {
    urls.route("/", get().to(to_queue))
        .route("/healthz", get().to(health::healthz))
        .route("/readyz", get().to(health::readyz))
        .route("/embed.js", get().to(widget::loader))
        .route("/w/{version}/{file:.+}", get().to(widget::file))
        .route("/t/{site}/{thread}", get().to(threads::thread))
        .route("/feeds/{site}.atom", get().to(feeds::of_site))
        .route("/feeds/{site}/{thread}.atom", get().to(feeds::of_thread))
        .route("/static/plain/plain.css", get().to(threads::style))
        .route("/static/docs/api.css", get().to(docs::style))
        .route("/api/docs", get().to(docs::page))
        .service(scope("/api/v1").wrap(from_fn(open_to_all)).configure(api))
        .service(scope("/admin").wrap(from_fn(identify)).configure(admin));
}

fn api(urls: &mut ServiceConfig) {
    urls.route("/threads", get().to(read::thread))
        .route("/me", get().to(read::me))
        .route("/counts", get().to(read::counts))
        .route("/stream", get().to(stream::stream))
        .route("/preview", post().to(react::preview))
        .route("/comments", post().to(write::create))
        .service(
            resource("/comments/{id}")
                .route(patch().to(write::edit))
                .route(actix_web::web::delete().to(write::delete)),
        )
        .route("/comments/{id}/source", get().to(read::source))
        .route("/comments/{id}/vote", put().to(react::vote))
        .route("/comments/{id}/report", post().to(react::report))
        .route("/openapi.json", get().to(openapi::json))
        .default_service(route().to(nothing));
}

fn admin(urls: &mut ServiceConfig) {
    urls.route("", get().to(to_queue))
        .route("/", get().to(to_queue))
        .route("/static/{name}", get().to(assets::admin))
        .service(resource("/setup").route(get().to(sessions::setup_form)).route(post().to(sessions::set_up)))
        .service(
            resource("/sign-in").route(get().to(sessions::sign_in_form)).route(post().to(sessions::sign_in)),
        )
        .route("/sign-out", post().to(sessions::sign_out))
        .route("/account", get().to(account::account))
        .route("/account/password", post().to(account::change_password))
        .route("/account/sessions", post().to(account::end_sessions))
        .service(resource("/sites").route(get().to(sites::list)).route(post().to(sites::create)))
        .route("/sites/new", get().to(sites::new))
        .service(resource("/sites/{key}").route(get().to(sites::edit)).route(post().to(sites::update)))
        .service(resource("/queue").route(get().to(moderation::show)).route(post().to(moderation::act)))
        .route("/queue/undo", post().to(moderation::take_back))
        .service(
            resource("/comments/{id}")
                .route(get().to(comment_page::show))
                .route(post().to(comment_page::act)),
        )
        .default_service(route().to(nothing));
}

async fn to_queue() -> HttpResponse {
    see_other("/admin/queue")
}

async fn nothing() -> Result<HttpResponse> {
    Err(Error::NotFound("There is nothing at this address.".into()))
}
