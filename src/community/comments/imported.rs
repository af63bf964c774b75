//! Storing comments that were written elsewhere.

use rusqlite::{Connection, Transaction};

use super::post::path_below;
use super::rank::wilson;
use super::store::comments::Beside;
use super::{Comment, Format, Status, by_id, markup, status, store};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::base::secrets::hash_token;
use crate::community::sites::Site;

/// A comment of another system, its thread and its parent already here.
#[derive(Clone, Copy, Debug)]
pub struct Imported<'a> {
    /// Which system.
    pub source: &'a str,
    /// The comment's id there.
    pub source_id: &'a str,
    pub thread: Id,
    pub parent: Option<Id>,
    pub author_name: &'a str,
    pub author_email: &'a str,
    pub author_url: &'a str,
    pub format: Format,
    pub body: &'a str,
    pub status: Status,
    pub created_at: Millis,
    pub edited_at: Option<Millis>,
    pub up: u32,
    pub down: u32,
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
pub fn insert(tx: &Transaction<'_>, site: &Site, imported: &Imported<'_>) -> Result<Outcome> {
    let source = (imported.source, imported.source_id);
    if let Some(id) = store::comments::by_source(tx, site.id, source)? {
        return Ok(Outcome::Already(id));
    }
    let parent = imported.parent.map(|id| by_id(tx, id)).transpose()?;
    let id = free_id(tx, imported.created_at, imported.source_id)?;
    let html = match imported.format {
        Format::Markdown => markup::from_markdown(imported.body, site.images),
        Format::Html => markup::sanitise(imported.body, site.images),
    };
    let comment = Comment {
        id,
        site: site.id,
        thread: imported.thread,
        parent: imported.parent,
        root: parent.as_ref().map_or(id, |parent| parent.root),
        depth: parent.as_ref().map_or(0, |parent| parent.depth + 1),
        path: path_below(parent.as_ref(), id),
        guest: None,
        account: None,
        author_name: imported.author_name.to_owned(),
        author_email: imported.author_email.to_owned(),
        author_url: imported.author_url.to_owned(),
        format: imported.format,
        body: imported.body.to_owned(),
        html,
        status: imported.status,
        held_because: if imported.status == Status::Held {
            "It waited where it was imported from.".into()
        } else {
            String::new()
        },
        findings: String::new(),
        pinned: false,
        up: imported.up,
        down: imported.down,
        live_replies: 0,
        created_at: imported.created_at,
        edited_at: imported.edited_at,
    };
    let rank = wilson(imported.up, imported.down);
    store::comments::insert(tx, &comment, &Beside { rank, source: Some(source), ..Beside::default() })?;
    status::count_imported(tx, &comment)?;
    Ok(Outcome::New(id))
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
