//! `afterword config`

use clap::{Args, Subcommand};

use super::Place;
use crate::base::config::SAMPLE;
use crate::base::error::Result;

/// What this instance is configured to be
#[derive(Args)]
pub struct ConfigCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print every key with its value and where that is from: default, file, environment or flag
    Show,
    /// Say whether the file and the environment are in order
    Check,
    /// Print a commented file with every key at its default
    Sample,
}

impl ConfigCommand {
    pub fn run(self, place: &Place) -> Result<()> {
        match self.command {
            Command::Show => say!("{}", place.layers()?.show().trim_end()),
            Command::Check => {
                place.layers()?.config()?;
                say!("The configuration is in order.");
            }
            Command::Sample => say!("{}", SAMPLE.trim_end()),
        }
        Ok(())
    }
}
