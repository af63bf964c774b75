//! The table of pages that an import shows, as a file to be changed in a spreadsheet and given back as rules.

use super::super::report::Preview;
use crate::web::csv::{field, fields};

/// Begins the first line. As a remark it is no rule, and it tells such a table from other files of rules.
const MARK: &str = "# old page";

/// The table as CSV: a page as the file calls it, its key here, and how many comments it has.
#[must_use]
pub fn write(pages: &[Preview]) -> String {
    let mut text = format!("{MARK},new page,comments\r\n");
    for Preview { link, page, comments } in pages {
        text += &format!("{},{},{comments}\r\n", field(link), field(page));
    }
    text
}

/// What stands between the columns of such a table, if this is its first line. Spreadsheets of some languages save it
/// with semicolons or tabs.
pub fn separator(line: &str) -> Option<char> {
    line.trim().strip_prefix(MARK)?.chars().next().filter(|letter| matches!(letter, ',' | ';' | '\t'))
}

/// The rule of a line; none for a remark, and for a page that has no new one.
pub fn rule(line: &str, separator: char) -> Option<(String, String)> {
    if line.trim().is_empty() || line.starts_with('#') {
        return None;
    }
    let mut fields = fields(line, separator).into_iter();
    let (old, new) = (fields.next()?, fields.next()?);
    (!new.trim().is_empty()).then_some((old, new))
}
