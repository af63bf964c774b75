//! `afterword thread`

use clap::{Args, Subcommand};
use serde_json::json;

use super::Place;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::db::Db;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::comments::threads::list::{Order, Row, State, Wanted, list, waiting};
use crate::community::comments::threads::{self, Thread};
use crate::community::moderation::thread_changes::{Change, change, merge as merge_threads};
use crate::community::sites::{self, Site};

/// The threads of a site: list, lock, hold, rename, move, merge
///
/// A thread is named by its page's key (/posts/a), the page's address, or the thread's number, as
/// `afterword thread list` prints it. All of these work while the server runs.
#[derive(Args)]
pub struct ThreadCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct OfSite {
    /// Key of the site
    #[arg(long, value_name = "KEY")]
    site: String,
}

/// A thread that is named.
#[derive(Args)]
struct One {
    #[command(flatten)]
    of: OfSite,
    /// The page's key or address, or the thread's number
    thread: String,
}

#[derive(Subcommand)]
enum Command {
    /// List threads, those with the newest comments first
    List(List),
    /// Close a thread for new comments; what is there can still be read
    Lock(One),
    /// Open a locked thread again
    Unlock(One),
    /// Make every new comment of a thread wait for a moderator
    Hold(One),
    /// Let new comments go by the site's rule again
    Unhold(One),
    /// Give a thread another title
    Rename {
        #[command(flatten)]
        one: One,
        /// The title; empty for the one that the page of the next comment says
        title: String,
    },
    /// Say when a thread closes by itself
    CloseAfter {
        #[command(flatten)]
        one: One,
        /// Days after its first comment; 0 for never, `site` for what the site says
        days: String,
    },
    /// Move a thread to another page; its old key still leads to it
    ///
    /// With the page's whole address, links to its comments lead there from then on. When there is a
    /// thread under the new key already, merge the two.
    Move {
        #[command(flatten)]
        one: One,
        /// The address or key of the page it goes to
        page: String,
    },
    /// Put all comments of one thread into another one; this cannot be undone
    ///
    /// The first is gone afterwards: its keys, its plain page and its feed lead to the second.
    Merge {
        #[command(flatten)]
        one: One,
        /// The thread that stays, named likewise
        into: String,
        /// Say what would happen and change nothing
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Args)]
struct List {
    #[command(flatten)]
    of: OfSite,
    /// Only those with this in their title, key or address
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    text: String,
    /// Only those in this state
    #[arg(long, default_value = "any", value_parser = ["any", "open", "locked", "closed", "held", "waiting"])]
    state: String,
    /// By what they are put in order
    #[arg(long, default_value = "last", value_parser = ["last", "comments", "title"])]
    sort: String,
    /// At most so many
    #[arg(long, default_value_t = 100, value_name = "N")]
    limit: usize,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl ThreadCommand {
    pub fn run(self, place: &Place) -> Result<()> {
        let db = place.existing_app()?.db;
        match self.command {
            Command::List(asked) => asked.print(&db),
            Command::Merge { one, into, dry_run } => merge(&db, &one, &into, dry_run),
            Command::Lock(one) => one.change(&db, Change::Lock(true)),
            Command::Unlock(one) => one.change(&db, Change::Lock(false)),
            Command::Hold(one) => one.change(&db, Change::Hold(true)),
            Command::Unhold(one) => one.change(&db, Change::Hold(false)),
            Command::Rename { one, title } => one.change(&db, Change::Title(title)),
            Command::CloseAfter { one, days } => one.change(&db, Change::Close(days_of(&days)?)),
            Command::Move { one, page } => one.change(&db, Change::Move { page, without: None }),
        }
    }
}

impl One {
    fn change(self, db: &Db, wanted: Change) -> Result<()> {
        let told = wanted.told();
        let page = db.write_blocking(move |tx| {
            let site = sites::by_key(tx, &self.of.site)?;
            let thread = threads::named(tx, &site, &self.thread)?;
            change(tx, thread.id, &wanted, &Actor::command_line(), Millis::now())?;
            Ok(threads::by_id(tx, thread.id)?.page)
        })?;
        say!("{page}: {told}");
        Ok(())
    }
}

fn days_of(text: &str) -> Result<Option<u32>> {
    if text == "site" {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|_| Error::invalid("days", "Write a number of days, 0 for never, or the word site."))
}

impl List {
    fn print(self, db: &Db) -> Result<()> {
        let (order, now) = (Order::parse(&self.sort), Millis::now());
        let wanted = |site: &Site| Wanted {
            sites: vec![site.id],
            state: State::parse(&self.state),
            text: self.text.clone(),
            order,
            descending: order != Order::Name,
            after: None,
            limit: self.limit,
            now,
        };
        let (site, rows) = db.read_blocking(|c| {
            let site = sites::by_key(c, &self.of.site)?;
            let rows = list(c, &wanted(&site))?;
            let rows = rows.into_iter().map(|row| Ok((waiting(c, row.thread.id)?, row)));
            Ok((site, rows.collect::<Result<Vec<_>>>()?))
        })?;
        if self.json {
            let rows: Vec<_> = rows.iter().map(|(held, row)| as_json(&site, row, *held, now)).collect();
            say!("{}", serde_json::to_string_pretty(&rows).map_err(Error::internal)?);
            return Ok(());
        }
        if rows.is_empty() {
            say!("No thread of {} fits.", site.name);
        }
        for (held, Row { thread, .. }) in rows {
            let state = state(&site, &thread, now);
            let waits = if held > 0 { format!(" (+{held} held)") } else { String::new() };
            say!("{}  {:>6}{waits}  {state:<8} {}  {}", thread.id, thread.count, thread.page, thread.title);
        }
        Ok(())
    }
}

fn as_json(site: &Site, row: &Row, held: i64, now: Millis) -> serde_json::Value {
    let thread = &row.thread;
    json!({
        "id": thread.id,
        "page": thread.page,
        "url": thread.url,
        "title": thread.title,
        "published": thread.count,
        "held": held,
        "state": state(site, thread, now),
        "holds_new_comments": thread.held,
        "last_comment_at": thread.newest.map(Id::moment),
    })
}

fn state(site: &Site, thread: &Thread, now: Millis) -> &'static str {
    match thread.closing(site, now) {
        threads::Closing::Open => "open",
        threads::Closing::Locked => "locked",
        threads::Closing::Passed(_) => "closed",
    }
}

fn merge(db: &Db, from: &One, into: &str, dry_run: bool) -> Result<()> {
    let (from, into, tally) = db.read_blocking(|c| {
        let site = sites::by_key(c, &from.of.site)?;
        let (from, into) = (threads::named(c, &site, &from.thread)?, threads::named(c, &site, into)?);
        threads::check_pair(&from, &into)?;
        let tally = threads::tally(c, from.id)?;
        Ok((from, into, tally))
    })?;
    if dry_run {
        say!(
            "{} published, {} held, {} spam and {} deleted comments of {} would go into {}, which has {} published. \
             Nothing was changed.",
            tally.published,
            tally.held,
            tally.spam,
            tally.deleted,
            from.page,
            into.page,
            into.count
        );
        return Ok(());
    }
    let (gone, stays) = (from.id, into.id);
    let moved =
        db.write_blocking(move |tx| merge_threads(tx, gone, stays, &Actor::command_line(), Millis::now()))?;
    say!("{moved} comments of {} are in {} now, and its keys lead there.", from.page, into.page);
    Ok(())
}
