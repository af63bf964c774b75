//! Fills a new instance with the demo's thread.

use std::collections::HashMap;
use std::time::Duration;

use rusqlite::Transaction;

use super::content::{Line, THREAD};
use super::{EMAIL, PAGE, SITE};
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::imported::{Imported, Outcome, html, insert};
use crate::community::comments::page::page_key;
use crate::community::comments::{self, Format, Status, status, threads};
use crate::community::sites::{self, Draft, Site};
use crate::community::spam;
use crate::community::users::{accounts, guests};

const TITLE: &str = "The best part is below the line";

/// What is there already while the thread is written.
struct Cast<'a> {
    site: Site,
    thread: Id,
    owner: Id,
    now: Millis,
    comments: HashMap<&'a str, Id>,
    guests: HashMap<&'a str, Id>,
}

pub fn fill(app: &App, url: &str, password: &str, now: Millis) -> Result<()> {
    let hash = accounts::hash_password(password)?;
    let origins = url.to_owned();
    app.db.write_blocking(move |tx| {
        let by = Actor::command_line();
        let owner = accounts::create(tx, EMAIL, "Wren", &hash, &by, now)?.id;
        let draft = Draft {
            key: SITE.into(),
            name: "The demo".into(),
            moderation: "first".into(),
            origins,
            ..Draft::default()
        };
        let site = sites::create(tx, &draft, &by, now)?;
        let page_url = format!("{}{PAGE}", site.origins.first().map_or("", String::as_str));
        let page = page_key(&site, &page_url)?;
        let thread = threads::find_or_create(tx, &site, &page, &page_url, TITLE, now)?.id;
        let mut cast = Cast { site, thread, owner, now, comments: HashMap::new(), guests: HashMap::new() };
        THREAD.iter().try_for_each(|line| cast.write(tx, line))
    })
}

impl<'a> Cast<'a> {
    fn write(&mut self, tx: &Transaction<'_>, line: &'a Line) -> Result<()> {
        let html = html(&self.site, Format::Markdown, line.body);
        let imported = Imported {
            source: "",
            source_id: line.key,
            thread: self.thread,
            parent: line.reply_to.and_then(|key| self.comments.get(key).copied()),
            author_id: "",
            author_name: line.author,
            author_email: "",
            email_verified: false,
            author_url: "",
            format: Format::Markdown,
            body: line.body,
            html: &html,
            status: if line.held { Status::Held } else { Status::Published },
            created_at: self.now - Duration::from_mins(u64::from(line.minutes_ago)),
            edited_at: None,
            up: u32::try_from(line.score.max(0)).unwrap_or(0),
            down: u32::try_from((-line.score).max(0)).unwrap_or(0),
            pinned: line.pinned,
        };
        let (Outcome::New(id) | Outcome::Already(id)) = insert(tx, &self.site, &imported, self.now)?;
        self.comments.insert(line.key, id);
        let guest = if line.owner { None } else { Some(self.guest(tx, line.author)?) };
        comments::set_owner(tx, id, guest, line.owner.then_some(self.owner))?;
        if line.held {
            status::set(tx, &comments::by_id(tx, id)?, Status::Held, spam::NEWCOMER, self.now)?;
        }
        Ok(())
    }

    fn guest(&mut self, tx: &Transaction<'_>, name: &'a str) -> Result<Id> {
        if let Some(known) = self.guests.get(name) {
            return Ok(*known);
        }
        let id = guests::create(tx, self.site.id, self.now)?.id;
        self.guests.insert(name, id);
        Ok(id)
    }
}
