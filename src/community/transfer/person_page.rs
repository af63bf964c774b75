//! A person's rights on the dashboard: what is known about one email address, a copy of it, and forgetting it.

use std::time::Duration;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::download::{self, Downloads, File};
use super::export::Packed;
use super::rights::{self, Erased, Known};
use super::runs;
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::personal::Forget;
use crate::web::access::Access;
use crate::web::caller::Admin;
use crate::web::form::Form;
use crate::web::frame::{Field, Frame};
use crate::web::respond::{page, page_with_fault};

/// A page waits so long for the database file to be written anew; then it says that this goes on.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Template)]
#[template(path = "transfer/person.html")]
struct PersonPage {
    frame: Frame,
    email: Field,
    known: Option<Known>,
    /// The address typed again.
    again: Field,
    keeps_comments: bool,
    done: Option<Done>,
}

/// What became of somebody.
struct Done {
    erased: Erased,
    /// Whether the database file still has traces, in words.
    file: String,
    /// Uploaded files that wait to be imported.
    uploads: usize,
}

/// `GET /admin/person`
pub async fn show(request: HttpRequest, app: Data<App>, admin: Admin) -> Result<HttpResponse> {
    check(&admin)?;
    page(&PersonPage::of(&request, &app, "").await?)
}

/// `POST /admin/person`: what is known about an address. It is sent in a form, so that it stands in no browser's
/// history and in no proxy's log.
pub async fn look(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    _by: Actor,
    form: Form,
) -> Result<HttpResponse> {
    check(&admin)?;
    let mut shown = PersonPage::of(&request, &app, form.text("email")).await?;
    match shown.find(&app).await {
        Ok(()) => page(&shown),
        Err(error) => shown.refuse(error),
    }
}

/// `POST /admin/person/copy`: all of it as a file.
pub async fn copy(
    request: HttpRequest,
    app: Data<App>,
    downloads: Data<Downloads>,
    admin: Admin,
    by: Actor,
    form: Form,
) -> Result<HttpResponse> {
    check(&admin)?;
    let (db, email, now) = (app.db.clone(), form.text("email").to_owned(), Millis::now());
    let day = now.to_string();
    let name = format!("afterword-copy-{}.jsonl", day.get(..10).unwrap_or_default());
    let file = File { name, kind: "application/jsonl" };
    let answer = download::send(&downloads, file, move |out| {
        let mut packed = Packed::new(out, false);
        db.read_blocking(|c| rights::export(c, &email, &mut packed))?;
        Ok(packed.finish().map(drop)?)
    });
    match answer.await {
        Ok(answer) => {
            app.db.write(move |tx| rights::note_copy(tx, &by, now)).await?;
            Ok(answer)
        }
        Err(error) => PersonPage::of(&request, &app, form.text("email")).await?.refuse(error),
    }
}

/// `POST /admin/person/erase`: forgets somebody, once their address was typed again.
pub async fn erase(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    by: Actor,
    form: Form,
) -> Result<HttpResponse> {
    check(&admin)?;
    let (email, again) = (form.text("email").to_owned(), form.text("again"));
    let mut shown = PersonPage::of(&request, &app, &email).await?;
    shown.keeps_comments = form.text("how") == "anonymous";
    if let Err(error) = shown.find(&app).await {
        return shown.refuse(error);
    }
    if !again.eq_ignore_ascii_case(&email) {
        let words = "That is another address than the one above. Nothing was erased.";
        shown.again = Field::new(again).with_error(Some(words.into()));
        return page_with_fault(&shown);
    }
    let how = if shown.keeps_comments { Forget::WhoItWas } else { Forget::Everything };
    let erased = app.db.write(move |tx| rights::erase(tx, &email, how, &by, Millis::now())).await;
    match erased {
        Ok(erased) => {
            let file = if form.is_ticked("rewrite") { rewrite(&app).await } else { String::new() };
            shown.known = None;
            shown.email = Field::default();
            let uploads = runs::waiting_files(&app);
            shown.done = Some(Done { erased, file, uploads });
            page(&shown)
        }
        Err(error) => shown.refuse(error),
    }
}

/// They may have written on any site.
fn check(admin: &Admin) -> Result<()> {
    if admin.0.access == Access::Everything {
        return Ok(());
    }
    Err(Error::Forbidden("A person may have written on any site, and you look after some only.".into()))
}

/// Writes the database file without what was erased; says how that went.
async fn rewrite(app: &App) -> String {
    let db = app.db.clone();
    let done = tokio::task::spawn_blocking(move || {
        db.rewrite()
            .inspect_err(|error| tracing::error!(%error, "the database file could not be written anew"))
    });
    match tokio::time::timeout(PATIENCE, done).await {
        Ok(Ok(Ok(()))) => {
            "The database file was written anew, so nothing is left in its unused parts.".into()
        }
        Ok(Ok(Err(error @ (Error::Unavailable(_) | Error::Full(_))))) => error.to_string(),
        Ok(_) => "The database file could not be written anew; the server’s log says why.".into(),
        Err(_) => {
            "The database file is still being written anew. Comments cannot be stored until that is done."
                .into()
        }
    }
}

impl PersonPage {
    async fn of(request: &HttpRequest, app: &App, email: &str) -> Result<Self> {
        Ok(Self {
            frame: Frame::of(request, app, "One person", "imports").await?,
            email: Field::new(email),
            known: None,
            again: Field::default(),
            keeps_comments: false,
            done: None,
        })
    }

    async fn find(&mut self, app: &App) -> Result<()> {
        let email = self.email.value.clone();
        self.known = Some(app.db.read(move |c| rights::known(c, &email)).await?);
        Ok(())
    }

    /// Says at the address why not, where that is the reason.
    fn refuse(mut self, error: Error) -> Result<HttpResponse> {
        match error {
            Error::Invalid { detail, .. } | Error::NotFound(detail) | Error::Conflict(detail) => {
                self.known = None;
                self.email.error = Some(detail);
                page_with_fault(&self)
            }
            other => Err(other),
        }
    }
}
