//! Signing in and out, and the first admin.

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::middleware::{cookie, token_of};
use super::{Device, end, remember_refused, setup, start};
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::community::users::accounts;
use crate::web::address;
use crate::web::caller::{Admin, Caller};
use crate::web::form::Form;
use crate::web::frame::{Field, Frame};
use crate::web::limits::Limits;
use crate::web::respond::{page, page_with_fault, see_other};

const AFTER_SIGN_IN: &str = "/admin/";
/// Nobody has a longer one (RFC 5321, 4.5.3.1.3), and attempts are counted by it.
const LONGEST_EMAIL: usize = 254;

#[derive(Template)]
#[template(path = "sessions/sign_in.html")]
struct SignInPage {
    frame: Frame,
    email: String,
    next: String,
    error: Option<String>,
    throttled: Option<String>,
}

#[derive(Template)]
#[template(path = "sessions/setup.html")]
struct SetupPage {
    frame: Frame,
    code: Field,
    email: Field,
    name: Field,
    password_error: Option<String>,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "sessions/setup_closed.html")]
struct SetupClosedPage {
    frame: Frame,
}

#[derive(Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

/// `GET /admin/sign-in`
pub async fn sign_in_form(caller: Caller, query: Query<Next>) -> Result<HttpResponse> {
    if caller.account.is_some() {
        return Ok(see_other(AFTER_SIGN_IN));
    }
    page(&sign_in_page(String::new(), query.into_inner().next))
}

/// `POST /admin/sign-in`
pub async fn sign_in(
    request: HttpRequest,
    app: Data<App>,
    limits: Data<Limits>,
    caller: Caller,
    by: Actor,
    form: Form,
) -> Result<HttpResponse> {
    let next = form.text("next").to_owned();
    let email: String = form.text("email").chars().take(LONGEST_EMAIL).collect();
    if let Err(Error::TooMany { retry_after, .. }) = throttle(&limits, &caller, &email) {
        let seconds = retry_after.as_secs() + 1;
        note_refused(&app, &limits, by, "session.throttled", &email).await;
        let throttled = Some(format!("{seconds} seconds"));
        let mut answer = page_with_fault(&SignInPage { throttled, ..sign_in_page(email, next) })?;
        *answer.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        answer.headers_mut().insert(RETRY_AFTER, seconds.into());
        return Ok(answer);
    }
    if let Some(account) = check_password(&app, &limits, &email, form.verbatim("password")).await? {
        return begin(&request, &app, account, &next).await;
    }
    note_refused(&app, &limits, by, "session.refused", &email).await;
    let error = Some("The email or the password is not right.".to_owned());
    page_with_fault(&SignInPage { error, ..sign_in_page(email, next) })
}

/// `POST /admin/sign-out`
pub async fn sign_out(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    by: Actor,
    _form: Form,
) -> Result<HttpResponse> {
    let now = Millis::now();
    app.db.write(move |tx| end(tx, &admin.0.session, &by, now)).await?;
    let mut response = see_other("/admin/sign-in");
    response.add_cookie(&cookie(&request, None)).map_err(Error::internal)?;
    Ok(response)
}

/// `GET /admin/setup`
pub async fn setup_form(app: Data<App>) -> Result<HttpResponse> {
    if !app.db.read(setup::is_open).await? {
        return page(&SetupClosedPage { frame: Frame::visitor("Setup") });
    }
    page(&setup_page(&Form::default()))
}

/// `POST /admin/setup`
pub async fn set_up(
    request: HttpRequest,
    app: Data<App>,
    limits: Data<Limits>,
    caller: Caller,
    by: Actor,
    form: Form,
) -> Result<HttpResponse> {
    limits.sign_ins.check(&caller.network)?;
    let outcome = create_first_admin(&app, &limits, by, &form).await;
    let (field, detail) = match outcome {
        Ok(account) => return begin(&request, &app, account, "/admin/sites/new").await,
        Err(Error::Conflict(_)) => return page(&SetupClosedPage { frame: Frame::visitor("Setup") }),
        Err(Error::Invalid { field, detail }) => (field, detail),
        Err(other) => return Err(other),
    };
    let mut shown = setup_page(&form);
    match field.as_str() {
        "code" => shown.code.error = Some(detail),
        "email" => shown.email.error = Some(detail),
        "password" => shown.password_error = Some(detail),
        _ => shown.error = Some(detail),
    }
    page_with_fault(&shown)
}

fn throttle(limits: &Limits, caller: &Caller, email: &str) -> Result<()> {
    let email = email.to_lowercase();
    limits.sign_ins.check(&caller.network)?;
    limits.account_sign_ins.check(&(email.clone(), caller.network))?;
    limits.all_account_sign_ins.check(&email)
}

/// Puts a sign-in that was refused into the audit trail. Whoever tries is told the same whether or not
/// that could be stored.
async fn note_refused(app: &App, limits: &Limits, by: Actor, action: &'static str, email: &str) {
    let Some(unsaid) = limits.refusals.next() else { return };
    let (email, now) = (email.to_owned(), Millis::now());
    let noted = app.db.write(move |tx| remember_refused(tx, action, &email, unsaid, &by, now)).await;
    if let Err(error) = noted {
        tracing::warn!(%error, action, "could not note a sign-in that was refused");
    }
}

pub async fn check_password(
    app: &App,
    limits: &Limits,
    email: &str,
    password: &str,
) -> Result<Option<accounts::Account>> {
    let (email, password) = (email.to_owned(), password.to_owned());
    let found = app.db.read(move |c| accounts::by_email(c, &email)).await?;
    let check = move || Ok(accounts::is_password_of(found.as_ref(), &password).then_some(found).flatten());
    limits.hashing.run(check).await
}

pub async fn hash(limits: &Limits, password: &str) -> Result<String> {
    let password = password.to_owned();
    limits.hashing.run(move || accounts::hash_password(&password)).await
}

async fn create_first_admin(app: &App, limits: &Limits, by: Actor, form: &Form) -> Result<accounts::Account> {
    let [code, email, name] = ["code", "email", "name"].map(|field| form.text(field).to_owned());
    let (now, given) = (Millis::now(), code.clone());
    app.db.read(move |c| setup::check(c, &given, now)).await?;
    let hash = hash(limits, form.verbatim("password")).await?;
    app.db.write(move |tx| setup::complete(tx, &code, &email, &name, &hash, &by, now)).await
}

/// Starts the session and sends the browser on.
async fn begin(
    request: &HttpRequest,
    app: &App,
    account: accounts::Account,
    next: &str,
) -> Result<HttpResponse> {
    let before = token_of(request);
    let device = Device {
        agent: address::header(request, "user-agent").unwrap_or_default(),
        address: address::client(request).to_string(),
    };
    let now = Millis::now();
    let token = app.db.write(move |tx| start(tx, account.id, &device, before.as_deref(), now)).await?;
    let own =
        next.starts_with("/admin/") && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let next = if own { next } else { AFTER_SIGN_IN };
    let mut response = see_other(next);
    response.add_cookie(&cookie(request, Some(&token))).map_err(Error::internal)?;
    Ok(response)
}

fn sign_in_page(email: String, next: String) -> SignInPage {
    SignInPage { frame: Frame::visitor("Sign in"), email, next, error: None, throttled: None }
}

fn setup_page(form: &Form) -> SetupPage {
    SetupPage {
        frame: Frame::visitor("Setup"),
        code: Field::new(form.text("code")),
        email: Field::new(form.text("email")),
        name: Field::new(form.text("name")),
        password_error: None,
        error: None,
    }
}
