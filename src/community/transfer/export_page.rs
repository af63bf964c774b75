//! Exports on the dashboard: what, as what, and then the file.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::download::{self, Downloads, File};
use super::export::{self, Format, Packed, Selection};
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::community::sites;
use crate::community::users::accounts::looks_like_email;
use crate::web::access::{Access, Role};
use crate::web::caller::{Account, Admin};
use crate::web::form::Form;
use crate::web::frame::{Field, Frame};
use crate::web::respond::{page, page_with_fault};

/// What a site's choice begins with, before its key.
const SITE: &str = "site:";

#[derive(Template)]
#[template(path = "transfer/export.html")]
struct ExportPage {
    frame: Frame,
    /// Key and name.
    sites: Vec<(String, String)>,
    what: Field,
    email: Field,
    format: String,
    gzip: bool,
    error: Option<String>,
}

/// What an export is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File(Format, bool),
    Tarball,
}

/// `GET /admin/exports`
pub async fn show(request: HttpRequest, app: Data<App>, admin: Admin) -> Result<HttpResponse> {
    page(&export_page(&request, &app, &admin.0, &Form::default()).await?)
}

/// `POST /admin/exports`: the file.
pub async fn create(
    request: HttpRequest,
    app: Data<App>,
    downloads: Data<Downloads>,
    admin: Admin,
    by: Actor,
    form: Form,
) -> Result<HttpResponse> {
    match start(&app, &downloads, &admin.0, by, &form).await {
        Err(error @ (Error::Invalid { .. } | Error::NotFound(_) | Error::Conflict(_))) => {
            let mut shown = export_page(&request, &app, &admin.0, &form).await?;
            shown.fault(error);
            page_with_fault(&shown)
        }
        other => other,
    }
}

async fn start(
    app: &Data<App>,
    downloads: &Downloads,
    account: &Account,
    by: Actor,
    form: &Form,
) -> Result<HttpResponse> {
    let kind = Kind::parse(form.text("format"), form.is_ticked("gzip"))?;
    let selection = selection(app, account, form).await?;
    let now = Millis::now();
    let name = name_of(&selection, now);
    let file = kind.file(&name);
    let (inner, chosen) = (app.get_ref().clone(), selection.clone());
    let answer = download::send(downloads, file, move |out| match kind {
        Kind::Tarball => {
            let room = &inner.config.data.dir;
            export::write_tarball(&inner.db, &chosen, (&name, now, room), out).map(drop)
        }
        Kind::File(format, gzip) => {
            let mut packed = Packed::new(out, gzip);
            export::write(&inner.db, &chosen, format, &mut packed, &mut |_| ())?;
            Ok(packed.finish().map(drop)?)
        }
    })
    .await?;
    // Nobody gets the file before the trail says who got it.
    app.db.write(move |tx| export::note(tx, &by, &selection, kind.word(), now)).await?;
    Ok(answer)
}

/// What is to be exported, as far as this person may.
async fn selection(app: &App, account: &Account, form: &Form) -> Result<Selection> {
    let what = form.text("what");
    if let Some(key) = what.strip_prefix(SITE) {
        let (key, access) = (key.to_owned(), account.access.clone());
        let site = app.db.read(move |c| sites::by_key(c, &key)).await?;
        if access.allows(site.id) {
            return Ok(Selection::Site(site.key));
        }
        return Err(Error::Forbidden("This site is not among those that you look after.".into()));
    }
    match what {
        "instance" if account.role == Role::Owner => Ok(Selection::Instance),
        "instance" => Err(Error::Forbidden("The whole instance is for owners. Choose a site.".into())),
        "person" if account.access == Access::Everything => {
            let email = form.text("email");
            if looks_like_email(email) {
                return Ok(Selection::Person(email.to_owned()));
            }
            Err(Error::invalid("email", "Whose comments? Type the email address."))
        }
        "person" => Err(Error::Forbidden("One person's comments may stand on any site.".into())),
        _ => Err(Error::invalid("what", "Choose what to export.")),
    }
}

impl Kind {
    fn parse(word: &str, gzip: bool) -> Result<Self> {
        match word {
            "jsonl" => Ok(Self::File(Format::Jsonl, gzip)),
            "wxr" => Ok(Self::File(Format::Wxr, gzip)),
            "static" => Ok(Self::Tarball),
            _ => Err(Error::invalid("format", "Choose a format.")),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::File(Format::Jsonl, _) => "jsonl",
            Self::File(Format::Wxr, _) => "wxr",
            Self::Tarball => "static",
        }
    }

    fn file(self, name: &str) -> File {
        let (ending, kind) = match self {
            Self::File(Format::Jsonl, false) => ("jsonl", "application/jsonl"),
            Self::File(Format::Jsonl, true) => ("jsonl.gz", "application/gzip"),
            Self::File(Format::Wxr, false) => ("xml", "application/xml"),
            Self::File(Format::Wxr, true) => ("xml.gz", "application/gzip"),
            Self::Tarball => ("tar.gz", "application/gzip"),
        };
        File { name: format!("{name}.{ending}"), kind }
    }
}

/// `afterword-blog-2026-01-31`. Whose comments they are is nothing for a list of downloads.
fn name_of(selection: &Selection, now: Millis) -> String {
    let what = match selection {
        Selection::Instance => String::new(),
        Selection::Site(key) => format!("{key}-"),
        Selection::Person(_) => "person-".into(),
    };
    format!("afterword-{what}{}", now.to_string().get(..10).unwrap_or_default())
}

async fn export_page(request: &HttpRequest, app: &App, account: &Account, form: &Form) -> Result<ExportPage> {
    let frame = Frame::of(request, app, "Export", "imports").await?;
    let access = account.access.clone();
    let sites = app.db.read(sites::all).await?.into_iter().filter(|site| access.allows(site.id));
    let text = |name: &str, otherwise: &str| {
        Some(form.text(name)).filter(|text| !text.is_empty()).unwrap_or(otherwise).to_owned()
    };
    Ok(ExportPage {
        frame,
        sites: sites.map(|site| (site.key, site.name)).collect(),
        what: Field::new(text("what", "")),
        email: Field::new(text("email", "")),
        format: text("format", "jsonl"),
        gzip: form.is_ticked("gzip"),
        error: None,
    })
}

impl ExportPage {
    fn is_site(&self, key: &str) -> bool {
        self.what.value.strip_prefix(SITE) == Some(key)
    }

    /// Says what was wrong where it was.
    fn fault(&mut self, error: Error) {
        let (field, detail) = match error {
            Error::Invalid { field, detail } => (field, detail),
            Error::NotFound(detail) if self.what.value == "person" => ("email".into(), detail),
            other => ("what".into(), other.to_string()),
        };
        let place = match field.as_str() {
            "email" => &mut self.email.error,
            "what" | "site" => &mut self.what.error,
            _ => &mut self.error,
        };
        *place = Some(detail);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_for_what_is_in_it_and_never_for_whose_it_is() {
        let now = Millis(1_700_000_000_000);
        let name = |selection, kind: Kind| kind.file(&name_of(&selection, now)).name;
        let jsonl = |gzip| Kind::File(Format::Jsonl, gzip);
        assert_eq!(name(Selection::Instance, jsonl(false)), "afterword-2023-11-14.jsonl");
        assert_eq!(name(Selection::Site("blog".into()), jsonl(true)), "afterword-blog-2023-11-14.jsonl.gz");
        assert_eq!(name(Selection::Site("blog".into()), Kind::Tarball), "afterword-blog-2023-11-14.tar.gz");
        let person = name(Selection::Person("ann@example.org".into()), Kind::File(Format::Wxr, false));
        assert_eq!(person, "afterword-person-2023-11-14.xml");
    }
}
