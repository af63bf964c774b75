//! What an import answers: for scripts as JSON, for people as a short table.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::apply::Counts;
use super::store::Staging;
use crate::base::error::Result;

/// The report lists this many skipped comments by place and reason; `skipped_count` counts all.
const MOST_SKIPPED: usize = 10_000;
/// And so many threads of the file with their pages; there are `threads + merged`.
const MOST_PAGES: usize = 100_000;
const MOST_SHOWN: usize = 20;

/// A comment that was not brought over, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Where in the file it stands.
    pub at: String,
    pub reason: String,
}

/// Where the comments of a thread go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// What the file calls the page.
    pub link: String,
    /// The page's key here.
    pub page: String,
    pub comments: u64,
}

/// What an import did or, after a dry run, would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub format: String,
    pub dry_run: bool,
    /// Comments in the file: `imported + already + skipped_count`.
    pub read: u64,
    pub imported: u64,
    /// Comments that an earlier run had brought over.
    pub already: u64,
    pub skipped: Vec<Skipped>,
    pub skipped_count: u64,
    /// Pages that the comments stand on.
    pub threads: u64,
    /// Which thread of the file is which of them, by page.
    pub pages: Vec<Preview>,
    /// Rules for pages that no thread was found for, as they were written.
    pub unused_rules: Vec<String>,
    /// Threads of the file that are the same page as another one.
    pub merged: u64,
    /// Replies that stand at the top level now, because what they answered is not in the file.
    pub moved: u64,
    /// Of `imported` and `already` together: what waits for a moderator over there …
    pub held: u64,
    /// … what was marked as spam …
    pub spam: u64,
    /// … and placeholders of deleted comments that have replies.
    pub deleted: u64,
    /// What there is to know about the file as a whole.
    #[serde(default)]
    pub notes: Vec<String>,
}

pub(super) fn build(
    format: &str,
    dry_run: bool,
    counts: Counts,
    staging: &Staging,
    unused_rules: Vec<String>,
) -> Result<Report> {
    let tally = staging.tally()?;
    Ok(Report {
        format: format.to_owned(),
        dry_run,
        read: tally.read,
        imported: counts.imported,
        already: counts.already,
        skipped: staging.skipped(MOST_SKIPPED)?,
        skipped_count: tally.skipped,
        threads: tally.pages,
        pages: staging.previews(MOST_PAGES)?,
        unused_rules,
        merged: tally.merged,
        moved: tally.moved,
        held: tally.held,
        spam: tally.spam,
        deleted: tally.deleted,
        notes: staging.notes()?,
    })
}

impl Report {
    /// What is special about some of them, for people.
    fn remarks(&self) -> Vec<String> {
        let remarks = [
            (self.held, "held for a moderator"),
            (self.spam, "marked as spam"),
            (self.deleted, "deleted, kept as a placeholder for the replies"),
            (self.moved, "moved to the top level: what they answered is missing"),
            (self.merged, "more threads were the same pages and were merged"),
        ];
        let some = remarks.into_iter().filter(|(count, _)| *count > 0);
        some.map(|(count, words)| format!("{count} {words}")).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.dry_run {
            writeln!(f, "Dry run: nothing was written. An import of this file would give:")?;
        }
        let rows = [
            ("comments read", self.read),
            ("imported", self.imported),
            ("already here", self.already),
            ("skipped", self.skipped_count),
            ("pages", self.threads),
        ];
        for (label, count) in rows {
            writeln!(f, "{label:>14}  {count}")?;
        }
        for remark in self.remarks() {
            writeln!(f, "{:>14}  {remark}", "")?;
        }
        for note in &self.notes {
            writeln!(f, "Note: {note}")?;
        }
        if self.dry_run {
            self.write_pages(f)?;
        }
        if !self.unused_rules.is_empty() {
            writeln!(f, "Rules that fit no page of the file:")?;
            write_some(f, self.unused_rules.iter(), self.unused_rules.len() as u64)?;
        }
        if self.skipped_count > 0 {
            writeln!(f, "Skipped:")?;
        }
        let skipped = self.skipped.iter().map(|Skipped { at, reason }| format!("{at}: {reason}"));
        write_some(f, skipped, self.skipped_count)
    }
}

impl Report {
    fn write_pages(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Pages:")?;
        let pages = self.pages.iter().map(|Preview { link, page, comments }| {
            let was = if link == page { String::new() } else { format!("  (was {link})") };
            format!("{comments:>6}  {page}{was}")
        });
        write_some(f, pages, self.threads + self.merged)
    }
}

fn write_some(
    f: &mut fmt::Formatter<'_>,
    lines: impl Iterator<Item = impl fmt::Display>,
    all: u64,
) -> fmt::Result {
    for line in lines.take(MOST_SHOWN) {
        writeln!(f, "  {line}")?;
    }
    match all.saturating_sub(MOST_SHOWN as u64) {
        0 => Ok(()),
        more => writeln!(f, "  and {more} more; --json lists them"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(skipped: usize) -> Report {
        let skipped: Vec<_> = (0..skipped)
            .map(|line| Skipped { at: format!("line {line}"), reason: "because".into() })
            .collect();
        Report {
            format: "disqus".into(),
            dry_run: false,
            read: 30,
            imported: 5,
            already: 0,
            skipped_count: skipped.len() as u64,
            skipped,
            threads: 2,
            pages: Vec::new(),
            unused_rules: Vec::new(),
            merged: 0,
            moved: 0,
            held: 0,
            spam: 1,
            deleted: 0,
            notes: vec!["Mind this.".into()],
        }
    }

    #[test]
    fn the_table_lists_twenty_skipped_comments_and_counts_the_rest() {
        let text = report(25).to_string();
        assert_eq!(text.lines().filter(|line| line.starts_with("  line")).count(), 20);
        assert!(text.contains("and 5 more") && text.contains("1 marked as spam"), "{text}");
        assert!(text.contains("Note: Mind this."));
        assert!(!report(20).to_string().contains("more;"));
    }

    #[test]
    fn the_json_has_what_scripts_were_promised() {
        let json = serde_json::to_value(report(1)).unwrap();
        for key in ["format", "read", "imported", "already", "skipped", "threads"] {
            assert!(json.get(key).is_some(), "{key}");
        }
        assert_eq!(json["skipped"][0], serde_json::json!({"at": "line 0", "reason": "because"}));
    }
}
