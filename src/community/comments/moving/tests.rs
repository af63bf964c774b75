//! Random trees, random moves and merges, held against a model that keeps nothing but who replies to whom.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rusqlite::Connection;

use super::*;
use crate::community::comments::imported::{Imported, Outcome, insert};
use crate::community::comments::page::page_key_of_own;
use crate::community::comments::threads::{Thread, find_or_create, merge};
use crate::community::comments::{Format, pin};
use crate::community::sites::{self, Draft, Site};

const NOW: Millis = Millis(1_800_000_000_000);

fn database() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    for step in [
        include_str!("../../../base/migrations/0001_expand_initial.sql"),
        include_str!("../../../base/migrations/0002_expand_dashboard.sql"),
        include_str!("../../../base/migrations/0003_expand_threads.sql"),
        include_str!("../../../base/migrations/0004_expand_revisions.sql"),
    ] {
        connection.execute_batch(step).unwrap();
    }
    connection.pragma_update(None, "foreign_keys", true).unwrap();
    connection
}

fn site(tx: &Transaction<'_>, key: &str) -> Site {
    let draft = Draft { key: key.into(), origins: format!("https://{key}.example"), ..Draft::default() };
    sites::create(tx, &draft, &crate::base::audit::Actor::command_line(), NOW).unwrap()
}

fn thread(tx: &Transaction<'_>, site: &Site, page: &str) -> Thread {
    find_or_create(tx, site, &page_key_of_own(page).unwrap(), "", "", NOW).unwrap()
}

/// Writes a comment of that time, as an import does: parents may be younger than their replies.
fn write(tx: &Transaction<'_>, site: &Site, place: Place, status: Status, at: i64) -> Id {
    let source_id = Id::new(NOW).to_string();
    let imported = Imported {
        source: "test",
        source_id: &source_id,
        thread: place.thread,
        parent: place.parent,
        author_id: "",
        author_name: "Ann",
        author_email: "",
        email_verified: false,
        author_url: "",
        format: Format::Markdown,
        body: "Hello",
        html: "<p>Hello</p>",
        status,
        created_at: Millis(at),
        edited_at: None,
        up: 0,
        down: 0,
        pinned: false,
    };
    match insert(tx, site, &imported, NOW).unwrap() {
        Outcome::New(id) => id,
        Outcome::Already(_) => unreachable!(),
    }
}

/// A step, in numbers that are taken modulo what there is then.
#[derive(Clone, Debug)]
enum Step {
    Write { thread: usize, under: Option<usize>, status: usize, at: i64 },
    Move { which: usize, thread: usize, under: Option<usize> },
    Judge { which: usize, status: usize },
    Merge { from: usize, into: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let under = || proptest::option::weighted(0.7, any::<usize>());
    prop_oneof![
        6 => (any::<usize>(), under(), 0..6_usize, 0..1_000_000_i64)
            .prop_map(|(thread, under, status, at)| Step::Write { thread, under, status, at }),
        6 => (any::<usize>(), any::<usize>(), under())
            .prop_map(|(which, thread, under)| Step::Move { which, thread, under }),
        2 => (any::<usize>(), 0..6_usize).prop_map(|(which, status)| Step::Judge { which, status }),
        1 => (any::<usize>(), any::<usize>()).prop_map(|(from, into)| Step::Merge { from, into }),
    ]
}

/// Mostly published ones: others hide nothing of the tree.
fn some_status(number: usize) -> Status {
    [Status::Held, Status::Spam, Status::Deleted].get(number).copied().unwrap_or(Status::Published)
}

#[derive(Clone, Copy, Debug)]
struct Node {
    place: Place,
    status: Status,
}

struct Model {
    threads: Vec<Id>,
    nodes: BTreeMap<Id, Node>,
}

/// All that is derived of a comment: thread, parent, root, depth, path, published ones below.
type Derived = (Id, Option<Id>, Id, i64, Vec<u8>, i64);
/// And of a thread: published ones, the first and the last of them.
type Ends = (i64, i64, i64);

impl Model {
    fn line(&self, id: Id) -> Vec<Id> {
        let mut line = vec![id];
        while let Some(parent) = self.nodes[&line[line.len() - 1]].place.parent {
            line.push(parent);
        }
        line.reverse();
        line
    }

    fn is_below(&self, id: Id, top: Id) -> bool {
        self.line(id).contains(&top)
    }

    fn derived(&self, id: Id) -> Derived {
        let (node, line) = (self.nodes[&id], self.line(id));
        let below = |(other, node): &(&Id, &Node)| {
            **other != id && node.status == Status::Published && self.is_below(**other, id)
        };
        let published = self.nodes.iter().filter(below).count();
        let path = line.iter().flat_map(|id| id.0.to_be_bytes()).collect();
        let depth = i64::try_from(line.len() - 1).unwrap();
        (node.place.thread, node.place.parent, line[0], depth, path, i64::try_from(published).unwrap())
    }

    fn ends(&self, thread: Id) -> Ends {
        let is_here = |node: &Node| node.place.thread == thread && node.status == Status::Published;
        let ids: Vec<_> = self.nodes.iter().filter(|(_, node)| is_here(node)).map(|(id, _)| id.0).collect();
        let (first, last) = (ids.first().copied().unwrap_or(0), ids.last().copied().unwrap_or(0));
        (i64::try_from(ids.len()).unwrap(), first, last)
    }

    fn nth(&self, number: usize) -> Option<Id> {
        let place = number.checked_rem(self.nodes.len())?;
        self.nodes.keys().nth(place).copied()
    }

    fn thread(&self, number: usize) -> Id {
        self.threads[number % self.threads.len()]
    }

    /// A parent among the comments of a thread.
    fn parent(&self, thread: Id, number: usize) -> Option<Id> {
        let here: Vec<_> =
            self.nodes.iter().filter(|(_, node)| node.place.thread == thread).map(|(id, _)| *id).collect();
        number.checked_rem(here.len()).map(|place| here[place])
    }

    fn may_move(&self, id: Id, to: Place) -> bool {
        let fits = |parent: Id| self.nodes[&parent].status == Status::Published && !self.is_below(parent, id);
        self.nodes[&id].place != to && to.parent.is_none_or(fits)
    }

    fn carry(&mut self, id: Id, to: Place) {
        let below: Vec<_> = self.nodes.keys().copied().filter(|other| self.is_below(*other, id)).collect();
        for other in below {
            self.nodes.entry(other).and_modify(|node| node.place.thread = to.thread);
        }
        self.nodes.entry(id).and_modify(|node| node.place = to);
    }
}

struct World<'a> {
    tx: Transaction<'a>,
    site: Site,
    model: Model,
}

impl World<'_> {
    fn take(&mut self, step: &Step) {
        match *step {
            Step::Write { thread, under, status, at } => {
                let thread = self.model.thread(thread);
                let parent = under.and_then(|number| self.model.parent(thread, number));
                let (place, status) = (Place { thread, parent }, some_status(status));
                let id = write(&self.tx, &self.site, place, status, at);
                self.model.nodes.insert(id, Node { place, status });
            }
            Step::Move { which, thread, under } => {
                let (Some(id), thread) = (self.model.nth(which), self.model.thread(thread)) else { return };
                let parent = under.and_then(|number| self.model.parent(thread, number));
                let to = Place { thread, parent };
                let was = self.model.nodes[&id].place;
                let moved = move_comment(&self.tx, id, to, NOW);
                assert_eq!(moved.is_ok(), self.model.may_move(id, to), "{id} from {was:?} to {to:?}");
                if let Ok(from) = moved {
                    assert_eq!(from, was);
                    self.model.carry(id, to);
                }
            }
            Step::Judge { which, status } => {
                let Some(id) = self.model.nth(which) else { return };
                let (comment, status) = (by_id(&self.tx, id).unwrap(), some_status(status));
                status::set(&self.tx, &comment, status, "", NOW).unwrap();
                self.model.nodes.entry(id).and_modify(|node| node.status = status);
            }
            Step::Merge { from, into } => {
                let (from, into) = (self.model.thread(from), self.model.thread(into));
                if merge(&self.tx, from, into, NOW).is_err() {
                    assert_eq!(from, into);
                    return;
                }
                self.model.threads.retain(|thread| *thread != from);
                for node in self.model.nodes.values_mut().filter(|node| node.place.thread == from) {
                    node.place.thread = into;
                }
            }
        }
    }

    fn agrees(&self) {
        let mut statement = self
            .tx
            .prepare_cached(
                "SELECT id, thread_id, parent_id, root_id, depth, path, live_replies, typeof(path) FROM comments",
            )
            .unwrap();
        let rows = statement.query_map([], |row| {
            assert_eq!(row.get::<_, String>(7)?, "blob");
            let derived: Derived =
                (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?);
            Ok((row.get::<_, Id>(0)?, derived))
        });
        let stored: BTreeMap<_, _> = rows.unwrap().map(Result::unwrap).collect();
        let wanted: BTreeMap<_, _> =
            self.model.nodes.keys().map(|id| (*id, self.model.derived(*id))).collect();
        assert_eq!(stored, wanted);
        let mut statement = self.tx.prepare_cached("SELECT id, count, oldest, newest FROM threads").unwrap();
        let rows = statement
            .query_map([], |row| Ok((row.get::<_, Id>(0)?, (row.get(1)?, row.get(2)?, row.get(3)?))));
        let stored: BTreeMap<Id, Ends> = rows.unwrap().map(Result::unwrap).collect();
        let wanted: BTreeMap<_, _> =
            self.model.threads.iter().map(|id| (*id, self.model.ends(*id))).collect();
        assert_eq!(stored, wanted);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]
    #[test]
    fn whatever_moves_all_that_is_derived_stays_right(steps in proptest::collection::vec(step(), 1..60)) {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let site = site(&tx, "blog");
        let threads = ["/a", "/b", "/c"].map(|page| thread(&tx, &site, page).id).to_vec();
        let mut world = World { tx, site, model: Model { threads, nodes: BTreeMap::new() } };
        for step in &steps {
            world.take(step);
            world.agrees();
        }
    }
}

#[test]
fn a_comment_stays_on_its_site() {
    let mut connection = database();
    let tx = connection.transaction().unwrap();
    let (here, there) = (site(&tx, "here"), site(&tx, "there"));
    let (a, b) = (thread(&tx, &here, "/a").id, thread(&tx, &there, "/a").id);
    let id = write(&tx, &here, Place { thread: a, parent: None }, Status::Published, 1);
    let refused = move_comment(&tx, id, Place { thread: b, parent: None }, NOW).unwrap_err();
    assert!(refused.to_string().contains("stays on its site"), "{refused}");
}

#[test]
fn what_becomes_a_reply_is_pinned_no_longer_and_a_pinned_root_stays_so() {
    let mut connection = database();
    let tx = connection.transaction().unwrap();
    let site = site(&tx, "blog");
    let (a, b) = (thread(&tx, &site, "/a").id, thread(&tx, &site, "/b").id);
    let top = |thread| Place { thread, parent: None };
    let pinned = write(&tx, &site, top(a), Status::Published, 1);
    let other = write(&tx, &site, top(b), Status::Published, 2);
    pin(&tx, &by_id(&tx, pinned).unwrap(), true, NOW).unwrap();
    move_comment(&tx, pinned, top(b), NOW).unwrap();
    assert!(by_id(&tx, pinned).unwrap().pinned);
    move_comment(&tx, pinned, Place { thread: b, parent: Some(other) }, NOW).unwrap();
    assert!(!by_id(&tx, pinned).unwrap().pinned);
}

#[test]
fn nothing_moves_deeper_than_conversations_go() {
    let mut connection = database();
    let tx = connection.transaction().unwrap();
    let site = site(&tx, "blog");
    let thread = thread(&tx, &site, "/a").id;
    let reply = |parent, at| write(&tx, &site, Place { thread, parent }, Status::Published, at);
    let pair = reply(None, 1);
    reply(Some(pair), 2);
    let mut chain = vec![reply(None, 3)];
    for at in 4..i64::from(DEEPEST) {
        chain.push(reply(chain.last().copied(), at));
    }
    let under = |parent: &Id| Place { thread, parent: Some(*parent) };
    let [.., above, last] = &chain[..] else { panic!() };
    assert_eq!(by_id(&tx, *last).unwrap().depth, DEEPEST - 4);
    let deepest = reply(Some(*last), 1000);
    assert!(move_comment(&tx, pair, under(&deepest), NOW).is_ok(), "two levels fit below it");
    move_comment(&tx, pair, Place { thread, parent: None }, NOW).unwrap();
    let lowest = reply(Some(deepest), 1001);
    let refused = move_comment(&tx, pair, under(&lowest), NOW).unwrap_err();
    assert!(refused.to_string().contains("too deep"), "{refused}");
    move_comment(&tx, pair, under(above), NOW).unwrap();
}

#[test]
fn moving_back_leaves_everything_as_it_was() {
    let mut connection = database();
    let tx = connection.transaction().unwrap();
    let site = site(&tx, "blog");
    let (a, b) = (thread(&tx, &site, "/a").id, thread(&tx, &site, "/b").id);
    let root = write(&tx, &site, Place { thread: a, parent: None }, Status::Published, 1);
    let child = write(&tx, &site, Place { thread: a, parent: Some(root) }, Status::Published, 2);
    let grandchild = write(&tx, &site, Place { thread: a, parent: Some(child) }, Status::Published, 3);
    let read = || [root, child, grandchild].map(|id| by_id(&tx, id).unwrap());
    let before = read();
    let way_back = move_comment(&tx, child, Place { thread: b, parent: None }, NOW).unwrap();
    assert_eq!(load(&tx, &by_id(&tx, child).unwrap()).unwrap(), Load { comments: 2, published: 2 });
    assert_ne!(read(), before);
    move_comment(&tx, child, way_back, NOW).unwrap();
    assert_eq!(read(), before);
}
