//! The whole URL space on one page.

use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{ServiceConfig, get, patch, post, put, resource, route, scope};
use actix_web::{HttpResponse, Resource, Route};

use super::{docs, home, jobs_page, openapi};
use crate::appliance::health;
use crate::base::error::{Error, Result};
use crate::community::comments::api::{counts, react, read, stream, thread, write};
use crate::community::comments::{feeds, pages as threads};
use crate::community::moderation::{
    ban_pages as bans, bulk_page, comment_move_page, comment_page, pages as moderation, thread_moves_page,
    thread_page, threads_page,
};
use crate::community::people::{
    join_pages as join, list_page as people_list, pages as people, person_pages as person,
};
use crate::community::sessions::{account_pages as account, middleware::identify, pages as sessions};
use crate::community::sites::{list_page as site_list, pages as sites, remove_page as site_removal};
use crate::community::trail::pages as trail;
use crate::community::transfer::runs::{list_page as import_list, pages as imports};
use crate::community::transfer::{export_page as exports, person_page as one_person};
use crate::community::widget::{self, preview};
use crate::settings::{gate, pages as settings};
use crate::web::assets;
use crate::web::cors::open_to_all;
use crate::web::doors::guard;
use crate::web::respond::see_other;

pub fn configure(urls: &mut ServiceConfig) {
    urls.service(at("/", get().to(to_dashboard)).wrap(from_fn(guard)))
        .service(at("/healthz", get().to(health::healthz)))
        .service(at("/readyz", get().to(health::readyz)))
        .service(at("/embed.js", get().to(widget::loader)))
        .service(at("/w/{version}/{file:.+}", get().to(widget::file)))
        .service(at("/t/{site}/{thread}", get().to(threads::thread)).wrap(Compress::default()))
        .service(at("/feeds/{site}.atom", get().to(feeds::of_site)).wrap(Compress::default()))
        .service(at("/feeds/{site}/{thread}.atom", get().to(feeds::of_thread)).wrap(Compress::default()))
        .service(at("/static/plain/plain.css", get().to(threads::style)))
        .service(at("/static/admin/{name}", get().to(assets::admin)))
        .service(at("/static/docs/api.css", get().to(docs::style)))
        .service(at("/api/docs", get().to(docs::page)).wrap(Compress::default()))
        .service(scope("/api/v1").wrap(from_fn(open_to_all)).configure(api))
        .service(
            scope("/admin")
                .wrap(Compress::default())
                .wrap(from_fn(identify))
                .wrap(from_fn(gate::guard))
                .wrap(from_fn(guard))
                .configure(admin),
        );
}

fn api(urls: &mut ServiceConfig) {
    urls.service(at("/threads", get().to(thread::thread)))
        .service(at("/counts", get().to(counts::counts)))
        .service(at("/stream", get().to(stream::stream)))
        .service(scope("").wrap(Compress::default()).configure(own_calls));
}

/// Those whose answers are made for one caller, and packed on their way.
fn own_calls(urls: &mut ServiceConfig) {
    urls.service(at("/me", get().to(read::me)))
        .service(at("/preview", post().to(react::preview)))
        .service(at("/comments", post().to(write::create)))
        .service(
            resource("/comments/{id}")
                .route(patch().to(write::edit))
                .route(actix_web::web::delete().to(write::delete)),
        )
        .service(at("/comments/{id}/source", get().to(read::source)))
        .service(at("/comments/{id}/vote", put().to(react::vote)))
        .service(at("/comments/{id}/report", post().to(react::report)))
        .service(at("/openapi.json", get().to(openapi::json)))
        .default_service(route().to(nothing));
}

fn admin(urls: &mut ServiceConfig) {
    urls.service(at("", get().to(to_dashboard)))
        .service(at("/", get().to(home::show)))
        .service(at("/static/{name}", get().to(assets::admin)))
        .service(resource("/setup").route(get().to(sessions::setup_form)).route(post().to(sessions::set_up)))
        .service(
            resource("/sign-in").route(get().to(sessions::sign_in_form)).route(post().to(sessions::sign_in)),
        )
        .service(at("/sign-out", post().to(sessions::sign_out)))
        .service(resource("/join").route(get().to(join::join_form)).route(post().to(join::join)))
        .service(resource("/reset").route(get().to(join::reset_form)).route(post().to(join::reset)))
        .service(at("/people", get().to(people_list::list)))
        .service(
            resource("/people/invite").route(get().to(people::invite_form)).route(post().to(people::invite)),
        )
        .service(at("/people/invitations/{id}", post().to(people::revoke)))
        .service(resource("/people/{id}").route(get().to(person::show)).route(post().to(person::change)))
        .service(at("/people/{id}/sessions", post().to(person::end_sessions)))
        .service(at("/people/{id}/reset", post().to(person::reset_link)))
        .service(
            resource("/people/{id}/remove")
                .route(get().to(person::ask_to_remove))
                .route(post().to(person::remove)),
        )
        .service(resource("/bans").route(get().to(bans::list)).route(post().to(bans::add)))
        .service(at("/bans/new", get().to(bans::new)))
        .service(at("/bans/end", post().to(bans::end_several)))
        .service(at("/bans/{id}/end", post().to(bans::end)))
        .service(at("/bans/{id}/resume", post().to(bans::resume)))
        .service(at("/account", get().to(account::account)))
        .service(at("/account/password", post().to(account::change_password)))
        .service(at("/account/sessions", post().to(account::end_sessions)))
        .service(resource("/sites").route(get().to(site_list::list)).route(post().to(sites::create)))
        .service(at("/sites/new", get().to(sites::new)))
        .service(resource("/sites/{key}").route(get().to(sites::edit)).route(post().to(sites::update)))
        .service(at("/sites/{key}/first-view", get().to(sites::first_view)))
        .service(
            resource("/sites/{key}/preview").route(get().to(preview::saved)).route(post().to(preview::tried)),
        )
        .service(
            resource("/sites/{key}/remove")
                .route(get().to(site_removal::ask))
                .route(post().to(site_removal::act)),
        )
        .service(at("/sites/{key}/restore", post().to(site_removal::bring_back)))
        .service(scope("/preview").configure(preview_calls))
        .service(
            resource("/imports").route(get().to(import_list::list)).route(post().to(import_list::create)),
        )
        .service(resource("/imports/{id}").route(get().to(imports::show)).route(post().to(imports::act)))
        .service(at("/imports/{id}/progress", get().to(imports::progress)))
        .service(at("/imports/{id}/pages.csv", get().to(imports::pages_csv)))
        .service(at("/imports/{id}/rules", post().to(imports::rules)))
        .service(resource("/exports").route(get().to(exports::show)).route(post().to(exports::create)))
        .service(resource("/person").route(get().to(one_person::show)).route(post().to(one_person::look)))
        .service(at("/person/copy", post().to(one_person::copy)))
        .service(at("/person/erase", post().to(one_person::erase)))
        .service(resource("/settings").route(get().to(settings::show)).route(post().to(settings::save)))
        .service(at("/jobs", get().to(jobs_page::show)))
        .service(at("/jobs/{name}/run", post().to(jobs_page::run)))
        .service(at("/audit", get().to(trail::show)))
        .service(at("/audit/check", post().to(trail::check)))
        .service(at("/audit/export.{format}", get().to(trail::export)))
        .service(resource("/queue").route(get().to(moderation::show)).route(post().to(moderation::act)))
        .service(resource("/queue/all").route(get().to(bulk_page::preview)).route(post().to(bulk_page::act)))
        .service(at("/queue/news", get().to(moderation::news)))
        .service(at("/queue/undo", post().to(moderation::take_back)))
        .service(
            resource("/comments/{id}")
                .route(get().to(comment_page::show))
                .route(post().to(comment_page::act)),
        )
        .service(at("/comments/{id}/reply", post().to(comment_page::reply)))
        .service(at("/comments/{id}/text", post().to(comment_page::correct)))
        .service(at("/comments/{id}/restore", post().to(comment_page::restore)))
        .service(
            resource("/comments/{id}/move")
                .route(get().to(comment_move_page::show))
                .route(post().to(comment_move_page::act)),
        )
        .service(at("/threads", get().to(threads_page::show)))
        .service(
            resource("/threads/{id}").route(get().to(thread_page::show)).route(post().to(thread_page::act)),
        )
        .service(
            resource("/threads/{id}/merge")
                .route(get().to(thread_moves_page::merge_form))
                .route(post().to(thread_moves_page::merge)),
        )
        .service(
            resource("/threads/{id}/move")
                .route(get().to(thread_moves_page::move_form))
                .route(post().to(thread_moves_page::move_page)),
        )
        .default_service(route().to(nothing));
}

/// What the widget in a preview talks to, in place of the real calls.
fn preview_calls(urls: &mut ServiceConfig) {
    urls.service(at("/embed.js", get().to(widget::loader)))
        .service(at("/w/{version}/{file:.+}", get().to(widget::file)))
        .service(at("/advice", get().to(preview::told)))
        .service(at("/api/v1/threads", get().to(preview::thread)))
        .service(at("/api/v1/stream", get().to(preview::stream)))
        .service(at("/api/v1/preview", post().to(react::preview)))
        .default_service(route().to(preview::refuse));
}

/// One method at a path; any other is answered with 405.
fn at(path: &str, route: Route) -> Resource {
    resource(path).route(route)
}

async fn to_dashboard() -> HttpResponse {
    see_other("/admin/")
}

async fn nothing() -> Result<HttpResponse> {
    Err(Error::NotFound("There is nothing at this address.".into()))
}
