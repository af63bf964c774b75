//! Our own format: one JSON text a line, in an order and a form that depend on nothing but what is stored, so
//! that the same comments are always the same bytes.

use std::io::Write;

use super::{Chosen, Selection, Summary, json, store};
use crate::base::error::Result;
use crate::base::id::Id;
use crate::community::comments::record::Comment;
use crate::community::sites::record::Record as Site;
use crate::community::transfer::own::{End, FORMAT, Header, Line, Scope, VERSION};

pub fn write(chosen: &mut Chosen<'_>, selection: &Selection, out: &mut dyn Write) -> Result<Summary> {
    let mut writer = Lines { out, written: 0 };
    let mut summary = Summary { format: "jsonl", ..Summary::default() };
    let is_person = chosen.only.is_some();
    writer.put(&header(chosen, selection))?;
    if !is_person {
        for account in store::accounts(chosen.connection, &chosen.sites)? {
            writer.put(&Line::Account(account))?;
        }
    }
    for site in std::mem::take(&mut chosen.sites) {
        summary.sites += 1;
        writer.put(&Line::Site(if is_person { for_a_reader(site.record) } else { site.record }))?;
        let theirs = &chosen.guests;
        store::each_guest(chosen.connection, site.id, &mut |guest| {
            if is_person && !theirs.contains(&guest.id) { Ok(()) } else { writer.put(&Line::Guest(guest)) }
        })?;
        for thread in chosen.threads(site.id)? {
            summary.threads += 1;
            summary.comments += write_thread(chosen, thread, &mut writer)?;
        }
    }
    let lines = writer.written + 1;
    writer.put(&Line::End(End { lines }))?;
    writer.out.flush()?;
    chosen.finish();
    Ok(summary)
}

struct Lines<'a> {
    out: &'a mut dyn Write,
    written: u64,
}

impl Lines<'_> {
    fn put(&mut self, line: &Line) -> Result<()> {
        json(self.out, line)?;
        self.out.write_all(b"\n")?;
        self.written += 1;
        Ok(())
    }
}

fn header(chosen: &Chosen<'_>, selection: &Selection) -> Line {
    let (scope, person) = match selection {
        Selection::Instance => (Scope::Instance, None),
        Selection::Site(_) => (Scope::Site, None),
        Selection::Person(email) => (Scope::Person, Some(email.clone())),
    };
    let sites = chosen.sites.iter().map(|site| site.record.key.clone()).collect();
    Line::Header(Header { format: FORMAT.to_owned(), version: VERSION, scope, person, sites })
}

/// Which words a site blocks is not for those who write there.
fn for_a_reader(site: Site) -> Site {
    Site { blocked_words: String::new(), ..site }
}

fn write_thread(chosen: &mut Chosen<'_>, id: Id, writer: &mut Lines<'_>) -> Result<u64> {
    let (connection, mut count) = (chosen.connection, 0);
    writer.put(&Line::Thread(store::thread(connection, id)?))?;
    store::each_comment(connection, id, &mut |comment| {
        if !chosen.wants(comment.id) {
            return Ok(());
        }
        write_comment(chosen, comment, writer)?;
        count += 1;
        chosen.step();
        Ok(())
    })?;
    Ok(count)
}

fn write_comment(chosen: &Chosen<'_>, comment: Comment, writer: &mut Lines<'_>) -> Result<()> {
    let (connection, id, is_person) = (chosen.connection, comment.id, chosen.only.is_some());
    // Of one person's comments nothing is told of others: no moderator, no voter, no reporter.
    let account = comment.account.filter(|_| !is_person);
    writer.put(&Line::Comment(Box::new(Comment { account, ..comment })))?;
    for version in store::versions(connection, id)? {
        writer.put(&Line::Version(version))?;
    }
    if !is_person {
        for vote in store::votes(connection, id)? {
            writer.put(&Line::Vote(vote))?;
        }
        for report in store::reports(connection, id)? {
            writer.put(&Line::Report(report))?;
        }
    }
    for mut action in store::actions(connection, id)? {
        action.account = action.account.filter(|_| !is_person);
        writer.put(&Line::Moderation(action))?;
    }
    Ok(())
}
