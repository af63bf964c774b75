//! `afterword site`

mod settings;
mod shown;

use clap::{Args, Subcommand};

use super::{Place, server_url};
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::community::comments::figures;
use crate::community::sites::{self, Draft};
use settings::Settings;

/// The sites that may embed this server
#[derive(Args)]
pub struct Site {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Add a site and print the tag to paste
    Create {
        /// Short name that stands in the embedding tag: a to z, 0 to 9, - and _
        key: String,
        /// Origin whose pages may post, such as `https://blog.example.com`; may be given several times
        #[arg(long, required = true, value_name = "URL")]
        origin: Vec<String>,
        #[command(flatten)]
        settings: Settings,
    },
    /// List the sites
    List {
        /// Those that were removed and can still be brought back
        #[arg(long)]
        removed: bool,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Show all settings of a site, and its tag
    Show {
        /// As `afterword site list` prints it
        key: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Change settings of a site; what is not named stays as it is
    Set {
        /// As `afterword site list` prints it
        key: String,
        /// Origins instead of those it has; may be given several times
        #[arg(long, value_name = "URL")]
        origin: Vec<String>,
        #[command(flatten)]
        settings: Settings,
    },
    /// Remove a site with all its comments; for 30 days it can be brought back
    ///
    /// Without --confirm it says what would go and changes nothing.
    Remove {
        /// As `afterword site list` prints it
        key: String,
        /// The site's name, to show that you mean this one
        #[arg(long, value_name = "NAME")]
        confirm: Option<String>,
    },
    /// Bring a removed site back, with all its comments
    Restore {
        /// As `afterword site list --removed` prints it
        key: String,
    },
}

impl Site {
    pub fn run(self, place: &Place) -> Result<()> {
        match self.command {
            Command::Create { key, origin, settings } => create(place, key, &origin, settings),
            Command::List { removed, json } => list(place, removed, json),
            Command::Show { key, json } => show(place, &key, json),
            Command::Set { key, origin, settings } => set(place, key, &origin, settings),
            Command::Remove { key, confirm: Some(name) } => remove(place, key, name),
            Command::Remove { key, confirm: None } => say_what_would_go(place, &key),
            Command::Restore { key } => restore(place, key),
        }
    }
}

fn create(place: &Place, key: String, origins: &[String], settings: Settings) -> Result<()> {
    let draft = settings.over(Draft { key, origins: origins.join("\n"), ..Draft::default() })?;
    let app = place.app()?;
    let site =
        app.db.write_blocking(move |tx| sites::create(tx, &draft, &Actor::command_line(), Millis::now()))?;
    say!("The site “{}” takes comments from {}.", site.key, site.origins.join(", "));
    shown::tag(&server_url(&app)?, &site);
    Ok(())
}

fn list(place: &Place, removed: bool, json: bool) -> Result<()> {
    let read = if removed { sites::removed } else { sites::all };
    let sites = place.existing_app()?.db.read_blocking(read)?;
    if json {
        let rows: Vec<_> = sites.iter().map(shown::json).collect();
        say!("{}", serde_json::to_string_pretty(&rows).map_err(Error::internal)?);
        return Ok(());
    }
    if sites.is_empty() && removed {
        say!("No site that was removed is left.");
    } else if sites.is_empty() {
        say!("There is no site yet. Add one:  afterword site create blog --origin https://blog.example.com");
    }
    for site in &sites {
        say!("{}", shown::line(site, Millis::now()));
    }
    Ok(())
}

fn show(place: &Place, key: &str, json: bool) -> Result<()> {
    let app = place.existing_app()?;
    let site = app.db.read_blocking(|c| sites::even_removed(c, key))?;
    if json {
        say!("{}", serde_json::to_string_pretty(&shown::json(&site)).map_err(Error::internal)?);
        return Ok(());
    }
    shown::whole(&site, Millis::now());
    shown::tag(&server_url(&app)?, &site);
    Ok(())
}

fn set(place: &Place, key: String, origins: &[String], settings: Settings) -> Result<()> {
    let app = place.existing_app()?;
    let before = app.db.read_blocking(|c| sites::by_key(c, &key))?;
    let mut draft = settings.over(Draft::from(&before))?;
    if !origins.is_empty() {
        draft.origins = origins.join("\n");
    }
    let site = app
        .db
        .write_blocking(move |tx| sites::update(tx, &key, &draft, &Actor::command_line(), Millis::now()))?;
    shown::whole(&site, Millis::now());
    Ok(())
}

fn say_what_would_go(place: &Place, key: &str) -> Result<()> {
    let app = place.existing_app()?;
    let (site, counts) = app.db.read_blocking(|c| {
        let site = sites::by_key(c, key)?;
        let counts = figures::of_site(c, site.id)?;
        Ok((site, counts))
    })?;
    Err(Error::invalid(
        "confirm",
        format!(
            "Nothing was removed. What would go with the site “{}”: comments: {}, threads: {}, people: {}. To remove it, \
             name it:\n  \
             afterword site remove {} --confirm '{}'",
            site.key,
            counts.comments,
            counts.threads,
            counts.people,
            site.key,
            site.name.replace('\'', "'\\''")
        ),
    ))
}

fn remove(place: &Place, key: String, name: String) -> Result<()> {
    let app = place.existing_app()?;
    let site = app
        .db
        .write_blocking(move |tx| sites::remove(tx, &key, &name, &Actor::command_line(), Millis::now()))?;
    say!("The site “{}” is removed. For 30 days this brings it back:  afterword site restore {0}", site.key);
    Ok(())
}

fn restore(place: &Place, key: String) -> Result<()> {
    let app = place.existing_app()?;
    let site =
        app.db.write_blocking(move |tx| sites::restore(tx, &key, &Actor::command_line(), Millis::now()))?;
    say!("The site “{}” is back, with all its comments.", site.key);
    Ok(())
}
