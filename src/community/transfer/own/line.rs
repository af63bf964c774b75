//! The lines of our own format. `docs/export.md` tells it, `docs/export.schema.json` is its schema, and a test
//! holds the two to what stands here.

use serde::{Deserialize, Serialize};

use crate::community::{comments, moderation, sites, users};

/// What the header calls the format …
pub const FORMAT: &str = "afterword";
/// … and which version of it this release writes. It reads no newer one.
pub const VERSION: u32 = 1;

/// One line of a file, by its `type`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Line {
    Header(Header),
    Account(users::record::Account),
    Site(sites::record::Record),
    Guest(users::record::Guest),
    Thread(comments::record::Thread),
    Comment(Box<comments::record::Comment>),
    Version(comments::record::Version),
    Vote(comments::record::Vote),
    Report(comments::record::Report),
    Moderation(moderation::record::Record),
    End(End),
}

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    pub format: String,
    pub version: u32,
    pub scope: Scope,
    /// Whose comments these are, when they are one person's.
    pub person: Option<String>,
    /// The keys of the sites that follow.
    pub sites: Vec<String>,
}

/// What a file is an export of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    Instance,
    Site,
    Person,
}

/// The last line: without it, the file was cut short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// All lines, this one too.
    pub lines: u64,
}
