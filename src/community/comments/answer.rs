//! What those who look after a site write: replies in its name, and corrections of what others wrote.

use rusqlite::Transaction;

use super::edit::Text;
use super::post::{host, path_below};
use super::store::comments::Beside;
use super::{Comment, Format, Status, by_id, insert, site_of, status, versions};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::sites::Site;

/// Replies to a comment as one of those who look after the site. It is published at once, in a locked thread too.
///
/// # Errors
/// `Conflict` when the comment is not public: readers would see an answer to nothing.
pub fn reply(
    tx: &Transaction<'_>,
    parent: Id,
    (account, name): (Id, &str),
    text: &Text,
    now: Millis,
) -> Result<Comment> {
    let parent = by_id(tx, parent)?;
    if parent.status != Status::Published {
        return Err(Error::Conflict(
            "Approve the comment first: readers do not see what you reply to.".into(),
        ));
    }
    let parent = host(tx, parent)?;
    let id = Id::new(now);
    let comment = Comment {
        id,
        site: parent.site,
        thread: parent.thread,
        parent: Some(parent.id),
        root: parent.root,
        depth: parent.depth + 1,
        path: path_below(Some(&parent), id),
        guest: None,
        account: Some(account),
        author_name: name.to_owned(),
        author_email: String::new(),
        author_url: String::new(),
        format: Format::Markdown,
        body: text.body.clone(),
        html: text.html.clone(),
        status: Status::Published,
        held_because: String::new(),
        findings: String::new(),
        pinned: false,
        up: 0,
        down: 0,
        live_replies: 0,
        created_at: now,
        edited_at: None,
        imported: false,
    };
    insert(tx, &comment, &Beside::default())?;
    status::count_new(tx, &comment, now)?;
    Ok(comment)
}

/// Gives somebody's comment another text; the old one is kept among its versions.
///
/// # Errors
/// `Conflict` when it was erased, or edited since `seen`.
pub fn correct(tx: &Transaction<'_>, id: Id, text: &Text, seen: Option<Millis>, now: Millis) -> Result<()> {
    let comment = by_id(tx, id)?;
    if comment.body.is_empty() {
        return Err(Error::Conflict("Its author erased it; there is nothing left to edit.".into()));
    }
    if seen.is_some_and(|seen| seen != comment.edited_at.unwrap_or(comment.created_at)) {
        return Err(Error::Conflict(
            "Its author edited it since you opened it. Look at what it says now, then edit that.".into(),
        ));
    }
    if comment.body != text.body {
        versions::replace(tx, &comment, &text.body, &text.html, now)?;
        status::changed(tx, &comment, now)?;
    }
    Ok(())
}

/// Puts a text back that an edit replaced. It is another edit: what the comment says until then is kept in its turn.
///
/// # Errors
/// `NotFound` for a text that is not kept any more; as [`correct`].
pub fn restore(
    tx: &Transaction<'_>,
    id: Id,
    written_at: Millis,
    seen: Option<Millis>,
    now: Millis,
) -> Result<()> {
    let text = versions::text(tx, id, written_at)?
        .ok_or_else(|| Error::NotFound("That text is not kept any more.".into()))?;
    correct(tx, id, &text, seen, now)
}

/// The site of a comment and how it is written, to check a text for it.
///
/// # Errors
/// `NotFound` when there is no such comment.
pub fn site_and_format(connection: &rusqlite::Connection, id: Id) -> Result<(Site, Format)> {
    let comment = by_id(connection, id)?;
    Ok((site_of(connection, &comment)?, comment.format))
}
