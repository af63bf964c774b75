//! The long tables of a report, put in order and read page by page.

use crate::community::transfer::report::{Preview, Report, Skipped};
use crate::web::table::{Address, Column, Head, Names, Pages, Table};

const PAGES: Names = Names::MAIN;
const SKIPPED: Names = Names { sort: "skipped_sort", direction: "skipped_dir", page: "skipped_page" };

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum PagesBy {
    Old,
    #[default]
    New,
    Comments,
}

const PAGES_HEADS: &[Head<PagesBy>] = &[
    Head { by: PagesBy::Old, word: "old", label: "In the file", class: "", descending: false },
    Head { by: PagesBy::New, word: "new", label: "Here", class: "", descending: false },
    Head { by: PagesBy::Comments, word: "comments", label: "Comments", class: "number", descending: true },
];

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum SkippedBy {
    #[default]
    Place,
    Reason,
}

const SKIPPED_HEADS: &[Head<SkippedBy>] = &[
    Head { by: SkippedBy::Place, word: "place", label: "Where in the file", class: "", descending: false },
    Head { by: SkippedBy::Reason, word: "reason", label: "Why", class: "", descending: false },
];

/// A part of a table, and the way to its other parts.
pub struct Part<Row> {
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    pub pages: Pages,
    /// How many there were; the report lists the first of very many.
    pub all: u64,
    /// Whether somebody asked for this part, and means to see it.
    pub asked: bool,
}

impl<Row> Part<Row> {
    /// Whether the report lists fewer than there were.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.all > self.pages.total as u64
    }
}

/// The address of an import's page, with what it says of both tables.
#[must_use]
pub fn address(href: &str, query: &str) -> Address {
    Address::new(href, query, &[PAGES.all(), SKIPPED.all()].concat())
}

/// Which page is which.
#[must_use]
pub fn pages(report: &Report, address: &Address) -> Part<Preview> {
    let address = address.clone().at("pages");
    let table = Table::asked(&address, PAGES, PAGES_HEADS);
    let mut rows = report.pages.clone();
    table.arrange(&mut rows, |by, one, other| match by {
        PagesBy::Old => one.link.cmp(&other.link),
        PagesBy::New => one.page.cmp(&other.page),
        PagesBy::Comments => one.comments.cmp(&other.comments),
    });
    // Each thread of the file is a row, those too that became one page.
    part(rows, report.threads + report.merged, &table, &address, PAGES)
}

/// What did not come over, and why.
#[must_use]
pub fn skipped(report: &Report, address: &Address) -> Part<Skipped> {
    let address = address.clone().at("skipped");
    let table = Table::asked(&address, SKIPPED, SKIPPED_HEADS);
    let mut rows: Vec<(usize, Skipped)> = report.skipped.iter().cloned().enumerate().collect();
    table.arrange(&mut rows, |by, one, other| match by {
        SkippedBy::Place => one.0.cmp(&other.0),
        SkippedBy::Reason => one.1.reason.cmp(&other.1.reason),
    });
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    part(rows, report.skipped_count, &table, &address, SKIPPED)
}

fn part<Row, By: Copy + PartialEq + Default>(
    rows: Vec<Row>,
    all: u64,
    table: &Table<By>,
    address: &Address,
    names: Names,
) -> Part<Row> {
    let all = all.max(rows.len() as u64);
    let (rows, pages) = table.cut(rows);
    let asked = names.all().iter().any(|name| !address.get(name).is_empty());
    Part { columns: table.columns(), rows, pages, all, asked }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let pages = (0..120_u64).map(|number| Preview {
            link: format!("/old/{:03}", 119 - number),
            page: format!("/new/{number:03}"),
            comments: number % 7,
        });
        let skipped = ["b", "a"].map(|reason| Skipped { at: reason.into(), reason: reason.into() });
        Report {
            pages: pages.collect(),
            skipped: skipped.to_vec(),
            skipped_count: 12_000,
            threads: 100,
            merged: 20,
            ..Report::default()
        }
    }

    #[test]
    fn a_table_is_read_page_by_page_and_the_other_stays_as_it_was() {
        let address = address("/i", "page=2&skipped_sort=reason&done=x");
        let shown = pages(&report(), &address);
        assert_eq!((shown.pages.first, shown.pages.last, shown.pages.total, shown.all), (51, 100, 120, 120));
        assert_eq!(shown.rows[0].page, "/new/050");
        assert!(shown.asked && !shown.is_cut());
        let after = shown.pages.after.unwrap();
        assert!(
            after.contains("page=3") && after.contains("skipped_sort=reason") && after.ends_with("#pages")
        );
        let skipped = skipped(&report(), &address);
        assert_eq!((skipped.rows[0].reason.as_str(), skipped.pages.total, skipped.all), ("a", 2, 12_000));
        assert!(skipped.is_cut() && skipped.columns[0].href.contains("page=2"));
    }

    #[test]
    fn a_table_is_sorted_by_each_column_and_back() {
        let first = |query: &str| pages(&report(), &address("/i", query)).rows[0].page.clone();
        assert_eq!(first(""), "/new/000");
        assert_eq!(first("sort=old"), "/new/119");
        assert_eq!(first("sort=new&dir=desc"), "/new/119");
        assert_eq!(first("sort=comments"), "/new/006");
        let place = |query: &str| skipped(&report(), &address("/i", query)).rows[0].reason.clone();
        assert_eq!((place("").as_str(), place("skipped_sort=place&skipped_dir=desc").as_str()), ("b", "a"));
    }
}
