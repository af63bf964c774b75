//! The SQL that reads Waline's file.

use std::path::Path;

use super::{User, Written};
use crate::base::error::Result;
use crate::community::transfer::store::foreign::{Foreign, System, integer, quoted, text, votes};
use crate::community::transfer::tidy::LONGEST_BODY;

const WALINE: System = System { name: "Waline", file: "waline.sqlite" };
/// Tables have this in front of their names, unless a setting says otherwise.
const PREFIX: &str = "wl_";
/// What has been there since the first release.
const NEEDED: [&str; 8] = ["id", "comment", "insertedAt", "link", "mail", "nick", "status", "url"];

/// An open file of Waline's.
pub struct WalineFile {
    file: Foreign,
    comments: String,
    users: Option<String>,
}

impl WalineFile {
    /// # Errors
    /// `Invalid` when it is not Waline's, or is damaged.
    pub fn open(path: &Path) -> Result<Self> {
        let file = Foreign::open(path, WALINE)?;
        let prefix = prefix(&file)?;
        let comments = format!("{prefix}Comment");
        file.expect_table(&comments, &NEEDED)?;
        let users = format!("{prefix}Users");
        let has_users = file.has_table(&users)? && file.has_column(&comments, "user_id")?;
        let users = has_users.then_some(users);
        if let Some(users) = &users {
            file.expect_table(users, &["id", "display_name", "email", "url"])?;
        }
        file.expect_sound()?;
        Ok(Self { file, comments, users })
    }

    /// How many comments there are.
    pub fn count(&self) -> Result<u64> {
        self.file.count(&self.comments)
    }

    pub fn each_comment(&self, take: &mut dyn FnMut(Written) -> Result<()>) -> Result<()> {
        let (users, account) = match &self.users {
            Some(users) => (
                format!("LEFT JOIN {} u ON u.id = c.user_id", quoted(users)),
                "u.id, u.display_name, u.email, u.url",
            ),
            None => (String::new(), "NULL, NULL, NULL, NULL"),
        };
        let sql = format!(
            "SELECT c.id, {}, {}, substr(c.url, 1, 4000), c.insertedAt, {},
                    CASE WHEN octet_length(c.comment) <= {LONGEST_BODY} THEN c.comment END, octet_length(c.comment),
                    c.status, {}, {}, substr(c.nick, 1, 4000), substr(c.mail, 1, 4000), substr(c.link, 1, 4000), {},
                    {account}
             FROM {} c {users} ORDER BY c.id",
            self.column("pid")?,
            self.column("rid")?,
            self.column("createdAt")?,
            self.column("sticky")?,
            self.column("like")?,
            self.column("user_id")?,
            quoted(&self.comments),
        );
        self.file.each(&self.comments, &sql, &mut |row| take(written(&self.comments, row)?))
    }

    /// A column that came with a later release, or nothing.
    fn column(&self, name: &str) -> Result<String> {
        let is_there = self.file.has_column(&self.comments, name)?;
        Ok(if is_there { format!("c.{}", quoted(name)) } else { "NULL".into() })
    }
}

/// What stands before the names of this file's tables.
fn prefix(file: &Foreign) -> Result<String> {
    if file.has_table(&format!("{PREFIX}Comment"))? {
        return Ok(PREFIX.into());
    }
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '%Comment' ORDER BY name";
    let mut found = Vec::new();
    file.each("sqlite_schema", sql, &mut |row| {
        found.push(text(row.get_ref(0)?));
        Ok(())
    })?;
    let prefixes = found.iter().filter_map(|table| table.strip_suffix("Comment"));
    for prefix in prefixes {
        if file.has_table(&format!("{prefix}Counter"))? {
            return Ok(prefix.to_owned());
        }
    }
    Ok(PREFIX.into())
}

fn written(table: &str, row: &rusqlite::Row<'_>) -> Result<Written> {
    let at = |column: usize| Ok::<String, rusqlite::Error>(text(row.get_ref(column)?));
    let id = at(0)?;
    let length = u64::try_from(integer(row.get_ref(7)?).unwrap_or(0)).unwrap_or(0);
    let is_taken = usize::try_from(length).is_ok_and(|length| length <= LONGEST_BODY);
    let is_known = !at(15)?.is_empty();
    Ok(Written {
        place: format!("{table} row {id}"),
        id,
        pid: at(1)?,
        rid: at(2)?,
        page: at(3)?,
        dates: [at(4)?, at(5)?],
        text: if is_taken { Some(at(6)?) } else { None },
        length,
        status: at(8)?,
        sticky: is_true(&at(9)?),
        likes: votes(row.get_ref(10)?),
        nick: at(11)?,
        mail: at(12)?,
        link: at(13)?,
        user_id: at(14)?,
        user: if is_known { Some(User { name: at(16)?, email: at(17)?, url: at(18)? }) } else { None },
    })
}

fn is_true(text: &str) -> bool {
    matches!(text.trim(), "1" | "1.0" | "true")
}
