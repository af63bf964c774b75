//! Who looks after this instance, and who is invited to.

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use rusqlite::Connection;
use serde::Deserialize;

use super::invitations::{self, Invitation};
use super::{Person, everybody};
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::sites::{self, Site};
use crate::web::caller::Owner;
use crate::web::frame::{Flash, Frame, When};
use crate::web::respond::page;
use crate::web::table::{Address, Column, Head, Names, Pages, Table};

const HERE: &str = "/admin/people";
const INVITED: Names = Names { sort: "invited_sort", direction: "invited_dir", page: "invited_page" };

#[derive(Template)]
#[template(path = "people/list.html")]
struct PeopleList {
    frame: Frame,
    columns: Vec<Column>,
    people: Vec<PersonRow>,
    pages: Pages,
    invited_columns: Vec<Column>,
    invitations: Vec<InvitationRow>,
    invited_pages: Pages,
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

/// By what people can be put in order.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum By {
    #[default]
    Name,
    Role,
    Seen,
}

const HEADS: &[Head<By>] = &[
    Head { by: By::Name, word: "name", label: "Name", class: "", descending: false },
    Head { by: By::Role, word: "role", label: "Role", class: "", descending: false },
    Head { by: By::Seen, word: "seen", label: "Last seen", class: "", descending: true },
];

/// By what invitations can be put in order.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum InvitedBy {
    Email,
    Role,
    #[default]
    Invited,
}

const INVITED_HEADS: &[Head<InvitedBy>] = &[
    Head { by: InvitedBy::Email, word: "email", label: "Email", class: "", descending: false },
    Head { by: InvitedBy::Role, word: "role", label: "To be", class: "", descending: false },
    Head { by: InvitedBy::Invited, word: "invited", label: "Invited", class: "", descending: true },
];

#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// `GET /admin/people`
pub async fn list(
    request: HttpRequest,
    app: Data<App>,
    owner: Owner,
    query: Query<Done>,
) -> Result<HttpResponse> {
    let flash = match query.done.as_str() {
        "revoked" => Some(Flash::done("The invitation is taken back: its link no longer works.")),
        "removed" => Some(Flash::done("The account is removed, and its sessions are ended.")),
        _ => None,
    };
    let frame = Frame::of(&request, &app, "People", "people").await?.with_flash(flash);
    let kept = [Names::MAIN.all(), INVITED.all()].concat();
    let (address, now) = (Address::new(HERE, request.query_string(), &kept), Millis::now());
    page(&app.db.read(move |c| PeopleList::read(c, frame, &address, owner.0.id, now)).await?)
}

impl PeopleList {
    fn read(c: &Connection, frame: Frame, address: &Address, current: Id, now: Millis) -> Result<Self> {
        let people = Table::asked(address, Names::MAIN, HEADS);
        let (shown, pages) = people.cut(sorted(everybody(c, now)?, &people));
        let invited = Table::asked(&address.clone().at("invited-title"), INVITED, INVITED_HEADS);
        let (invitations, invited_pages) =
            invited.cut(sorted_invitations(invitations::open(c, now)?, &invited));
        let sites = sites::all(c)?;
        let invitation = |one| InvitationRow::new(one, &sites, now);
        Ok(Self {
            frame,
            columns: people.columns(),
            people: shown.into_iter().map(|one| PersonRow::new(one, current, now)).collect(),
            pages,
            invited_columns: invited.columns(),
            invitations: invitations.into_iter().map(invitation).collect(),
            invited_pages,
        })
    }
}

fn sorted(mut people: Vec<Person>, table: &Table<By>) -> Vec<Person> {
    table.arrange(&mut people, |by, one, other| match by {
        By::Name => one.account.name.to_lowercase().cmp(&other.account.name.to_lowercase()),
        By::Role => one.account.role.cmp(&other.account.role),
        By::Seen => one.seen.cmp(&other.seen),
    });
    people
}

fn sorted_invitations(mut invitations: Vec<Invitation>, table: &Table<InvitedBy>) -> Vec<Invitation> {
    table.arrange(&mut invitations, |by, one, other| match by {
        InvitedBy::Email => one.email.to_lowercase().cmp(&other.email.to_lowercase()),
        InvitedBy::Role => one.office.role.cmp(&other.office.role),
        InvitedBy::Invited => one.created_at.cmp(&other.created_at),
    });
    invitations
}

impl PersonRow {
    fn new(person: Person, current: Id, now: Millis) -> Self {
        Self {
            href: format!("{HERE}/{}", person.account.id),
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
