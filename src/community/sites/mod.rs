//! Which sites may embed us, and by which rules.

mod draft;
pub mod pages;
pub mod record;
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

pub use draft::{Draft, Fault, origin_of};

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
    pub created_at: Millis,
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    #[default]
    Oldest,
    Newest,
    Best,
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

/// The site of that key.
///
/// # Errors
/// `NotFound` when there is none.
pub fn by_key(connection: &Connection, key: &str) -> Result<Site> {
    store::by_key(connection, key)?.ok_or_else(|| {
        Error::NotFound(format!(
            "There is no site “{key}” here. Its key is on the dashboard under Sites, and in the embedding tag as data-site."
        ))
    })
}

/// # Errors
/// `NotFound` when there is none.
pub fn by_id(connection: &Connection, id: Id) -> Result<Site> {
    store::by_id(connection, id)?.ok_or_else(|| Error::NotFound("There is no such site.".into()))
}

/// All sites, by name.
pub fn all(connection: &Connection) -> Result<Vec<Site>> {
    store::all(connection)
}

/// Adds a site.
///
/// # Errors
/// `Invalid` for the first fault of the draft; `Conflict` when the key is taken.
pub fn create(tx: &Transaction<'_>, draft: &Draft, by: &Actor, now: Millis) -> Result<Site> {
    let site = draft.to_site(Id::new(now), now).map_err(|faults| Fault::first(&faults))?;
    if store::by_key(tx, &site.key)?.is_some() {
        return Err(Error::Conflict(format!("There is a site “{}” already; choose another key.", site.key)));
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
    let site = draft.to_site(old.id, old.created_at).map_err(|faults| Fault::first(&faults))?;
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
