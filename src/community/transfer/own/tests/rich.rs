//! A database with comments of every kind that there is.

use std::path::PathBuf;

use rusqlite::Transaction;
use tempfile::TempDir;

use super::*;
use crate::base::audit::Actor;
use crate::community::bans::Origin;
use crate::community::comments::imported::{Imported, Outcome, html, insert};
use crate::community::comments::page::page_key_of_own;
use crate::community::comments::{Format, Status, report, set_owner, threads, vote};
use crate::community::moderation::{Seen, Target as Aim, Verb, apply, set_pinned};
use crate::community::users::guests;
use crate::web::access::Access;

/// A database in a folder of its own.
pub struct Place {
    pub folder: TempDir,
    pub db: Db,
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("afterword.sqlite")).unwrap();
        Self { folder, db }
    }

    /// With two sites, and comments of every kind that there is.
    pub fn rich() -> Self {
        let place = Self::new();
        place.db.write_blocking(fill).unwrap();
        place
    }

    pub fn export(&self, selection: &Selection) -> Vec<u8> {
        let mut bytes = Vec::new();
        export::write(&self.db, selection, export::Format::Jsonl, &mut bytes, &mut |_| ()).unwrap();
        bytes
    }

    pub fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join("export.jsonl");
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub fn try_import(&self, bytes: &[u8], site: Option<&str>) -> Result<Report> {
        import(
            &self.db,
            &Request { file: &self.file(bytes), site, dry_run: false },
            &Actor::command_line(),
            &mut |_| Ok(()),
        )
    }

    pub fn import(&self, bytes: &[u8]) -> Report {
        self.try_import(bytes, None).unwrap()
    }

    /// One line a row.
    pub fn ask(&self, sql: &str) -> Vec<String> {
        self.db
            .read_blocking(|connection| {
                let mut statement = connection.prepare(sql)?;
                let rows = statement.query_map([], |row| row.get(0))?;
                Ok(rows.collect::<rusqlite::Result<_>>()?)
            })
            .unwrap()
    }

    /// All that readers and moderators see of comments, as it is stored.
    pub fn state(&self) -> Vec<String> {
        let all = [
            "SELECT id || hex(path) || depth || root_id || status || pinned || up || down || rank || live_replies || shown
                || html || ifnull(guest_id, '-') || ifnull(edited_at, '-') FROM comments ORDER BY id",
            "SELECT id || page || locked || held || count || ifnull(close_after, '-') FROM threads ORDER BY id",
            "SELECT page || thread_id FROM thread_aliases ORDER BY page",
            "SELECT comment_id || guest_id || value FROM votes ORDER BY comment_id, guest_id",
            "SELECT comment_id || reason || ifnull(settled_by, '-') FROM reports ORDER BY comment_id, reason, settled_by",
            "SELECT id || batch || was || became || undone FROM moderations ORDER BY id",
        ];
        all.iter().flat_map(|sql| self.ask(sql)).collect()
    }
}

pub const NOW: Millis = Millis(1_790_000_000_000);

/// A comment that stands under its page at once.
pub fn say(
    tx: &Transaction<'_>,
    site: &sites::Site,
    key: &str,
    parent: Option<Id>,
    status: Status,
    body: &str,
) -> Result<Id> {
    let page = page_key_of_own(&format!("/posts/{}", key.split('-').next().unwrap_or(key)))?;
    let thread = threads::find_or_create(tx, site, &page, "", "A “title” & <more>", NOW)?;
    let count: i64 = tx.query_row("SELECT count(*) FROM comments", [], |row| row.get(0))?;
    let format = if body.starts_with('<') { Format::Html } else { Format::Markdown };
    let html = html(site, format, body);
    let imported = Imported {
        source: "test",
        source_id: key,
        thread: thread.id,
        parent,
        author_name: if status == Status::Deleted { "" } else { "Ann & Söhne" },
        author_email: if status == Status::Deleted { "" } else { "ann@example.org" },
        author_url: if status == Status::Deleted { "" } else { "https://ann.example/" },
        format,
        body,
        html: &html,
        author_id: "",
        email_verified: false,
        pinned: false,
        status,
        created_at: Millis(1_600_000_000_000 + 1000 * count),
        edited_at: (count % 2 == 0).then_some(Millis(1_700_000_000_001)),
        up: 3,
        down: 1,
    };
    let (Outcome::New(id) | Outcome::Already(id)) = insert(tx, site, &imported, NOW)?;
    Ok(id)
}

fn fill(tx: &Transaction<'_>) -> Result<()> {
    let by = Actor::command_line();
    let owner = accounts::create(tx, "owner@example.org", "Wren", "some hash", &by, NOW)?.id;
    let by = Actor { account: Some(owner), ..by };
    let draft = |key: &str| Draft {
        key: key.into(),
        name: format!("The {key}"),
        origins: format!("https://{key}.example\nhttps://www.{key}.example"),
        ..Draft::default()
    };
    let (blog, shop) =
        (sites::create(tx, &draft("blog"), &by, NOW)?, sites::create(tx, &draft("shop"), &by, NOW)?);
    let first = say(tx, &blog, "a-1", None, Status::Published, "*One*\ntwo <b>")?;
    let second =
        say(tx, &blog, "a-2", Some(first), Status::Published, "<pre>\n\nkept</pre><img src=x onerror=y>")?;
    let gone = say(tx, &blog, "a-3", None, Status::Deleted, "")?;
    say(tx, &blog, "a-4", Some(gone), Status::Published, "still here, below what is gone")?;
    let held = say(tx, &blog, "b-1", None, Status::Held, "waits")?;
    let cleo = guests::create(tx, blog.id, NOW)?;
    guests::introduce(tx, cleo.id, "Cleo", "", "https://cleo.example/")?;
    set_owner(tx, held, Some(cleo.id), None)?;
    say(tx, &blog, "b-2", None, Status::Spam, "buy [this](https://spam.example)")?;
    let other = say(tx, &shop, "c-1", None, Status::Published, "in the shop: ]]> \u{1f600} \u{202e}")?;
    let mut deep = second;
    for number in 5..30 {
        deep = say(tx, &blog, &format!("a-{number}"), Some(deep), Status::Published, "deeper")?;
    }
    let guest = guests::create(tx, blog.id, NOW)?;
    guests::introduce(tx, guest.id, "Ann", "ann@example.org", "")?;
    set_owner(tx, second, Some(guest.id), None)?;
    set_owner(tx, other, None, Some(owner))?;
    let from = |hash: &[u8]| Origin { address: None, address_hash: hash.to_vec() };
    vote::vote(tx, first, Some(&guest), -1, &from(b"sixteen bytes .."), NOW)?;
    vote::vote(tx, second, None, 1, &from(b"sixteen bytes .."), NOW)?;
    for address in [b"sixteen bytes ..", b"another sixteen.", b"a third of them."] {
        report::report(tx, second, None, "rude\n\"very\"", &from(address), NOW)?;
    }
    apply(tx, &[Aim { id: second, seen: Seen::Anything }], Verb::Approve, &Access::Everything, &by, NOW)?;
    report::report(tx, second, None, "again", &from(b"one more address"), NOW)?;
    set_pinned(tx, first, true, &Access::Everything, &by, NOW)?;
    let thread = threads::find(tx, &blog, &page_key_of_own("/posts/a")?)?.unwrap().id;
    threads::set_locked(tx, thread, true, NOW)?;
    for alias in ["old-key", "/old/a", "/old/A?b=c"] {
        threads::add_alias(tx, &blog, &page_key_of_own(alias)?, thread)?;
    }
    tx.execute("UPDATE threads SET held = 1, close_after = 9 WHERE page = '/posts/b'", [])?;
    tx.execute("UPDATE comments SET findings = 'links: 1' || char(10) || 'new' WHERE status = 'spam'", [])?;
    tx.execute(
        "UPDATE sites SET blocked_words = 'one' || char(10) || 'two', theme = 'dark', accent = '#1f5FbF'",
        [],
    )?;
    for at in [7, 8] {
        tx.execute(
            "INSERT INTO comment_versions (comment_id, written_at, body, html) VALUES (?1, ?2, 'was', '<p>was</p>')",
            (first, at),
        )?;
    }
    Ok(())
}
