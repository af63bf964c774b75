//! Reading the trail: filtered, a page at a time, and fast however long it is.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::{COLUMNS, Recorded, recorded};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::base::order::Order;

/// What matches fewer entries than this is found by its own index; of what matches more, a walk along the
/// ids finds a page soon.
const FEW: usize = 10_000;

/// Which entries. What is not given is no condition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub who: Option<Who>,
    /// One action, `comment.approve`, or a group of them, `comment`.
    pub action: Option<String>,
    pub subject: Option<String>,
    pub site: Option<Id>,
    pub since: Option<Millis>,
    /// Before this moment.
    pub until: Option<Millis>,
}

/// Whose entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    Account(Id),
    /// Somebody without an account: `command line`, `job NAME`, `somebody`.
    Named(String),
}

/// At most `limit` entries in their order, beyond the one called `after`.
///
/// # Errors
/// When they cannot be read.
pub fn entries(
    connection: &Connection,
    filter: &Filter,
    order: Order,
    after: Option<Id>,
    limit: usize,
) -> Result<Vec<Recorded>> {
    let actions = match &filter.action {
        Some(action) => Some(actions_of(connection, action)?),
        None => None,
    };
    let query = Query { connection, filter, actions: actions.as_deref(), order, after, limit };
    match query.leader()? {
        Leader::Action(one) => query.run(Some(Lead::Action(one))),
        Leader::Each => {
            let mut found = Vec::new();
            for action in actions.iter().flatten() {
                found.extend(query.run(Some(Lead::Action(action)))?);
            }
            found.sort_by_key(|row| row.id);
            if order == Order::Newest {
                found.reverse();
            }
            found.truncate(limit);
            Ok(found)
        }
        Leader::Column(lead) => query.run(Some(lead)),
        Leader::Id => query.run(None),
    }
}

/// The condition whose index is walked.
#[derive(Clone, Copy)]
enum Lead<'a> {
    Subject,
    Who,
    Site,
    Action(&'a str),
}

enum Leader<'a> {
    Action(&'a str),
    /// Every action of a group by itself, merged.
    Each,
    Column(Lead<'a>),
    Id,
}

struct Query<'a> {
    connection: &'a Connection,
    filter: &'a Filter,
    actions: Option<&'a [String]>,
    order: Order,
    after: Option<Id>,
    limit: usize,
}

impl<'a> Query<'a> {
    /// The rarest of the conditions leads; a group of many entries does not, as they would have to be sorted.
    fn leader(&self) -> Result<Leader<'a>> {
        if self.actions.is_some_and(<[String]>::is_empty) {
            return Ok(Leader::Each);
        }
        let mut rarest: Option<(usize, Leader<'a>)> = None;
        let mut consider = |number: usize, leader: Leader<'a>| {
            if rarest.as_ref().is_none_or(|(fewest, _)| number < *fewest) {
                rarest = Some((number, leader));
            }
        };
        for (is_given, lead) in [
            (self.filter.subject.is_some(), Lead::Subject),
            (self.filter.site.is_some(), Lead::Site),
            (self.filter.who.is_some(), Lead::Who),
        ] {
            if is_given {
                consider(self.count(lead)?, Leader::Column(lead));
            }
        }
        match self.actions {
            Some([one]) => consider(self.count(Lead::Action(one))?, Leader::Action(one)),
            Some(several) => {
                let each = several.iter().map(|action| self.count(Lead::Action(action)));
                let number: usize = each.sum::<Result<usize>>()?;
                if number < FEW {
                    consider(number, Leader::Each);
                }
            }
            None => {}
        }
        Ok(rarest.map_or(Leader::Id, |(_, leader)| leader))
    }

    /// How many entries a condition matches, counted up to [`FEW`].
    fn count(&self, lead: Lead<'a>) -> Result<usize> {
        let mut conditions = Conditions::default();
        self.lead(&mut conditions, lead);
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 FROM audit WHERE {} LIMIT {FEW})",
            conditions.texts.join(" AND ")
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let number: i64 = statement.query_row(params_from_iter(conditions.values), |row| row.get(0))?;
        Ok(usize::try_from(number).unwrap_or(FEW))
    }

    fn run(&self, lead: Option<Lead<'a>>) -> Result<Vec<Recorded>> {
        let mut conditions = Conditions::default();
        if let Some(lead) = lead {
            self.lead(&mut conditions, lead);
        }
        self.others(&mut conditions, lead);
        self.range(&mut conditions);
        let sql = format!(
            "SELECT {COLUMNS} FROM audit WHERE {} ORDER BY id {} LIMIT {}",
            conditions.texts.join(" AND "),
            self.order.sql(),
            self.limit
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(conditions.values), recorded)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The condition that an index answers.
    fn lead(&self, conditions: &mut Conditions, lead: Lead<'a>) {
        match lead {
            Lead::Action(action) => conditions.add("action = ?", [action.to_owned()]),
            Lead::Subject => conditions.add("subject = ?", self.filter.subject.clone()),
            Lead::Site => conditions.add("site_id = ?", self.filter.site.map(|id| id.0)),
            Lead::Who => self.who(conditions, ""),
        }
    }

    /// The other conditions. The plus keeps their indexes out of it.
    fn others(&self, conditions: &mut Conditions, lead: Option<Lead<'a>>) {
        if !matches!(lead, Some(Lead::Subject)) && self.filter.subject.is_some() {
            conditions.add("+subject = ?", self.filter.subject.clone());
        }
        if !matches!(lead, Some(Lead::Site)) && self.filter.site.is_some() {
            conditions.add("+site_id = ?", self.filter.site.map(|id| id.0));
        }
        if !matches!(lead, Some(Lead::Who)) {
            self.who(conditions, "+");
        }
        if let (Some(actions), false) = (self.actions, matches!(lead, Some(Lead::Action(_)))) {
            let marks = vec!["?"; actions.len()].join(", ");
            conditions.add(&format!("+action IN ({marks})"), actions.to_vec());
        }
    }

    fn who(&self, conditions: &mut Conditions, plus: &str) {
        match &self.filter.who {
            Some(Who::Account(id)) => conditions.add(&format!("{plus}account_id = ?"), [id.0]),
            Some(Who::Named(name)) => {
                conditions.add(&format!("account_id IS NULL AND {plus}actor = ?"), [name.clone()]);
            }
            None => {}
        }
    }

    /// Ids begin with the time, so a span of time is a span of ids.
    fn range(&self, conditions: &mut Conditions) {
        let (mut above, mut below) = (Id(i64::MIN), Id(i64::MAX));
        if let Some(since) = self.filter.since {
            above = Id(Id::at(since, 0).0 - 1);
        }
        if let Some(until) = self.filter.until {
            below = Id::at(until, 0);
        }
        match (self.after, self.order) {
            (Some(after), Order::Newest) => below = below.min(after),
            (Some(after), Order::Oldest) => above = above.max(after),
            (None, _) => {}
        }
        conditions.add("id > ?", [above.0]);
        conditions.add("id < ?", [below.0]);
    }
}

/// Conditions in SQL, and the values of their question marks.
#[derive(Default)]
struct Conditions {
    texts: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    fn add<T: Into<Value>>(&mut self, text: &str, values: impl IntoIterator<Item = T>) {
        self.texts.push(text.to_owned());
        self.values.extend(values.into_iter().map(Into::into));
    }
}

/// The actions of a group, or the one that is named; only those that are in the trail.
fn actions_of(connection: &Connection, asked: &str) -> Result<Vec<String>> {
    let group = format!("{asked}.");
    let known = actions(connection)?;
    Ok(known.into_iter().filter(|action| action == asked || action.starts_with(&group)).collect())
}

/// Every action that is in the trail. Takes one step along the index for each.
///
/// # Errors
/// When it cannot be read.
pub fn actions(connection: &Connection) -> Result<Vec<String>> {
    let mut statement = connection.prepare_cached(
        "WITH RECURSIVE step (action) AS (
           SELECT min(action) FROM audit
           UNION ALL SELECT (SELECT min(action) FROM audit WHERE action > step.action) FROM step WHERE step.action IS NOT NULL)
         SELECT action FROM step WHERE action IS NOT NULL",
    )?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Everybody who is in the trail: those without an account first, then accounts by the name they had last.
/// Takes one step along an index for each.
///
/// # Errors
/// When it cannot be read.
pub fn actors(connection: &Connection) -> Result<Vec<(Who, String)>> {
    let mut names = connection.prepare_cached(
        "WITH RECURSIVE step (name) AS (
           SELECT min(actor) FROM audit WHERE account_id IS NULL
           UNION ALL SELECT (SELECT min(actor) FROM audit WHERE account_id IS NULL AND actor > step.name)
             FROM step WHERE step.name IS NOT NULL)
         SELECT name FROM step WHERE name IS NOT NULL",
    )?;
    let mut accounts = connection.prepare_cached(
        "WITH RECURSIVE step (id) AS (
           SELECT min(account_id) FROM audit
           UNION ALL SELECT (SELECT min(account_id) FROM audit WHERE account_id > step.id) FROM step WHERE step.id IS NOT NULL)
         SELECT id, (SELECT actor FROM audit WHERE account_id = step.id ORDER BY audit.id DESC LIMIT 1)
         FROM step WHERE id IS NOT NULL",
    )?;
    let names = names.query_map([], |row| row.get(0))?.map(|name| {
        let name: String = name?;
        Ok((Who::Named(name.clone()), name))
    });
    let accounts = accounts.query_map([], |row| Ok((Who::Account(row.get(0)?), row.get(1)?)))?;
    Ok(names.chain(accounts).collect::<rusqlite::Result<_>>()?)
}

/// Whether there are more entries than this; counts no further.
///
/// # Errors
/// When it cannot be read.
pub fn is_longer_than(connection: &Connection, number: u64) -> Result<bool> {
    let mut statement = connection.prepare_cached("SELECT count(*) FROM (SELECT 1 FROM audit LIMIT ?1)")?;
    let limit = i64::try_from(number).unwrap_or(i64::MAX).saturating_add(1);
    let found: i64 = statement.query_row([limit], |row| row.get(0))?;
    Ok(found == limit)
}
