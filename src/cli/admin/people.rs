//! Who looks after this instance: `afterword admin invite`, `list` and `remove`.

use serde_json::json;

use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::cli::{Place, dashboard_url};
use crate::community::people::{self, Person, invitations};
use crate::community::sites::{self, Site};
use crate::community::users::accounts::{self, Role};
use crate::community::users::staff;

pub fn invite(place: &Place, email: &str, role: &str, sites: Vec<String>) -> Result<()> {
    let app = place.existing_app()?;
    let (to, role, now) = (email.to_owned(), role.to_owned(), Millis::now());
    let token = app.db.write_blocking(move |tx| {
        let office = people::office(tx, &role, &sites)?;
        invitations::invite(tx, &to, &office, &Actor::command_line(), now)
    });
    let token = token.map_err(|error| match error {
        Error::Invalid { field, .. } if field == "site" => Error::invalid(
            field,
            "Say which sites the moderator is to look after: --site KEY, once for each.",
        ),
        other => other,
    })?;
    say!("{}", invitations::link(&dashboard_url(&app)?, &token));
    say!("\nPass it on to {email}. It works once, until {}.", (now + invitations::VALID).for_people());
    Ok(())
}

pub fn list(place: &Place, as_json: bool) -> Result<()> {
    let now = Millis::now();
    let (mut people, invited, sites) = place
        .existing_app()?
        .db
        .read_blocking(|c| Ok((people::everybody(c, now)?, invitations::open(c, now)?, sites::all(c)?)))?;
    people.sort_by_key(|person| person.account.role);
    let keys = |of: &[crate::base::id::Id]| -> Vec<&str> {
        sites.iter().filter(|site| of.contains(&site.id)).map(|site| site.key.as_str()).collect()
    };
    if as_json {
        let people: Vec<_> = people.iter().map(in_json).collect();
        let invited: Vec<_> = invited
            .iter()
            .map(|one| {
                json!({ "email": one.email, "role": one.office.role.as_str(), "sites": keys(&one.office.sites),
                        "expires_at": one.expires_at })
            })
            .collect();
        let all = json!({ "accounts": people, "invitations": invited });
        say!("{}", serde_json::to_string_pretty(&all).map_err(Error::internal)?);
        return Ok(());
    }
    if people.is_empty() {
        say!("Nobody looks after this instance yet. Make the first owner:  afterword admin setup-link");
    }
    for person in &people {
        let seen =
            person.seen.map_or("not signed in".to_owned(), |seen| format!("seen {}", seen.for_people()));
        let of: Vec<_> = person.sites.iter().map(|site| site.key.as_str()).collect();
        say!(
            "{:<32} {:<10} {seen}{}",
            person.account.email,
            person.account.role,
            of_sites(person.account.role, &of)
        );
    }
    for one in &invited {
        let of = of_sites(one.office.role, &keys(&one.office.sites));
        say!("{:<32} {:<10} invited, until {}{of}", one.email, one.office.role, one.expires_at.for_people());
    }
    Ok(())
}

pub fn remove(place: &Place, email: &str) -> Result<()> {
    let app = place.existing_app()?;
    let to = email.to_owned();
    let removed = app.db.write_blocking(move |tx| match accounts::by_email(tx, &to)? {
        Some(account) => staff::remove(tx, account.id, &Actor::command_line(), Millis::now()),
        None => Err(nobody(&to)),
    })?;
    say!("{} is removed, and all sessions of that account are ended.", removed.email);
    Ok(())
}

/// What is said of an address that has no account.
pub fn nobody(email: &str) -> Error {
    Error::NotFound(format!(
        "Nobody with the address {email} looks after this instance. See:  afterword admin list"
    ))
}

fn of_sites(role: Role, keys: &[&str]) -> String {
    match (role, keys) {
        (Role::Owner | Role::Admin, _) => String::new(),
        (Role::Moderator, []) => ", no site".to_owned(),
        (Role::Moderator, keys) => format!(", {}", keys.join(" ")),
    }
}

fn in_json(person: &Person) -> serde_json::Value {
    let sites: Vec<_> = person.sites.iter().map(|site: &Site| site.key.as_str()).collect();
    json!({
        "email": person.account.email,
        "name": person.account.name,
        "role": person.account.role.as_str(),
        "sites": sites,
        "sessions": person.sessions,
        "seen_at": person.seen,
    })
}
