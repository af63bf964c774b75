//! An entry as a line of CSV or of JSON.

use serde::Serialize;

use super::Line;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::secrets::hex;
use crate::web::csv::field;

/// What an export is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For spreadsheets, after RFC 4180.
    Csv,
    /// For programs: one JSON object a line.
    JsonLines,
}

/// In the order of the columns.
#[derive(Serialize)]
struct Row<'a> {
    id: Id,
    at: Millis,
    account: Option<Id>,
    actor: &'a str,
    address: &'a str,
    action: &'a str,
    subject: &'a str,
    site: Option<&'a str>,
    site_id: Option<Id>,
    was: &'a str,
    became: &'a str,
    hash: String,
}

const HEADER: &str = "id,at,account,actor,address,action,subject,site,site_id,was,became,hash\r\n";

impl Format {
    /// # Errors
    /// `NotFound` for another word.
    pub fn parse(word: &str) -> Result<Self> {
        match word {
            "csv" => Ok(Self::Csv),
            "jsonl" => Ok(Self::JsonLines),
            _ => Err(Error::NotFound("The audit trail is exported as csv and as jsonl.".into())),
        }
    }

    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::JsonLines => "application/x-ndjson",
        }
    }

    /// What stands before the first line.
    #[must_use]
    pub fn header(self) -> &'static str {
        if self == Self::Csv { HEADER } else { "" }
    }

    /// One entry, with the end of its line.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn line(self, line: &Line) -> Result<String> {
        let row = Row::of(line);
        match self {
            Self::Csv => Ok(row.csv()),
            Self::JsonLines => Ok(serde_json::to_string(&row).map_err(Error::internal)? + "\n"),
        }
    }
}

impl<'a> Row<'a> {
    fn of(line: &'a Line) -> Self {
        let entry = &line.entry;
        Self {
            id: entry.id,
            at: entry.at,
            account: entry.account,
            actor: &entry.actor,
            address: &entry.address,
            action: &entry.action,
            subject: &entry.subject,
            site: line.site.as_deref(),
            site_id: entry.site,
            was: &entry.was,
            became: &entry.became,
            hash: hex(&entry.hash),
        }
    }

    fn csv(&self) -> String {
        let id = |id: Option<Id>| id.map(|id| id.to_string()).unwrap_or_default();
        let fields = [
            &self.id.to_string(),
            &self.at.to_string(),
            &id(self.account),
            self.actor,
            self.address,
            self.action,
            self.subject,
            self.site.unwrap_or_default(),
            &id(self.site_id),
            self.was,
            self.became,
            &self.hash,
        ];
        fields.map(field).join(",") + "\r\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::audit::Recorded;

    fn line() -> Line {
        let entry = Recorded {
            id: Id(1),
            at: Millis(0),
            account: None,
            actor: "=cmd|'/c calc'!A1".into(),
            address: String::new(),
            action: "site.change".into(),
            subject: "site:blog".into(),
            site: Some(Id(2)),
            was: "a \"b\", c".into(),
            became: "two\nlines".into(),
            hash: vec![0xab],
        };
        Line { entry, site: Some("blog".into()) }
    }

    #[test]
    fn a_line_of_csv_is_quoted_and_harmless_in_a_spreadsheet() {
        let expected = "0000000000001,1970-01-01T00:00:00.000Z,,\"'=cmd|'/c calc'!A1\",,site.change,site:blog,blog,\
                        0000000000002,\"a \"\"b\"\", c\",\"two\nlines\",ab\r\n";
        assert_eq!(Format::Csv.line(&line()).unwrap(), expected);
        assert_eq!(HEADER.split(',').count(), 12);
    }

    #[test]
    fn a_line_of_json_has_everything_as_it_is() {
        let text = Format::JsonLines.line(&line()).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (text.lines().count(), &value["was"], &value["account"]),
            (1, &"a \"b\", c".into(), &().into())
        );
        let names: Vec<_> = HEADER.trim_end().split(',').collect();
        assert!(
            names.iter().all(|name| value.get(name).is_some())
                && value.as_object().unwrap().len() == names.len()
        );
    }
}
