//! One of those who look after this instance, as an owner sees them.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::pages::{LinkPage, OfficeForm, asked_office};
use super::{appoint, office, reset};
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::sessions::views::SessionTable;
use crate::community::sessions::{end_all, end_one, of_account};
use crate::community::users::accounts::{self, Account};
use crate::community::users::staff::{self, Office};
use crate::web::address::dashboard_url;
use crate::web::caller::Owner;
use crate::web::form::Form;
use crate::web::frame::{Flash, Frame, When};
use crate::web::respond::{page, page_with_fault, see_other};

#[derive(Template)]
#[template(path = "people/person.html")]
struct PersonPage {
    frame: Frame,
    href: String,
    name: String,
    email: String,
    since: When,
    /// Whether an owner looks at their own account.
    is_self: bool,
    office: OfficeForm,
    sessions: SessionTable,
}

#[derive(Template)]
#[template(path = "people/remove.html")]
struct RemovePage {
    frame: Frame,
    href: String,
    name: String,
    email: String,
    is_self: bool,
    error: Option<String>,
}

#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// `GET /admin/people/{id}`
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    owner: Owner,
    id: Path<String>,
    query: Query<Done>,
) -> Result<HttpResponse> {
    let mut shown = person_page(&request, &app, &owner, read_id(&id)?).await?;
    shown.frame.flash = match query.done.as_str() {
        "role" => Some(Flash::done("Saved. It holds from their next click on.")),
        "sessions" => Some(Flash::done("Ended. That browser has to sign in again.")),
        _ => None,
    };
    page(&shown)
}

/// `POST /admin/people/{id}`: another role, or other sites.
pub async fn change(
    request: HttpRequest,
    app: Data<App>,
    owner: Owner,
    by: Actor,
    id: Path<String>,
    form: Form,
) -> Result<HttpResponse> {
    let (id, now) = (read_id(&id)?, Millis::now());
    let (role, keys) = asked_office(&form);
    let (asked, chosen) = (role.clone(), keys.clone());
    let done = app.db.write(move |tx| appoint(tx, id, &office(tx, &role, &keys)?, &by, now)).await;
    let detail = match done {
        // An owner who is none any more may not look at this page.
        Ok(()) if id == owner.0.id && asked != "owner" => return Ok(see_other("/admin/account")),
        Ok(()) => return Ok(see_other(&format!("/admin/people/{id}?done=role"))),
        Err(Error::Invalid { detail, .. } | Error::Conflict(detail)) => detail,
        Err(other) => return Err(other),
    };
    let mut shown = person_page(&request, &app, &owner, id).await?;
    shown.office = app.db.read(move |c| OfficeForm::of_keys(c, &asked, &chosen)).await?;
    shown.office.error = Some(detail);
    page_with_fault(&shown)
}

/// `POST /admin/people/{id}/sessions`
pub async fn end_sessions(
    app: Data<App>,
    owner: Owner,
    by: Actor,
    id: Path<String>,
    form: Form,
) -> Result<HttpResponse> {
    let (id, which, now) = (read_id(&id)?, form.text("end").to_owned(), Millis::now());
    let kept = (id == owner.0.id).then_some(owner.0.session);
    app.db
        .write(move |tx| match which.as_str() {
            "others" => end_all(tx, id, kept.as_ref(), &by, now),
            name => end_one(tx, id, name, &by, now),
        })
        .await?;
    Ok(see_other(&format!("/admin/people/{id}?done=sessions")))
}

/// `POST /admin/people/{id}/reset`: answers with the link, which is not kept anywhere.
pub async fn reset_link(
    request: HttpRequest,
    app: Data<App>,
    _owner: Owner,
    by: Actor,
    id: Path<String>,
    _form: Form,
) -> Result<HttpResponse> {
    let (id, key, now) = (read_id(&id)?, app.key.clone(), Millis::now());
    let (account, token) = app.db.write(move |tx| reset::make(tx, &key, id, &by, now)).await?;
    page(&LinkPage {
        frame: Frame::of(&request, &app, "A new password", "people").await?,
        about: format!(
            "With it, {} chooses a new password, once. Until then the old one holds.",
            account.email
        ),
        link: reset::link(&dashboard_url(&request), &token),
        until: When::exact(now + reset::VALID),
        back: format!("/admin/people/{id}"),
    })
}

/// `GET /admin/people/{id}/remove`: asks first.
pub async fn ask_to_remove(
    request: HttpRequest,
    app: Data<App>,
    owner: Owner,
    id: Path<String>,
) -> Result<HttpResponse> {
    let id = read_id(&id)?;
    let account = app.db.read(move |c| accounts::by_id(c, id)).await?;
    page(&remove_page(&request, &app, &owner, account, None).await?)
}

/// `POST /admin/people/{id}/remove`
pub async fn remove(
    request: HttpRequest,
    app: Data<App>,
    owner: Owner,
    by: Actor,
    id: Path<String>,
    _form: Form,
) -> Result<HttpResponse> {
    let (id, now) = (read_id(&id)?, Millis::now());
    match app.db.write(move |tx| staff::remove(tx, id, &by, now)).await {
        Ok(_) if id == owner.0.id => Ok(see_other("/admin/sign-in")),
        Ok(_) => Ok(see_other("/admin/people?done=removed")),
        Err(Error::Conflict(detail)) => {
            let account = app.db.read(move |c| accounts::by_id(c, id)).await?;
            page_with_fault(&remove_page(&request, &app, &owner, account, Some(detail)).await?)
        }
        Err(other) => Err(other),
    }
}

fn read_id(text: &str) -> Result<Id> {
    text.parse().map_err(|_| Error::NotFound("There is no such account.".into()))
}

async fn person_page(request: &HttpRequest, app: &App, owner: &Owner, id: Id) -> Result<PersonPage> {
    let (now, current, is_self) = (Millis::now(), owner.0.session, owner.0.id == id);
    let frame = Frame::of(request, app, "Person", "people").await?;
    let (href, query) = (format!("/admin/people/{id}"), request.query_string().to_owned());
    app.db
        .read(move |c| {
            let account = accounts::by_id(c, id)?;
            let office = Office { role: account.role, sites: staff::sites_of(c, id)? };
            Ok(PersonPage {
                frame: Frame { title: account.name.clone(), ..frame },
                name: account.name,
                email: account.email,
                since: When::new(account.created_at, now),
                is_self,
                office: OfficeForm::of(c, &office)?,
                sessions: SessionTable::new(&href, &query, of_account(c, id, now)?, &current, now),
                href,
            })
        })
        .await
}

async fn remove_page(
    request: &HttpRequest,
    app: &App,
    owner: &Owner,
    account: Account,
    error: Option<String>,
) -> Result<RemovePage> {
    Ok(RemovePage {
        frame: Frame::of(request, app, "Remove an account", "people").await?,
        href: format!("/admin/people/{}", account.id),
        is_self: account.id == owner.0.id,
        name: account.name,
        email: account.email,
        error,
    })
}
