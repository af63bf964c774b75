//! The SQL that reads Isso's file.

use std::path::Path;

use crate::base::error::Result;
use crate::community::transfer::store::foreign::{Foreign, System, integer, real, refusal, text, votes};
use crate::community::transfer::tidy::LONGEST_BODY;

const ISSO: System = System { name: "Isso", file: "comments.db" };
const NEWEST_SCHEMA: i64 = 5;
const NEEDED: [(&str, &[&str]); 2] = [
    ("threads", &["id", "uri", "title"]),
    (
        "comments",
        &[
            "tid", "id", "parent", "created", "modified", "mode", "text", "author", "email", "website",
            "likes", "dislikes",
        ],
    ),
];

/// An open file of Isso's.
pub struct IssoFile {
    file: Foreign,
}

/// A row of `comments`.
#[derive(Debug)]
pub struct Row {
    pub id: i64,
    pub thread: Option<i64>,
    pub parent: Option<i64>,
    pub parent_created: Option<f64>,
    pub created: Option<f64>,
    pub modified: Option<f64>,
    pub mode: Option<i64>,
    /// None when it is too long to be taken.
    pub text: Option<String>,
    pub length: i64,
    pub author: String,
    pub email: String,
    pub website: String,
    pub likes: u32,
    pub dislikes: u32,
}

impl IssoFile {
    /// # Errors
    /// `Invalid` when it is not Isso's, is damaged, or was written by a newer Isso than is known.
    pub fn open(path: &Path) -> Result<Self> {
        let file = Foreign::open(path, ISSO)?;
        let version = file.user_version()?;
        if version > NEWEST_SCHEMA {
            return Err(refusal(&format!(
                "The file was written by a newer Isso (schema {version}); up to {NEWEST_SCHEMA} can be read."
            )));
        }
        for (table, columns) in NEEDED {
            file.expect_table(table, columns)?;
        }
        file.expect_sound()?;
        Ok(Self { file })
    }

    /// How many comments there are.
    pub fn count(&self) -> Result<u64> {
        self.file.count("comments")
    }

    pub fn each_thread(&self, take: &mut dyn FnMut(i64, String, String) -> Result<()>) -> Result<()> {
        self.file.each("threads", "SELECT id, uri, title FROM threads ORDER BY id", &mut |row| match integer(
            row.get_ref(0)?,
        ) {
            Some(id) => take(id, text(row.get_ref(1)?), text(row.get_ref(2)?)),
            None => Ok(()),
        })
    }

    pub fn each_comment(&self, take: &mut dyn FnMut(Row) -> Result<()>) -> Result<()> {
        let sql = format!(
            "SELECT c.id, c.tid, c.parent, p.created, c.created, c.modified, c.mode,
                    CASE WHEN octet_length(c.text) <= {LONGEST_BODY} THEN c.text END, octet_length(c.text),
                    substr(c.author, 1, 4000), substr(c.email, 1, 4000), substr(c.website, 1, 4000), c.likes, c.dislikes
             FROM comments c LEFT JOIN comments p ON p.id = c.parent ORDER BY c.id"
        );
        self.file.each("comments", &sql, &mut |row| match integer(row.get_ref(0)?) {
            Some(id) => take(comment(id, row)?),
            None => Ok(()),
        })
    }
}

fn comment(id: i64, row: &rusqlite::Row<'_>) -> Result<Row> {
    let body = row.get_ref(7)?;
    let length = integer(row.get_ref(8)?).unwrap_or(0);
    let too_long = usize::try_from(length).is_ok_and(|length| length > LONGEST_BODY);
    Ok(Row {
        id,
        thread: integer(row.get_ref(1)?),
        parent: integer(row.get_ref(2)?),
        parent_created: real(row.get_ref(3)?),
        created: real(row.get_ref(4)?),
        modified: real(row.get_ref(5)?),
        mode: integer(row.get_ref(6)?),
        text: (!too_long).then(|| text(body)),
        length,
        author: text(row.get_ref(9)?),
        email: text(row.get_ref(10)?),
        website: text(row.get_ref(11)?),
        likes: votes(row.get_ref(12)?),
        dislikes: votes(row.get_ref(13)?),
    })
}
