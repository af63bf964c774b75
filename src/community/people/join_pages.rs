//! Accepting an invitation, and choosing a new password with a link. Who comes here has not signed in.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::invitations::{self, Invitation};
use super::reset;
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::community::sessions::pages::{AFTER_SIGN_IN, begin, hash};
use crate::community::sites;
use crate::community::users::accounts::Account;
use crate::web::caller::Caller;
use crate::web::form::Form;
use crate::web::frame::{Field, Frame};
use crate::web::limits::Limits;
use crate::web::respond::{page, page_with_fault};

#[derive(Template)]
#[template(path = "people/join.html")]
struct JoinPage {
    frame: Frame,
    code: Field,
    /// Known once the code was looked at.
    invited: Option<Invited>,
    name: String,
    password_error: Option<String>,
    /// Who is signed in in this browser already.
    signed_in: Option<String>,
}

struct Invited {
    email: String,
    what: String,
}

#[derive(Template)]
#[template(path = "people/reset.html")]
struct ResetPage {
    frame: Frame,
    code: Field,
    /// Known once the code was looked at.
    email: Option<String>,
    password_error: Option<String>,
}

/// `GET /admin/join`
pub async fn join_form(caller: Caller) -> Result<HttpResponse> {
    page(&join_page(&caller, &Form::default(), None))
}

/// `POST /admin/join`: first the code alone, to be told what it is for; then with a name and a password.
pub async fn join(
    request: HttpRequest,
    app: Data<App>,
    limits: Data<Limits>,
    caller: Caller,
    by: Actor,
    form: Form,
) -> Result<HttpResponse> {
    limits.sign_ins.check(&caller.network)?;
    let (code, name, now) = (form.text("code").to_owned(), form.text("name").to_owned(), Millis::now());
    let asked = code.clone();
    let found = app.db.read(move |c| Invited::read(c, invitations::find(c, &asked, now)?)).await;
    let mut shown = match found {
        Ok(invited) => join_page(&caller, &form, Some(invited)),
        Err(Error::Invalid { detail, .. }) => {
            let mut shown = join_page(&caller, &form, None);
            shown.code.error = Some(detail);
            return page_with_fault(&shown);
        }
        Err(other) => return Err(other),
    };
    if !form.has("password") {
        return page(&shown);
    }
    let hash = match hash(&limits, form.verbatim("password")).await {
        Ok(hash) => hash,
        Err(Error::Invalid { detail, .. }) => {
            shown.password_error = Some(detail);
            return page_with_fault(&shown);
        }
        Err(other) => return Err(other),
    };
    let account = app.db.write(move |tx| invitations::accept(tx, &code, &name, &hash, &by, now)).await?;
    begin(&request, &app, account, AFTER_SIGN_IN).await
}

/// `GET /admin/reset`
pub async fn reset_form(caller: Caller) -> Result<HttpResponse> {
    page(&reset_page(&caller, &Form::default(), None))
}

/// `POST /admin/reset`: first the code alone, to be told whose password it is; then with the new one.
pub async fn reset(
    request: HttpRequest,
    app: Data<App>,
    limits: Data<Limits>,
    caller: Caller,
    by: Actor,
    form: Form,
) -> Result<HttpResponse> {
    limits.sign_ins.check(&caller.network)?;
    let (code, key, now) = (form.text("code").to_owned(), app.key.clone(), Millis::now());
    let (asked, with) = (code.clone(), key.clone());
    let found = app.db.read(move |c| reset::find(c, &with, &asked, now)).await;
    let mut shown = match found {
        Ok(account) => reset_page(&caller, &form, Some(&account)),
        Err(Error::Invalid { detail, .. }) => {
            let mut shown = reset_page(&caller, &form, None);
            shown.code.error = Some(detail);
            return page_with_fault(&shown);
        }
        Err(other) => return Err(other),
    };
    if !form.has("password") {
        return page(&shown);
    }
    let hash = match hash(&limits, form.verbatim("password")).await {
        Ok(hash) => hash,
        Err(Error::Invalid { detail, .. }) => {
            shown.password_error = Some(detail);
            return page_with_fault(&shown);
        }
        Err(other) => return Err(other),
    };
    let account = app.db.write(move |tx| reset::complete(tx, &key, &code, &hash, &by, now)).await?;
    begin(&request, &app, account, AFTER_SIGN_IN).await
}

impl Invited {
    fn read(connection: &rusqlite::Connection, invitation: Invitation) -> Result<Self> {
        let names = invitation.office.sites.iter().map(|id| Ok(sites::by_id(connection, *id)?.name));
        let names: Vec<_> = names.collect::<Result<_>>()?;
        Ok(Self { email: invitation.email, what: invitations::in_words(invitation.office.role, &names) })
    }
}

/// A narrow page without navigation, whose form is this session's where there is one.
fn door(caller: &Caller, title: &str) -> Frame {
    let csrf = caller.account.as_ref().map(|account| account.csrf.clone()).unwrap_or_default();
    Frame { csrf, ..Frame::visitor(title) }
}

fn join_page(caller: &Caller, form: &Form, invited: Option<Invited>) -> JoinPage {
    JoinPage {
        frame: door(caller, "Invitation"),
        code: Field::new(form.text("code")),
        invited,
        name: form.text("name").to_owned(),
        password_error: None,
        signed_in: caller.account.as_ref().map(|account| account.email.clone()),
    }
}

fn reset_page(caller: &Caller, form: &Form, account: Option<&Account>) -> ResetPage {
    ResetPage {
        frame: door(caller, "A new password"),
        code: Field::new(form.text("code")),
        email: account.map(|account| account.email.clone()),
        password_error: None,
    }
}
