//! Which sites may embed us, and by which rules.

mod colour;
mod draft;
pub mod first_view;
pub mod list_page;
pub mod pages;
pub mod record;
pub mod remove_page;
mod removal;
mod store;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use rusqlite::{Connection, Transaction};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;

pub use colour::{Advice, Colour, advice};
pub use draft::{Draft, Fault, MOST_DAYS, origin_of};
pub use removal::{KEPT, days_left, erasable, forget, remove, restore};

/// One blog, or whatever else people talk under.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    pub id: Id,
    /// What the embedding tag says: `data-site`.
    pub key: String,
    pub name: String,
    /// `https://blog.example.com`; the first is the main one.
    pub origins: Vec<String>,
    pub moderation: Moderation,
    pub sort: Sort,
    /// How deep replies are indented; deeper ones say to whom they reply.
    pub display_depth: u32,
    /// For how long a guest may edit or delete.
    pub edit_window: Duration,
    /// Characters of a comment's source.
    pub max_length: u32,
    pub images: bool,
    pub avatars: bool,
    /// Days after a thread's first comment from when it takes no new ones; 0: it stays open.
    pub close_after: u32,
    /// What holds a comment that says it: a word or a phrase a line.
    pub blocked_words: String,
    pub theme: Theme,
    /// None is the widget's own.
    pub accent: Option<Colour>,
    pub created_at: Millis,
    /// When one of its pages first asked for a thread.
    pub first_view_at: Option<Millis>,
    pub removed_at: Option<Millis>,
}

/// Which comments wait for a moderator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Moderation {
    /// None: they are published at once.
    #[default]
    None,
    /// All of them.
    All,
    /// A person's comments until one of them was approved.
    First,
    /// Those with links.
    Links,
}

/// The order of a thread's top-level comments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    #[default]
    Oldest,
    Newest,
    Best,
}

/// Whether the widget is light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the page around it.
    #[default]
    Auto,
    Light,
    Dark,
}

macro_rules! words {
    ($type:ident { $($variant:ident = $word:literal),* }) => {
        impl $type {
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }
        impl FromStr for $type {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    other => Err(format!("“{other}” is none of {}", [$($word),*].join(", "))),
                }
            }
        }
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
words!(Moderation { None = "none", All = "all", First = "first", Links = "links" });
words!(Sort { Oldest = "oldest", Newest = "newest", Best = "best" });
words!(Theme { Auto = "auto", Light = "light", Dark = "dark" });

impl Site {
    /// Whether a page of this origin may post.
    #[must_use]
    pub fn allows(&self, origin: &str) -> bool {
        self.origins.iter().any(|own| own == origin)
    }

    /// Whether a URL on this host is one of the site's own pages, whatever its scheme.
    #[must_use]
    pub fn owns_host(&self, host: &str) -> bool {
        self.origins.iter().any(|origin| origin.split_once("://").is_some_and(|(_, own)| own == host))
    }
}

/// What a blog's author pastes where the comments are to stand. The empty `<svg>` keeps the space free until
/// the script has run: by attributes alone, so that the page's own policy may be as strict as it likes.
#[must_use]
pub fn tag(base: &str, key: &str) -> String {
    format!(
        "<script type=\"module\" src=\"{base}/embed.js\" data-site=\"{key}\"></script>\n\
         <afterword-comments><svg display=\"block\" width=\"1\" height=\"24rem\"></svg></afterword-comments>"
    )
}

/// The site of that key, for everyone.
///
/// # Errors
/// `NotFound` when there is none, or when it was removed.
pub fn by_key(connection: &Connection, key: &str) -> Result<Site> {
    present(even_removed(connection, key)?)
}

/// The site of that key, for those who look after it: it may be a removed one.
///
/// # Errors
/// `NotFound` when there is none.
pub fn even_removed(connection: &Connection, key: &str) -> Result<Site> {
    store::by_key(connection, key)?.ok_or_else(|| {
        Error::NotFound(format!(
            "There is no site “{key}” here. Its key is on the dashboard under Sites, and in the embedding tag as data-site."
        ))
    })
}

/// # Errors
/// `NotFound` when there is none, or when it was removed.
pub fn by_id(connection: &Connection, id: Id) -> Result<Site> {
    let found = store::by_id(connection, id)?;
    present(found.ok_or_else(|| Error::NotFound("There is no such site.".into()))?)
}

fn present(site: Site) -> Result<Site> {
    if site.removed_at.is_none() {
        return Ok(site);
    }
    Err(Error::NotFound(format!(
        "The site “{}” was removed from this server, and its comments with it. Whoever looks after the server can \
         bring it back for 30 days.",
        site.key
    )))
}

/// A number that moves with every change of a site that a reader could see.
///
/// # Errors
/// When it cannot be read.
pub fn revision(connection: &Connection, id: Id) -> Result<i64> {
    store::revision(connection, id)
}

/// All sites but the removed ones, by name.
pub fn all(connection: &Connection) -> Result<Vec<Site>> {
    store::all(connection)
}

/// The removed ones that are still there, last removed first.
pub fn removed(connection: &Connection) -> Result<Vec<Site>> {
    store::removed(connection)
}

/// Adds a site.
///
/// # Errors
/// `Invalid` for the first fault of the draft; `Conflict` when the key is taken.
pub fn create(tx: &Transaction<'_>, draft: &Draft, by: &Actor, now: Millis) -> Result<Site> {
    let site = draft.to_site(Id::new(now), now).map_err(|faults| Fault::first(&faults))?;
    let key = &site.key;
    match store::by_key(tx, key)? {
        None => {}
        Some(Site { removed_at: Some(at), .. }) => {
            let days = days_left(at, now);
            return Err(Error::Conflict(format!(
                "A site that was removed still has the key “{key}”. Days until it is free: {days}. Bring that one back under Sites, or \
                 choose another key."
            )));
        }
        Some(_) => {
            return Err(Error::Conflict(format!("There is a site “{key}” already; choose another key.")));
        }
    }
    store::insert(tx, &site)?;
    remember(tx, "site.create", None, &site, by, now)?;
    Ok(site)
}

/// Changes all of a site but its key.
///
/// # Errors
/// `NotFound`, or `Invalid` for the first fault of the draft.
pub fn update(tx: &Transaction<'_>, key: &str, draft: &Draft, by: &Actor, now: Millis) -> Result<Site> {
    let old = by_key(tx, key)?;
    let draft = Draft { key: old.key.clone(), ..draft.clone() };
    let new = draft.to_site(old.id, old.created_at).map_err(|faults| Fault::first(&faults))?;
    let site = Site { first_view_at: old.first_view_at, removed_at: old.removed_at, ..new };
    store::update(tx, &site)?;
    remember(tx, "site.change", Some(&old), &site, by, now)?;
    Ok(site)
}

/// Puts the fields that differ into the audit trail.
fn remember(
    tx: &Transaction<'_>,
    action: &'static str,
    was: Option<&Site>,
    became: &Site,
    by: &Actor,
    now: Millis,
) -> Result<()> {
    let entry = by.did(action, format!("site:{}", became.key)).on(became.id);
    let changed = entry.fields(&was.map(Draft::from), &Draft::from(became));
    changed.map_or(Ok(()), |entry| audit::record(tx, &entry, now))
}
