//! `afterword site`

use clap::{Args, Subcommand};

use super::{Place, server_url};
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::community::sites::{self, Draft};

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
        /// What the site is called [default: its key]
        #[arg(long, default_value = "", hide_default_value = true)]
        name: String,
        /// Which comments wait for a moderator: none, all, a person's first, or those with links
        #[arg(long, default_value = "first", value_parser = ["none", "all", "first", "links"])]
        moderation: String,
    },
    /// List the sites
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

impl Site {
    pub fn run(self, place: &Place) -> Result<()> {
        match self.command {
            Command::Create { key, origin, name, moderation } => {
                create(place, Draft { key, name, origins: origin.join("\n"), moderation, ..Draft::default() })
            }
            Command::List { json } => list(place, json),
        }
    }
}

fn create(place: &Place, draft: Draft) -> Result<()> {
    let app = place.app()?;
    let site =
        app.db.write_blocking(move |tx| sites::create(tx, &draft, &Actor::command_line(), Millis::now()))?;
    let base = server_url(&app)?;
    say!("The site “{}” takes comments from {}.", site.key, site.origins.join(", "));
    say!("Paste this where the comments are to stand:\n");
    for line in sites::tag(&base, &site.key).lines() {
        say!("    {line}");
    }
    Ok(())
}

fn list(place: &Place, json: bool) -> Result<()> {
    let sites = place.existing_app()?.db.read_blocking(sites::all)?;
    if json {
        let rows: Vec<_> = sites
            .iter()
            .map(|site| {
                serde_json::json!({ "key": site.key, "name": site.name, "origins": site.origins, "moderation": site.moderation.as_str() })
            })
            .collect();
        say!("{}", serde_json::to_string_pretty(&rows).map_err(Error::internal)?);
        return Ok(());
    }
    if sites.is_empty() {
        say!("There is no site yet. Add one:  afterword site create blog --origin https://blog.example.com");
    }
    for site in sites {
        say!("{:<20} {:<6} {}  {}", site.key, site.moderation, site.name, site.origins.join(" "));
    }
    Ok(())
}
