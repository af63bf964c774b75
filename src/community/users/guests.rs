//! Those who comment or vote: known by a bearer token that their browser keeps, one for each site.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::{Connection, Transaction};

use super::store;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::base::secrets::{InstanceKey, same};

/// A person as far as a site knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    pub id: Id,
    pub site: Id,
    pub name: String,
    /// Never shown.
    pub email: String,
    pub url: String,
}

/// The token of a guest: the id and a tag only this instance can make. Nothing of it is stored, and
/// a repeated request gets the same one again.
#[must_use]
pub fn token(key: &InstanceKey, guest: Id) -> String {
    let tag = key.tag("guest", &guest.0.to_be_bytes());
    format!("{guest}.{}", URL_SAFE_NO_PAD.encode(tag))
}

/// The guest whose token this is, on this site; none for a token that was made up or is another site's.
pub fn of_token(connection: &Connection, key: &InstanceKey, site: Id, token: &str) -> Result<Option<Guest>> {
    let Some(id) = verify(key, token) else { return Ok(None) };
    Ok(store::guest(connection, id)?.filter(|guest| guest.site == site))
}

/// Whether this instance made that token, whoever's it is.
#[must_use]
pub fn is_genuine(key: &InstanceKey, token: &str) -> bool {
    verify(key, token).is_some()
}

fn verify(key: &InstanceKey, text: &str) -> Option<Id> {
    let id: Id = text.split_once('.')?.0.parse().ok()?;
    same(token(key, id).as_bytes(), text.as_bytes()).then_some(id)
}

/// Makes a person nobody knows anything of yet.
pub fn create(tx: &Transaction<'_>, site: Id, now: Millis) -> Result<Guest> {
    let guest =
        Guest { id: Id::new(now), site, name: String::new(), email: String::new(), url: String::new() };
    store::insert_guest(tx, &guest, now)?;
    Ok(guest)
}

/// Somebody who wrote on another system, as an import knows them.
#[derive(Clone, Copy, Debug)]
pub struct Newcomer<'a> {
    /// Which system …
    pub source: &'a str,
    /// … and who they are there.
    pub source_id: &'a str,
    pub name: &'a str,
    pub email: &'a str,
    /// Whether that system made sure that the address is theirs.
    pub email_verified: bool,
    pub url: &'a str,
}

/// The guest that an imported person is: found again at every import, and made at the first. People who are two
/// over there are two here, unless their verified address is the same. Nobody has a token for a guest made here.
pub fn of_import(tx: &Transaction<'_>, site: Id, person: &Newcomer<'_>, now: Millis) -> Result<Id> {
    if let Some(id) = store::guest_by_source(tx, site, (person.source, person.source_id))? {
        return Ok(id);
    }
    let email = if person.email_verified { person.email.to_lowercase() } else { person.email.to_owned() };
    let same_email =
        if person.email_verified { store::guest_by_verified_email(tx, site, &email)? } else { None };
    if let Some(id) = same_email {
        return Ok(id);
    }
    let guest =
        Guest { id: Id::new(now), site, name: person.name.to_owned(), email, url: person.url.to_owned() };
    store::insert_imported_guest(tx, &guest, person, now)?;
    Ok(guest.id)
}

/// Remembers how a person last introduced themselves.
pub fn introduce(tx: &Transaction<'_>, id: Id, name: &str, email: &str, url: &str) -> Result<()> {
    store::update_guest(tx, id, name, email, url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_the_same_each_time_and_cannot_be_made_up() {
        let folder = tempfile::tempdir().unwrap();
        let key = InstanceKey::load_or_create(&folder.path().join("a")).unwrap();
        let other = InstanceKey::load_or_create(&folder.path().join("b")).unwrap();
        let text = token(&key, Id(77));
        assert_eq!(text, token(&key, Id(77)));
        assert_eq!(verify(&key, &text), Some(Id(77)));
        assert_eq!(verify(&other, &text), None);
        assert_eq!(verify(&key, &text.replace(&Id(77).to_string(), &Id(78).to_string())), None);
        assert_eq!(verify(&key, ""), None);
    }
}
