//! What values a setting can have, and how they are written.

use super::Setting;
use crate::base::config::Network;

/// The kind of value.
#[derive(Debug)]
pub enum Kind {
    /// A number of days.
    Days {
        least: u32,
        most: u32,
        /// What 0 means, where it means something of its own.
        zero: &'static str,
    },
    Choice(&'static [Choice]),
    /// Addresses and networks, separated by commas, spaces or lines.
    Networks,
}

/// One of several values.
#[derive(Debug)]
pub struct Choice {
    pub value: &'static str,
    /// What a form calls it.
    pub name: &'static str,
    pub about: &'static str,
}

impl Setting {
    /// The value in its usual form.
    ///
    /// # Errors
    /// What would be right, when it is not.
    pub fn check(&self, text: &str) -> Result<String, String> {
        match &self.kind {
            Kind::Days { least, most, .. } => {
                let number = text.trim().parse().ok().filter(|number: &u32| (least..=most).contains(&number));
                number
                    .map(|number| number.to_string())
                    .ok_or_else(|| format!("Write a whole number of days, from {least} to {most}."))
            }
            Kind::Choice(choices) => {
                let values = choices.iter().map(|choice| choice.value);
                values.clone().find(|value| *value == text.trim()).map(ToOwned::to_owned).ok_or_else(|| {
                    let values: Vec<_> = values.collect();
                    format!("“{text}” is none of {}.", values.join(", "))
                })
            }
            Kind::Networks => {
                let networks: Vec<_> = networks(text)?.iter().map(ToString::to_string).collect();
                Ok(networks.join(", "))
            }
        }
    }

    /// A value as it is told to people: `30 days`.
    #[must_use]
    pub fn words(&self, value: &str) -> String {
        match &self.kind {
            Kind::Days { zero, .. } if value == "0" && !zero.is_empty() => (*zero).to_owned(),
            Kind::Days { .. } => format!("{value} day{}", if value == "1" { "" } else { "s" }),
            Kind::Networks if value.is_empty() => "empty".to_owned(),
            Kind::Choice(choices) => {
                let named = choices.iter().find(|choice| choice.value == value);
                named.map_or(value, |choice| choice.name).to_owned()
            }
            Kind::Networks => value.to_owned(),
        }
    }

    /// What may be written: `1 to 365`.
    #[must_use]
    pub fn bounds(&self) -> String {
        match &self.kind {
            Kind::Days { least, most, zero: "" } => format!("{least} to {most} days"),
            Kind::Days { least, most, zero } => format!("{least} to {most} days; 0 is {zero}"),
            Kind::Choice(choices) => choices.iter().map(|choice| choice.value).collect::<Vec<_>>().join(", "),
            Kind::Networks => "addresses and networks".to_owned(),
        }
    }
}

/// # Errors
/// For the first word that is neither an address nor a network.
pub fn networks(text: &str) -> Result<Vec<Network>, String> {
    let words = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
    let mut networks = Vec::new();
    for word in words {
        let network = word.parse::<Network>().map(|network| Network(network.0.trunc()))?;
        if !networks.contains(&network) {
            networks.push(network);
        }
    }
    Ok(networks)
}
