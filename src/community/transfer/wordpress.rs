//! WordPress' export (WXR 1.0 to 1.2): an RSS feed in which each `item` is a page with its comments.
//!
//! The export leaves out what WordPress holds for spam. Comments carry the number of a registered user; they are one
//! person whatever they called themselves. Numbers are counted anew on every blog, so the blog is part of who
//! somebody is, and the page is part of which comment one is.

mod paragraphs;
#[cfg(test)]
mod tests;

use std::path::Path;

use super::head::Head;
use super::moment::is_set;
use super::report::Skipped;
use super::xml::{Document, Piece, Tag, fault};
use super::{Format, Record, Sink, SourceAuthor, SourceComment, SourceThread, tidy};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::community::comments::{Format as BodyFormat, Status};

/// See the module.
pub struct WordPress;

impl Format for WordPress {
    fn name(&self) -> &'static str {
        "wordpress"
    }

    fn about(&self) -> &'static str {
        "WordPress' export (WXR, an XML file), gzipped or not"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.root() == Some("rss") && head.contains("wordpress.org/export/")
    }

    fn read(&self, file: &Path, sink: &mut dyn Sink) -> Result<()> {
        let mut document = Document::open(file)?;
        expect_root(&mut document)?;
        let mut export = Export { document, sink, blog: String::new(), items: 0 };
        loop {
            match export.document.next()? {
                Piece::Open(tag) if tag.name == "channel" => export.channel()?,
                Piece::Open(_) => export.document.skip()?,
                Piece::Text(_) | Piece::Close => (),
                Piece::End => return Ok(()),
            }
        }
    }
}

fn expect_root(document: &mut Document) -> Result<()> {
    loop {
        match document.next()? {
            Piece::Open(tag) if tag.name == "rss" => return Ok(()),
            Piece::Open(tag) => return Err(wrong_root(&tag)),
            Piece::Text(_) | Piece::Close => (),
            Piece::End => return Err(fault(document.place(), "the file ends before its first tag")),
        }
    }
}

fn wrong_root(root: &Tag) -> Error {
    let what = match root.name.as_str() {
        "disqus" => {
            "this is Disqus' export, not WordPress'; import it with: afterword import disqus".to_owned()
        }
        "html" => {
            "this is a web page, not an export; was the download link opened without signing in?".into()
        }
        name => format!("a WordPress export begins with <rss>, this file with <{}>", tidy::line(name, 60)),
    };
    fault(root.place, &what)
}

struct Export<'a> {
    document: Document,
    sink: &'a mut dyn Sink,
    /// The blog's host.
    blog: String,
    items: u64,
}

/// A page, as far as we want to know.
#[derive(Default)]
struct Item {
    link: String,
    title: String,
    guid: String,
    post_id: String,
    comment_status: String,
    status: String,
    password: String,
    /// What a site told Disqus that the page is called, in exports that were made for it.
    identifier: String,
    comments: u64,
}

#[derive(Default)]
struct Fields {
    id: String,
    author: String,
    email: String,
    url: String,
    date: String,
    date_gmt: String,
    content: String,
    approved: String,
    kind: String,
    parent: String,
    user: String,
}

impl Export<'_> {
    fn channel(&mut self) -> Result<()> {
        loop {
            match self.document.next()? {
                Piece::Open(tag) => match tag.name.as_str() {
                    "item" => self.item()?,
                    "link" | "base_blog_url" => {
                        // Feeds have empty ones, too, whose address is an attribute.
                        if let Some(host) = host(&self.document.text()?) {
                            self.blog = host;
                        }
                    }
                    _ => self.document.skip()?,
                },
                Piece::Text(_) => (),
                Piece::Close | Piece::End => return Ok(()),
            }
        }
    }

    fn item(&mut self) -> Result<()> {
        self.items += 1;
        let number = self.items.to_string();
        let mut item = Item::default();
        loop {
            let tag = match self.document.next()? {
                Piece::Open(tag) => tag,
                Piece::Text(_) => continue,
                Piece::Close | Piece::End => break,
            };
            if tag.name == "comment" {
                item.comments += 1;
                let fields = self.fields()?;
                self.sink.take(record(&fields, &item, &number, &self.blog, &tag))?;
                let (done, total) = self.document.progress();
                self.sink.at(done, total);
            } else if let Some(field) = item.field(&tag.name) {
                let text = self.document.text()?;
                if !text.trim().is_empty() {
                    text.trim().clone_into(field);
                }
            } else {
                self.document.skip()?;
            }
        }
        if item.comments > 0 { self.sink.take(Record::Thread(item.thread(number))) } else { Ok(()) }
    }

    fn fields(&mut self) -> Result<Fields> {
        let mut fields = Fields::default();
        loop {
            match self.document.next()? {
                Piece::Open(tag) => match fields.field(&tag.name) {
                    Some(field) => self.document.text()?.trim().clone_into(field),
                    None => self.document.skip()?,
                },
                Piece::Text(_) => (),
                Piece::Close | Piece::End => return Ok(fields),
            }
        }
    }
}

impl Item {
    fn field(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "link" => &mut self.link,
            "title" => &mut self.title,
            "guid" => &mut self.guid,
            "post_id" => &mut self.post_id,
            "comment_status" => &mut self.comment_status,
            "status" => &mut self.status,
            "post_password" => &mut self.password,
            "thread_identifier" => &mut self.identifier,
            _ => return None,
        })
    }

    fn thread(self, source_id: String) -> SourceThread {
        SourceThread {
            source_id,
            link: self.link,
            title: tidy::unescape(&self.title),
            closed: self.comment_status == "closed",
            deleted: self.status == "trash",
            aliases: Some(self.identifier).filter(|key| !key.is_empty()).into_iter().collect(),
        }
    }

    /// What tells the page from those of other blogs, and stays when its address changes.
    fn identity(&self) -> &str {
        let names = [&self.guid, &self.link, &self.post_id];
        names.into_iter().find(|name| !name.is_empty()).map_or("", String::as_str)
    }

    /// Whether everybody could read it, and so its comments.
    fn is_public(&self) -> bool {
        let hidden = ["private", "draft", "auto-draft", "pending", "future"].contains(&self.status.as_str());
        !hidden && self.password.is_empty()
    }
}

impl Fields {
    fn field(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "comment_id" => &mut self.id,
            "comment_author" => &mut self.author,
            "comment_author_email" => &mut self.email,
            "comment_author_url" => &mut self.url,
            "comment_date" => &mut self.date,
            "comment_date_gmt" => &mut self.date_gmt,
            "comment_content" => &mut self.content,
            "comment_approved" => &mut self.approved,
            "comment_type" => &mut self.kind,
            "comment_parent" => &mut self.parent,
            "comment_user_id" => &mut self.user,
            _ => return None,
        })
    }

    fn author(&self, blog: &str) -> SourceAuthor {
        SourceAuthor {
            id: if is_number(&self.user) { format!("{}@{blog}", self.user) } else { String::new() },
            // WordPress keeps them as its pages have them.
            name: tidy::unescape(&self.author),
            email: self.email.clone(),
            email_verified: false,
            url: tidy::unescape(&self.url),
        }
    }

    fn moment(&self) -> Option<Millis> {
        moment(&self.date_gmt).or_else(|| moment(&self.date))
    }

    /// What was approved on a page that not everybody could read waits here, too.
    fn status(&self, item: &Item) -> Status {
        match self.approved.as_str() {
            "1" | "approved" if item.is_public() => Status::Published,
            "spam" => Status::Spam,
            "trash" | "post-trashed" => Status::Deleted,
            _ => Status::Held,
        }
    }
}

fn record(fields: &Fields, item: &Item, thread: &str, blog: &str, tag: &Tag) -> Record {
    let place = format!("line {} (comment {})", tag.place.line, tidy::line(&fields.id, 40));
    let skipped = |reason: String| Record::Skipped(Skipped { at: place.clone(), reason });
    match fields.kind.as_str() {
        "" | "comment" | "review" => (),
        "pingback" | "trackback" => return skipped(format!("it is a {}, which nobody wrote", fields.kind)),
        kind => return skipped(format!("it is not a comment but a “{}” of a plugin", tidy::line(kind, 40))),
    }
    if fields.id.is_empty() {
        return skipped("it has no id".into());
    }
    let Some(created_at) = fields.moment() else {
        return skipped(format!("its date, “{}”, cannot be read", tidy::line(&fields.date_gmt, 40)));
    };
    let page = tidy::digest(&[item.identity()]);
    let source_id = |id: &str| format!("{id}@{page}");
    Record::Comment(Box::new(SourceComment {
        source_id: source_id(&fields.id),
        thread: thread.to_owned(),
        parent: is_number(&fields.parent).then(|| source_id(&fields.parent)),
        author: fields.author(blog),
        body: paragraphs::of(&fields.content),
        format: BodyFormat::Html,
        status: fields.status(item),
        created_at,
        edited_at: None,
        up: 0,
        down: 0,
        pinned: false,
        place,
    }))
}

/// A number that is meant: 0 stands for none.
fn is_number(text: &str) -> bool {
    text.parse::<u64>().is_ok_and(|number| number > 0)
}

/// `2014-01-14 17:32:12`; zeros stand for no date.
fn moment(text: &str) -> Option<Millis> {
    let (day, time) = text.split_once(' ')?;
    Millis::parse(&format!("{day}T{time}Z")).ok().filter(|moment| is_set(*moment))
}

fn host(link: &str) -> Option<String> {
    url::Url::parse(link.trim()).ok()?.host_str().map(str::to_owned)
}
