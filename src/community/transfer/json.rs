//! JSON as a stream, with the place of everything: one entry at a time, from exports of any size, from anyone.
//!
//! A list, values one after another (a line each or not), and lists inside an object are all read the same way,
//! and only the entry that is being read is in memory.

mod tape;
mod word;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io::BufRead;
use std::path::Path;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Deserializer;
use serde_json::error::Category;

use super::source::{PieceTooLong, Place, Source};
use crate::base::error::{Error, Result};
use tape::Tape;

pub use word::{Word, Words};

/// One entry of a file.
#[derive(Debug)]
pub struct Entry<T> {
    pub value: T,
    /// Which one of the file it is, from 1.
    pub number: u64,
    /// Where it begins.
    pub place: Place,
    /// Bytes of the file read so far, and all of them.
    pub progress: (u64, u64),
}

/// Hands every entry of a file, gzipped or not, to `take`. Without names in `within` these are the file's values,
/// and those in lists at its top; with names, the elements of the list found under them, as in
/// `{"data": {"comments": […]}}`. Whether there was such a list.
///
/// # Errors
/// `Invalid` with line and column when the file is broken, ends too early or is something else than JSON; whatever
/// `take` answers.
pub fn each<T: DeserializeOwned>(
    path: &Path,
    within: &[&str],
    take: &mut dyn FnMut(Entry<T>) -> Result<()>,
) -> Result<bool> {
    let mut source = Source::open(path)?;
    refuse_other_kinds(&mut source)?;
    let input = Tape::new(source);
    let mut json = Deserializer::from_reader(input.clone());
    let mut run = Run { tape: input.clone(), take, number: 0, found: false, stopped: None };
    while json.end().is_err() {
        input.begin_piece();
        let read = Walk { within, run: &mut run }.deserialize(&mut json);
        if let Err(error) = read {
            return Err(run.stopped.take().unwrap_or_else(|| explain(&error, &input)));
        }
    }
    Ok(run.found)
}

/// A fault of the file, with its place.
pub fn fault(place: Place, words: &str) -> Error {
    let Place { line, column } = place;
    Error::invalid("file", format!("Line {line}, column {column}: {words}. Nothing was imported."))
}

/// What goes on while a file is read.
struct Run<'a, T> {
    tape: Tape,
    take: &'a mut dyn FnMut(Entry<T>) -> Result<()>,
    number: u64,
    found: bool,
    /// What `take` answered when it would not go on.
    stopped: Option<Error>,
}

impl<T> Run<'_, T> {
    fn hand_over<E: serde::de::Error>(&mut self, value: T, place: Place) -> Result<(), E> {
        self.number += 1;
        let entry = Entry { value, number: self.number, place, progress: self.tape.progress() };
        (self.take)(entry).map_err(|error| {
            self.stopped = Some(error);
            E::custom("stopped")
        })
    }
}

/// Follows names down to the entries.
struct Walk<'a, 'r, T> {
    within: &'a [&'a str],
    run: &'a mut Run<'r, T>,
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for Walk<'_, '_, T> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Walk<'_, '_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.within.first() {
            Some(name) => write!(f, "an object with “{name}”"),
            None => f.write_str("a list of comments"),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if let Some(name) = self.within.first() {
            return Err(A::Error::custom(format!("a list stands where an object with “{name}” should be")));
        }
        self.run.found = true;
        while list.next_element_seed(One { run: self.run })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let Some((name, below)) = self.within.split_first() else {
            self.run.found = true;
            let place = self.run.tape.began();
            let value = T::deserialize(MapAccessDeserializer::new(object))?;
            return self.run.hand_over(value, place);
        };
        self.run.tape.begin_piece();
        while let Some(key) = object.next_key::<String>()? {
            if key == *name {
                object.next_value_seed(Walk { within: below, run: self.run })?;
            } else {
                self.run.tape.pass_over();
                object.next_value::<IgnoredAny>()?;
            }
            self.run.tape.begin_piece();
        }
        Ok(())
    }

    /// An empty list, as some write it.
    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        Ok(())
    }
}

/// One element of a list.
struct One<'a, 'r, T> {
    run: &'a mut Run<'r, T>,
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for One<'_, '_, T> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        self.run.tape.begin_piece();
        let place = self.run.tape.began();
        let value = T::deserialize(json)?;
        self.run.hand_over(value, place)
    }
}

fn explain(error: &serde_json::Error, tape: &Tape) -> Error {
    let began = tape.began();
    match error.classify() {
        Category::Eof => fault(
            tape.place(),
            &format!(
                "the file ends here, inside what begins on line {}. It looks cut short: download it again",
                began.line
            ),
        ),
        Category::Io => match tape.trouble() {
            Some(trouble) if PieceTooLong::is_why(&trouble) => {
                fault(began, "an entry that begins here is longer than 16 MB")
            }
            Some(trouble) => fault(tape.place(), &format!("the file cannot be read further: {trouble}")),
            None => fault(tape.place(), &format!("the file cannot be read further: {error}")),
        },
        Category::Syntax => fault(tape.last(), &without_place(error)),
        Category::Data => fault(began, &without_place(error)),
    }
}

/// The parser tells the place as well, in bytes.
fn without_place(error: &serde_json::Error) -> String {
    let words = error.to_string();
    match words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words) {
        "invalid unicode code point" => "the text here is not UTF-8".to_owned(),
        words => words.to_owned(),
    }
}

fn refuse_other_kinds(source: &mut Source) -> Result<()> {
    let cannot = |error: std::io::Error| {
        Error::invalid("file", format!("The file cannot be read: {error}. Nothing was imported."))
    };
    if source.fill_buf().map_err(cannot)?.starts_with(b"\xef\xbb\xbf") {
        source.consume(3);
    }
    let start = source.fill_buf().map_err(cannot)?;
    let words = match (start, start.trim_ascii_start()) {
        ([], _) => "The file is empty.",
        ([b'P', b'K', 3, 4, ..], _) => "This is a zip archive; unpack it first.",
        ([0xff, 0xfe, ..] | [0xfe, 0xff, ..], _) => "The file is written in UTF-16; only UTF-8 can be read.",
        _ if start.starts_with(b"SQLite format 3\0") => "This is an SQLite database, not JSON.",
        (_, [b'<', ..]) => "This is XML or a web page, not JSON.",
        (_, [] | [b'[' | b'{', ..]) => return Ok(()),
        _ => "This is not JSON: it begins with neither [ nor {.",
    };
    Err(Error::invalid("file", format!("{words} Nothing was imported.")))
}
