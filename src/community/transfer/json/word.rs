//! Values as exports have them: what is a number in one file is text in the next.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A single value, whatever type the file gave it. What is missing, null or a list is empty. An object is what it
/// wraps, as document databases write ids, times and large numbers.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Word(String);

const WRAPPERS: [&str; 6] = ["$oid", "$date", "$numberLong", "$numberInt", "$numberDouble", "iso"];

impl Word {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    #[must_use]
    pub fn is_true(&self) -> bool {
        let text = self.0.trim();
        text == "1" || text.eq_ignore_ascii_case("true")
    }

    /// A count; what is none, or below zero, is zero.
    #[must_use]
    pub fn count(&self) -> u32 {
        let number: i64 = self.0.trim().parse().unwrap_or(0);
        u32::try_from(number.max(0)).unwrap_or(u32::MAX)
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(OneWord)
    }
}

struct OneWord;

impl<'de> Visitor<'de> for OneWord {
    type Value = Word;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Word, E> {
        Ok(Word(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Word, E> {
        Ok(Word(text))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Word, E> {
        Ok(Word(truth.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Word, E> {
        Ok(Word(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Word, E> {
        Ok(Word(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Word, E> {
        Ok(Word(number.to_string()))
    }

    fn visit_unit<E>(self) -> Result<Word, E> {
        Ok(Word::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Word, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Word::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Word, A::Error> {
        let mut wrapped = Word::default();
        while let Some(key) = object.next_key::<String>()? {
            if WRAPPERS.contains(&key.as_str()) {
                wrapped = object.next_value()?;
            } else {
                object.next_value::<IgnoredAny>()?;
            }
        }
        Ok(wrapped)
    }
}

/// A list of values. What is none is an empty list.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Words(pub Vec<Word>);

#[derive(Deserialize)]
#[serde(untagged)]
enum Shape {
    List(Vec<Word>),
    Other(Word),
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        Ok(Self(match Shape::deserialize(json)? {
            Shape::List(words) => words,
            // A list that went through a table comes back as its text.
            Shape::Other(text) => serde_json::from_str(text.as_str()).unwrap_or_default(),
        }))
    }
}
