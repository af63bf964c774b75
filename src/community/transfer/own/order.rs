//! What may follow what in a file of our own format, and what must have stood before.

use std::collections::HashSet;

use super::line::{End, FORMAT, Header, Line, Scope, VERSION};
use crate::base::id::Id;
use crate::community::comments::Status;
use crate::community::{comments, users};

/// Follows a file from its first line on. It keeps a few bytes of every record, and no text but page keys.
#[derive(Default)]
pub struct Order {
    header: Option<Header>,
    is_over: bool,
    lines: u64,
    accounts: HashSet<String>,
    sites: usize,
    /// Of the current site.
    guests: HashSet<Id>,
    pages: HashSet<String>,
    threads: HashSet<Id>,
    comments: HashSet<Id>,
    thread: Option<Id>,
    /// Of the current thread.
    above: HashSet<Id>,
    comment: Option<Id>,
    /// What hangs on the current comment and may stand there only once.
    votes: HashSet<Id>,
    versions: HashSet<i64>,
}

impl Order {
    /// # Errors
    /// What is wrong with the next line, in words.
    pub fn take(&mut self, line: &Line) -> Result<(), String> {
        self.lines += 1;
        if self.is_over {
            return Err("there is more after the end".into());
        }
        if self.header.is_none() {
            return self.header(line);
        }
        match line {
            Line::Header(_) => Err("a header stands only at the beginning".into()),
            Line::Account(account) => self.account(account),
            Line::Site(site) => {
                site.check()?;
                self.site(&site.key)
            }
            Line::Guest(guest) => self.guest(guest),
            Line::Thread(thread) => self.thread(thread),
            Line::Comment(comment) => self.comment(comment),
            Line::Version(version) => {
                self.on_comment(version.comment)?;
                must(self.versions.insert(version.written_at.0), "the same version stands here twice")
            }
            Line::Vote(vote) => self.vote(vote),
            Line::Report(report) => self.on_comment(report.comment),
            Line::Moderation(action) => {
                self.on_comment(action.comment)?;
                self.known_account(action.account.as_deref())?;
                let is_status = |word: &str| Status::parse(word).is_some();
                must(is_status(&action.was) && is_status(&action.became), "was or became is no status")
            }
            Line::End(end) => self.end(end),
        }
    }

    /// # Errors
    /// When the file stops before its last line.
    pub fn finish(&self) -> Result<(), String> {
        if self.is_over { Ok(()) } else { Err("the file was cut short: its last line is missing".into()) }
    }

    fn header(&mut self, line: &Line) -> Result<(), String> {
        let Line::Header(header) = line else { return Err("an export begins with a header".into()) };
        if header.format != FORMAT {
            return Err(format!("the format is “{}”, not “{FORMAT}”", header.format));
        }
        if header.version > VERSION {
            return Err(format!(
                "a newer release wrote this (version {} of the format; this one reads {VERSION}). Import it there",
                header.version
            ));
        }
        if header.scope == Scope::Person {
            return Err("this is the export of one person, from which no thread can be brought back".into());
        }
        self.header = Some(header.clone());
        Ok(())
    }

    fn account(&mut self, account: &users::record::Account) -> Result<(), String> {
        if self.sites > 0 {
            return Err("accounts stand before the first site".into());
        }
        if !users::accounts::looks_like_email(&account.email) {
            return Err(format!("“{}” is not an email address", account.email.escape_debug()));
        }
        must(self.accounts.insert(account.email.to_lowercase()), "this account stands in the file twice")
    }

    fn site(&mut self, key: &str) -> Result<(), String> {
        let announced = self.header.as_ref().and_then(|header| header.sites.get(self.sites));
        if announced.map(String::as_str) != Some(key) {
            return Err(format!("the header does not announce the site “{key}” here"));
        }
        self.sites += 1;
        self.guests.clear();
        self.pages.clear();
        self.thread = None;
        self.comment = None;
        Ok(())
    }

    fn guest(&mut self, guest: &users::record::Guest) -> Result<(), String> {
        if self.sites == 0 || self.thread.is_some() {
            return Err("guests stand between their site and its threads".into());
        }
        must(guest.source.is_some() == guest.source_id.is_some(), "source and source_id go together")?;
        must(self.guests.insert(guest.id), "this guest stands in the file twice")
    }

    fn thread(&mut self, thread: &comments::record::Thread) -> Result<(), String> {
        if self.sites == 0 {
            return Err("threads stand below their site".into());
        }
        thread.check()?;
        must(self.threads.insert(thread.id), "this thread stands in the file twice")?;
        for key in thread.aliases.iter().chain([&thread.page]) {
            must(self.pages.insert(key.clone()), "two threads have the same page")?;
        }
        self.thread = Some(thread.id);
        self.above.clear();
        self.comment = None;
        Ok(())
    }

    fn comment(&mut self, comment: &comments::record::Comment) -> Result<(), String> {
        comment.check()?;
        must(self.thread == Some(comment.thread), "comments stand below their thread")?;
        must(
            comment.parent.is_none_or(|parent| self.above.contains(&parent)),
            "what it replies to does not stand above it in the same thread",
        )?;
        must(comment.guest.is_none_or(|guest| self.guests.contains(&guest)), "its guest is not in the file")?;
        self.known_account(comment.account.as_deref())?;
        must(self.comments.insert(comment.id), "this comment stands in the file twice")?;
        self.above.insert(comment.id);
        self.comment = Some(comment.id);
        self.votes.clear();
        self.versions.clear();
        Ok(())
    }

    fn vote(&mut self, vote: &comments::record::Vote) -> Result<(), String> {
        self.on_comment(vote.comment)?;
        must(matches!(vote.value, -1 | 1), "a vote is 1 or -1")?;
        must(self.guests.contains(&vote.guest), "its guest is not in the file")?;
        must(self.votes.insert(vote.guest), "the same vote stands here twice")
    }

    fn on_comment(&self, comment: Id) -> Result<(), String> {
        must(self.comment == Some(comment), "it does not stand below its comment")
    }

    fn known_account(&self, email: Option<&str>) -> Result<(), String> {
        let is_known = email.is_none_or(|email| self.accounts.contains(&email.to_lowercase()));
        must(is_known, "its account is not in the file")
    }

    fn end(&mut self, end: &End) -> Result<(), String> {
        let announced = self.header.as_ref().map_or(0, |header| header.sites.len());
        must(announced == self.sites, "a site that the header announces is missing")?;
        if end.lines != self.lines {
            return Err(format!("the file should have {} lines and has {}", end.lines, self.lines));
        }
        self.is_over = true;
        Ok(())
    }
}

fn must(holds: bool, otherwise: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise.to_owned()) }
}
