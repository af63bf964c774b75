//! Thousands of comments in all the ways in which they may hang together, and what comes back of them.

use std::fmt::Write as _;

use rusqlite::Transaction;

use super::rich::Place;
use super::*;
use crate::base::audit::Actor;
use crate::community::bans::Origin;
use crate::community::comments::imported::{Imported, Outcome, html, insert};
use crate::community::comments::moving::{Place as Aim, move_comment};
use crate::community::comments::page::page_key_of_own;
use crate::community::comments::{
    Comment, Format, Status, blank, by_id, report, set_owner, threads, versions, vote,
};
use crate::community::moderation::{Seen, Target, Verb, apply, undo};
use crate::community::sites::{Draft, Site};
use crate::community::users::guests::{self, Guest};
use crate::web::access::Access;

const COMMENTS: usize = 4000;
const THREADS: usize = 7;
const NOW: Millis = Millis(1_790_000_000_000);

/// The same numbers at each run.
struct Dice(u64);

impl Dice {
    /// Below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }
}

struct Town {
    dice: Dice,
    sites: Vec<(Site, Vec<Guest>)>,
    /// Site, thread, comment.
    said: Vec<(usize, usize, Id)>,
}

const TEXTS: [&str; 9] = [
    "plain",
    "*one*\ntwo <b> & \u{1f600} \u{202e}",
    "![a \"picture\"](https://a.example/b.png) and [a link](https://b.example \"t\")",
    "```rust\nlet x = 1;\n```\n\n> quoted\n\n1. a\n2. b",
    "<p>html <img src=\"https://a.example/c.png\" width=3 alt=x title=y></p><pre>\n\nkept</pre>",
    "<ol start=3><li>a</ol><code class=\"language-rust other\">b</code><abbr title=q>c</abbr>",
    "日本語のコメント ]]> \u{2028}",
    "line\n\n\n\nline \\* &nbsp; &amp;amp;",
    "https://example.org/?a=1&b=2 ~~gone~~",
];

fn found(tx: &Transaction<'_>) -> Result<Town> {
    let mut sites = Vec::new();
    for (key, images) in [("alpha", true), ("beta", false), ("gamma", true)] {
        let origins = format!("https://{key}.example");
        let draft = Draft { key: key.into(), origins, images, ..Draft::default() };
        let site = sites::create(tx, &draft, &Actor::command_line(), NOW)?;
        let mut people = Vec::new();
        for number in 0..40 {
            let guest = guests::create(tx, site.id, Millis(1_500_000_000_000))?;
            let email = if number % 2 == 0 { format!("p{number}@example.org") } else { String::new() };
            guests::introduce(tx, guest.id, &format!("P{number}"), &email, "")?;
            people.push(guest);
        }
        sites.push((site, people));
    }
    Ok(Town { dice: Dice(7), sites, said: Vec::new() })
}

impl Town {
    /// Fifty comments have the same time; a reply may be older than what it replies to.
    fn say(&mut self, tx: &Transaction<'_>, number: usize) -> Result<()> {
        let (at, thread) = (self.dice.roll(self.sites.len()), self.dice.roll(THREADS));
        let mine: Vec<Id> = self
            .said
            .iter()
            .rev()
            .filter(|said| (said.0, said.1) == (at, thread))
            .map(|said| said.2)
            .take(15)
            .collect();
        let parent = (!mine.is_empty() && !self.dice.one_in(3)).then(|| *self.dice.pick(&mine));
        let (site, people) = &self.sites[at];
        let page = page_key_of_own(&format!("/posts/{thread}"))?;
        let place = threads::find_or_create(tx, site, &page, "", "Title", NOW)?;
        let body = format!("{} {number}", self.dice.pick(&TEXTS));
        let format = if body.starts_with('<') { Format::Html } else { Format::Markdown };
        let (kind, known) = (self.dice.roll(12), self.dice.one_in(2));
        let status =
            [Status::Held, Status::Spam, Status::Deleted].get(kind).copied().unwrap_or(Status::Published);
        let body = if status == Status::Deleted { "" } else { body.as_str() };
        let id = number.to_string();
        let comment = Imported {
            source: if known { "other" } else { "" },
            source_id: &id,
            thread: place.id,
            parent,
            author_id: if self.dice.one_in(4) { "7" } else { "" },
            author_name: "Ann & Söhne",
            author_email: if self.dice.one_in(2) { "Ann@example.org" } else { "" },
            email_verified: false,
            author_url: "",
            format,
            body,
            html: &html(site, format, body),
            status,
            created_at: Millis(
                1_600_000_000_000 + 1000 * i64::try_from((number + self.dice.roll(200)) / 50).unwrap(),
            ),
            edited_at: self.dice.one_in(5).then_some(Millis(1_700_000_000_001)),
            up: 3,
            down: 1,
            pinned: self.dice.one_in(20),
        };
        let (Outcome::New(id) | Outcome::Already(id)) = insert(tx, site, &comment, NOW)?;
        if !known && self.dice.one_in(2) {
            set_owner(tx, id, Some(self.dice.pick(people).id), None)?;
        }
        self.said.push((at, thread, id));
        Ok(())
    }

    fn react(&mut self, tx: &Transaction<'_>, by: &Actor) -> Result<()> {
        let (at, _, id) = *self.dice.pick(&self.said.clone());
        let comment = by_id(tx, id)?;
        let origin =
            Origin { address: None, address_hash: format!("{:016}", self.dice.roll(9999)).into_bytes() };
        let guest = self.dice.pick(&self.sites[at].1).clone();
        let target = [Target { id, seen: Seen::Anything }];
        match self.dice.roll(8) {
            0..=2 if comment.status == Status::Published => {
                vote::vote(tx, id, Some(&guest), 1, &origin, NOW)?;
            }
            // Two reports of one comment may be the same but for where they came from.
            3 if comment.status == Status::Published => report::report(tx, id, None, "rude", &origin, NOW)?,
            4 if !comment.body.is_empty() => self.edit(tx, at, &comment)?,
            5 => drop(apply(tx, &target, Verb::Spam, &Access::Everything, by, NOW)),
            6 => {
                if let Ok(applied) = apply(tx, &target, Verb::Delete, &Access::Everything, by, NOW) {
                    match self.dice.roll(3) {
                        0 => blank(tx, id)?,
                        1 => {
                            undo(tx, applied.batch, &Access::Everything, by, NOW)?;
                        }
                        _ => (),
                    }
                }
            }
            _ => drop(apply(tx, &target, Verb::Approve, &Access::Everything, by, NOW)),
        }
        Ok(())
    }

    fn edit(&mut self, tx: &Transaction<'_>, at: usize, comment: &Comment) -> Result<()> {
        let mut body = comment.body.clone();
        let _ = write!(body, " edited {}", self.dice.roll(99));
        let html = html(&self.sites[at].0, comment.format, &body);
        versions::replace(
            tx,
            comment,
            &body,
            &html,
            NOW + std::time::Duration::from_secs(self.dice.roll(9999) as u64),
        )
    }

    /// Conversations change places, and two threads become one.
    fn rearrange(&mut self, tx: &Transaction<'_>) -> Result<()> {
        for _ in 0..60 {
            let said = self.said.clone();
            let ((at, _, id), (there, _, other)) = (*self.dice.pick(&said), *self.dice.pick(&said));
            let to = Aim { thread: by_id(tx, other)?.thread, parent: self.dice.one_in(2).then_some(other) };
            if at == there {
                // What cannot be (below itself, say) is refused; that is somebody else's test.
                let _ = move_comment(tx, id, to, NOW);
            }
        }
        let thread = |page: &str| threads::find(tx, &self.sites[0].0, &page_key_of_own(page)?);
        let (Some(from), Some(into)) = (thread("/posts/1")?, thread("/posts/2")?) else { return Ok(()) };
        threads::merge(tx, from.id, into.id, NOW).map(drop)
    }
}

fn lively() -> Place {
    let place = Place::new();
    place
        .db
        .write_blocking(|tx| {
            let mut actors = Vec::new();
            for name in ["wren", "Adler"] {
                let email = format!("{name}@example.org");
                let by = Actor::command_line();
                let account = accounts::create(tx, &email, name, "some hash", &by, NOW)?.id;
                actors.push(Actor { account: Some(account), ..by });
            }
            let mut town = found(tx)?;
            (0..COMMENTS).try_for_each(|number| town.say(tx, number))?;
            (0..COMMENTS).try_for_each(|number| town.react(tx, &actors[number % 2]))?;
            town.rearrange(tx)
        })
        .unwrap();
    place
}

/// The first line that differs says more than two texts of a megabyte.
fn assert_same(left: &[u8], right: &[u8]) {
    let (left, right) = (String::from_utf8_lossy(left), String::from_utf8_lossy(right));
    for (number, (left, right)) in left.lines().zip(right.lines()).enumerate() {
        assert_eq!(left, right, "line {}", number + 1);
    }
    assert_eq!(left.len(), right.len());
}

#[test]
fn thousands_of_comments_come_back_as_the_same_bytes_and_the_same_counts() {
    let (from, to) = (lively(), Place::new());
    let bytes = from.export(&Selection::Instance);
    let report = to.import(&bytes);
    assert_eq!((report.imported, report.already), (COMMENTS as u64, 0));
    assert_same(&to.export(&Selection::Instance), &bytes);
    assert_eq!(to.state(), from.state());
    let text = String::from_utf8(bytes.clone()).unwrap();
    for kind in "account guest thread comment version vote report moderation".split(' ') {
        assert!(text.matches(&format!("{{\"type\":\"{kind}\",")).count() > 1, "{kind}");
    }
    for status in ["published", "held", "spam", "deleted"] {
        assert!(text.contains(&format!("\"status\":\"{status}\"")), "{status}");
    }
    // And as well when it was brought back in pieces, site by site.
    let pieces = Place::new();
    for site in ["gamma", "alpha", "beta"] {
        pieces.try_import(&bytes, Some(site)).unwrap();
    }
    assert_same(&pieces.export(&Selection::Instance), &bytes);
    assert_eq!(pieces.state(), from.state());
}
