//! What moderators write: replies in the site's name, and other texts for what somebody wrote.

use rusqlite::Transaction;

use super::{subject, version, visible};
use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::comments::edit::Text;
use crate::community::comments::{self, Comment, answer};
use crate::web::access::Access;

/// Replies to a comment in the site's name, see [`answer::reply`].
///
/// # Errors
/// As [`answer::reply`].
pub fn reply_as(
    tx: &Transaction<'_>,
    parent: Id,
    text: &Text,
    access: &Access,
    by: &Actor,
    now: Millis,
) -> Result<Comment> {
    visible(tx, access, parent)?;
    let account = by.account.ok_or(Error::SignInRequired)?;
    let comment = answer::reply(tx, parent, (account, &by.name), text, now)?;
    audit::record(tx, &by.did("comment.reply", subject(&comment)).on(comment.site), now)?;
    Ok(comment)
}

/// Gives somebody's comment another text, see [`answer::correct`]. The trail says that it was done; the texts are
/// kept with the comment, and go with it. Answers when the text was written that it replaced, unless it is the same.
///
/// # Errors
/// As [`answer::correct`].
pub fn correct_text(
    tx: &Transaction<'_>,
    id: Id,
    text: &Text,
    seen: Option<Millis>,
    access: &Access,
    by: &Actor,
    now: Millis,
) -> Result<Option<Millis>> {
    let before = visible(tx, access, id)?;
    answer::correct(tx, id, text, seen, now)?;
    edited(tx, &before, by, now)
}

/// Puts an earlier text back, see [`answer::restore`]; answers as [`correct_text`].
///
/// # Errors
/// As [`answer::restore`].
pub fn restore_text(
    tx: &Transaction<'_>,
    id: Id,
    written_at: Millis,
    seen: Option<Millis>,
    access: &Access,
    by: &Actor,
    now: Millis,
) -> Result<Option<Millis>> {
    let before = visible(tx, access, id)?;
    answer::restore(tx, id, written_at, seen, now)?;
    edited(tx, &before, by, now)
}

fn edited(tx: &Transaction<'_>, before: &Comment, by: &Actor, now: Millis) -> Result<Option<Millis>> {
    audit::record(tx, &by.did("comment.edit", subject(before)).on(before.site), now)?;
    let is_another = version(&comments::by_id(tx, before.id)?) != version(before);
    Ok(is_another.then(|| version(before)))
}
