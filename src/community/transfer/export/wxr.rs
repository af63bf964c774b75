//! WXR, the file that WordPress exports and imports: a thread is a post without text, its comments stand below it.
//!
//! Written in the form of WXR 1.2 so far as comments need it: WordPress' own importer makes a post of each
//! thread, or finds the one of the same title and date, and hangs the comments on it.

use std::collections::HashSet;
use std::io::Write;

use quick_xml::escape::escape;

use super::{Chosen, Summary, store};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::comments::markup::printable;
use crate::community::comments::record::{Comment, Thread};
use crate::community::sites::record::Record as Site;

pub fn write(chosen: &mut Chosen<'_>, out: &mut dyn Write) -> Result<Summary> {
    let mut summary = Summary { format: "wxr", sites: 1, ..Summary::default() };
    let [site] = chosen.sites.as_slice() else {
        let keys: Vec<_> = chosen.sites.iter().map(|site| site.record.key.as_str()).collect();
        let detail = format!(
            "A WXR file holds one site, and this would have several. Choose one of: {}.",
            keys.join(", ")
        );
        return Err(Error::invalid("site", detail));
    };
    let (id, record) = (site.id, site.record.clone());
    open(out, &record)?;
    for thread in chosen.threads(id)? {
        if !store::any_comment(chosen.connection, thread)? {
            continue;
        }
        summary.threads += 1;
        let thread = store::thread(chosen.connection, thread)?;
        summary.comments += item(chosen, &record, &thread, summary.threads, out)?;
    }
    out.write_all(b"</channel>\n</rss>\n")?;
    out.flush()?;
    chosen.finish();
    Ok(summary)
}

fn open(out: &mut dyn Write, site: &Site) -> Result<()> {
    let base = escape(site.origins.first().map_or("", String::as_str));
    let name = text(&site.name);
    writeln!(
        out,
        r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
<title>{name}</title>
<link>{base}</link>
<wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>{base}</wp:base_site_url>
<wp:base_blog_url>{base}</wp:base_blog_url>
<wp:author><wp:author_id>1</wp:author_id><wp:author_login>afterword</wp:author_login><wp:author_email></wp:author_email><wp:author_display_name>{name}</wp:author_display_name></wp:author>"#
    )?;
    Ok(())
}

/// WordPress gives a post the number that it has here where that is free, so it is a small one; what is known
/// again is the comment, by its id.
fn item(
    chosen: &mut Chosen<'_>,
    site: &Site,
    thread: &Thread,
    number: u64,
    out: &mut dyn Write,
) -> Result<u64> {
    let link = link(site, thread);
    let title = if thread.title.is_empty() { &thread.page } else { &thread.title };
    // A thread that was imported may be younger here than what was written in it.
    let begun = store::first_written(chosen.connection, thread.id)?;
    let date = date(begun.map_or(thread.created_at, |begun| begun.min(thread.created_at)));
    let open = if thread.locked { "closed" } else { "open" };
    writeln!(
        out,
        r#"<item>
<title>{}</title>
<link>{link}</link>
<dc:creator>afterword</dc:creator>
<guid isPermaLink="false">{link}</guid>
<content:encoded></content:encoded>
<excerpt:encoded></excerpt:encoded>
<wp:post_id>{number}</wp:post_id>
<wp:post_date>{date}</wp:post_date>
<wp:post_date_gmt>{date}</wp:post_date_gmt>
<wp:comment_status>{open}</wp:comment_status>
<wp:ping_status>closed</wp:ping_status>
<wp:post_name>{}</wp:post_name>
<wp:status>publish</wp:status>
<wp:post_parent>0</wp:post_parent>
<wp:menu_order>0</wp:menu_order>
<wp:post_type>post</wp:post_type>
<wp:post_password></wp:post_password>
<wp:is_sticky>0</wp:is_sticky>"#,
        text(title),
        text(slug(&thread.page)),
    )?;
    let (connection, mut items) =
        (chosen.connection, Comments { out, written: HashSet::new(), waiting: None });
    store::each_comment(connection, thread.id, &mut |comment| {
        if !chosen.wants(comment.id) {
            return Ok(());
        }
        chosen.step();
        items.next(Some(comment))
    })?;
    items.next(None)?;
    let count = items.written.len() as u64;
    out.write_all(b"</item>\n")?;
    Ok(count)
}

/// The comments of one item, each written once it is known whether the next one replies to it.
struct Comments<'a> {
    out: &'a mut dyn Write,
    written: HashSet<Id>,
    waiting: Option<Comment>,
}

impl Comments<'_> {
    fn next(&mut self, next: Option<Comment>) -> Result<()> {
        let parent = next.as_ref().and_then(|comment| comment.parent);
        if let Some(comment) = std::mem::replace(&mut self.waiting, next) {
            // A blank placeholder is worth a place only for what replies to it.
            if !comment.body.is_empty() || parent == Some(comment.id) {
                self.put(&comment)?;
            }
        }
        Ok(())
    }

    fn put(&mut self, comment: &Comment) -> Result<()> {
        let approved = match comment.status.as_str() {
            "published" => "1",
            "spam" => "spam",
            "deleted" => "trash",
            _ => "0",
        };
        let date = date(comment.created_at);
        let parent = comment.parent.filter(|parent| self.written.contains(parent));
        writeln!(
            self.out,
            r"<wp:comment>
<wp:comment_id>{}</wp:comment_id>
<wp:comment_author>{}</wp:comment_author>
<wp:comment_author_email>{}</wp:comment_author_email>
<wp:comment_author_url>{}</wp:comment_author_url>
<wp:comment_author_IP></wp:comment_author_IP>
<wp:comment_date>{date}</wp:comment_date>
<wp:comment_date_gmt>{date}</wp:comment_date_gmt>
<wp:comment_content>{}</wp:comment_content>
<wp:comment_approved>{approved}</wp:comment_approved>
<wp:comment_type>comment</wp:comment_type>
<wp:comment_parent>{}</wp:comment_parent>
<wp:comment_user_id>0</wp:comment_user_id>
</wp:comment>",
            comment.id.0,
            cdata(&comment.author.name),
            text(&comment.author.email),
            text(&comment.author.url),
            cdata(&on_one_line(&comment.html)),
            parent.map_or(0, |parent| parent.0),
        )?;
        self.written.insert(comment.id);
        Ok(())
    }
}

fn text(plain: &str) -> String {
    escape(printable(plain)).into_owned()
}

fn cdata(plain: &str) -> String {
    format!("<![CDATA[{}]]>", printable(plain).replace("]]>", "]]]]><![CDATA[>"))
}

/// WordPress takes an end of a line for a `<br>`; only what is preformatted may have any.
fn on_one_line(html: &str) -> String {
    let mut line = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find("<pre") {
        let end = rest[start..].find("</pre>").map_or(rest.len(), |end| start + end);
        line.push_str(&rest[..start].replace('\n', " "));
        line.push_str(&rest[start..end]);
        rest = &rest[end..];
    }
    line + &rest.replace('\n', " ")
}

/// `2026-01-31 12:00:00`, in UTC.
fn date(moment: Millis) -> String {
    moment.to_string().chars().take(19).map(|c| if c == 'T' { ' ' } else { c }).collect()
}

/// The last part of a path.
fn slug(page: &str) -> &str {
    let path = page.split('?').next().unwrap_or_default();
    path.trim_matches('/').rsplit('/').next().filter(|part| !part.is_empty()).unwrap_or("index")
}

/// Where the page is; a key of the site's own making stands for itself.
fn link(site: &Site, thread: &Thread) -> String {
    match (site.origins.first(), thread.url.as_str()) {
        (Some(origin), "") if thread.page.starts_with('/') => text(&format!("{origin}{}", thread.page)),
        (_, "") => text(&thread.page),
        (_, url) => text(url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_preformatted_text_has_ends_of_lines() {
        let html = "<p>a\nb</p>\n<pre><code>c\nd</code></pre>\n<p>e</p>";
        assert_eq!(on_one_line(html), "<p>a b</p> <pre><code>c\nd</code></pre> <p>e</p>");
    }

    #[test]
    fn nothing_breaks_out_of_its_tag() {
        assert_eq!(cdata("a]]>b\u{0}"), "<![CDATA[a]]]]><![CDATA[>b]]>");
        assert_eq!(text("<a & \u{1}b>"), "&lt;a &amp; b&gt;");
    }

    #[test]
    fn times_and_slugs_are_as_wordpress_writes_them() {
        assert_eq!(date(Millis(1_700_000_000_120)), "2023-11-14 22:13:20");
        for (page, expected) in [("/a/b-c/", "b-c"), ("/", "index"), ("post-7", "post-7"), ("/a?b=c/d", "a")]
        {
            assert_eq!(slug(page), expected);
        }
    }
}
