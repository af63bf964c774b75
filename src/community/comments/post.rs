//! Posting a comment: checked first, then judged, stored and counted in one transaction.

use std::time::Duration;

use rusqlite::Transaction;
use sha2::{Digest, Sha256};

use super::author::{Author, check_author};
use super::page::{PageKey, page_key};
use super::store::comments::Beside;
use super::{Comment, DEEPEST, Format, Status, by_id, insert, markup, parent_name, status, store, threads};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::bans::{self, Origin, Person};
use crate::community::sites::Site;
use crate::community::spam::{self, Submission, Verdict, words};
use crate::community::users::guests::{self, Guest};
use crate::settings::Keep;
use crate::web::address::shortened;

const LONGEST_KEY: usize = 200;

/// A comment as somebody sent it.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub page: String,
    pub url: String,
    pub title: String,
    pub parent: Option<Id>,
    pub body: String,
    pub author: Option<Author>,
    /// A field that people do not see.
    pub trap: String,
    /// From opening the form to sending it.
    pub elapsed: Option<Duration>,
}

/// Who sends it, as far as that is known.
#[derive(Clone, Debug, Default)]
pub struct Sender {
    pub guest: Option<Guest>,
    pub origin: Origin,
    /// What of its address is kept with the comment.
    pub keep: Keep,
    pub idempotency_key: Option<String>,
}

impl Sender {
    /// As a ban may know them.
    fn person<'a>(&'a self, author: &'a Author) -> Person<'a> {
        Person::new(&self.origin, self.guest.as_ref()).called(&author.name, &author.email)
    }
}

/// A draft that was found to be in order, with its text already made into HTML.
#[derive(Clone, Debug)]
pub struct Checked {
    page: PageKey,
    draft: Draft,
    author: Author,
    html: String,
    /// The word of the site's list that is in it.
    blocked: Option<String>,
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct Posted {
    pub comment: Comment,
    /// Who wrote what it replies to.
    pub parent_name: Option<String>,
    /// Whose token may edit it.
    pub guest: Id,
}

impl Posted {
    fn read(tx: &Transaction<'_>, comment: Comment, guest: Id) -> Result<Self> {
        Ok(Self { parent_name: parent_name(tx, &comment)?, comment, guest })
    }
}

/// Everything that can be said without looking at the database.
///
/// # Errors
/// `Invalid`, with the field and what would be right.
pub fn check(site: &Site, sender: &Sender, draft: Draft) -> Result<Checked> {
    spam::check_pace(draft.elapsed)?;
    let key = sender.idempotency_key.as_deref().unwrap_or("-");
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(Error::invalid(
            "Idempotency-Key",
            format!("An Idempotency-Key has 1 to {LONGEST_KEY} bytes."),
        ));
    }
    let page = page_key(site, &draft.page)?;
    let html = render(site, &draft.body)?;
    let known = sender.guest.as_ref().map(|guest| Author {
        name: guest.name.clone(),
        email: guest.email.clone(),
        url: guest.url.clone(),
    });
    let author = check_author(&draft.author.clone().or(known).unwrap_or_default())?;
    let url = threads::page_url(site, &page, if draft.url.is_empty() { &draft.page } else { &draft.url });
    let title = threads::page_title(&draft.title);
    let body = markup::printable(&draft.body);
    let blocked = blocked_word(site, &html, &[&author.name, &author.email, &author.url]);
    Ok(Checked { page, draft: Draft { url, title, body, ..draft }, author, html, blocked })
}

/// The word of the site's list that a comment has in its text, in the addresses it links to, or in one of these
/// beside it.
#[must_use]
pub fn blocked_word(site: &Site, html: &str, beside: &[&str]) -> Option<String> {
    if site.blocked_words.is_empty() {
        return None;
    }
    let mut texts = markup::attribute_texts(html);
    texts.push(markup::excerpt(html, usize::MAX));
    let texts: Vec<&str> = texts.iter().map(String::as_str).chain(beside.iter().copied()).collect();
    words::find(&site.blocked_words, &texts).map(ToOwned::to_owned)
}

/// The HTML of a comment's source, if it is one this site takes.
///
/// # Errors
/// `Invalid` when it is empty or too long.
pub fn render(site: &Site, body: &str) -> Result<String> {
    let length = body.chars().count();
    if length > site.max_length as usize {
        let detail =
            format!("A comment has at most {} characters here; this one has {length}.", site.max_length);
        return Err(Error::invalid("body", detail));
    }
    let html = markup::from_markdown(body, site.images);
    if !markup::says_something(&html) {
        return Err(Error::invalid("body", "Write something first: the comment is empty."));
    }
    Ok(html)
}

/// Stores a checked draft, or answers what the same `Idempotency-Key` made before.
///
/// # Errors
/// `NotFound` for a parent that is not there, `Forbidden` in a closed thread and for somebody who is banned,
/// `Conflict` for a key that was used for something else.
pub fn post(
    tx: &Transaction<'_>,
    site: &Site,
    sender: &Sender,
    checked: &Checked,
    now: Millis,
) -> Result<Posted> {
    let scope = format!("post:{}", site.id);
    if let Some(key) = &sender.idempotency_key
        && let Some((id, fingerprint)) = store::comments::idempotent(tx, &scope, key)?
    {
        return replay(tx, id, sender, fingerprint == checked.fingerprint());
    }
    let guest = match &sender.guest {
        Some(guest) => guest.id,
        None => guests::create(tx, site.id, now)?.id,
    };
    let comment = checked.to_comment(tx, site, sender, guest, now)?;
    let network = sender.origin.address.map(shortened).unwrap_or_default();
    let beside = Beside {
        address: sender.keep.hash().then_some(&sender.origin.address_hash),
        network: if sender.keep.network() { &network } else { "" },
        page_url: &checked.draft.url,
        page_title: &checked.draft.title,
        ..Beside::default()
    };
    insert(tx, &comment, &beside)?;
    status::count_new(tx, &comment, now)?;
    guests::introduce(tx, guest, &checked.author.name, &checked.author.email, &checked.author.url)?;
    if let Some(key) = &sender.idempotency_key {
        store::comments::remember_idempotent(tx, (&scope, key), &checked.fingerprint(), comment.id, now)?;
    }
    Posted::read(tx, comment, guest)
}

/// Only for whoever asked then: somebody else with a token of their own gets nobody's.
fn replay(tx: &Transaction<'_>, id: Id, sender: &Sender, same: bool) -> Result<Posted> {
    let comment = if same { by_id(tx, id).ok() } else { None };
    let is_theirs = |guest: Id| sender.guest.as_ref().is_none_or(|sender| sender.id == guest);
    match comment {
        Some(comment @ Comment { guest: Some(guest), .. }) if is_theirs(guest) => {
            Posted::read(tx, comment, guest)
        }
        _ => Err(Error::Conflict(
            "This Idempotency-Key was used for another comment. Make a new key for each.".into(),
        )),
    }
}

impl Checked {
    fn to_comment(
        &self,
        tx: &Transaction<'_>,
        site: &Site,
        sender: &Sender,
        guest: Id,
        now: Millis,
    ) -> Result<Comment> {
        let thread = threads::find_or_create(tx, site, &self.page, "", "", now)?;
        thread.closing(site, now).check()?;
        let parent = self.draft.parent.map(|id| parent(tx, thread.id, id, sender)).transpose()?;
        let below_shadow = parent.as_ref().is_some_and(Comment::is_shadowed);
        let parent = parent.map(|parent| host(tx, parent)).transpose()?;
        let known = sender.guest.is_some() && store::comments::has_published(tx, guest, None)?;
        let submission = Submission {
            links: markup::count_links(&self.html),
            has_website: !self.author.url.is_empty(),
            known,
            trapped: !self.draft.trap.is_empty(),
            blocked: self.blocked.as_deref(),
        };
        let (status, because) = thread.judge(verdict(site, &submission));
        let shadowed = bans::check(tx, site.id, &sender.person(&self.author), now)? || below_shadow;
        let (status, hidden) = in_shadow(status, shadowed);
        let id = Id::new(now);
        Ok(Comment {
            id,
            site: site.id,
            thread: thread.id,
            parent: parent.as_ref().map(|parent| parent.id),
            root: parent.as_ref().map_or(id, |parent| parent.root),
            depth: parent.as_ref().map_or(0, |parent| parent.depth + 1),
            path: path_below(parent.as_ref(), id),
            guest: Some(guest),
            account: None,
            author_name: self.author.name.clone(),
            author_email: self.author.email.clone(),
            author_url: self.author.url.clone(),
            format: Format::Markdown,
            body: self.draft.body.clone(),
            html: self.html.clone(),
            status,
            held_because: because,
            findings: findings(&submission, hidden),
            pinned: false,
            up: 0,
            down: 0,
            live_replies: 0,
            created_at: now,
            edited_at: None,
            imported: false,
        })
    }

    /// What makes this submission this one and no other.
    fn fingerprint(&self) -> Vec<u8> {
        let parent = self.draft.parent.map(|id| id.to_string()).unwrap_or_default();
        let parts = [
            self.page.as_str(),
            &parent,
            &self.draft.body,
            &self.author.name,
            &self.author.email,
            &self.author.url,
        ];
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.finalize().to_vec()
    }
}

/// Where a comment stands in its conversation.
#[must_use]
pub fn path_below(parent: Option<&Comment>, id: Id) -> Vec<u8> {
    let above = parent.map_or(&[][..], |parent| parent.path.as_slice());
    [above, &id.0.to_be_bytes()].concat()
}

/// The site's rule applied: to a new comment, and again to each edit.
pub fn verdict(site: &Site, submission: &Submission<'_>) -> (Status, String) {
    match spam::judge(site.moderation, submission) {
        Verdict::Publish => (Status::Published, String::new()),
        Verdict::Hold(why) => (Status::Held, why.into_owned()),
        Verdict::Spam(why) => (Status::Spam, why.into_owned()),
    }
}

/// What a shadow ban makes of a verdict: the comment is kept where its author alone finds it, and why it would
/// be held without the ban stays with it. What is spam anyway is so with its own reason. Also whether it was the
/// ban that decided.
#[must_use]
pub fn in_shadow(judged: Status, shadowed: bool) -> (Status, bool) {
    if shadowed && judged != Status::Spam { (Status::Spam, true) } else { (judged, false) }
}

/// What the rules said of a submission, one finding a line; the last is the shadow ban where that decided.
#[must_use]
pub fn findings(submission: &Submission<'_>, hidden: bool) -> String {
    let mut said = spam::findings(submission);
    if hidden {
        said.push(bans::FINDING.to_owned());
    }
    said.join("\n")
}

/// Under which comment a reply to `parent` stands: under itself, unless it is as deep as they come.
pub fn host(tx: &Transaction<'_>, parent: Comment) -> Result<Comment> {
    match parent.parent {
        Some(above) if parent.depth + 1 >= DEEPEST => by_id(tx, above),
        _ => Ok(parent),
    }
}

fn parent(tx: &Transaction<'_>, thread: Id, id: Id, sender: &Sender) -> Result<Comment> {
    let guest = sender.guest.as_ref().map(|guest| guest.id);
    match by_id(tx, id) {
        Ok(parent)
            if parent.thread == thread
                && (parent.status == Status::Published || parent.is_shadow_of(guest)) =>
        {
            Ok(parent)
        }
        Ok(_) | Err(Error::NotFound(_)) => Err(Error::NotFound(
            "The comment you reply to is not here any more. Reload to see the thread as it is.".into(),
        )),
        Err(other) => Err(other),
    }
}
