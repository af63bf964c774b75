//! Everything that is known of one comment, as its page shows it.

use rusqlite::Connection;

use super::filters::{Asked, QUEUE};
use super::views::{Item, Neighbour, Report, ThreadState};
use super::{Action, history, reports, thread_page, visible};
use crate::base::audit;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::base::order::Order;
use crate::community::bans;
use crate::community::comments::versions::{self, Piece};
use crate::community::comments::{self, Comment, Format, Status, threads};
use crate::community::sites;
use crate::web::access::Access;
use crate::web::frame::When;

const MOST_REPLIES: u32 = 50;
/// So much of a long conversation is shown above a comment.
const MOST_ABOVE: usize = 20;
const MOST_OTHERS: u32 = 5;
const MOST_TRACES: usize = 20;

pub struct Dossier {
    pub item: Item,
    pub site_key: String,
    pub pinned: bool,
    pub up: i64,
    pub down: i64,
    /// As it was written, to be edited.
    pub body: String,
    pub format: Format,
    pub person: Person,
    pub thread: ThreadFacts,
    pub ancestors: Vec<Neighbour>,
    pub replies: Vec<Neighbour>,
    pub more_replies: i64,
    pub reports: Vec<Report>,
    pub edits: Vec<Edit>,
    pub history: Vec<Past>,
    /// What each rule said of it, a sentence each.
    pub findings: Vec<String>,
    pub trail: Vec<Trace>,
    /// The whole of its audit trail, for those who may read that.
    pub trail_href: String,
}

/// What else the same person wrote here.
pub struct Person {
    pub published: i64,
    pub held: i64,
    pub spam: i64,
    pub latest: Vec<Neighbour>,
    /// All of it, in the queue.
    pub href: Option<String>,
}

pub struct ThreadFacts {
    pub href: String,
    pub count: i64,
    pub state: ThreadState,
    pub plain_href: String,
    /// All of the thread, in the queue.
    pub queue_href: String,
}

pub struct Past {
    pub was: String,
    pub became: String,
    pub by: String,
    pub when: When,
    pub undone: bool,
}

/// An entry of the audit trail, without from where: that is for those who may read the whole trail.
pub struct Trace {
    pub action: String,
    pub by: String,
    pub when: When,
}

pub struct Edit {
    pub when: When,
    /// Names the text that it replaced.
    pub replaced: i64,
    pub pieces: Vec<Piece>,
}

impl Dossier {
    /// Only a comment that starts a conversation can be pinned.
    pub fn is_root(&self) -> bool {
        self.ancestors.is_empty()
    }

    /// Whether readers see it, so that a reply makes sense.
    pub fn is_public(&self) -> bool {
        self.item.status == Status::Published.as_str()
    }

    /// Whether a ban can meet whoever wrote it.
    pub fn is_by_a_reader(&self) -> bool {
        self.item.author.badge != "owner" && !self.body.is_empty()
    }

    /// Whether its source is Markdown; HTML was imported.
    pub fn is_markdown(&self) -> bool {
        self.format == Format::Markdown
    }

    /// # Errors
    /// `NotFound` for a comment that is not there, or not theirs to see.
    pub fn read(c: &Connection, access: &Access, base: &str, id: Id, now: Millis) -> Result<Self> {
        let comment = visible(c, access, id)?;
        let thread = threads::by_id(c, comment.thread)?;
        let site = sites::by_id(c, thread.site)?;
        let mut replies = comments::replies(c, id, MOST_REPLIES + 1)?;
        let more_replies = i64::from(replies.len() > MOST_REPLIES as usize);
        replies.truncate(MOST_REPLIES as usize);
        let everything = |asked: Asked| Asked { status: "all".into(), ..asked }.href(QUEUE);
        Ok(Self {
            site_key: site.key.clone(),
            pinned: comment.pinned,
            up: i64::from(comment.up),
            down: i64::from(comment.down),
            body: comment.body.clone(),
            format: comment.format,
            person: Person::read(c, &comment, now)?,
            thread: ThreadFacts {
                href: thread_page::path(thread.id),
                count: i64::from(thread.count),
                state: ThreadState::new(Some(&site), &thread, now),
                plain_href: format!("/t/{}/{}#c-{id}", site.key, thread.id),
                queue_href: everything(Asked { thread: thread.id.to_string(), ..Asked::default() }),
            },
            ancestors: neighbours(ancestors(c, &comment)?, now),
            replies: neighbours(replies, now),
            more_replies,
            reports: reports(c, id)?.into_iter().map(|report| Report::new(report, now)).collect(),
            edits: versions::edits(c, &comment)?.into_iter().map(|edit| Edit::new(edit, now)).collect(),
            history: history(c, id)?.into_iter().map(|action| Past::new(action, now)).collect(),
            findings: comment.findings.lines().map(in_words).collect(),
            trail: trail(c, id, now)?,
            trail_href: format!("/admin/audit?subject=comment:{id}"),
            item: Item::read(c, base, comment, now)?,
        })
    }
}

impl Person {
    fn read(c: &Connection, comment: &Comment, now: Millis) -> Result<Self> {
        let (published, held, spam) = comments::by_same_person(c, comment)?;
        let author = match (comment.guest, comment.account) {
            (Some(guest), _) => Some(format!("guest:{guest}")),
            (None, Some(account)) => Some(format!("account:{account}")),
            (None, None) => Some(comment.author_email.clone()).filter(|email| !email.is_empty()),
        };
        let asked = author.map(|author| Asked { status: "all".into(), author, ..Asked::default() });
        Ok(Self {
            published,
            held,
            spam,
            latest: neighbours(comments::latest_of_person(c, comment, MOST_OTHERS)?, now),
            href: asked.map(|asked| asked.href(QUEUE)),
        })
    }
}

impl Past {
    fn new(action: Action, now: Millis) -> Self {
        Self {
            was: action.was,
            became: action.became,
            by: action.by,
            when: When::new(action.at, now),
            undone: action.undone,
        }
    }
}

impl Edit {
    fn new(edit: versions::Edit, now: Millis) -> Self {
        Self { when: When::new(edit.at, now), replaced: edit.replaced.0, pieces: edit.pieces }
    }
}

/// A finding as moderators read it.
fn in_words(finding: &str) -> String {
    if finding == bans::FINDING {
        return "Bans: written under a shadow ban; its author alone sees it.".to_owned();
    }
    finding.to_owned()
}

/// The latest entries of the audit trail on a comment, the newest first.
fn trail(c: &Connection, id: Id, now: Millis) -> Result<Vec<Trace>> {
    let filter = audit::Filter { subject: Some(format!("comment:{id}")), ..audit::Filter::default() };
    let found = audit::entries(c, &filter, Order::Newest, None, MOST_TRACES)?;
    let trace = |entry: audit::Recorded| Trace {
        action: entry.action,
        by: entry.actor,
        when: When::new(entry.at, now),
    };
    Ok(found.into_iter().map(trace).collect())
}

fn neighbours(list: Vec<Comment>, now: Millis) -> Vec<Neighbour> {
    list.into_iter().map(|one| Neighbour::new(one, now)).collect()
}

/// The nearest comments above, the uppermost first.
fn ancestors(c: &Connection, comment: &Comment) -> Result<Vec<Comment>> {
    let mut chain = Vec::new();
    let mut above = comment.parent;
    while let Some(id) = above.filter(|_| chain.len() < MOST_ABOVE) {
        let one = comments::by_id(c, id)?;
        above = one.parent;
        chain.push(one);
    }
    chain.reverse();
    Ok(chain)
}
