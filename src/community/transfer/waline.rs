//! Waline's SQLite file, and the JSON that its dashboard exports from any of its databases. Comments are Markdown
//! in which raw HTML counts: emoji are written as images.

mod store;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::Path;

use super::head::Head;
use super::json::{self, Entry, Fields};
use super::moment::Dates;
use super::report::Skipped;
use super::seen::Seen;
use super::store::foreign;
use super::{Format, Record, Sink, SourceAuthor, SourceComment, SourceThread, tidy};
use crate::base::error::Result;
use crate::community::comments::Status;
use store::WalineFile;

const ZONE_HINT: &str =
    " Waline writes the local time of its server; its container image is set to Asia/Shanghai.";

/// See the module.
pub struct Waline;

impl Format for Waline {
    fn name(&self) -> &'static str {
        "waline"
    }

    fn about(&self) -> &'static str {
        "Waline's SQLite database (waline.sqlite), or the JSON that its dashboard exports"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.says("data.Comment") || head.has_table("wl_Comment", &["comment", "insertedAt", "nick"])
    }

    fn read(&self, file: &Path, sink: &mut dyn Sink) -> Result<()> {
        let mut dates = Dates::new(sink.zone());
        let mut pages = Seen::default();
        let mut take = |written: Written, (done, total): (u64, u64)| {
            if !written.page.trim().is_empty() && pages.is_new(&[written.page.trim()]) {
                sink.take(Record::Thread(thread(&written)))?;
            }
            sink.take(comment(written, &mut dates))?;
            sink.at(done, total);
            Ok(())
        };
        if foreign::is_sqlite(file)? {
            read_database(file, &mut take)?;
        } else {
            read_json(file, &mut take)?;
        }
        dates.note(ZONE_HINT).map_or(Ok(()), |note| sink.take(Record::Note(note)))
    }
}

/// A comment, whichever file it is from. Not among it: `ua` and `ip`, and `updatedAt`, which no edit moves.
#[derive(Debug, Default)]
struct Written {
    place: String,
    id: String,
    pid: String,
    rid: String,
    page: String,
    /// When it was written; the second one is for rows that lack the first.
    dates: [String; 2],
    /// None when it is too long to be taken.
    text: Option<String>,
    length: u64,
    status: String,
    sticky: bool,
    likes: u32,
    nick: String,
    mail: String,
    link: String,
    /// Who was signed in, and what they are called now.
    user_id: String,
    user: Option<User>,
}

/// An account. Not among it: the password's hash, the second factor, and accounts elsewhere.
#[derive(Debug, Default, Clone)]
struct User {
    name: String,
    email: String,
    url: String,
}

type Take<'a> = dyn FnMut(Written, (u64, u64)) -> Result<()> + 'a;

fn read_database(file: &Path, take: &mut Take<'_>) -> Result<()> {
    let waline = WalineFile::open(file)?;
    let total = waline.count()?;
    let mut done = 0;
    waline.each_comment(&mut |written| {
        done += 1;
        take(written, (done, total))
    })
}

/// The accounts stand behind the comments, so the file is read twice.
fn read_json(file: &Path, take: &mut Take<'_>) -> Result<()> {
    let mut users = HashMap::new();
    let others = json::each_listed(file, &["data.Users"], &mut |_, entry, _| {
        let fields = &entry.fields;
        let user =
            User { name: fields.text("display_name"), email: fields.text("email"), url: fields.text("url") };
        users.insert(fields.text("objectId"), user);
        Ok(())
    })?;
    if others.text("type") != "waline" {
        return Err(foreign::refusal(
            "This JSON is not Waline's export: it does not say that its “type” is “waline”. The button for one is in Waline's dashboard, under Migration.",
        ));
    }
    json::each_listed(file, &["data.Comment"], &mut |_, entry, done| take(written(&entry, &users), done))?;
    Ok(())
}

fn written(entry: &Entry, users: &HashMap<String, User>) -> Written {
    let fields = &entry.fields;
    let (id, user_id, text) = (fields.text("objectId"), fields.text("user_id"), fields.text("comment"));
    Written {
        place: tidy::place_of(entry.line, tidy::id(&id).as_deref()),
        id,
        pid: fields.text("pid"),
        rid: fields.text("rid"),
        page: fields.text("url"),
        dates: [fields.text("insertedAt"), fields.text("createdAt")],
        length: text.len() as u64,
        text: Some(text),
        status: fields.text("status"),
        sticky: fields.flag("sticky"),
        likes: tidy::votes(fields.number("like")),
        nick: fields.text("nick"),
        mail: fields.text("mail"),
        link: fields.text("link"),
        user: users.get(&user_id).cloned(),
        user_id,
    }
}

fn thread(written: &Written) -> SourceThread {
    let page = written.page.trim();
    SourceThread { source_id: page.to_owned(), link: page.to_owned(), ..SourceThread::default() }
}

fn comment(written: Written, dates: &mut Dates) -> Record {
    let place = written.place.clone();
    let skipped = |reason: String| Record::Skipped(Skipped { at: place.clone(), reason });
    let page = written.page.trim();
    if page.is_empty() {
        return skipped("it does not say which page it belongs to".into());
    }
    let [inserted, created] = &written.dates;
    let Some(created_at) = dates.read(inserted).or_else(|| dates.read(created)) else {
        return skipped(tidy::no_date(inserted));
    };
    let thread = page.to_owned();
    let Some(text) = written.text else {
        return skipped(format!("its text has {} bytes, which is too long", written.length));
    };
    let source_id = match tidy::id(&written.id) {
        Some(id) => id,
        None => tidy::made_id(&[page, inserted, &written.nick, &text]),
    };
    let parent = tidy::id(&written.pid).or_else(|| tidy::id(&written.rid));
    let (body, format) = tidy::mixed(text);
    Record::Comment(Box::new(SourceComment {
        source_id,
        thread,
        author: author(written.user, &written.user_id, (written.nick, written.mail, written.link)),
        body,
        format,
        status: status(&written.status),
        created_at,
        edited_at: None,
        up: written.likes,
        down: 0,
        pinned: written.sticky && parent.is_none(),
        parent,
        place,
    }))
}

/// Waline shows an account as it is now, not as it was when the comment was written. Whether it made sure of the
/// email depends on settings that are not in the file.
fn author(user: Option<User>, id: &str, as_written: (String, String, String)) -> SourceAuthor {
    let (nick, mail, link) = as_written;
    let or = |now: String, then: String| if now.trim().is_empty() { then } else { now };
    let User { name, email, url } = user.unwrap_or_default();
    SourceAuthor {
        id: tidy::id(id).unwrap_or_default(),
        name: or(name, nick),
        email: or(email, mail),
        email_verified: false,
        url: or(url, link),
    }
}

/// Comments from before Waline have no status; Waline shows what is neither of the two.
fn status(word: &str) -> Status {
    match word.trim() {
        "waiting" => Status::Held,
        "spam" => Status::Spam,
        _ => Status::Published,
    }
}
