//! `afterword settings`

use clap::{Args, Subcommand};

use super::Place;
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::settings::{self, ALL, Kind, Setting, Settings as Values};

/// What may be changed while the server runs
///
/// A setting holds from the moment it is set; a running server need not be restarted. What the box is
/// (paths, addresses, limits) is configuration: see `afterword config`.
#[derive(Args)]
pub struct Settings {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print settings with their value, their default and what they do
    Show {
        /// One setting [default: all]
        key: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Give a setting a value
    ///
    /// Example: `afterword settings set addresses.forget_after_days 7`
    Set {
        /// As `afterword settings show` names it
        key: String,
        /// The value; networks are separated by commas
        value: String,
    },
    /// Give a setting its default again
    Reset {
        /// As `afterword settings show` names it
        key: String,
    },
}

impl Settings {
    pub fn run(self, place: &Place) -> Result<()> {
        let app = place.existing_app()?;
        match self.command {
            Command::Show { key, json } => show(&app, key.as_deref(), json),
            Command::Set { key, value } => {
                let (name, now) = (key.clone(), Millis::now());
                app.db.write_blocking(move |tx| {
                    settings::set(tx, &name, &value, &Actor::command_line(), now)
                })?;
                tell(&app, &key)
            }
            Command::Reset { key } => {
                let (name, now) = (key.clone(), Millis::now());
                app.db.write_blocking(move |tx| settings::reset(tx, &name, &Actor::command_line(), now))?;
                tell(&app, &key)
            }
        }
    }
}

fn tell(app: &App, key: &str) -> Result<()> {
    let (setting, values) = (settings::by_key(key)?, app.db.read_blocking(settings::read)?);
    say!("{key} = {}", quoted(values.text(setting)));
    Ok(())
}

fn show(app: &App, key: Option<&str>, json: bool) -> Result<()> {
    let values = app.db.read_blocking(settings::read)?;
    let shown: Vec<&Setting> = match key {
        Some(key) => vec![settings::by_key(key)?],
        None => ALL.to_vec(),
    };
    if json {
        let rows: Vec<_> = shown.iter().map(|setting| row(setting, &values)).collect();
        say!("{}", serde_json::to_string_pretty(&rows).map_err(Error::internal)?);
        return Ok(());
    }
    for setting in shown {
        let origin = if values.is_changed(setting) {
            format!("changed; the default is {}", quoted(setting.default))
        } else {
            "default".into()
        };
        say!("{} = {}   # {origin}", setting.key, quoted(values.text(setting)));
        say!("    {}. {}", setting.name, setting.about);
        say!("    May be: {}", setting.bounds());
        if let Kind::Choice(choices) = setting.kind {
            for choice in choices {
                say!("      {}: {}. {}", choice.value, choice.name, choice.about);
            }
        }
        say!("");
    }
    Ok(())
}

fn row(setting: &Setting, values: &Values) -> serde_json::Value {
    serde_json::json!({
        "key": setting.key,
        "value": values.text(setting),
        "default": setting.default,
        "changed": values.is_changed(setting),
        "about": setting.about,
        "may_be": setting.bounds(),
    })
}

/// An empty value can be seen.
fn quoted(value: &str) -> String {
    if value.is_empty() { "\"\"".to_owned() } else { value.to_owned() }
}
