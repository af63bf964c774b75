//! Fills a new instance with the demo's thread.

use std::collections::HashMap;
use std::time::Duration;

use rusqlite::Transaction;

use super::content::{Line, THREAD};
use super::{EMAIL, PAGE, SITE};
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::imported::{Imported, Outcome, insert};
use crate::community::comments::page::page_key;
use crate::community::comments::{self, Format, Status, threads};
use crate::community::sites::{self, Draft, Site};
use crate::community::users::accounts;

const TITLE: &str = "The demo’s blog post";

pub fn fill(app: &App, url: &str, password: &str, now: Millis) -> Result<()> {
    let hash = accounts::hash_password(password)?;
    let origins = url.to_owned();
    app.db.write_blocking(move |tx| {
        let owner = accounts::create(tx, EMAIL, "Demo", &hash, now)?;
        let draft = Draft {
            key: SITE.into(),
            name: "The demo".into(),
            moderation: "first".into(),
            origins,
            ..Draft::default()
        };
        let site = sites::create(tx, &draft, now)?;
        let page_url = format!("{}{PAGE}", site.origins.first().map_or("", String::as_str));
        let page = page_key(&site, &page_url)?;
        let thread = threads::find_or_create(tx, &site, &page, &page_url, TITLE, now)?;
        let mut ids = HashMap::new();
        for line in THREAD {
            let id = write(tx, &site, thread.id, line, &ids, owner.id, now)?;
            ids.insert(line.key, id);
        }
        Ok(())
    })
}

fn write(
    tx: &Transaction<'_>,
    site: &Site,
    thread: Id,
    line: &Line,
    ids: &HashMap<&str, Id>,
    owner: Id,
    now: Millis,
) -> Result<Id> {
    let imported = Imported {
        source: SITE,
        source_id: line.key,
        thread,
        parent: line.reply_to.and_then(|key| ids.get(key).copied()),
        author_name: line.author,
        author_email: "",
        author_url: "",
        format: Format::Markdown,
        body: line.body,
        status: if line.held { Status::Held } else { Status::Published },
        created_at: now - Duration::from_secs(60 * u64::from(line.minutes_ago)),
        edited_at: None,
        up: u32::try_from(line.score.max(0)).unwrap_or(0),
        down: u32::try_from((-line.score).max(0)).unwrap_or(0),
    };
    let (Outcome::New(id) | Outcome::Already(id)) = insert(tx, site, &imported)?;
    if line.owner {
        comments::set_account(tx, id, owner)?;
    }
    if line.pinned {
        comments::pin(tx, &comments::by_id(tx, id)?, true, now)?;
    }
    Ok(id)
}
