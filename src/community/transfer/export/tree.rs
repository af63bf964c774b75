//! A tree of HTML and JSON that any web server can show, and any browser without one: what readers saw, no more.
//!
//! `index.html` lists the sites, `<site>/index.html` their threads, `<site>/<thread>/index.html` has the comments;
//! an `index.json` beside each says the same to programs. No page has a script.

use std::io::Write;

use askama::Template;
use serde_json::json;

use super::pages::{SiteRow, SitesPage, THREAD_END, ThreadRow, ThreadTop, ThreadsPage};
use super::shelf::Shelf;
use super::{Chosen, Summary, json, nothing};
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::comments::listing::{Shown, list};
use crate::community::comments::pages::{Outline, STYLE};
use crate::community::comments::threads::{self, Thread};
use crate::community::comments::view::{CommentView, SiteView, ThreadFacts};
use crate::community::comments::{Status, listing};
use crate::community::sites::{self, Site};
use crate::community::transfer::export::Selection;

/// Comments read at once.
const PAGE: usize = 200;
/// Threads on one page of a site.
const PART: usize = 500;

pub fn write(chosen: &mut Chosen<'_>, shelf: &mut dyn Shelf) -> Result<Summary> {
    let mut tree = Tree { shelf, files: 0 };
    let mut summary = Summary { format: "static", ..Summary::default() };
    let (mut rows, mut views) = (Vec::new(), Vec::new());
    // What was removed, readers do not see any more.
    let there = std::mem::take(&mut chosen.sites);
    for site in there.iter().filter(|site| site.record.removed_at.is_none()) {
        let site = sites::by_id(chosen.connection, site.id)?;
        let threads = tree.site(chosen, &site)?;
        let comments = threads.iter().map(|(_, count)| count).sum();
        summary.sites += 1;
        summary.threads += threads.len() as u64;
        summary.comments += comments;
        views.push(SiteView::from(&site));
        rows.push(SiteRow { key: site.key, name: site.name, threads: threads.len() as u64, comments });
    }
    if rows.is_empty() {
        return Err(nothing(&Selection::Instance));
    }
    tree.file("style.css", |out| Ok(out.write_all(STYLE.as_bytes())?))?;
    tree.file("index.json", |out| json(out, &json!({ "sites": views })))?;
    // Last of all: an archive with a front page is whole.
    tree.file("index.html", |out| render(out, &SitesPage { sites: rows }))?;
    summary.files = Some(tree.files);
    chosen.finish();
    Ok(summary)
}

struct Tree<'a> {
    shelf: &'a mut dyn Shelf,
    files: u64,
}

fn render(out: &mut dyn Write, page: &impl Template) -> Result<()> {
    out.write_all(page.render().map_err(Error::internal)?.as_bytes())?;
    Ok(())
}

impl Tree<'_> {
    fn file(&mut self, name: &str, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
        self.files += self.shelf.put(name, Box::new(fill))?;
        Ok(())
    }

    /// Writes the threads of a site that readers see anything of, then their list. Answers which, with the
    /// number of their comments.
    fn site(&mut self, chosen: &mut Chosen<'_>, site: &Site) -> Result<Vec<(Id, u64)>> {
        let mut written = Vec::new();
        for id in chosen.threads(site.id)?.into_iter().rev() {
            let thread = threads::by_id(chosen.connection, id)?;
            let count = count_of(chosen, site, &thread)?;
            if threads::is_public(chosen.connection, &thread)? && (chosen.only.is_none() || count > 0) {
                self.thread(chosen, site, &thread, count)?;
                written.push((id, count));
            }
        }
        self.list(chosen, site, &written)?;
        Ok(written)
    }

    fn thread(&mut self, chosen: &mut Chosen<'_>, site: &Site, thread: &Thread, count: u64) -> Result<()> {
        let name = format!("{}/{}/index", site.key, thread.id);
        self.file(&format!("{name}.html"), |out| {
            let page_url = thread.url.as_str();
            render(out, &ThreadTop { site_name: &site.name, heading: thread.name(), page_url, count })?;
            let mut outline = Outline::default();
            each(chosen, site, thread, &mut |shown| {
                Ok(out.write_all(outline.next(site, shown)?.as_bytes())?)
            })?;
            out.write_all(outline.closing().as_bytes())?;
            Ok(out.write_all(THREAD_END.as_bytes())?)
        })?;
        self.file(&format!("{name}.json"), |out| write_answer(chosen, site, thread, count, out))?;
        chosen.done += count;
        chosen.tell();
        Ok(())
    }

    fn list(&mut self, chosen: &Chosen<'_>, site: &Site, written: &[(Id, u64)]) -> Result<()> {
        let parts = written.len().div_ceil(PART).max(1);
        for number in 1..=parts {
            let mine = &written[(number - 1) * PART..written.len().min(number * PART)];
            let threads = mine.iter().map(|(id, count)| {
                let name = threads::by_id(chosen.connection, *id)?.name().to_owned();
                Ok(ThreadRow { id: *id, name, count: *count })
            });
            let here = if number == 1 { "" } else { "../" };
            let page = ThreadsPage {
                site_name: &site.name,
                root: if number == 1 { "../" } else { "../../" },
                here,
                number,
                parts,
                before: (number > 1).then(|| format!("{here}{}", part(number - 1))),
                after: (number < parts).then(|| format!("{here}{}", part(number + 1))),
                threads: threads.collect::<Result<_>>()?,
            };
            self.file(&format!("{}/{}", site.key, part(number)), |out| render(out, &page))?;
        }
        self.file(&format!("{}/index.json", site.key), |out| {
            out.write_all(b"{\"site\":")?;
            json(out, &SiteView::from(site))?;
            out.write_all(b",\"threads\":")?;
            let rows = written
                .iter()
                .map(|(id, count)| Ok(facts(site, threads::by_id(chosen.connection, *id)?, *count)));
            write_array(out, rows)?;
            Ok(out.write_all(b"}\n")?)
        })
    }
}

/// Comments that anybody may read: those of the thread, or of the one person who was selected.
fn count_of(chosen: &Chosen<'_>, site: &Site, thread: &Thread) -> Result<u64> {
    if chosen.only.is_none() {
        return Ok(u64::from(thread.count));
    }
    let mut count = 0;
    each(chosen, site, thread, &mut |_| {
        count += 1;
        Ok(())
    })?;
    Ok(count)
}

/// The page of a part of a site's list.
fn part(number: usize) -> String {
    if number == 1 { "index.html".into() } else { format!("page-{number}/index.html") }
}

/// As it was when it was new: an archive does not change with the clock, so only a lock by hand shows.
fn facts(site: &Site, thread: Thread, count: u64) -> ThreadFacts {
    let now = thread.created_at;
    ThreadFacts { count: u32::try_from(count).unwrap_or(u32::MAX), ..ThreadFacts::new(site, thread, now) }
}

fn write_array<T: serde::Serialize>(
    out: &mut dyn Write,
    items: impl Iterator<Item = Result<T>>,
) -> Result<()> {
    out.write_all(b"[")?;
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        json(out, &item?)?;
    }
    Ok(out.write_all(b"]")?)
}

/// What `GET /api/v1/threads` would answer, were there no end to a page.
fn write_answer(
    chosen: &Chosen<'_>,
    site: &Site,
    thread: &Thread,
    count: u64,
    out: &mut dyn Write,
) -> Result<()> {
    out.write_all(b"{\"site\":")?;
    json(out, &SiteView::from(site))?;
    out.write_all(b",\"thread\":")?;
    json(out, &facts(site, thread.clone(), count))?;
    out.write_all(b",\"sort\":")?;
    json(out, &site.sort)?;
    out.write_all(b",\"comments\":[")?;
    let mut is_first = true;
    each(chosen, site, thread, &mut |shown| {
        if !std::mem::take(&mut is_first) {
            out.write_all(b",")?;
        }
        let mut view = CommentView::new(site, shown);
        // A picture would ask another server, with a hash of the email.
        if let Some(author) = &mut view.author {
            author.avatar = None;
        }
        json(out, &view)
    })?;
    Ok(out.write_all(b"],\"next_cursor\":null}\n")?)
}

/// Hands out what readers see of a thread, in the order of the site.
fn each(
    chosen: &Chosen<'_>,
    site: &Site,
    thread: &Thread,
    take: &mut dyn FnMut(Shown) -> Result<()>,
) -> Result<()> {
    let mut cursor = None;
    loop {
        let listing::Listing { comments, next } =
            list(chosen.connection, thread.id, site.sort, PAGE, cursor.as_deref())?;
        for shown in comments {
            let is_theirs = chosen.only.is_none() || shown.comment.status == Status::Published;
            if is_theirs && chosen.wants(shown.comment.id) {
                take(shown)?;
            }
        }
        match next {
            Some(next) => cursor = Some(next),
            None => return Ok(()),
        }
    }
}
