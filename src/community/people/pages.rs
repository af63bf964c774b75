//! Who looks after this instance, and who is invited to.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use rusqlite::Connection;
use serde::Deserialize;

use super::invitations::{self, Invitation};
use super::{Order, Person, everybody, office};
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
use crate::web::frame::{Field, Flash, Frame, When};
use crate::web::respond::{page, page_with_fault, see_other};

#[derive(Template)]
#[template(path = "people/list.html")]
struct PeopleList {
    frame: Frame,
    orders: Vec<Sorting>,
    people: Vec<PersonRow>,
    invitations: Vec<InvitationRow>,
}

struct Sorting {
    label: &'static str,
    href: String,
    current: bool,
}

struct PersonRow {
    href: String,
    name: String,
    email: String,
    role: &'static str,
    sites: Vec<String>,
    sessions: i64,
    seen: Option<When>,
    current: bool,
}

struct InvitationRow {
    id: String,
    email: String,
    what: String,
    by: Option<String>,
    since: When,
    until: When,
}

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

#[derive(Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    sort: String,
    #[serde(default)]
    done: String,
}

/// `GET /admin/people`
pub async fn list(
    request: HttpRequest,
    app: Data<App>,
    owner: Owner,
    query: Query<ListQuery>,
) -> Result<HttpResponse> {
    let (order, now) = (Order::parse(&query.sort), Millis::now());
    let flash = match query.done.as_str() {
        "revoked" => Some(Flash::done("The invitation is taken back: its link no longer works.")),
        "removed" => Some(Flash::done("The account is removed, and its sessions are ended.")),
        _ => None,
    };
    let frame = Frame::of(&request, &app, "People", "people").await?.with_flash(flash);
    let shown = app
        .db
        .read(move |c| {
            let people = everybody(c, order, now)?;
            let invitations = invitations::open(c, now)?;
            let sites = sites::all(c)?;
            Ok(PeopleList {
                frame,
                orders: Order::EVERY.into_iter().map(|one| Sorting::new(one, order)).collect(),
                people: people.into_iter().map(|one| PersonRow::new(one, owner.0.id, now)).collect(),
                invitations: invitations
                    .into_iter()
                    .map(|one| InvitationRow::new(one, &sites, now))
                    .collect(),
            })
        })
        .await?;
    page(&shown)
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

impl Sorting {
    fn new(order: Order, current: Order) -> Self {
        let label = match order {
            Order::Name => "Name",
            Order::Role => "Role",
            Order::Seen => "Last seen",
        };
        Self { label, href: format!("/admin/people?sort={}", order.as_str()), current: order == current }
    }
}

impl PersonRow {
    fn new(person: Person, current: Id, now: Millis) -> Self {
        Self {
            href: format!("/admin/people/{}", person.account.id),
            current: person.account.id == current,
            name: person.account.name,
            email: person.account.email,
            role: person.account.role.as_str(),
            sites: person.sites.into_iter().map(|site| site.name).collect(),
            sessions: person.sessions,
            seen: person.seen.map(|seen| When::new(seen, now)),
        }
    }
}

impl InvitationRow {
    fn new(invitation: Invitation, sites: &[Site], now: Millis) -> Self {
        let office = invitation.office;
        let sites: Vec<_> = sites
            .iter()
            .filter(|site| office.sites.contains(&site.id))
            .map(|site| site.name.clone())
            .collect();
        Self {
            id: invitation.id.to_string(),
            email: invitation.email,
            what: invitations::in_words(office.role, &sites),
            by: invitation.invited_by,
            since: When::new(invitation.created_at, now),
            until: When::exact(invitation.expires_at),
        }
    }
}
