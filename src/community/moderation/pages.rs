//! The queue.

use actix_web::web::{Data, Query as Params};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::filters::{Asked, Chip, QUEUE};
use super::views::{Item, SiteChoice, Tab};
use super::{Batch, Filter, Query, Seen, Target, Verb, apply, batch, count, count_newer, queue, undo};
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::order::Order;
use crate::community::comments::Status;
use crate::web::access::Access;
use crate::web::address::base_url;
use crate::web::caller::Moderator;
use crate::web::form::Form;
use crate::web::frame::{Flash, Frame};
use crate::web::respond::{page, see_other};

const PAGE: u32 = 30;
/// Counting goes no further: "more than 10,000" says enough, and where words are looked for, "more than 1,000".
const MOST_COUNTED: u32 = 10_001;
const MOST_FOUND: u32 = 1001;
/// How many new ones the page is told of while it is open.
const MOST_NEWS: u32 = 100;

#[derive(Template)]
#[template(path = "moderation/queue.html")]
struct QueuePage {
    frame: Frame,
    status: &'static str,
    asked: Asked,
    /// Whether anything but the tab and the site was asked for.
    narrowed: bool,
    chips: Vec<Chip>,
    tabs: Vec<Tab>,
    sites: Vec<SiteChoice>,
    comments: Vec<Item>,
    total: i64,
    /// Whether words were looked for.
    searched: bool,
    back: String,
    /// Where the page asks whether anything is newer than what it shows.
    news: String,
    /// The newest comment that it shows from its beginning; else what `made` is.
    after: String,
    /// The id that a comment of this moment would have.
    made: String,
    oldest_first: bool,
    other_order: String,
    first: Option<String>,
    next: Option<String>,
}

impl QueuePage {
    /// How many there are, in words.
    fn total_words(&self) -> String {
        let shown = i64::try_from(self.comments.len()).unwrap_or(i64::MAX);
        match self.total {
            total if total >= i64::from(MOST_COUNTED) => format!("{shown} of more than 10,000 comments"),
            total if self.searched && total >= i64::from(MOST_FOUND) => {
                format!("{shown} of more than 1,000 comments")
            }
            total if total == shown => comments(total),
            total => format!("{shown} of {}", comments(total)),
        }
    }
}

impl QueuePage {
    /// What can be done to all of them at once, and what the button says.
    fn for_all(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        let verbs = [("approve", "Approve"), ("spam", "Mark as spam"), ("delete", "Delete")];
        let tab = self.status;
        verbs.into_iter().filter(move |(verb, _)| *verb != tab)
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    cursor: String,
    /// The batch that was just done, to tell of it.
    did: String,
    undone: Option<u32>,
    /// How many were left alone, since they were edited meanwhile.
    changed: usize,
}

/// What the page shows of the database.
struct Content {
    tabs: Vec<Tab>,
    chips: Vec<Chip>,
    sites: Vec<SiteChoice>,
    comments: Vec<Item>,
    total: i64,
    searched: bool,
    next: Option<Id>,
    done: Option<Batch>,
}

/// `GET /admin/queue`
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: Moderator,
    asked: Params<Asked>,
    done: Params<Done>,
) -> Result<HttpResponse> {
    let (asked, done) = (asked.into_inner(), done.into_inner());
    let (base, asking, did, now) = (base_url(&request), asked.clone(), done.clone(), Millis::now());
    let content = app.db.read(move |c| Content::read(c, &who.0.access, &base, &asking, &did, now)).await?;
    let back = here(&asked, &done.cursor);
    let flash = match (content.done, done.undone) {
        (Some(batch), _) if !batch.undone => {
            Some(told(&batch, done.changed).with_undo(batch.id, back.clone()))
        }
        (_, Some(number)) => Some(undone(number, done.changed)),
        _ if done.changed > 0 => Some(left_alone()),
        _ => None,
    };
    let (filter, order, made) = (asked.filter(), asked.order(), Id::at(now, 0).to_string());
    let newest = content.comments.first().filter(|_| order == Order::Newest);
    let after = newest.map_or_else(|| made.clone(), |item| item.id.clone());
    let title = if filter == Filter::Held { "Queue" } else { "Comments" };
    let frame = Frame::of(&request, &app, title, "queue").await?.with_flash(flash);
    page(&QueuePage {
        frame,
        status: filter.as_str(),
        narrowed: !content.chips.is_empty(),
        chips: content.chips,
        tabs: content.tabs,
        sites: content.sites,
        comments: content.comments,
        total: content.total,
        searched: content.searched,
        news: asked.with_order(Order::Newest).href("/admin/queue/news"),
        after,
        made,
        oldest_first: order == Order::Oldest,
        other_order: asked.with_order(order.other()).href(QUEUE),
        first: (!done.cursor.is_empty()).then(|| asked.href(QUEUE)),
        next: content.next.map(|id| here(&asked, &id.to_string())),
        back,
        asked,
    })
}

/// What came in since a page was made.
#[derive(Serialize)]
struct News {
    fresh: i64,
}

#[derive(Deserialize)]
pub struct After {
    /// The newest comment of the page; the moment it was made, where it had none.
    after: String,
    /// The id that a comment would have that was written when the page was made.
    made: Option<String>,
}

/// `GET /admin/queue/news`: how many comments are newer than those on the page that asks, or came back to the queue.
pub async fn news(
    app: Data<App>,
    who: Moderator,
    asked: Params<Asked>,
    after: Params<After>,
) -> Result<HttpResponse> {
    let since = read_id(after.made.as_ref().unwrap_or(&after.after))?.moment();
    let after = read_id(&after.after)?;
    let fresh = app
        .db
        .read(move |c| {
            let (query, _) = asked.read(c, &who.0.access)?;
            count_newer(c, &query, after, since, MOST_NEWS)
        })
        .await?;
    Ok(HttpResponse::Ok().insert_header(("cache-control", "no-store")).json(News { fresh }))
}

/// `POST /admin/queue`: a button beside one comment, or one for all that are ticked.
pub async fn act(app: Data<App>, who: Moderator, by: Actor, form: Form) -> Result<HttpResponse> {
    let back = back_of(&form);
    let (verb, ids) = match form.text("one").split_once(':') {
        Some((verb, id)) => (verb, vec![id]),
        None => (form.text("bulk"), form.all("id").collect()),
    };
    let verb = Verb::parse(verb)?;
    let targets = ids.into_iter().map(|id| target(&form, id)).collect::<Result<Vec<_>>>()?;
    if targets.is_empty() {
        return Ok(see_other(&back));
    }
    let now = Millis::now();
    let applied = app.db.write(move |tx| apply(tx, &targets, verb, &who.0.access, &by, now)).await?;
    Ok(see_other(&format!("{back}&did={}&changed={}", applied.batch, applied.changed)))
}

/// `POST /admin/queue/undo`
pub async fn take_back(app: Data<App>, who: Moderator, by: Actor, form: Form) -> Result<HttpResponse> {
    let (batch, now) = (read_id(form.text("batch"))?, Millis::now());
    let (mut number, mut changed) = (0, 0);
    loop {
        let (access, acting) = (who.0.access.clone(), by.clone());
        let step = app.db.write(move |tx| undo(tx, batch, &access, &acting, now)).await?;
        number += step.comments;
        changed += step.changed;
        if step.is_all {
            break;
        }
    }
    if number == 0 && changed == 0 {
        return Err(Error::Conflict("There is nothing left of that to undo.".into()));
    }
    Ok(see_other(&format!("{}&undone={number}&changed={changed}", back_of(&form))))
}

impl Content {
    fn read(
        c: &Connection,
        access: &Access,
        base: &str,
        asked: &Asked,
        done: &Done,
        now: Millis,
    ) -> Result<Self> {
        let (query, sites) = asked.read(c, access)?;
        let mut found = queue(c, &query, asked.order(), done.cursor.parse().ok(), PAGE + 1)?;
        let next =
            found.get(PAGE as usize - 1).map(|comment| comment.id).filter(|_| found.len() > PAGE as usize);
        found.truncate(PAGE as usize);
        let shown = i64::try_from(found.len()).unwrap_or(i64::MAX);
        // All there ever were are too many to count for a line of text.
        let everything = query.filter == Filter::All && !query.is_narrowed();
        Ok(Self {
            tabs: tabs(c, asked, &query)?,
            chips: asked.chips(c, access, query.author.as_ref())?,
            comments: found
                .into_iter()
                .map(|comment| Item::read(c, base, comment, now))
                .collect::<Result<_>>()?,
            total: if everything { shown } else { count(c, &query, most(&query))? },
            searched: query.has_words(),
            sites: sites.into_iter().map(|site| SiteChoice::new(site, &asked.site)).collect(),
            next,
            done: done.did.parse().ok().map(|id| batch(c, access, id)).transpose()?.flatten(),
        })
    }
}

/// The tabs keep the other filters; the numbers on them count what those leave.
fn tabs(c: &Connection, asked: &Asked, query: &Query) -> Result<Vec<Tab>> {
    let most = most(query);
    let tab = |filter: Filter| {
        let label = match filter {
            Filter::Held => "Held",
            Filter::Reported => "Reported",
            Filter::Spam => "Spam",
            Filter::All => "All recent",
        };
        let asking = Query { filter, ..query.clone() };
        let count = if filter == Filter::All { None } else { Some(count(c, &asking, most)?) };
        let count = count
            .map(|count| if count < i64::from(most) { count.to_string() } else { format!("{}+", count - 1) });
        Ok(Tab { label, href: asked.with_filter(filter).href(QUEUE), count, current: filter == query.filter })
    };
    Filter::EVERY.into_iter().map(tab).collect()
}

fn most(query: &Query) -> u32 {
    if query.has_words() { MOST_FOUND } else { MOST_COUNTED }
}

fn here(asked: &Asked, cursor: &str) -> String {
    let href = asked.href(QUEUE);
    if cursor.is_empty() { href } else { format!("{href}&cursor={cursor}") }
}

/// Where a form came from; only a page of the dashboard is gone back to.
pub fn back_of(form: &Form) -> String {
    let back = form.text("back");
    let own = back.starts_with("/admin/") && !back.contains(['\r', '\n', '\\']);
    let back = if own { back } else { QUEUE };
    if back.contains('?') { back.to_owned() } else { format!("{back}?") }
}

/// The comment of that id, and which text of it the form had: `seen` is `ID:VERSION`.
pub fn target(form: &Form, id: &str) -> Result<Target> {
    let seen = form.all("seen").filter_map(|seen| seen.split_once(':')).find(|(of, _)| *of == id);
    let version = seen.and_then(|(_, version)| version.parse().ok()).map(Millis);
    Ok(Target { id: read_id(id)?, seen: version.map_or(Seen::Anything, Seen::Version) })
}

pub fn read_id(text: &str) -> Result<Id> {
    text.parse().map_err(|_| Error::NotFound("There is no such comment.".into()))
}

/// What a batch did, in words.
pub fn told(batch: &Batch, changed: usize) -> Flash {
    let what = match batch.became {
        Status::Published => "Approved",
        Status::Held => "Held",
        Status::Spam => "Marked as spam",
        Status::Deleted => "Deleted",
    };
    let rest = if changed > 0 {
        format!(" {changed} left as it was: edited since you read it.")
    } else {
        String::new()
    };
    Flash::done(format!("{what}: {}.{rest}", comments(batch.count)))
}

/// What an undo did, in words.
pub fn undone(number: u32, changed: usize) -> Flash {
    let rest = match changed {
        0 => "",
        _ => " What its author edited meanwhile stays as it is: read it first.",
    };
    let done = Flash::done(format!("Undone: {}.{rest}", comments(i64::from(number))));
    Flash { wrong: changed > 0, ..done }
}

/// Nothing was approved, as all of it had been edited meanwhile.
pub fn left_alone() -> Flash {
    let text = "Not approved: its author edited it since you read it. This is what it says now.".to_owned();
    Flash { text, wrong: true, undo: None }
}

/// `1 comment`, `2 comments`.
pub fn comments(number: i64) -> String {
    format!("{number} comment{}", if number == 1 { "" } else { "s" })
}
