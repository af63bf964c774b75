//! Moving a comment, with everything below it, to another place.

use rusqlite::{Connection, Transaction};

use super::post::path_below;
use super::{Comment, DEEPEST, Status, by_id, search, status, store, threads};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::outbox;

/// Where a comment stands, or is to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub thread: Id,
    /// None for the start of a conversation.
    pub parent: Option<Id>,
}

/// What goes along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// The comment itself included.
    pub comments: i64,
    pub published: i64,
}

impl Comment {
    /// Where it stands now.
    #[must_use]
    pub fn place(&self) -> Place {
        Place { thread: self.thread, parent: self.parent }
    }
}

/// What would move with a comment.
pub fn load(connection: &Connection, comment: &Comment) -> Result<Load> {
    Ok(Load { comments: store::subtree::count(connection, comment)?, published: published(comment) })
}

/// Moves a comment with everything below it under another parent, to the start of a conversation of its own, or to
/// another thread of its site. Answers where it stood, which is the way back.
///
/// # Errors
/// As [`check`].
pub fn move_comment(tx: &Transaction<'_>, id: Id, to: Place, now: Millis) -> Result<Place> {
    let comment = by_id(tx, id)?;
    let moved = check(tx, &comment, to)?;
    let told = store::subtree::published(tx, &comment)?;
    let weight = published(&comment);
    store::comments::add_live_replies(tx, comment.parent, -weight)?;
    store::subtree::replant(tx, &comment, &moved)?;
    store::comments::add_live_replies(tx, moved.parent, weight)?;
    if moved.thread != comment.thread {
        store::threads::add_count(tx, comment.thread, -weight)?;
        store::threads::add_count(tx, moved.thread, weight)?;
        search::index_all(tx, &store::subtree::all(tx, &moved)?)?;
    }
    told.into_iter().try_for_each(|one| tell(tx, one, comment.thread, moved.thread, now))?;
    Ok(comment.place())
}

/// A comment that moved is no new one: who is told of what is published hears nothing of it.
fn tell(tx: &Transaction<'_>, id: Id, from: Id, to: Id, now: Millis) -> Result<()> {
    if from == to {
        return outbox::record(tx, status::CHANGED, to, Some(id), now);
    }
    outbox::record(tx, status::MOVED, from, Some(id), now)?;
    outbox::record(tx, status::MOVED, to, Some(id), now)
}

/// The comment as it would stand there.
///
/// # Errors
/// `Invalid` where it stands already, below itself, in another site's thread, under what nobody can reply to, or too deep.
pub fn check(connection: &Connection, comment: &Comment, to: Place) -> Result<Comment> {
    let thread = threads::by_id(connection, to.thread)?;
    if thread.site != comment.site {
        return Err(Error::invalid("to", "A comment stays on its site. Name one of that site's threads."));
    }
    let to = Place { thread: thread.id, ..to };
    if to == comment.place() {
        return Err(Error::invalid("to", "It stands there already."));
    }
    let parent = to.parent.map(|id| parent(connection, comment, thread.id, id)).transpose()?;
    let depth = parent.as_ref().map_or(0, |parent| parent.depth + 1);
    if depth + store::subtree::height(connection, comment)? >= DEEPEST {
        let detail = format!("It would stand too deep: a conversation has at most {DEEPEST} levels.");
        return Err(Error::invalid("under", detail));
    }
    Ok(Comment {
        thread: thread.id,
        parent: to.parent,
        root: parent.as_ref().map_or(comment.id, |parent| parent.root),
        depth,
        path: path_below(parent.as_ref(), comment.id),
        ..comment.clone()
    })
}

fn parent(connection: &Connection, comment: &Comment, thread: Id, id: Id) -> Result<Comment> {
    let parent = by_id(connection, id)
        .ok()
        .filter(|parent| parent.thread == thread)
        .ok_or_else(|| Error::invalid("under", "There is no such comment in that thread."))?;
    if parent.root == comment.root && parent.path.starts_with(&comment.path) {
        return Err(Error::invalid("under", "A comment cannot reply to itself, nor to what replies to it."));
    }
    if parent.status != Status::Published {
        return Err(Error::invalid("under", "Only a published comment can be replied to."));
    }
    Ok(parent)
}

/// Those that the comments above it count.
fn published(comment: &Comment) -> i64 {
    i64::from(comment.live_replies) + i64::from(comment.status == Status::Published)
}

#[cfg(test)]
mod tests;
