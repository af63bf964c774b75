//! The SQL that reads Cusdis' file.

use std::collections::BTreeMap;
use std::path::Path;

use crate::base::error::Result;
use crate::community::transfer::store::foreign::{Foreign, System, integer, text};
use crate::community::transfer::tidy::{LONGEST_BODY, MOST_SITES};

const CUSDIS: System = System { name: "Cusdis", file: "db.sqlite" };
const NEEDED: [(&str, &[&str]); 4] = [
    ("projects", &["id", "title"]),
    ("pages", &["id", "slug", "url", "title", "projectId"]),
    ("users", &["id", "name", "email", "email_verified"]),
    (
        "comments",
        &[
            "id",
            "pageId",
            "created_at",
            "deletedAt",
            "moderatorId",
            "by_email",
            "by_nickname",
            "content",
            "approved",
            "parentId",
        ],
    ),
];

/// An open file of Cusdis'.
pub struct CusdisFile {
    file: Foreign,
    /// Columns that came with a later release, or nothing.
    project_deleted: &'static str,
    display_name: &'static str,
}

/// A row of `pages`.
#[derive(Debug)]
pub struct Page {
    pub id: String,
    pub slug: String,
    pub url: String,
    pub title: String,
    /// When its project was deleted, if it was.
    pub project_deleted: String,
}

/// A row of `comments`, with the account that moderates.
#[derive(Debug)]
pub struct Row {
    pub id: String,
    pub page: String,
    pub parent: String,
    pub created: String,
    pub deleted: String,
    pub approved: String,
    /// None when it is too long to be taken.
    pub content: Option<String>,
    pub length: i64,
    pub nickname: String,
    pub email: String,
    pub moderator: String,
    pub account_name: String,
    pub account_display_name: String,
    pub account_email: String,
    /// When the account's address was verified, if it was.
    pub account_verified: String,
}

impl CusdisFile {
    /// # Errors
    /// `Invalid` when it is not Cusdis', or is damaged.
    pub fn open(path: &Path) -> Result<Self> {
        let file = Foreign::open(path, CUSDIS)?;
        for (table, columns) in NEEDED {
            file.expect_table(table, columns)?;
        }
        let has_deleted = file.has_column("projects", "deleted_at")?;
        let has_name = file.has_column("users", "displayName")?;
        file.expect_sound()?;
        Ok(Self {
            file,
            project_deleted: if has_deleted { "pr.deleted_at" } else { "NULL" },
            display_name: if has_name { "u.displayName" } else { "NULL" },
        })
    }

    /// How many comments there are.
    pub fn count(&self) -> Result<u64> {
        self.file.count("comments")
    }

    pub fn each_page(&self, take: &mut dyn FnMut(Page) -> Result<()>) -> Result<()> {
        let sql = format!(
            "SELECT p.id, substr(p.slug, 1, 4000), substr(p.url, 1, 4000), substr(p.title, 1, 4000), {}
             FROM pages p LEFT JOIN projects pr ON pr.id = p.projectId",
            self.project_deleted
        );
        self.file.each("pages", &sql, &mut |row| {
            take(Page {
                id: text(row.get_ref(0)?),
                slug: text(row.get_ref(1)?),
                url: text(row.get_ref(2)?),
                title: text(row.get_ref(3)?),
                project_deleted: text(row.get_ref(4)?),
            })
        })
    }

    pub fn each_comment(&self, take: &mut dyn FnMut(Row) -> Result<()>) -> Result<()> {
        let sql = format!(
            "SELECT c.id, c.pageId, c.parentId, c.created_at, c.deletedAt, c.approved,
                    CASE WHEN octet_length(c.content) <= {LONGEST_BODY} THEN c.content END, octet_length(c.content),
                    substr(c.by_nickname, 1, 4000), substr(c.by_email, 1, 4000), c.moderatorId,
                    substr(u.name, 1, 4000), substr({}, 1, 4000), substr(u.email, 1, 4000), u.email_verified
             FROM comments c LEFT JOIN users u ON u.id = c.moderatorId AND c.moderatorId <> ''",
            self.display_name
        );
        self.file.each("comments", &sql, &mut |row| take(comment(row)?))
    }

    /// The titles of those that have comments and were not deleted, and how many comments they have.
    pub fn projects(&self) -> Result<BTreeMap<String, u64>> {
        let sql = format!(
            "SELECT pr.title, count(*) FROM comments c JOIN pages p ON p.id = c.pageId
             JOIN projects pr ON pr.id = p.projectId WHERE coalesce({}, '') = '' GROUP BY pr.id ORDER BY 1 LIMIT {MOST_SITES}",
            self.project_deleted
        );
        let mut projects = BTreeMap::new();
        self.file.each("projects", &sql, &mut |row| {
            let count = integer(row.get_ref(1)?).unwrap_or(0).unsigned_abs();
            *projects.entry(text(row.get_ref(0)?)).or_insert(0) += count;
            Ok(())
        })?;
        Ok(projects)
    }
}

fn comment(row: &rusqlite::Row<'_>) -> Result<Row> {
    let at = |column: usize| Ok::<String, rusqlite::Error>(text(row.get_ref(column)?));
    let length = integer(row.get_ref(7)?).unwrap_or(0);
    let too_long = usize::try_from(length).is_ok_and(|length| length > LONGEST_BODY);
    Ok(Row {
        id: at(0)?,
        page: at(1)?,
        parent: at(2)?,
        created: at(3)?,
        deleted: at(4)?,
        approved: at(5)?,
        content: if too_long { None } else { Some(at(6)?) },
        length,
        nickname: at(8)?,
        email: at(9)?,
        moderator: at(10)?,
        account_name: at(11)?,
        account_display_name: at(12)?,
        account_email: at(13)?,
        account_verified: at(14)?,
    })
}
