//! Isso's SQLite file, of schema 0 to 5.
//!
//! Authors are stored there HTML-escaped and comments as markdown; a page is known by its path alone.

mod store;
#[cfg(test)]
mod tests;

use std::path::Path;

use super::head::Head;
use super::report::Skipped;
use super::{Format, Record, Sink, SourceAuthor, SourceComment, SourceThread, tidy};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::community::comments::{Format as BodyFormat, Status};
use store::{IssoFile, Row};

/// 43 bits of milliseconds, which is what an id holds: the year 2248.
const LATEST: f64 = 8_796_093_022.0;

/// See the module.
pub struct Isso;

impl Format for Isso {
    fn name(&self) -> &'static str {
        "isso"
    }

    fn about(&self) -> &'static str {
        "Isso's SQLite database (comments.db)"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.has_table("threads", &["uri"]) && head.has_table("comments", &["tid", "mode", "voters"])
    }

    fn read(&self, file: &Path, sink: &mut dyn Sink) -> Result<()> {
        let isso = IssoFile::open(file)?;
        isso.each_thread(&mut |id, uri, title| {
            sink.take(Record::Thread(SourceThread {
                source_id: id.to_string(),
                link: uri,
                title,
                ..SourceThread::default()
            }))
        })?;
        let total = isso.count()?;
        let mut done = 0;
        isso.each_comment(&mut |row| {
            sink.take(comment(row))?;
            done += 1;
            sink.at(done, total);
            Ok(())
        })
    }
}

fn comment(row: Row) -> Record {
    let place = format!("comments row {}", row.id);
    let skipped = |at: &str, reason: String| Record::Skipped(Skipped { at: at.to_owned(), reason });
    let Some(thread) = row.thread else {
        return skipped(&place, "it does not say which thread it belongs to".into());
    };
    let Some(created_at) = row.created.and_then(moment) else {
        return skipped(&place, "its date cannot be read".into());
    };
    let Some(body) = row.text else {
        return skipped(&place, format!("its text has {} bytes, which is too long", row.length));
    };
    Record::Comment(Box::new(SourceComment {
        source_id: source_id(row.id, row.created),
        thread: thread.to_string(),
        parent: row.parent.map(|parent| source_id(parent, row.parent_created)),
        author: SourceAuthor {
            name: tidy::unescape(&row.author),
            email: tidy::unescape(&row.email),
            url: tidy::unescape(&row.website),
            ..SourceAuthor::default()
        },
        body,
        format: BodyFormat::Markdown,
        status: status(row.mode),
        created_at,
        edited_at: row.modified.and_then(moment),
        up: row.likes,
        down: row.dislikes,
        pinned: false,
        place,
    }))
}

/// Isso gives the number of a deleted comment to the next one, so the time is part of who it is.
fn source_id(id: i64, created: Option<f64>) -> String {
    match created.and_then(moment) {
        Some(created) => format!("{id}@{}", created.0),
        None => id.to_string(),
    }
}

/// A mode that no release of Isso writes is left to a moderator.
fn status(mode: Option<i64>) -> Status {
    match mode {
        Some(1) => Status::Published,
        Some(4) => Status::Deleted,
        _ => Status::Held,
    }
}

fn moment(seconds: f64) -> Option<Millis> {
    let sane = seconds.is_finite() && (-LATEST..LATEST).contains(&seconds);
    #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
    sane.then(|| Millis((seconds * 1000.0).round() as i64))
}
