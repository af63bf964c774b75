//! Tables that sort and page by their address: the heads of the columns are links, so that the back button leads to
//! how a table was before, and a bookmark to how it is.

use std::cmp::Ordering;

use url::form_urlencoded::{Serializer, parse};

/// Rows on a page.
pub const PAGE: usize = 50;

/// The address of a page, of which every table on it changes its own parts.
#[derive(Clone, Debug, Default)]
pub struct Address {
    path: String,
    parts: Vec<(String, String)>,
    /// Where on the page one arrives.
    anchor: &'static str,
}

impl Address {
    /// Of a page that was asked for with `query`. Only the parts of these names stay: what else an address says is of
    /// what was just done, and holds once.
    #[must_use]
    pub fn new(path: impl Into<String>, query: &str, kept: &[&str]) -> Self {
        let mut parts: Vec<(String, String)> = Vec::new();
        for (name, value) in parse(query.as_bytes()).into_owned() {
            let is_new = parts.iter().all(|(known, _)| *known != name);
            if is_new && !value.is_empty() && kept.contains(&name.as_str()) {
                parts.push((name, value));
            }
        }
        Self { path: path.into(), parts, anchor: "" }
    }

    /// Empty when it is not there.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.parts.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// With another value of that name; without it where that is empty.
    #[must_use]
    pub fn with(&self, name: &str, value: impl Into<String>) -> Self {
        let (mut parts, value) = (self.parts.clone(), value.into());
        match parts.iter_mut().find(|(known, _)| known == name) {
            Some(part) => part.1 = value,
            None => parts.push((name.to_owned(), value)),
        }
        parts.retain(|(_, value)| !value.is_empty());
        Self { parts, ..self.clone() }
    }

    #[must_use]
    pub fn at(self, anchor: &'static str) -> Self {
        Self { anchor, ..self }
    }

    #[must_use]
    pub fn href(&self) -> String {
        let mut href = self.path.clone();
        if !self.parts.is_empty() {
            href.push('?');
            href += &Serializer::new(String::new()).extend_pairs(&self.parts).finish();
        }
        if !self.anchor.is_empty() {
            href.push('#');
            href += self.anchor;
        }
        href
    }
}

/// What the parts of an address are called that belong to a table.
#[derive(Clone, Copy, Debug)]
pub struct Names {
    pub sort: &'static str,
    pub direction: &'static str,
    /// The number of a page, or a mark after which it goes on.
    pub page: &'static str,
}

impl Names {
    /// Of the only table on a page, or its first.
    pub const MAIN: Self = Self { sort: "sort", direction: "dir", page: "page" };

    #[must_use]
    pub fn all(self) -> [&'static str; 3] {
        [self.sort, self.direction, self.page]
    }
}

/// A column by which a table can be put in order.
#[derive(Clone, Copy, Debug)]
pub struct Head<By: 'static> {
    pub by: By,
    /// In the address.
    pub word: &'static str,
    pub label: &'static str,
    pub class: &'static str,
    /// Whether the largest is looked for first; names begin with A.
    pub descending: bool,
}

/// The head of a column as a page shows it.
pub struct Column {
    pub label: &'static str,
    /// Puts the table in its order; in the other direction where it has that one.
    pub href: String,
    /// For `aria-sort`, where the table is in its order.
    pub sorted: Option<&'static str>,
    pub class: &'static str,
}

/// How a table is asked for.
pub struct Table<By: 'static> {
    address: Address,
    names: Names,
    heads: &'static [Head<By>],
    pub by: By,
    pub descending: bool,
}

impl<By: Copy + PartialEq + Default> Table<By> {
    /// As the address says; by the default where that says nothing that is known.
    #[must_use]
    pub fn asked(address: &Address, names: Names, heads: &'static [Head<By>]) -> Self {
        let asked = heads.iter().find(|head| head.word == address.get(names.sort));
        let head = asked.or_else(|| heads.iter().find(|head| head.by == By::default()));
        let descending = match address.get(names.direction) {
            "asc" => false,
            "desc" => true,
            _ => head.is_some_and(|head| head.descending),
        };
        let by = head.map(|head| head.by).unwrap_or_default();
        Self { address: address.clone(), names, heads, by, descending }
    }

    #[must_use]
    pub fn columns(&self) -> Vec<Column> {
        self.heads.iter().map(|head| self.column(head)).collect()
    }

    fn column(&self, head: &Head<By>) -> Column {
        let is_current = head.by == self.by;
        let next = if is_current { !self.descending } else { head.descending };
        let now = if self.descending { "descending" } else { "ascending" };
        Column {
            label: head.label,
            href: self.ordered(head.word, next).href(),
            sorted: is_current.then_some(now),
            class: head.class,
        }
    }

    /// The word of the order in the address.
    #[must_use]
    pub fn word(&self) -> &'static str {
        self.heads.iter().find(|head| head.by == self.by).map_or("", |head| head.word)
    }

    #[must_use]
    pub fn direction(&self) -> &'static str {
        direction(self.descending)
    }

    fn ordered(&self, word: &str, descending: bool) -> Address {
        let Names { sort, direction: towards, page } = self.names;
        self.address.with(sort, word).with(towards, direction(descending)).with(page, "")
    }

    /// The same order from that page, or that mark, on.
    #[must_use]
    pub fn page_href(&self, page: impl Into<String>) -> String {
        self.ordered(self.word(), self.descending).with(self.names.page, page).href()
    }

    /// Puts rows in this order; equal ones stay as they came.
    pub fn arrange<T>(&self, rows: &mut [T], ascending: impl Fn(By, &T, &T) -> Ordering) {
        rows.sort_by(|one, other| {
            if self.descending { ascending(self.by, other, one) } else { ascending(self.by, one, other) }
        });
    }

    /// The rows of the page that is asked for, or of the last one, and the ways to the others.
    #[must_use]
    pub fn cut<T>(&self, rows: Vec<T>) -> (Vec<T>, Pages) {
        let pages = self.pages(rows.len());
        (rows.into_iter().skip(pages.first - 1).take(PAGE).collect(), pages)
    }

    /// Which of so many rows the page shows that is asked for, or the last one.
    #[must_use]
    pub fn pages(&self, total: usize) -> Pages {
        let last = total.div_ceil(PAGE).max(1);
        let at = self.address.get(self.names.page).parse().unwrap_or(1).clamp(1, last);
        let skipped = (at - 1) * PAGE;
        let href =
            |number: usize| self.page_href(if number > 1 { number.to_string() } else { String::new() });
        Pages {
            first: skipped + 1,
            last: total.min(skipped + PAGE),
            total,
            before: (at > 1).then(|| href(at - 1)),
            after: (at < last).then(|| href(at + 1)),
        }
    }
}

/// Which rows a page shows, and the ways to the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pages {
    pub first: usize,
    pub last: usize,
    pub total: usize,
    pub before: Option<String>,
    pub after: Option<String>,
}

impl Pages {
    #[must_use]
    pub fn are_several(&self) -> bool {
        self.before.is_some() || self.after.is_some()
    }
}

fn direction(descending: bool) -> &'static str {
    if descending { "desc" } else { "asc" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    enum By {
        #[default]
        Name,
        Size,
    }

    const HEADS: &[Head<By>] = &[
        Head { by: By::Name, word: "name", label: "Name", class: "", descending: false },
        Head { by: By::Size, word: "size", label: "Size", class: "number", descending: true },
    ];

    fn table(query: &str) -> Table<By> {
        let mut kept = vec!["show"];
        kept.extend(Names::MAIN.all());
        Table::asked(&Address::new("/list", query, &kept), Names::MAIN, HEADS)
    }

    #[test]
    fn a_head_turns_its_own_order_round_and_begins_another_at_its_start() {
        let columns = table("show=ended&sort=size&page=3&done=removed").columns();
        let hrefs: Vec<_> = columns.iter().map(|column| column.href.as_str()).collect();
        assert_eq!(
            hrefs,
            ["/list?show=ended&sort=name&dir=asc", "/list?show=ended&sort=size&dir=asc"],
            "what was done is told once, and another order begins on its first page"
        );
        assert_eq!(
            columns.iter().map(|column| column.sorted).collect::<Vec<_>>(),
            [None, Some("descending")]
        );
    }

    #[test]
    fn what_an_address_says_twice_it_says_once() {
        let shown = table("page=2&sort=size&page=3");
        assert_eq!(shown.page_href(""), "/list?sort=size&dir=desc");
    }

    #[test]
    fn nonsense_is_the_default() {
        let shown = table("sort=nonsense&dir=nonsense&page=nonsense");
        assert_eq!((shown.by, shown.descending), (By::Name, false));
        assert_eq!(shown.cut(vec![1]).0, [1]);
    }

    #[test]
    fn equal_rows_stay_as_they_came_in_both_directions() {
        let mut rows = vec![("a", 1), ("b", 2), ("c", 1)];
        let ascending = |by, one: &(&str, i32), other: &(&str, i32)| match by {
            By::Name => one.0.cmp(other.0),
            By::Size => one.1.cmp(&other.1),
        };
        table("sort=size").arrange(&mut rows, ascending);
        assert_eq!(rows, [("b", 2), ("a", 1), ("c", 1)]);
        table("sort=name&dir=desc").arrange(&mut rows, ascending);
        assert_eq!(rows, [("c", 1), ("b", 2), ("a", 1)]);
    }

    #[test]
    fn every_row_is_on_one_page() {
        let rows: Vec<usize> = (0..=PAGE * 2).collect();
        let mut found = Vec::new();
        for number in 1..=3 {
            let (shown, pages) = table(&format!("page={number}")).cut(rows.clone());
            assert_eq!((pages.first, pages.last), (found.len() + 1, found.len() + shown.len()));
            assert_eq!((pages.before.is_some(), pages.after.is_some()), (number > 1, number < 3));
            found.extend(shown);
        }
        assert_eq!(found, rows);
        let (beyond, _) = table("page=99").cut(rows);
        assert_eq!(beyond, [PAGE * 2], "the last page, where rows went meanwhile");
        assert!(!table("").cut(Vec::<u8>::new()).1.are_several());
    }
}
