//! One's own account: the password, and the browsers one is signed in with.

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::pages::{check_password, hash};
use super::{Session, end_all, end_one, name_of, of_account};
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::users::accounts;
use crate::web::caller::{Admin, Caller};
use crate::web::form::Form;
use crate::web::frame::{Flash, Frame, When};
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
    sessions: Vec<SessionRow>,
}

struct SessionRow {
    id: String,
    device: String,
    address: String,
    since: When,
    seen: When,
    current: bool,
}

/// `GET /admin/account`
pub async fn account(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    query: Query<Done>,
) -> Result<HttpResponse> {
    page(&account_page(&request, &app, admin, query.words()).await?)
}

/// `POST /admin/account/password`
pub async fn change_password(
    request: HttpRequest,
    app: Data<App>,
    limits: Data<Limits>,
    caller: Caller,
    admin: Admin,
    by: Actor,
    form: Form,
) -> Result<HttpResponse> {
    let (id, kept, email) = (admin.0.id, admin.0.session, admin.0.email.clone());
    limits.account_sign_ins.check(&(email.clone(), caller.network))?;
    if check_password(&app, &limits, &email, form.verbatim("current")).await?.is_none() {
        let shown = account_page(&request, &app, admin, None).await?;
        return page_with_fault(&AccountPage {
            current_error: Some("That is not your password.".into()),
            ..shown
        });
    }
    let hash = match hash(&limits, form.verbatim("new")).await {
        Ok(hash) => hash,
        Err(Error::Invalid { detail, .. }) => {
            let shown = account_page(&request, &app, admin, None).await?;
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
pub async fn end_sessions(app: Data<App>, admin: Admin, by: Actor, form: Form) -> Result<HttpResponse> {
    let which = form.text("end").to_owned();
    let (id, kept, now) = (admin.0.id, admin.0.session, Millis::now());
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
    admin: Admin,
    flash: Option<Flash>,
) -> Result<AccountPage> {
    let frame = Frame::of(request, app, "Your account", "account").await?.with_flash(flash);
    let (id, current, now): (Id, _, _) = (admin.0.id, admin.0.session, Millis::now());
    let mut sessions = app.db.read(move |c| of_account(c, id, now)).await?;
    sessions.sort_by_key(|session| session.token_hash != current);
    let sessions = sessions.into_iter().map(|session| row(&session, &current, now)).collect();
    Ok(AccountPage {
        frame,
        name: admin.0.name,
        email: admin.0.email,
        current_error: None,
        new_error: None,
        sessions,
    })
}

fn row(session: &Session, current: &[u8; 32], now: Millis) -> SessionRow {
    SessionRow {
        id: name_of(&session.token_hash),
        device: device_name(&session.agent),
        address: session.address.clone(),
        since: When::new(session.created_at, now),
        seen: When::new(session.seen_at, now),
        current: session.token_hash == *current,
    }
}

/// “Firefox on Linux”, as far as the browser says so; order matters, since they imitate each other.
fn device_name(agent: &str) -> String {
    const BROWSERS: [(&str, &str); 5] = [
        ("Firefox/", "Firefox"),
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let name = |list: &[(&str, &'static str)]| {
        list.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name)
    };
    match (name(&BROWSERS), name(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) if agent.is_empty() => "A device that gives no name".to_owned(),
        (None, None) => agent.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_named_as_its_owner_would() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        let edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0";
        assert_eq!(device_name(firefox), "Firefox on Linux");
        assert_eq!(device_name(edge), "Edge on Windows");
        assert_eq!(device_name("curl/8"), "curl/8");
        assert!(!device_name("").is_empty());
    }
}
