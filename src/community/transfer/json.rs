//! JSON as a stream, one value at a time, with the line of each: for exports of any size, from anyone.
//!
//! Values are taken as they come: a number where a text should be is read as one, a field that is missing is empty.

mod fields;
mod source;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::Path;

use serde::de::{DeserializeSeed, Deserializer as _, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Deserializer, Map, Value};

use super::xml::{Place, fault};
use crate::base::error::{Error, Result};
pub use fields::Fields;
use source::{Meter, Source};

/// An object of the file.
#[derive(Debug)]
pub struct Entry {
    pub fields: Map<String, Value>,
    /// The line on which it begins.
    pub line: u64,
}

/// How far along the file the reader is: bytes read, and all of them.
pub type Done = (u64, u64);

/// What is done with an entry and the name of the list it stands in, which is empty where there are no lists.
pub type Take<'a> = dyn FnMut(&str, Entry, Done) -> Result<()> + 'a;

/// Hands out the objects of a file that is one after the other, whatever stands between them, or a list of them.
///
/// # Errors
/// `Invalid` with line and column when the file is broken or ends too early; whatever `take` answers.
pub fn each_value(path: &Path, take: &mut Take<'_>) -> Result<()> {
    let (source, meter) = Source::open(path)?;
    let mut deserializer = Deserializer::from_reader(source);
    let mut refusal = None;
    loop {
        meter.begin_piece();
        if deserializer.end().is_ok() {
            return Ok(());
        }
        let value = List { name: "", wanted: true, take, meter: &meter, refusal: &mut refusal };
        let read = value.deserialize(&mut deserializer);
        match (refusal.take(), read) {
            (Some(refusal), _) => return Err(refusal),
            (None, Err(error)) => return Err(explain(&error, &meter)),
            // It was a list, and all in it was taken.
            (None, Ok(None)) => (),
            (None, Ok(Some(Value::Object(fields)))) => {
                take("", Entry { fields, line: meter.line() }, meter.progress())?;
            }
            (None, Ok(Some(_))) => {
                let place = Place { line: meter.line(), column: 1 };
                return Err(fault(place, "an object or a list of objects is expected here"));
            }
        }
    }
}

/// Hands out the objects in those `lists` of a file that is one object, in the file's order, and answers with the
/// object's other members. Lists that were not asked for are passed over. `data.people` is the list `people` in the
/// object `data`.
///
/// # Errors
/// As [`each_value`].
pub fn each_listed(path: &Path, lists: &[&str], take: &mut Take<'_>) -> Result<Map<String, Value>> {
    let (source, meter) = Source::open(path)?;
    let mut deserializer = Deserializer::from_reader(source);
    let mut refusal = None;
    let mut others = Map::new();
    meter.begin_piece();
    let whole = Whole { lists, take, meter: &meter, refusal: &mut refusal, others: &mut others };
    let read = deserializer.deserialize_map(whole).and_then(|()| deserializer.end());
    match (refusal, read) {
        (Some(refusal), _) => Err(refusal),
        (None, Err(error)) => Err(explain(&error, &meter)),
        (None, Ok(())) => Ok(others),
    }
}

fn explain(error: &serde_json::Error, meter: &Meter) -> Error {
    let place = Place { line: error.line() as u64, column: error.column() as u64 };
    let words = error.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    match error.classify() {
        Category::Io if meter.is_too_long() => {
            let place = Place { line: meter.line(), column: 1 };
            fault(place, "a value that begins here is longer than 32 MB")
        }
        Category::Io => fault(meter.place(), &format!("the file cannot be read further: {words}")),
        Category::Eof => {
            fault(place, "the file ends here, inside a value. It looks cut short: download it again")
        }
        Category::Syntax | Category::Data => fault(place, words),
    }
}

/// The object that the file is.
struct Whole<'a, 't> {
    lists: &'a [&'a str],
    take: &'a mut Take<'t>,
    meter: &'a Meter,
    /// What `take` answered that ended the reading.
    refusal: &'a mut Option<Error>,
    others: &'a mut Map<String, Value>,
}

impl<'de> DeserializeSeed<'de> for Whole<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Whole<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            let below: Vec<&str> = self
                .lists
                .iter()
                .filter_map(|list| list.strip_prefix(name.as_str())?.strip_prefix('.'))
                .collect();
            if !below.is_empty() {
                map.next_value_seed(Whole {
                    lists: &below,
                    take: &mut *self.take,
                    meter: self.meter,
                    refusal: &mut *self.refusal,
                    others: &mut *self.others,
                })?;
                continue;
            }
            let list = List {
                name: &name,
                wanted: self.lists.contains(&name.as_str()),
                take: &mut *self.take,
                meter: self.meter,
                refusal: &mut *self.refusal,
            };
            if let Some(value) = map.next_value_seed(list)? {
                self.others.insert(name, value);
            }
            self.meter.begin_piece();
        }
        Ok(())
    }
}

/// A member of that object: a list, or anything else, which is answered.
struct List<'a, 't> {
    name: &'a str,
    wanted: bool,
    take: &'a mut Take<'t>,
    meter: &'a Meter,
    refusal: &'a mut Option<Error>,
}

impl<'de> DeserializeSeed<'de> for List<'_, '_> {
    type Value = Option<Value>;

    fn deserialize<D: serde::Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for List<'_, '_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a value for “{}”", self.name)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> std::result::Result<Self::Value, A::Error> {
        loop {
            self.meter.begin_piece();
            if !self.wanted {
                match list.next_element::<IgnoredAny>()? {
                    Some(_) => continue,
                    None => return Ok(None),
                }
            }
            let Some(fields) = list.next_element::<Map<String, Value>>()? else { return Ok(None) };
            let entry = Entry { fields, line: self.meter.line() };
            if let Err(refusal) = (self.take)(self.name, entry, self.meter.progress()) {
                *self.refusal = Some(refusal);
                return Err(A::Error::custom("refused"));
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Self::Value, A::Error> {
        let mut fields = Map::new();
        while let Some((name, value)) = map.next_entry()? {
            fields.insert(name, value);
        }
        Ok(Some(Value::Object(fields)))
    }

    fn visit_unit<E>(self) -> std::result::Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Self::Value, E> {
        Ok(Some(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> std::result::Result<Self::Value, E> {
        Ok(Some(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> std::result::Result<Self::Value, E> {
        Ok(Some(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> std::result::Result<Self::Value, E> {
        Ok(Some(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> std::result::Result<Self::Value, E> {
        Ok(Some(value.into()))
    }
}
