//! XML as a stream, with the place of everything: for exports of any size, from anyone.
//!
//! More is let through than the standard allows (text before the root, bare ampersands, attributes without
//! quotes), because real exports have it; what is not well-formed is refused with its line and column. Entities
//! that a document declares are never expanded.

mod source;

use std::io::BufRead;
use std::path::Path;

use quick_xml::Error as XmlError;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use super::tidy;
use source::{PieceTooLong, Source};

use crate::base::error::{Error, Result};
pub use source::Place;

/// Exports are a handful deep; a file that goes deeper was made to use up memory.
const DEEPEST: usize = 100;
/// One element may not hold more text than this, so that memory stays bounded.
const LONGEST_TEXT: usize = 16 << 20;
/// How much text may stand before the first tag.
const LONGEST_JUNK: usize = 4096;

/// What comes next in the document.
#[derive(Debug, PartialEq)]
pub enum Piece {
    Open(Tag),
    /// Text between tags, entities resolved; one text may come in several pieces.
    Text(String),
    Close,
    End,
}

/// A start tag; names are without their prefix.
#[derive(Debug, PartialEq)]
pub struct Tag {
    pub name: String,
    pub id: Option<String>,
    pub place: Place,
}

/// An XML file that is being read.
pub struct Document {
    reader: Reader<Source>,
    buffer: Vec<u8>,
    open: Vec<(String, u64)>,
    finished: bool,
}

impl Document {
    /// Opens `path`, gzipped or not.
    ///
    /// # Errors
    /// When it cannot be read, or does not look like XML at all.
    pub fn open(path: &Path) -> Result<Self> {
        let mut source = Source::open(path)?;
        skip_to_first_tag(&mut source)?;
        let mut reader = Reader::from_reader(source);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.allow_dangling_amp = true;
        Ok(Self { reader, buffer: Vec::new(), open: Vec::new(), finished: false })
    }

    /// Bytes of the file read so far, and all of them.
    pub fn progress(&self) -> (u64, u64) {
        self.reader.get_ref().progress()
    }

    /// # Errors
    /// `Invalid` with line and column when the document is broken or ends too early.
    pub fn next(&mut self) -> Result<Piece> {
        loop {
            if let Some(piece) = self.step()? {
                return Ok(piece);
            }
        }
    }

    /// All text in the element that was just opened, to its end.
    ///
    /// # Errors
    /// As [`Document::next`]; `Invalid` for more text than an export has in one place.
    pub fn text(&mut self) -> Result<String> {
        let mut text = String::new();
        self.each_text(&mut |document, piece| {
            text.push_str(piece);
            if text.len() > LONGEST_TEXT {
                return Err(fault(document.place(), "an element holds more than 16 MB of text"));
            }
            Ok(())
        })?;
        Ok(text)
    }

    /// Passes over the rest of the element that was just opened.
    ///
    /// # Errors
    /// As [`Document::next`].
    pub fn skip(&mut self) -> Result<()> {
        self.each_text(&mut |_, _| Ok(()))
    }

    fn each_text(&mut self, take: &mut dyn FnMut(&Self, &str) -> Result<()>) -> Result<()> {
        let mut open = 1;
        while open > 0 {
            match self.next()? {
                Piece::Open(_) => open += 1,
                Piece::Text(text) => take(self, &text)?,
                Piece::Close => open -= 1,
                Piece::End => return Err(fault(self.place(), "the file ends inside an element")),
            }
        }
        Ok(())
    }

    /// How far the reader is.
    pub fn place(&self) -> Place {
        self.reader.get_ref().place()
    }

    fn step(&mut self) -> Result<Option<Piece>> {
        self.buffer.clear();
        self.reader.get_mut().begin_piece();
        let start = self.place();
        let event = match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => event,
            Err(error) => {
                let end = self.reader.get_ref().place();
                return Err(explain(&error, start, end, &self.open));
            }
        };
        match event {
            Event::Start(tag) | Event::Empty(tag) => {
                let tag = read_tag(&tag, start);
                if self.finished {
                    return Err(fault(
                        start,
                        &format!("<{}> follows after the end of the document", tag.name),
                    ));
                }
                if self.open.len() >= DEEPEST {
                    return Err(fault(start, "tags are nested too deeply"));
                }
                self.open.push((tag.name.clone(), start.line));
                Ok(Some(Piece::Open(tag)))
            }
            Event::End(_) => {
                self.open.pop();
                self.finished = self.open.is_empty();
                Ok(Some(Piece::Close))
            }
            Event::Text(text) => Ok(Some(Piece::Text(text.xml10_content().into_owned()))),
            Event::CData(text) => Ok(Some(Piece::Text(text.xml10_content().into_owned()))),
            Event::GeneralRef(entity) => Ok(Some(Piece::Text(resolve(&entity)))),
            Event::Decl(declaration) => refuse_other_encodings(&declaration, start).map(|()| None),
            Event::Comment(_) | Event::PI(_) | Event::DocType(_) => Ok(None),
            Event::Eof => match self.open.last() {
                None => Ok(Some(Piece::End)),
                Some(_) => Err(ended_early(start, &self.open)),
            },
        }
    }
}

fn read_tag(tag: &BytesStart<'_>, place: Place) -> Tag {
    let mut attributes = tag.html_attributes();
    let ids = attributes
        .with_checks(false)
        .flatten()
        .filter(|attribute| attribute.key.local_name().as_ref() == "id");
    // `dsq:id` is the one that is meant where a plain `id` stands beside it.
    let id = ids.max_by_key(|attribute| attribute.key.prefix().is_some());
    let id = id.map(|attribute| tidy::unescape(&attribute.value).trim().to_owned());
    Tag { name: tag.local_name().as_ref().to_owned(), id, place }
}

fn resolve(entity: &BytesRef<'_>) -> String {
    let written = format!("&{};", &**entity);
    tidy::unescape(&written)
}

fn refuse_other_encodings(declaration: &BytesDecl<'_>, place: Place) -> Result<()> {
    let Some(Ok(encoding)) = declaration.encoding() else { return Ok(()) };
    if ["utf-8", "utf8", "us-ascii", "ascii"].iter().any(|known| encoding.eq_ignore_ascii_case(known)) {
        return Ok(());
    }
    Err(fault(place, &format!("the file says that it is written in {encoding}; only UTF-8 can be read")))
}

fn explain(error: &XmlError, start: Place, end: Place, open: &[(String, u64)]) -> Error {
    match error {
        XmlError::Syntax(_) => ended_early(end, open),
        XmlError::Encoding(_) => fault(start, "the text that begins here is not UTF-8"),
        XmlError::Io(error) if PieceTooLong::is_why(error) => {
            fault(start, "a tag or text that begins here is longer than 16 MB")
        }
        XmlError::Io(error) => fault(end, &format!("the file cannot be read further: {error}")),
        XmlError::IllFormed(error) => fault(start, &error.to_string()),
        error => fault(start, &error.to_string()),
    }
}

fn ended_early(place: Place, open: &[(String, u64)]) -> Error {
    let inside = open.last().map_or_else(
        || "before its first tag was closed".to_owned(),
        |(name, line)| format!("inside <{name}>, which begins on line {line}"),
    );
    fault(place, &format!("the file ends here, {inside}. It looks cut short: download it again"))
}

/// A fault of a document, with its place.
pub fn fault(place: Place, words: &str) -> Error {
    let Place { line, column } = place;
    Error::invalid("file", format!("Line {line}, column {column}: {words}. Nothing was imported."))
}

/// Some exports carry a stray character in front, and byte order marks are common.
fn skip_to_first_tag(source: &mut Source) -> Result<()> {
    let mut seen = Vec::new();
    loop {
        let place = source.place();
        let available =
            source.fill_buf().map_err(|error| fault(place, &format!("the file cannot be read: {error}")))?;
        let tag = available.iter().position(|byte| *byte == b'<');
        let junk = tag.unwrap_or(available.len());
        let over = available.is_empty();
        seen.extend_from_slice(&available[..junk.min(LONGEST_JUNK)]);
        if let Some(words) = other_kind(&seen, over && tag.is_none()) {
            return Err(Error::invalid("file", format!("{words} Nothing was imported.")));
        }
        if over || seen.len() >= LONGEST_JUNK {
            return Err(Error::invalid(
                "file",
                "This is not an XML file: no tag was found. Nothing was imported.",
            ));
        }
        source.consume(junk);
        if tag.is_some() {
            return Ok(());
        }
    }
}

fn other_kind(start: &[u8], over: bool) -> Option<&'static str> {
    let text = start.trim_ascii();
    Some(match start {
        [] if over => "The file is empty.",
        [b'P', b'K', 3, 4, ..] => "This is a zip archive; unpack it first.",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "The file is written in UTF-16; only UTF-8 can be read.",
        _ if start.starts_with(b"SQLite format 3\0") => {
            "This is an SQLite database, not XML. If it is Isso's, import it with: afterword import isso"
        }
        _ if text.starts_with(b"{") || text.starts_with(b"[") => "This looks like JSON, not XML.",
        _ => return None,
    })
}
