//! Storing comments that were written elsewhere.

use rusqlite::{Connection, Transaction};

use super::post::path_below;
use super::rank::wilson;
use super::record::Uncounted;
use super::store::comments::Beside;
use super::{Comment, Format, Status, by_id, markup, store};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::base::secrets::hash_token;
use crate::community::sites::Site;
use crate::community::users::guests::{self, Newcomer};

/// A comment of another system, its thread and its parent already here.
#[derive(Clone, Copy, Debug)]
pub struct Imported<'a> {
    /// Which system; empty for one that is to count as written here.
    pub source: &'a str,
    /// The comment's id there.
    pub source_id: &'a str,
    pub thread: Id,
    pub parent: Option<Id>,
    /// Who wrote it, over there; empty for somebody of whom nothing is known.
    pub author_id: &'a str,
    pub author_name: &'a str,
    pub author_email: &'a str,
    pub email_verified: bool,
    pub author_url: &'a str,
    pub format: Format,
    pub body: &'a str,
    /// What [`html`] made of the body.
    pub html: &'a str,
    pub status: Status,
    pub created_at: Millis,
    pub edited_at: Option<Millis>,
    pub up: u32,
    pub down: u32,
    /// Stands above the others; only for one that starts a conversation.
    pub pinned: bool,
}

/// A body as it is to be shown. It may take a while, so make it before the one writer is asked.
#[must_use]
pub fn html(site: &Site, format: Format, body: &str) -> String {
    match format {
        Format::Markdown => markup::from_markdown(body, site.images),
        Format::Html => markup::sanitise(body, site.images),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    New(Id),
    /// It was imported before.
    Already(Id),
}

/// Stores a comment under an id of its own time, so that it stands where it belongs; once, however
/// often it is asked for.
///
/// # Errors
/// `NotFound` when the parent is not there.
pub fn insert(tx: &Transaction<'_>, site: &Site, imported: &Imported<'_>, now: Millis) -> Result<Outcome> {
    let mut uncounted = Uncounted::default();
    let outcome = insert_uncounted(tx, site, imported, &mut uncounted, now)?;
    uncounted.settle(tx)?;
    Ok(outcome)
}

/// The same for one of many, which [`Uncounted::settle`] counts together in the same transaction.
///
/// # Errors
/// As [`insert`].
pub fn insert_uncounted(
    tx: &Transaction<'_>,
    site: &Site,
    imported: &Imported<'_>,
    uncounted: &mut Uncounted,
    now: Millis,
) -> Result<Outcome> {
    let source = (!imported.source.is_empty()).then_some((imported.source, imported.source_id));
    let known = source.map(|source| store::comments::by_source(tx, site.id, source)).transpose()?;
    if let Some(id) = known.flatten() {
        return Ok(Outcome::Already(id));
    }
    let parent = imported.parent.map(|id| by_id(tx, id)).transpose()?;
    let id = free_id(tx, imported.created_at, imported.source_id)?;
    let comment = Comment {
        id,
        site: site.id,
        // Somebody may have moved the conversation since an earlier import.
        thread: parent.as_ref().map_or(imported.thread, |parent| parent.thread),
        parent: imported.parent,
        root: parent.as_ref().map_or(id, |parent| parent.root),
        depth: parent.as_ref().map_or(0, |parent| parent.depth + 1),
        path: path_below(parent.as_ref(), id),
        guest: author(tx, site, imported, now)?,
        account: None,
        author_name: imported.author_name.to_owned(),
        author_email: imported.author_email.to_owned(),
        author_url: imported.author_url.to_owned(),
        format: imported.format,
        body: imported.body.to_owned(),
        html: imported.html.to_owned(),
        status: imported.status,
        held_because: if imported.status == Status::Held {
            "It waited where it was imported from.".into()
        } else {
            String::new()
        },
        findings: String::new(),
        pinned: imported.pinned && parent.is_none(),
        up: imported.up,
        down: imported.down,
        live_replies: 0,
        created_at: imported.created_at,
        edited_at: imported.edited_at,
        imported: source.is_some(),
    };
    let rank = wilson(imported.up, imported.down);
    super::insert(tx, &comment, &Beside { rank, source, ..Beside::default() })?;
    if comment.status == Status::Published {
        uncounted.add(comment.thread, parent.map(|parent| (parent.depth, parent.id)));
    }
    Ok(Outcome::New(id))
}

/// Asked only for a comment that is new here: who was erased since the last import does not come back.
fn author(tx: &Transaction<'_>, site: &Site, imported: &Imported<'_>, now: Millis) -> Result<Option<Id>> {
    if imported.author_id.is_empty() || imported.status == Status::Deleted {
        return Ok(None);
    }
    let person = Newcomer {
        source: imported.source,
        source_id: imported.author_id,
        name: imported.author_name,
        email: imported.author_email,
        email_verified: imported.email_verified,
        url: imported.author_url,
    };
    guests::of_import(tx, site.id, &person, now).map(Some)
}

/// The comment that was imported under this id of another system.
pub fn find(connection: &Connection, site: Id, source: &str, source_id: &str) -> Result<Option<Id>> {
    store::comments::by_source(connection, site, (source, source_id))
}

/// The first free id at that moment, from a place that the source's id gives: many comments may carry
/// the same time.
fn free_id(tx: &Transaction<'_>, moment: Millis, source_id: &str) -> Result<Id> {
    let [a, b, c, d, ..] = hash_token(source_id);
    let mut id = Id::at(moment, u32::from_be_bytes([a, b, c, d]));
    while store::comments::exists(tx, id)? {
        id = id.next();
    }
    Ok(id)
}
