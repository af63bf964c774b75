//! The long tables of a report, put in order and read page by page: which is said in the page's address.

use serde::Deserialize;

use crate::community::transfer::report::{Preview, Report, Skipped};

const ROWS: usize = 100;

/// What the address of an import's page says of its tables.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    sort: String,
    #[serde(default)]
    order: String,
    #[serde(default)]
    page: Option<usize>,
    #[serde(default)]
    skipped_sort: String,
    #[serde(default)]
    skipped_order: String,
    #[serde(default)]
    skipped_page: Option<usize>,
}

/// A part of a table, and the way to its other parts.
pub struct Table<Row> {
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// The numbers of its first and last row.
    pub from: usize,
    pub to: usize,
    /// How many rows the report has …
    pub listed: usize,
    /// … and how many there were.
    pub all: u64,
    pub before: Option<String>,
    pub after: Option<String>,
    /// Whether somebody asked for this part, and means to see it.
    pub asked: bool,
}

/// A heading that puts a table in its order.
pub struct Column {
    pub label: &'static str,
    pub href: String,
    /// For `aria-sort`, where the table is in its order.
    pub sorted: Option<&'static str>,
    pub number: bool,
}

/// A column as the address and the page call it, and whether it holds numbers.
type Named = (&'static str, &'static str, bool);

const PAGES: [Named; 3] =
    [("old", "In the file", false), ("new", "Here", false), ("comments", "Comments", true)];
/// As the report lists them.
const BY_NEW: usize = 1;
const SKIPPED: [Named; 2] = [("place", "Where in the file", false), ("reason", "Why", false)];
const BY_PLACE: usize = 0;

/// Which part of a table is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
struct View {
    by: usize,
    descending: bool,
    page: usize,
}

impl View {
    fn read(columns: &[Named], usual: usize, sort: &str, order: &str, page: Option<usize>) -> Self {
        let by = columns.iter().position(|(word, ..)| *word == sort).unwrap_or(usual);
        let descending = if order.is_empty() { columns[by].2 } else { order == "desc" };
        Self { by, descending, page: page.unwrap_or(1).max(1) }
    }

    /// As it stands in an address; nothing for the usual.
    fn words(self, columns: &[Named], usual: usize, prefix: &str) -> String {
        let mut words = String::new();
        if self.by != usual || self.descending {
            let order = if self.descending { "desc" } else { "asc" };
            words = format!("&{prefix}sort={}&{prefix}order={order}", columns[self.by].0);
        }
        if self.page > 1 {
            words += &format!("&{prefix}page={}", self.page);
        }
        words
    }
}

/// Both tables of an import's page: a link of one keeps the other as it is.
pub struct Tables<'a> {
    href: &'a str,
    pages: View,
    skipped: View,
}

impl<'a> Tables<'a> {
    pub fn read(href: &'a str, asked: &Asked) -> Self {
        let pages = View::read(&PAGES, BY_NEW, &asked.sort, &asked.order, asked.page);
        let (sort, order) = (&asked.skipped_sort, &asked.skipped_order);
        let skipped = View::read(&SKIPPED, BY_PLACE, sort, order, asked.skipped_page);
        Self { href, pages, skipped }
    }

    pub fn pages(&self, report: &Report) -> Table<Preview> {
        let mut rows = report.pages.clone();
        match self.pages.by {
            0 => rows.sort_by(|a, b| a.link.cmp(&b.link)),
            2 => rows.sort_by_key(|row| row.comments),
            _ => (),
        }
        let link = |view| self.address(view, self.skipped, "pages");
        // Each thread of the file is a row, those too that became one page.
        part(rows, report.threads + report.merged, self.pages, (&PAGES, BY_NEW), link)
    }

    pub fn skipped(&self, report: &Report) -> Table<Skipped> {
        let mut rows = report.skipped.clone();
        if self.skipped.by != BY_PLACE {
            rows.sort_by(|a, b| a.reason.cmp(&b.reason));
        }
        let link = |view| self.address(self.pages, view, "skipped");
        part(rows, report.skipped_count, self.skipped, (&SKIPPED, BY_PLACE), link)
    }

    fn address(&self, pages: View, skipped: View, anchor: &str) -> String {
        let words = pages.words(&PAGES, BY_NEW, "") + &skipped.words(&SKIPPED, BY_PLACE, "skipped_");
        let query = words.strip_prefix('&').map(|words| format!("?{words}")).unwrap_or_default();
        format!("{}{query}#{anchor}", self.href)
    }
}

fn part<Row>(
    mut rows: Vec<Row>,
    all: u64,
    view: View,
    (columns, usual): (&[Named], usize),
    link: impl Fn(View) -> String,
) -> Table<Row> {
    if view.descending {
        rows.reverse();
    }
    let listed = rows.len();
    let page = view.page.min(listed.div_ceil(ROWS).max(1));
    let to = (page * ROWS).min(listed);
    let turn = |page| link(View { page, ..view });
    Table {
        columns: columns.iter().enumerate().map(|(by, named)| column(by, *named, view, &link)).collect(),
        rows: rows.into_iter().skip((page - 1) * ROWS).take(ROWS).collect(),
        from: ((page - 1) * ROWS + 1).min(listed),
        to,
        listed,
        all: all.max(listed as u64),
        before: (page > 1).then(|| turn(page - 1)),
        after: (to < listed).then(|| turn(page + 1)),
        asked: view != View { by: usual, descending: false, page: 1 },
    }
}

fn column(by: usize, (_, label, number): Named, view: View, link: &impl Fn(View) -> String) -> Column {
    let is_current = by == view.by;
    let descending = if is_current { !view.descending } else { number };
    Column {
        label,
        href: link(View { by, descending, page: 1 }),
        sorted: is_current.then_some(if view.descending { "descending" } else { "ascending" }),
        number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let pages = (0..250_u64).map(|number| Preview {
            link: format!("/old/{:03}", 249 - number),
            page: format!("/new/{number:03}"),
            comments: number % 7,
        });
        let skipped = ["b", "a"].map(|reason| Skipped { at: reason.into(), reason: reason.into() });
        Report {
            pages: pages.collect(),
            skipped: skipped.to_vec(),
            skipped_count: 12_000,
            threads: 200,
            merged: 50,
            ..Report::default()
        }
    }

    fn asked(sort: &str, order: &str, page: usize) -> Asked {
        Asked { sort: sort.into(), order: order.into(), page: Some(page), ..Asked::default() }
    }

    #[test]
    fn a_table_is_read_page_by_page_and_the_other_stays_as_it_was() {
        let asked = Asked { skipped_sort: "reason".into(), ..asked("", "", 2) };
        let tables = Tables::read("/i", &asked);
        let pages = tables.pages(&report());
        assert_eq!((pages.from, pages.to, pages.listed, pages.all), (101, 200, 250, 250));
        assert_eq!(pages.rows[0].page, "/new/100");
        assert_eq!(pages.before.unwrap(), "/i?skipped_sort=reason&skipped_order=asc#pages");
        assert_eq!(pages.after.unwrap(), "/i?page=3&skipped_sort=reason&skipped_order=asc#pages");
        let skipped = tables.skipped(&report());
        assert_eq!((skipped.rows[0].reason.as_str(), skipped.listed, skipped.all), ("a", 2, 12_000));
        assert!(skipped.after.is_none() && skipped.columns[0].href == "/i?page=2#skipped");
    }

    #[test]
    fn a_table_is_sorted_by_each_column_and_back() {
        let first = |sort, order| {
            let pages = Tables::read("/i", &asked(sort, order, 1)).pages(&report());
            (pages.rows[0].page.clone(), pages.columns)
        };
        assert_eq!(first("old", "").0, "/new/249");
        assert_eq!(first("new", "desc").0, "/new/249");
        let (page, columns) = first("comments", "");
        assert_eq!((page.as_str(), columns[2].sorted), ("/new/244", Some("descending")));
        assert_eq!(columns[2].href, "/i?sort=comments&order=asc#pages");
        assert_eq!(
            (columns[0].href.as_str(), columns[1].href.as_str()),
            ("/i?sort=old&order=asc#pages", "/i#pages")
        );
    }

    #[test]
    fn a_page_that_there_is_not_is_the_last() {
        let pages = Tables::read("/i", &asked("", "", 99)).pages(&report());
        assert_eq!((pages.from, pages.to, pages.after), (201, 250, None));
        let empty = Tables::read("/i", &asked("", "", 0)).pages(&Report::default());
        assert_eq!((empty.from, empty.to, empty.all), (0, 0, 0));
    }
}
