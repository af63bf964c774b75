//! What the database knows about people, declared once beside the schema: which columns, how their rows are
//! found by an email address, and what remains of them. A person's copy of their data, erasure and anonymised
//! copies all read this list, so that none of them needs to know the others' tables.

mod person;
mod tables;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, Transaction};
use serde_json::{Map, Value};

use super::clock::Millis;
use super::error::Result;
use super::id::Id;
use super::secrets::hex;

pub use person::{Found, Person, find};
pub use tables::{NOT_PERSONAL, TABLES};

/// A table with something personal in it.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    /// The column that names a row, or the comment it belongs to.
    pub key: &'static str,
    /// Which rows are about a person.
    pub about: Found,
    /// What becomes of them when the person is erased …
    pub erased: Fate,
    /// … or made anonymous.
    pub anonymised: Fate,
    pub columns: &'static [Column],
    /// What else of a row its person should see.
    pub beside: &'static [&'static str],
}

/// A column that says something of a person.
#[derive(Debug)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
    /// What stands in it afterwards, as an expression.
    pub cleared: &'static str,
}

/// What a column says of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Name,
    Email,
    Link,
    /// What they wrote.
    Words,
    /// A network address: whole, shortened or hashed.
    Address,
    /// The same of somebody else, who is nobody's business.
    OthersAddress,
    /// Browser or machine.
    Device,
    /// What was noted about them or beside what they wrote.
    Finding,
    /// Leads to them from elsewhere.
    Reference,
    /// Only hashes of what they alone know.
    Secret,
    /// Words for searching, made from other columns; cannot be read.
    Index,
}

/// What becomes of a person's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Deleted,
    /// All that is personal is cleared.
    Cleared,
    /// The same, but for what they wrote.
    WordsStay,
    /// Nothing, for a reason.
    Kept(&'static str),
}

/// How much of a person goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forget {
    Everything,
    /// What they wrote stays; nobody can tell whose it is.
    WhoItWas,
}

/// A row that still has the address in what somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    pub table: &'static str,
    /// The row's id, or that of the comment it belongs to.
    pub id: Id,
}

impl Table {
    fn fate(&self, forget: Forget) -> Fate {
        match forget {
            Forget::Everything => self.erased,
            Forget::WhoItWas => self.anonymised,
        }
    }

    /// The statement that forgets the rows about somebody; none when they stay.
    fn forgetting(&self, forget: Forget) -> Option<String> {
        let (name, about) = (self.name, self.about.condition());
        let words_stay = match self.fate(forget) {
            Fate::Kept(_) => return None,
            Fate::Deleted => return Some(format!("DELETE FROM {name} WHERE {about}")),
            Fate::Cleared => false,
            Fate::WordsStay => true,
        };
        let cleared = self.columns.iter().filter(|column| {
            !(words_stay && (column.kind == Kind::Words || column.kind == Kind::OthersAddress))
        });
        let cleared: Vec<_> = cleared.map(|column| format!("{} = {}", column.name, column.cleared)).collect();
        (!cleared.is_empty()).then(|| format!("UPDATE {name} SET {} WHERE {about}", cleared.join(", ")))
    }

    /// What a person's copy of a row has, in this order.
    fn told(&self) -> impl Iterator<Item = &'static str> {
        let kept = |column: &&Column| {
            !matches!(column.kind, Kind::Secret | Kind::Index | Kind::OthersAddress) // not theirs to see
                && !self.beside.contains(&column.name)
        };
        self.beside.iter().copied().chain(self.columns.iter().filter(kept).map(|column| column.name))
    }
}

/// How many rows of each table are about somebody, where there are any.
///
/// # Errors
/// When they cannot be counted.
pub fn count(connection: &Connection, person: &Person) -> Result<Vec<(&'static Table, u64)>> {
    let mut counts = Vec::new();
    for table in TABLES.iter().filter(|table| table.told().next().is_some()) {
        let sql = format!("SELECT count(*) FROM {} WHERE {}", table.name, table.about.condition());
        let count: i64 = connection.query_row(&sql, [table.about.value(person)], |row| row.get(0))?;
        if count > 0 {
            counts.push((table, count.unsigned_abs()));
        }
    }
    Ok(counts)
}

/// Hands out every row about somebody, with what they may see of it: ids and times as the API writes them.
///
/// # Errors
/// When they cannot be read; what `take` answers.
pub fn each_row(
    connection: &Connection,
    person: &Person,
    take: &mut dyn FnMut(&'static Table, Map<String, Value>) -> Result<()>,
) -> Result<()> {
    for table in TABLES.iter().rev() {
        let columns: Vec<_> = table.told().collect();
        if columns.is_empty() {
            continue;
        }
        let list = columns.join(", ");
        let (name, about, key) = (table.name, table.about.condition(), table.key);
        let sql = format!("SELECT {list} FROM {name} WHERE {about} ORDER BY {key}");
        let mut statement = connection.prepare(&sql)?;
        let mut rows = statement.query([table.about.value(person)])?;
        while let Some(row) = rows.next()? {
            take(table, values(row, &columns)?)?;
        }
    }
    Ok(())
}

fn values(row: &Row<'_>, columns: &[&str]) -> Result<Map<String, Value>> {
    let mut values = Map::new();
    for (index, column) in columns.iter().enumerate() {
        let value = match row.get_ref(index)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(id) if is_id(column) => Id(id).to_string().into(),
            ValueRef::Integer(at) if *column == "at" || column.ends_with("_at") => {
                Millis(at).to_string().into()
            }
            ValueRef::Integer(number) => number.into(),
            ValueRef::Real(number) => number.into(),
            ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
            ValueRef::Blob(bytes) => hex(bytes).into(),
        };
        values.insert((*column).to_owned(), value);
    }
    Ok(values)
}

fn is_id(column: &str) -> bool {
    column == "id" || column.ends_with("_id")
}

/// Forgets a person. Answers how many rows of each table that was, where there were any. What has to be counted
/// or told anew because of it is the caller's business.
///
/// # Errors
/// When it cannot be stored.
pub fn forget(tx: &Transaction<'_>, person: &Person, forget: Forget) -> Result<Vec<(&'static Table, usize)>> {
    let mut gone = Vec::new();
    for table in TABLES {
        let Some(sql) = table.forgetting(forget) else { continue };
        let rows = tx.execute(&sql, [table.about.value(person)])?;
        if rows > 0 {
            gone.push((table, rows));
        }
    }
    Ok(gone)
}

/// Where an address still stands in what people wrote, theirs or others': at most `limit` rows of each table.
/// Reads all of it.
///
/// # Errors
/// When it cannot be read.
pub fn mentions(connection: &Connection, email: &str, limit: u32) -> Result<Vec<Mention>> {
    let mut found = Vec::new();
    for table in TABLES {
        let words = table.columns.iter().filter(|column| column.kind == Kind::Words);
        let holds: Vec<_> = words.map(|column| format!("instr(lower({}), lower(?1))", column.name)).collect();
        if holds.is_empty() {
            continue;
        }
        let sql = format!(
            "SELECT DISTINCT {0} FROM {1} WHERE {2} ORDER BY {0} LIMIT {limit}",
            table.key,
            table.name,
            holds.join(" OR ")
        );
        let mut statement = connection.prepare(&sql)?;
        let ids = statement.query_map([email], |row| row.get(0))?;
        for id in ids {
            found.push(Mention { table: table.name, id: id? });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
