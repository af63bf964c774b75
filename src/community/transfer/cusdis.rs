//! Cusdis' SQLite file, or the tables of its other databases put into one by way of CSV: then every value is text,
//! and what was null is empty. Comments are Markdown; nobody could edit them.

mod store;
#[cfg(test)]
mod tests;

use std::path::Path;

use jiff::tz::TimeZone;

use super::head::Head;
use super::moment::moment;
use super::report::Skipped;
use super::{Format, Record, Sink, SourceAuthor, SourceComment, SourceThread, tidy};
use crate::base::error::Result;
use crate::community::comments::{Format as BodyFormat, Status};
use store::{CusdisFile, Page, Row};

/// See the module.
pub struct Cusdis;

impl Format for Cusdis {
    fn name(&self) -> &'static str {
        "cusdis"
    }

    fn about(&self) -> &'static str {
        "Cusdis' SQLite database (db.sqlite)"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.has_table("comments", &["pageId", "by_nickname"]) && head.has_table("pages", &["slug"])
    }

    fn read(&self, file: &Path, sink: &mut dyn Sink) -> Result<()> {
        let cusdis = CusdisFile::open(file)?;
        cusdis.each_page(&mut |page| sink.take(Record::Thread(thread(page))))?;
        let total = cusdis.count()?;
        let mut done = 0;
        cusdis.each_comment(&mut |row| {
            sink.take(comment(row))?;
            done += 1;
            sink.at(done, total);
            Ok(())
        })?;
        tidy::several_sites(&cusdis.projects()?).map_or(Ok(()), |note| sink.take(Record::Note(note)))
    }
}

/// A page is known by the id that the site gave it (`slug`), which may be its path or its address. The address is
/// told beside it, unless a template forgot to fill it in.
fn thread(page: Page) -> SourceThread {
    let url = page.url.trim();
    let is_address = url.starts_with('/') || url.starts_with("http://") || url.starts_with("https://");
    let (link, aliases) = if is_address { (page.url, vec![page.slug]) } else { (page.slug, Vec::new()) };
    SourceThread {
        source_id: page.id,
        link,
        title: page.title,
        closed: false,
        // The whole site was deleted over there.
        deleted: !page.project_deleted.trim().is_empty(),
        aliases,
    }
}

fn comment(row: Row) -> Record {
    let place = format!("comments row {}", tidy::line(&row.id, 40));
    let skipped = |reason: String| Record::Skipped(Skipped { at: place.clone(), reason });
    let Some(source_id) = tidy::id(&row.id) else {
        return skipped("it has no id".into());
    };
    // Cusdis counts in UTC, also where the text does not say so.
    let Some(created_at) = moment(&row.created, &TimeZone::UTC) else {
        return skipped(tidy::no_date(&row.created));
    };
    let status = match (row.deleted.trim().is_empty(), is_true(&row.approved)) {
        (false, _) => Status::Deleted,
        (true, true) => Status::Published,
        (true, false) => Status::Held,
    };
    let Some(body) = row.content.clone().or_else(|| (status == Status::Deleted).then(String::new)) else {
        return skipped(format!("its text has {} bytes, which is too long", row.length));
    };
    Record::Comment(Box::new(SourceComment {
        source_id,
        thread: row.page.clone(),
        parent: tidy::id(&row.parent),
        author: author(row),
        body,
        format: BodyFormat::Markdown,
        status,
        created_at,
        edited_at: None,
        up: 0,
        down: 0,
        pinned: false,
        place,
    }))
}

/// Whoever moderates has an account, and is shown by the name it has now; all others are taken at their word.
fn author(row: Row) -> SourceAuthor {
    let Some(id) = tidy::id(&row.moderator) else {
        return SourceAuthor { name: row.nickname, email: row.email, ..SourceAuthor::default() };
    };
    let account_email = row.account_email.trim();
    let is_verified = !account_email.is_empty() && !row.account_verified.trim().is_empty();
    let names = [row.account_display_name, row.nickname, row.account_name];
    SourceAuthor {
        id,
        name: names.into_iter().find(|name| !name.trim().is_empty()).unwrap_or_default(),
        email: if account_email.is_empty() { row.email } else { account_email.to_owned() },
        email_verified: is_verified,
        url: String::new(),
    }
}

fn is_true(text: &str) -> bool {
    matches!(text.trim(), "1" | "t" | "true" | "TRUE")
}
