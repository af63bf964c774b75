//! The admin's own rules for which page is which, where paths changed on the way here.

mod rule;
pub mod table;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::SourceThread;
use crate::base::error::{Error, Result};
use crate::community::comments::page::{page_key_of_own, page_key_with_host};

/// Rules like `/old=/new` and `/blog/*=/notes/*`. An exact one wins over a prefix, a longer prefix over a shorter.
#[derive(Debug, Clone, Default)]
pub struct PageMap {
    rules: Vec<Rule>,
    exact: HashMap<String, usize>,
    prefixes: BTreeMap<String, usize>,
}

#[derive(Debug, Clone)]
struct Rule {
    /// As it was written.
    words: String,
    new: String,
    /// `new` ends in a star: what followed the prefix is put there.
    goes_on: bool,
}

impl PageMap {
    /// Adds a rule as `--map` has it: `OLD=NEW`.
    ///
    /// # Errors
    /// `Invalid` (`map`) for one that cannot be read, or says other than one before.
    pub fn add(&mut self, text: &str) -> Result<()> {
        let (old, new) = rule::split(text).map_err(|words| Error::invalid("map", words))?;
        self.insert(old, new).map_err(|words| Error::invalid("map", words))
    }

    /// Adds rules, one on each line; see `docs/importing.md`.
    ///
    /// # Errors
    /// `Invalid` (`map`) with the line.
    pub fn add_lines(&mut self, text: &str) -> Result<()> {
        self.read_lines(text).map_err(|words| Error::invalid("map", words))
    }

    /// Adds the rules of a file, one on each line.
    ///
    /// # Errors
    /// `Invalid` (`map_file`) with the line.
    pub fn add_file(&mut self, path: &Path) -> Result<()> {
        let name = path.display();
        let refused = |words: String| Error::invalid("map_file", words);
        let text = std::fs::read_to_string(path)
            .map_err(|error| refused(format!("The file {name} cannot be read: {error}.")))?;
        self.read_lines(&text).map_err(|words| refused(format!("{name}: {words}")))
    }

    fn read_lines(&mut self, text: &str) -> Result<(), String> {
        let text = text.trim_start_matches('\u{feff}');
        let separator = text.lines().next().and_then(table::separator);
        for (number, line) in text.lines().enumerate() {
            let placed = |words: String| format!("Line {}: {words}", number + 1);
            let found = match separator {
                Some(separator) => table::rule(line, separator),
                None => rule::of_line(line).map_err(placed)?,
            };
            if let Some((old, new)) = found {
                self.insert(&old, &new).map_err(placed)?;
            }
        }
        Ok(())
    }

    fn insert(&mut self, old: &str, new: &str) -> Result<(), String> {
        let (old, new) = (old.trim(), new.trim());
        let (prefix, stem) = (old.strip_suffix('*'), new.strip_suffix('*'));
        if prefix.is_none() && stem.is_some() {
            return Err(format!(
                "“{old}” has no star at its end, so there is nothing to put at the star of “{new}”."
            ));
        }
        let wrong = |text: &str| format!("“{text}” is not the address or key of a page.");
        if page_key_of_own(stem.unwrap_or(new)).is_err() {
            return Err(wrong(new));
        }
        let number = self.rules.len();
        let before = match prefix {
            Some(prefix) => {
                let prefix = normal_prefix(prefix).ok_or_else(|| wrong(old))?;
                *self.prefixes.entry(prefix).or_insert(number)
            }
            None => *self.exact.entry(normal(old).ok_or_else(|| wrong(old))?).or_insert(number),
        };
        let rule = Rule {
            words: format!("{old}={new}"),
            new: stem.unwrap_or(new).to_owned(),
            goes_on: stem.is_some(),
        };
        match self.rules.get(before) {
            None => self.rules.push(rule),
            Some(same) if (&same.new, same.goes_on) == (&rule.new, rule.goes_on) => (),
            Some(other) => {
                return Err(format!(
                    "“{old}” goes to “{new}” here, but another rule says “{}”.",
                    other.words
                ));
            }
        }
        Ok(())
    }

    /// The thread as the rules would have it, and the number of the rule that changed it.
    #[must_use]
    pub fn apply(&self, thread: SourceThread) -> (SourceThread, Option<usize>) {
        if self.rules.is_empty() {
            return (thread, None);
        }
        for find in [Self::find_exact, Self::find_prefix] {
            if let Some((number, link)) = find(self, &thread.link) {
                return (SourceThread { link, ..thread }, Some(number));
            }
            let found = thread.aliases.iter().enumerate().find_map(|(at, key)| Some((at, find(self, key)?)));
            if let Some((at, (number, link))) = found {
                let mut thread = SourceThread { link, ..thread };
                thread.aliases.remove(at);
                return (thread, Some(number));
            }
        }
        (thread, None)
    }

    /// The rules whose numbers are not among `used`, as they were written.
    #[must_use]
    pub fn unused(&self, used: &BTreeSet<usize>) -> Vec<String> {
        let left = self.rules.iter().enumerate().filter(|(number, _)| !used.contains(number));
        left.map(|(_, rule)| rule.words.clone()).collect()
    }

    fn find_exact(&self, text: &str) -> Option<(usize, String)> {
        let number = forms(text).find_map(|form| self.exact.get(&form).copied())?;
        Some((number, self.rules[number].new.clone()))
    }

    fn find_prefix(&self, text: &str) -> Option<(usize, String)> {
        let found = forms(text).filter_map(|form| {
            let (prefix, number) = self.longest_prefix(&form)?;
            Some((number, form[prefix.len().min(form.len())..].to_owned()))
        });
        let (number, mut rest) = found.min_by_key(|(_, rest)| rest.len())?;
        if text.split(['?', '#']).next().is_some_and(|path| path.ends_with('/')) && is_bare(&rest) {
            rest.push('/');
        }
        let Rule { new, goes_on, .. } = &self.rules[number];
        Some((number, if *goes_on { format!("{new}{rest}") } else { new.clone() }))
    }

    /// `/blog/` is a prefix of the page `/blog` itself, too.
    fn longest_prefix(&self, form: &str) -> Option<(&str, usize)> {
        let fits = |prefix: &str| form.starts_with(prefix) || prefix.strip_suffix('/') == Some(form);
        let found = self.prefixes.iter().filter(|(prefix, _)| fits(prefix));
        found.max_by_key(|(prefix, _)| prefix.len()).map(|(prefix, number)| (prefix.as_str(), *number))
    }
}

/// A path that could end in a slash, as the link did: keys do not, but the address that readers are led to should.
fn is_bare(rest: &str) -> bool {
    !rest.is_empty() && !rest.contains('?')
}

/// A page with its host, where it has one, and then without.
fn forms(text: &str) -> impl Iterator<Item = String> {
    let keys = [page_key_with_host(text), page_key_of_own(text)];
    keys.into_iter().flatten().map(|key| key.as_str().to_owned())
}

fn normal(text: &str) -> Option<String> {
    page_key_with_host(text).ok().map(|key| key.as_str().to_owned())
}

/// Like a page's own form, but a slash at the end is meant: `/blog/` is no prefix of `/blogroll`.
fn normal_prefix(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some(String::new());
    }
    let mut form = normal(text)?;
    if text.ends_with('/') && !form.ends_with('/') {
        form.push('/');
    }
    Some(form)
}

#[cfg(test)]
mod tests;
