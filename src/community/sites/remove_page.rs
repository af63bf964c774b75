//! Removing a site on the dashboard, and bringing it back.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::{Site, remove, restore};
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::web::caller::Admin;
use crate::web::form::Form;
use crate::web::frame::{Counts, Field, Frame, SiteCounts};
use crate::web::respond::{page, page_with_fault, see_other};

#[derive(Template)]
#[template(path = "sites/remove.html")]
struct RemovePage {
    frame: Frame,
    key: String,
    site_name: String,
    counts: SiteCounts,
    name: Field,
}

/// `GET /admin/sites/{key}/remove`
pub async fn ask(
    request: HttpRequest,
    app: Data<App>,
    counts: Data<Counts>,
    _admin: Admin,
    key: Path<String>,
) -> Result<HttpResponse> {
    page(&remove_page(&request, &app, &counts, &key, Field::default()).await?)
}

/// `POST /admin/sites/{key}/remove`
pub async fn act(
    request: HttpRequest,
    app: Data<App>,
    counts: Data<Counts>,
    _admin: Admin,
    by: Actor,
    key: Path<String>,
    form: Form,
) -> Result<HttpResponse> {
    let (wanted, typed, now) = (key.clone(), form.text("name").to_owned(), Millis::now());
    let given = typed.clone();
    match app.db.write(move |tx| remove(tx, &wanted, &given, &by, now)).await {
        Ok(site) => Ok(see_other(&format!("/admin/sites?removed={}", site.key))),
        Err(Error::Invalid { detail, .. }) => {
            let name = Field::new(typed).with_error(Some(detail));
            page_with_fault(&remove_page(&request, &app, &counts, &key, name).await?)
        }
        Err(other) => Err(other),
    }
}

/// `POST /admin/sites/{key}/restore`
pub async fn bring_back(
    app: Data<App>,
    _admin: Admin,
    by: Actor,
    key: Path<String>,
    _form: Form,
) -> Result<HttpResponse> {
    let now = Millis::now();
    let site = app.db.write(move |tx| restore(tx, &key, &by, now)).await?;
    Ok(see_other(&format!("/admin/sites?restored={}", site.key)))
}

async fn remove_page(
    request: &HttpRequest,
    app: &App,
    counts: &Counts,
    key: &str,
    name: Field,
) -> Result<RemovePage> {
    let (key, count) = (key.to_owned(), counts.of_site);
    let (site, counts): (Site, SiteCounts) = app
        .db
        .read(move |c| {
            let site = super::by_key(c, &key)?;
            let counts = count(c, site.id)?;
            Ok((site, counts))
        })
        .await?;
    let frame = Frame::of(request, app, &format!("Remove {}", site.name), "sites").await?;
    Ok(RemovePage { frame, key: site.key, site_name: site.name, counts, name })
}
