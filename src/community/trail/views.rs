//! The trail as the dashboard words it.

use std::collections::BTreeSet;

use rusqlite::Connection;
use serde_json::{Map, Value};

use super::Line;
use crate::base::audit::{self, Who};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::secrets::hex;
use crate::community::sites::Site;
use crate::web::frame::When;

/// A trail of up to so many entries is verified each time somebody looks at it; of a longer one, the last
/// check is told.
const SHORT: u64 = 3000;
/// Texts up to this length stand in the line itself.
const BRIEF: usize = 40;

/// One option of a list.
pub struct Choice {
    pub value: String,
    pub label: String,
    pub current: bool,
}

/// The actions of a kind of thing.
pub struct Group {
    pub name: String,
    pub current: bool,
    pub actions: Vec<Choice>,
}

/// Whether the chain holds, as far as that is known.
pub struct State {
    pub checked: Option<Checked>,
}

pub struct Checked {
    pub entries: u64,
    pub fault: Option<String>,
    /// None: this moment.
    pub when: Option<When>,
}

pub struct EntryView {
    pub id: String,
    pub when: When,
    pub at: String,
    pub actor: String,
    pub address: String,
    pub action: String,
    pub subject: String,
    /// The page of what it is about, where there is one.
    pub href: Option<String>,
    pub site: Option<String>,
    /// `held → published`, when that is short enough for the line.
    pub brief: Option<(String, String)>,
    /// Nothing was there before, so there is no before to show.
    pub is_new: bool,
    pub changes: Vec<Change>,
    pub hash: String,
}

pub struct Change {
    /// Empty when the whole thing has one value.
    pub field: String,
    pub was: String,
    pub became: String,
}

impl State {
    pub fn read(c: &Connection, now: Millis) -> Result<Self> {
        if audit::is_longer_than(c, SHORT)? {
            let checked = audit::last_check(c)?.map(|last| Checked {
                entries: last.verdict.entries,
                fault: last.verdict.fault,
                when: Some(When::new(Millis(last.at), now)),
            });
            return Ok(Self { checked });
        }
        let verdict = audit::verify(c)?;
        Ok(Self { checked: Some(Checked { entries: verdict.entries, fault: verdict.fault, when: None }) })
    }
}

impl EntryView {
    #[must_use]
    pub fn new(line: Line, now: Millis) -> Self {
        let entry = line.entry;
        let changes = changes(&entry.was, &entry.became);
        let brief = match changes.as_slice() {
            [one] if one.field.is_empty() && one.was.len() + one.became.len() <= BRIEF => {
                Some((one.was.clone(), one.became.clone()))
            }
            _ => None,
        };
        Self {
            id: entry.id.to_string(),
            when: When::new(entry.at, now),
            at: entry.at.to_string(),
            actor: entry.actor,
            address: entry.address,
            href: href(&entry.subject),
            action: entry.action,
            subject: entry.subject,
            site: line.site,
            is_new: entry.was.is_empty(),
            brief,
            changes,
            hash: hex(&entry.hash),
        }
    }
}

/// Field by field where both texts are objects of JSON, else as a whole.
fn changes(was: &str, became: &str) -> Vec<Change> {
    if was.is_empty() && became.is_empty() {
        return Vec::new();
    }
    let whole = Change { field: String::new(), was: was.to_owned(), became: became.to_owned() };
    let (Some(was), Some(became)) = (object(was), object(became)) else { return vec![whole] };
    let names: BTreeSet<_> = was.keys().chain(became.keys()).collect();
    let text = |of: &Map<String, Value>, name: &String| match of.get(name) {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    names
        .into_iter()
        .map(|name| Change { field: name.clone(), was: text(&was, name), became: text(&became, name) })
        .collect()
}

fn object(text: &str) -> Option<Map<String, Value>> {
    if text.is_empty() { Some(Map::new()) } else { serde_json::from_str(text).ok() }
}

fn href(subject: &str) -> Option<String> {
    match subject.split_once(':')? {
        ("comment", id) => Some(format!("/admin/comments/{id}")),
        ("site", key) => Some(format!("/admin/sites/{key}")),
        ("setting", _) => Some("/admin/settings".to_owned()),
        _ => None,
    }
}

#[must_use]
pub fn people(actors: Vec<(Who, String)>, current: &str) -> Vec<Choice> {
    let choice = |(who, label): (Who, String)| {
        let value = match who {
            Who::Account(id) => id.to_string(),
            Who::Named(name) => name,
        };
        Choice { current: value == current, value, label }
    };
    with_asked(actors.into_iter().map(choice).collect(), current)
}

#[must_use]
pub fn site_choices(sites: Vec<Site>, current: &str) -> Vec<Choice> {
    let choice = |site: Site| Choice { current: site.key == current, value: site.key, label: site.name };
    with_asked(sites.into_iter().map(choice).collect(), current)
}

/// What was asked for is in the list, even if nothing of it is in the trail.
fn with_asked(mut choices: Vec<Choice>, current: &str) -> Vec<Choice> {
    if !current.is_empty() && !choices.iter().any(|choice| choice.current) {
        choices.push(Choice { value: current.to_owned(), label: current.to_owned(), current: true });
    }
    choices
}

/// Actions by what stands before their first dot.
#[must_use]
pub fn groups(actions: Vec<String>, current: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut all = actions;
    if !current.is_empty() && !all.iter().any(|one| one == current || one.starts_with(&format!("{current}.")))
    {
        all.push(current.to_owned());
    }
    for action in all {
        let name = action.split('.').next().unwrap_or_default().to_owned();
        if groups.last().is_none_or(|group| group.name != name) {
            groups.push(Group { current: name == current, name: name.clone(), actions: Vec::new() });
        }
        if let Some(group) = groups.last_mut()
            && action != name
        {
            group.actions.push(Choice { current: action == current, label: action.clone(), value: action });
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(was: &str, became: &str) -> Vec<[String; 3]> {
        changes(was, became).into_iter().map(|one| [one.field, one.was, one.became]).collect()
    }

    #[test]
    fn objects_are_told_field_by_field_and_the_rest_as_it_is() {
        let fields = told(r#"{"name":"Blog","images":false}"#, r#"{"name":"Log","images":true}"#);
        assert_eq!(
            fields,
            [["images", "false", "true"], ["name", "Blog", "Log"]].map(|row| row.map(String::from))
        );
        assert_eq!(told("", r#"{"key":"blog"}"#), [["key", "", "blog"].map(String::from)]);
        assert_eq!(told("held", "published"), [["", "held", "published"].map(String::from)]);
        assert_eq!(told("30", "7"), [["", "30", "7"].map(String::from)]);
        assert!(told("", "").is_empty());
    }

    #[test]
    fn actions_are_listed_by_group() {
        let all = ["comment.approve", "comment.spam", "site.change"].map(String::from).to_vec();
        let groups = groups(all, "comment");
        let names: Vec<_> =
            groups.iter().map(|group| (group.name.as_str(), group.actions.len(), group.current)).collect();
        assert_eq!(names, [("comment", 2, true), ("site", 1, false)]);
    }
}
