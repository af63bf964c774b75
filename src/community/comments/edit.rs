//! What authors may do to their own comments, for as long as the site lets them.

use rusqlite::Transaction;

use super::post::{blocked_word, findings, in_shadow, render, verdict};
use super::{Comment, Format, Status, blank, by_id, markup, site_of, status, store, threads, versions};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::bans::{self, Origin, Person};
use crate::community::sites::Site;
use crate::community::spam::Submission;
use crate::community::users::guests::{self, Guest};

/// Until when this comment may be edited or deleted by its author; none once it is too late.
#[must_use]
pub fn editable_until(site: &Site, comment: &Comment, now: Millis) -> Option<Millis> {
    let until = comment.created_at + site.edit_window;
    let open = matches!(comment.status, Status::Published | Status::Held | Status::Spam);
    (open && comment.format == Format::Markdown && now < until).then_some(until)
}

/// The comment of that id, if it is this guest's own and still theirs to change.
///
/// # Errors
/// `NotFound`, or `Forbidden` with the reason.
pub fn own(
    connection: &rusqlite::Connection,
    id: Id,
    guest: Option<&Guest>,
    now: Millis,
) -> Result<(Site, Comment)> {
    let comment = by_id(connection, id)?;
    let site = site_of(connection, &comment)?;
    if guest.is_none() || comment.guest != guest.map(|guest| guest.id) {
        // Who does not see a comment is not told that it is there.
        if comment.status != Status::Published {
            return Err(Error::NotFound("There is no such comment.".into()));
        }
        return Err(Error::Forbidden(
            "Only its author can change a comment, in the browser it was written in.".into(),
        ));
    }
    if editable_until(&site, &comment, now).is_none() {
        return Err(Error::Forbidden("It is too late to change this comment.".into()));
    }
    Ok((site, comment))
}

/// A new text, already made into HTML.
pub struct Text {
    pub(super) body: String,
    pub(super) html: String,
    /// The word of the site's list that is in it.
    pub(super) blocked: Option<String>,
}

/// Makes the HTML of a text, which takes too long for the one writer.
///
/// # Errors
/// `Invalid` for a text this site does not take.
pub fn check(site: &Site, format: Format, body: &str) -> Result<Text> {
    let body = markup::printable(body);
    let html = match format {
        Format::Markdown => render(site, &body)?,
        Format::Html => markup::sanitise(&body, site.images),
    };
    if !markup::says_something(&html) {
        return Err(Error::invalid("body", "Write something first: the comment is empty."));
    }
    Ok(Text { blocked: blocked_word(site, &html, &[]), body, html })
}

/// Gives a comment another text. The site's and the thread's rules judge it as they would a new one, so that
/// nothing slips in by an edit; what is held stays held.
///
/// # Errors
/// As [`own`]; `Forbidden` for somebody who is banned.
pub fn edit(
    tx: &Transaction<'_>,
    id: Id,
    guest: Option<&Guest>,
    text: &Text,
    origin: &Origin,
    now: Millis,
) -> Result<Comment> {
    let (site, comment) = own(tx, id, guest, now)?;
    let person = Person::new(origin, guest).called(&comment.author_name, &comment.author_email);
    let shadowed = bans::check(tx, site.id, &person, now)? || comment.is_shadowed();
    let Text { body, html, blocked } = text;
    let known = match comment.guest {
        Some(guest) => store::comments::has_published(tx, guest, Some(id))?,
        None => false,
    };
    versions::replace(tx, &comment, body, html, now)?;
    let submission = Submission {
        links: markup::count_links(html),
        has_website: !comment.author_url.is_empty(),
        known,
        trapped: false,
        blocked: blocked.as_deref(),
    };
    let thread = threads::by_id(tx, comment.thread)?;
    let (judged, because) = thread.judge(verdict(&site, &submission));
    // What its author takes for held stays held, and so does the reason.
    let (next, because) = match comment.status_for_author() {
        Status::Published => (judged, because),
        stays => (stays, comment.held_because.clone()),
    };
    let (next, hidden) = in_shadow(next, shadowed);
    if next == comment.status && because == comment.held_because {
        status::changed(tx, &comment, now)?;
    } else {
        status::set(tx, &comment, next, &because, now)?;
    }
    let findings = findings(&submission, hidden);
    if findings != comment.findings {
        store::comments::set_findings(tx, id, &findings)?;
    }
    by_id(tx, id)
}

/// Takes a comment away for good, and with it all that its author said; a placeholder stays where
/// replies hang under it. With their last comment goes how they introduced themselves.
///
/// # Errors
/// As [`own`].
pub fn delete(tx: &Transaction<'_>, id: Id, guest: Option<&Guest>, now: Millis) -> Result<()> {
    let (_, comment) = own(tx, id, guest, now)?;
    status::set(tx, &comment, Status::Deleted, "", now)?;
    blank(tx, id)?;
    match comment.guest {
        Some(guest) if !store::comments::any_of_guest(tx, guest)? => guests::introduce(tx, guest, "", "", ""),
        _ => Ok(()),
    }
}
