//! The pages of an archive. Those of threads are written in pieces, as one may be long.

use askama::Template;

use crate::base::id::Id;

/// The front page.
#[derive(Template)]
#[template(path = "transfer/sites.html")]
pub struct SitesPage {
    pub sites: Vec<SiteRow>,
}

pub struct SiteRow {
    pub key: String,
    pub name: String,
    pub threads: u64,
    pub comments: u64,
}

/// A part of the list of a site's threads.
#[derive(Template)]
#[template(path = "transfer/threads.html")]
pub struct ThreadsPage<'a> {
    pub site_name: &'a str,
    /// The way to the archive's own folder, and to the site's.
    pub root: &'static str,
    pub here: &'static str,
    pub number: usize,
    pub parts: usize,
    pub before: Option<String>,
    pub after: Option<String>,
    pub threads: Vec<ThreadRow>,
}

pub struct ThreadRow {
    pub id: Id,
    pub name: String,
    pub count: u64,
}

/// What stands above a thread's comments.
#[derive(Template)]
#[template(path = "transfer/thread_top.html")]
pub struct ThreadTop<'a> {
    pub site_name: &'a str,
    pub heading: &'a str,
    pub page_url: &'a str,
    pub count: u64,
}

/// What stands below them.
pub const THREAD_END: &str = "\n</main>\n</body>\n</html>\n";
