//! Inviting somebody to look after this instance, and taking that back.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use rusqlite::Connection;

use super::{invitations, office};
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::sites::{self, Site};
use crate::community::users::staff::Office;
use crate::web::address::dashboard_url;
use crate::web::caller::Owner;
use crate::web::form::Form;
use crate::web::frame::{Field, Frame, When};
use crate::web::respond::{page, page_with_fault, see_other};

#[derive(Template)]
#[template(path = "people/invite.html")]
struct InvitePage {
    frame: Frame,
    email: Field,
    office: OfficeForm,
}

/// A link that is shown once.
#[derive(Template)]
#[template(path = "people/link.html")]
pub(super) struct LinkPage {
    pub frame: Frame,
    pub about: String,
    pub link: String,
    pub until: When,
    pub back: String,
}

/// The choice of a role and, for a moderator, of sites.
pub(super) struct OfficeForm {
    pub role: String,
    pub sites: Vec<SiteBox>,
    pub error: Option<String>,
}

pub(super) struct SiteBox {
    pub key: String,
    pub name: String,
    pub ticked: bool,
}

/// `GET /admin/people/invite`
pub async fn invite_form(request: HttpRequest, app: Data<App>, _owner: Owner) -> Result<HttpResponse> {
    page(&invite_page(&request, &app, &Form::default()).await?)
}

/// `POST /admin/people/invite`: answers with the link, which is not kept anywhere to be shown again.
pub async fn invite(
    request: HttpRequest,
    app: Data<App>,
    _owner: Owner,
    by: Actor,
    form: Form,
) -> Result<HttpResponse> {
    let (email, now) = (form.text("email").to_owned(), Millis::now());
    let (role, keys) = asked_office(&form);
    let to = email.clone();
    let made = app
        .db
        .write(move |tx| {
            let office = office(tx, &role, &keys)?;
            invitations::invite(tx, &email, &office, &by, now)
        })
        .await;
    let (field, detail) = match made {
        Ok(token) => {
            return page(&LinkPage {
                frame: Frame::of(&request, &app, "Invitation", "people").await?,
                about: format!("It makes an account for {to}, once."),
                link: invitations::link(&dashboard_url(&request), &token),
                until: When::exact(now + invitations::VALID),
                back: "/admin/people".into(),
            });
        }
        Err(Error::Invalid { field, detail }) => (field, detail),
        Err(Error::Conflict(detail)) => ("email".to_owned(), detail),
        Err(other) => return Err(other),
    };
    let mut shown = invite_page(&request, &app, &form).await?;
    match field.as_str() {
        "email" => shown.email.error = Some(detail),
        _ => shown.office.error = Some(detail),
    }
    page_with_fault(&shown)
}

/// `POST /admin/people/invitations/{id}`: takes it back.
pub async fn revoke(
    app: Data<App>,
    _owner: Owner,
    by: Actor,
    id: Path<String>,
    _form: Form,
) -> Result<HttpResponse> {
    let id: Id = id.parse().map_err(|_| Error::NotFound("There is no such invitation.".into()))?;
    let now = Millis::now();
    app.db.write(move |tx| invitations::revoke(tx, id, &by, now)).await?;
    Ok(see_other("/admin/people?done=revoked"))
}

async fn invite_page(request: &HttpRequest, app: &App, form: &Form) -> Result<InvitePage> {
    let (role, keys) = asked_office(form);
    let role = if role.is_empty() { "moderator".to_owned() } else { role };
    let office = app.db.read(move |c| OfficeForm::of_keys(c, &role, &keys)).await?;
    let frame = Frame::of(request, app, "Invite somebody", "people").await?;
    Ok(InvitePage { frame, email: Field::new(form.text("email")), office })
}

/// The role, and the keys of the sites, that a form asks for.
pub(super) fn asked_office(form: &Form) -> (String, Vec<String>) {
    (form.text("role").to_owned(), form.all("site").map(ToOwned::to_owned).collect())
}

impl OfficeForm {
    pub fn of(connection: &Connection, office: &Office) -> Result<Self> {
        Self::new(connection, office.role.as_str(), |site| office.sites.contains(&site.id))
    }

    pub fn of_keys(connection: &Connection, role: &str, keys: &[String]) -> Result<Self> {
        Self::new(connection, role, |site| keys.contains(&site.key))
    }

    fn new(connection: &Connection, role: &str, ticked: impl Fn(&Site) -> bool) -> Result<Self> {
        let sites = sites::all(connection)?.into_iter();
        let sites = sites.map(|site| SiteBox { ticked: ticked(&site), key: site.key, name: site.name });
        Ok(Self { role: role.to_owned(), sites: sites.collect(), error: None })
    }
}
