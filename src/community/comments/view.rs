//! The shapes that calls answer with.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::listing::Shown;
use super::threads::Thread;
use super::{Comment, Format, Status, markup};
use crate::base::clock::Millis;
use crate::base::id::Id;
use crate::base::secrets::hex;
use crate::community::sites::{Site, Sort, Theme};

/// One page of a thread: the same bytes for everyone.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThreadView {
    pub site: SiteView,
    pub thread: ThreadFacts,
    pub sort: Sort,
    /// In display order: a parent stands before its replies.
    pub comments: Vec<CommentView>,
    /// Where the next page begins; null on the last one.
    pub next_cursor: Option<String>,
    /// The last event of the thread's stream before this was read: what to give the stream as `since`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_event: Option<String>,
}

/// What a widget has to know of the site.
#[derive(Debug, Serialize, ToSchema)]
pub struct SiteView {
    pub key: String,
    pub name: String,
    /// Replies deeper than this are not indented further; they say to whom they reply.
    pub display_depth: u32,
    /// The order when none is asked for.
    pub sort: Sort,
    /// Characters of a comment's source.
    pub max_length: u32,
    /// Seconds for which authors may edit.
    pub edit_window: u64,
    pub images: bool,
    pub avatars: bool,
    /// `light` or `dark`; null where the widget follows the page.
    pub theme: Option<&'static str>,
    /// `#rrggbb`; null for the widget's own.
    pub accent: Option<String>,
    /// The colour of letters on the accent.
    pub on_accent: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ThreadFacts {
    /// Null while nobody has commented.
    #[schema(value_type = Option<String>)]
    pub id: Option<Id>,
    /// The page's key.
    pub page: String,
    pub url: String,
    pub title: String,
    /// Published comments.
    pub count: u32,
    /// Closed for new comments: locked by hand, or since so many days have passed.
    pub locked: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CommentView {
    #[schema(value_type = String, example = "1hc7q9k2m0a3b")]
    pub id: Id,
    #[schema(value_type = Option<String>)]
    pub parent_id: Option<Id>,
    /// 0 for a top-level comment.
    pub depth: u32,
    /// Null for a deleted comment.
    pub author: Option<AuthorView>,
    /// Sanitised.
    pub html: String,
    #[schema(value_type = String, format = "date-time")]
    pub created_at: Millis,
    #[schema(value_type = Option<String>, format = "date-time")]
    pub edited_at: Option<Millis>,
    /// Up votes less down votes.
    pub score: i64,
    pub pinned: bool,
    /// A placeholder for replies to hang under.
    pub deleted: bool,
    /// Whom it replies to, where it stands deeper than the site indents.
    pub reply_to: Option<ReplyTo>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AuthorView {
    pub name: String,
    pub url: Option<String>,
    /// A picture's URL, only on sites that turned avatars on.
    pub avatar: Option<String>,
    /// `owner` for those who look after the site.
    pub badge: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ReplyTo {
    #[schema(value_type = String)]
    pub id: Id,
    /// Null when that comment was deleted.
    pub name: Option<String>,
}

/// A comment as its author sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnComment {
    #[serde(flatten)]
    pub comment: CommentView,
    /// `published`, or `held` while it waits for a moderator.
    pub status: &'static str,
    /// Its source.
    pub body: String,
}

/// The answer to a new comment.
#[derive(Debug, Serialize, ToSchema)]
pub struct Created {
    pub comment: OwnComment,
    /// This person's bearer token for this site: keep it, and send it as `Authorization: Bearer …`.
    pub edit_token: String,
    /// Why it waits for a moderator; null when it does not.
    pub held_because: Option<String>,
}

/// What only one person sees.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Me {
    /// Null for somebody this site does not know.
    pub person: Option<Person>,
    /// Their votes on this page: comment id to -1 or 1.
    #[schema(value_type = BTreeMap<String, i8>)]
    pub votes: BTreeMap<String, i8>,
    /// Their own comments that others do not see, such as those that wait for a moderator.
    pub held: Vec<OwnComment>,
    /// What they may still edit or delete: comment id to the moment it ends.
    #[schema(value_type = BTreeMap<String, String>)]
    pub editable: BTreeMap<String, Millis>,
}

/// How they last introduced themselves.
#[derive(Debug, Serialize, ToSchema)]
pub struct Person {
    pub name: String,
    pub email: String,
    pub url: String,
}

impl From<&Site> for SiteView {
    fn from(site: &Site) -> Self {
        Self {
            key: site.key.clone(),
            name: site.name.clone(),
            display_depth: site.display_depth,
            sort: site.sort,
            max_length: site.max_length,
            edit_window: site.edit_window.as_secs(),
            images: site.images,
            avatars: site.avatars,
            theme: (site.theme != Theme::Auto).then(|| site.theme.as_str()),
            accent: site.accent.map(|accent| accent.to_string()),
            on_accent: site.accent.map(|accent| accent.text_on().to_string()),
        }
    }
}

impl ThreadFacts {
    /// Of a thread that readers see something in.
    #[must_use]
    pub fn new(site: &Site, thread: Thread, now: Millis) -> Self {
        let locked = thread.closing(site, now).is_closed();
        Self {
            id: Some(thread.id),
            page: thread.page,
            url: thread.url,
            title: thread.title,
            count: thread.count,
            locked,
        }
    }

    /// Of a page on which readers see no comment.
    #[must_use]
    pub fn empty(page: String, locked: bool) -> Self {
        Self { id: None, page, url: String::new(), title: String::new(), count: 0, locked }
    }
}

impl CommentView {
    /// As every reader sees it.
    #[must_use]
    pub fn new(site: &Site, shown: Shown) -> Self {
        let Shown { comment, parent_name } = shown;
        let view = Self::own(site, &comment, parent_name);
        if comment.status == Status::Published {
            return view;
        }
        Self { author: None, html: String::new(), edited_at: None, score: 0, deleted: true, ..view }
    }

    /// As its author sees it, published or not.
    #[must_use]
    pub fn own(site: &Site, comment: &Comment, parent_name: Option<String>) -> Self {
        let is_deep = comment.depth > site.display_depth;
        Self {
            id: comment.id,
            parent_id: comment.parent,
            depth: comment.depth,
            author: Some(AuthorView::new(site, comment)),
            html: html(site, comment),
            created_at: comment.created_at,
            edited_at: comment.edited_at,
            score: comment.score(),
            pinned: comment.pinned,
            deleted: comment.status == Status::Deleted,
            reply_to: comment.parent.filter(|_| is_deep).map(|id| ReplyTo { id, name: parent_name }),
        }
    }
}

/// A comment's HTML as readers get it: images that were allowed when it was written are not, once the site allows
/// none.
#[must_use]
pub fn html(site: &Site, comment: &Comment) -> String {
    match comment.format {
        _ if site.images || !comment.html.contains("<img") => comment.html.clone(),
        Format::Markdown => markup::from_markdown(&comment.body, false),
        Format::Html => markup::sanitise(&comment.html, false),
    }
}

impl AuthorView {
    fn new(site: &Site, comment: &Comment) -> Self {
        Self {
            name: comment.author_name.clone(),
            url: Some(comment.author_url.clone()).filter(|url| url.starts_with("http")),
            avatar: avatar(site, &comment.author_email),
            badge: comment.account.map(|_| "owner".to_owned()),
        }
    }
}

impl OwnComment {
    #[must_use]
    pub fn new(site: &Site, comment: &Comment, parent_name: Option<String>) -> Self {
        Self {
            comment: CommentView::own(site, comment, parent_name),
            // Who is taken for a spammer is not told so.
            status: if comment.status_for_author() == Status::Published { "published" } else { "held" },
            body: comment.body.clone(),
        }
    }
}

/// Gravatar's picture for an address, by its SHA-256 (docs.gravatar.com).
fn avatar(site: &Site, email: &str) -> Option<String> {
    let email = email.trim().to_lowercase();
    if !site.avatars || email.is_empty() {
        return None;
    }
    let hash = hex(&Sha256::digest(email));
    Some(format!("https://www.gravatar.com/avatar/{hash}?s=96&d=identicon"))
}
