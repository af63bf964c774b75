//! One's own account: the password, and the browsers one is signed in with.

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::pages::{check_password, hash};
use super::views::SessionTable;
use super::{end_all, end_one, of_account};
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::users::accounts;
use crate::web::caller::{Caller, Moderator};
use crate::web::form::Form;
use crate::web::frame::{Flash, Frame};
use crate::web::limits::Limits;
use crate::web::respond::{page, page_with_fault, see_other};

#[derive(Template)]
#[template(path = "sessions/account.html")]
struct AccountPage {
    frame: Frame,
    name: String,
    email: String,
    current_error: Option<String>,
    new_error: Option<String>,
    sessions: SessionTable,
}

/// `GET /admin/account`
pub async fn account(
    request: HttpRequest,
    app: Data<App>,
    who: Moderator,
    query: Query<Done>,
) -> Result<HttpResponse> {
    page(&account_page(&request, &app, who, query.words()).await?)
}

/// `POST /admin/account/password`
pub async fn change_password(
    request: HttpRequest,
    app: Data<App>,
    limits: Data<Limits>,
    caller: Caller,
    who: Moderator,
    by: Actor,
    form: Form,
) -> Result<HttpResponse> {
    let (id, kept, email) = (who.0.id, who.0.session, who.0.email.clone());
    limits.account_sign_ins.check(&(email.clone(), caller.network))?;
    if check_password(&app, &limits, &email, form.verbatim("current")).await?.is_none() {
        let shown = account_page(&request, &app, who, None).await?;
        return page_with_fault(&AccountPage {
            current_error: Some("That is not your password.".into()),
            ..shown
        });
    }
    let hash = match hash(&limits, form.verbatim("new")).await {
        Ok(hash) => hash,
        Err(Error::Invalid { detail, .. }) => {
            let shown = account_page(&request, &app, who, None).await?;
            return page_with_fault(&AccountPage { new_error: Some(detail), ..shown });
        }
        Err(other) => return Err(other),
    };
    let now = Millis::now();
    app.db
        .write(move |tx| {
            accounts::set_password(tx, id, &hash, &by, now)?;
            end_all(tx, id, Some(&kept), &by, now)
        })
        .await?;
    Ok(see_other("/admin/account?done=password"))
}

/// `POST /admin/account/sessions`
pub async fn end_sessions(app: Data<App>, who: Moderator, by: Actor, form: Form) -> Result<HttpResponse> {
    let which = form.text("end").to_owned();
    let (id, kept, now) = (who.0.id, who.0.session, Millis::now());
    app.db
        .write(move |tx| match which.as_str() {
            "others" => end_all(tx, id, Some(&kept), &by, now),
            name => end_one(tx, id, name, &by, now),
        })
        .await?;
    Ok(see_other("/admin/account?done=sessions"))
}

#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

impl Done {
    fn words(&self) -> Option<Flash> {
        match self.done.as_str() {
            "password" => Some(Flash::done("The password is changed, and your other sessions are ended.")),
            "sessions" => Some(Flash::done("Ended. That browser has to sign in again.")),
            _ => None,
        }
    }
}

async fn account_page(
    request: &HttpRequest,
    app: &App,
    who: Moderator,
    flash: Option<Flash>,
) -> Result<AccountPage> {
    let frame = Frame::of(request, app, "Your account", "account").await?.with_flash(flash);
    let (id, current, now): (Id, _, _) = (who.0.id, who.0.session, Millis::now());
    let sessions = app.db.read(move |c| of_account(c, id, now)).await?;
    let sessions = SessionTable::new("/admin/account", request.query_string(), sessions, &current, now);
    Ok(AccountPage {
        frame,
        name: who.0.name,
        email: who.0.email,
        current_error: None,
        new_error: None,
        sessions,
    })
}
