//! `afterword person`

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::Place;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::personal::Forget;
use crate::community::transfer::export::whole;
use crate::community::transfer::{rights, runs};

/// What is known about one person: hand it to them, or forget it
#[derive(Args)]
pub struct Person {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write everything that is known about somebody, as JSON Lines
    ///
    /// Comments of every status with their earlier texts, votes, how they introduced themselves, and whatever
    /// else the database has under their address. docs/privacy.md says how people are found. Look it through
    /// before you hand it on: reports about their comments are in it, in the words of others.
    Export {
        /// Their email address
        email: String,
        /// The file to write [default: standard output]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Erase everything that is known about somebody
    ///
    /// Their comments are blanked; where others replied, a placeholder without name and text stays. With
    /// --keep-comments the texts stay, and nobody can tell any more whose they are. It cannot be undone.
    ///
    /// Copies that you made earlier are not changed. At the end the database file is written anew, so that
    /// nothing is left in its unused parts; on a large instance that takes a while, in which a server on the same
    /// data cannot store comments.
    Erase {
        /// Their email address
        email: String,
        /// Keep the texts and make them anonymous
        #[arg(long)]
        keep_comments: bool,
        /// Say what would be erased and change nothing
        #[arg(long)]
        dry_run: bool,
        /// Do not write the database file anew
        #[arg(long)]
        no_rewrite: bool,
        /// End with a summary as JSON on standard output
        #[arg(long)]
        json: bool,
    },
}

impl Person {
    pub fn run(self, place: &Place) -> Result<()> {
        let app = place.existing_app()?;
        match self.command {
            Command::Export { email, out } => {
                let fill = |out: &mut dyn Write| app.db.read_blocking(|c| rights::export(c, &email, out));
                match out.filter(|out| out != Path::new("-")) {
                    Some(path) => {
                        let rows = whole(&path, false, fill)?;
                        say!("{rows} rows about {email} are in {}.", path.display());
                    }
                    None => fill(&mut std::io::stdout().lock()).map(drop)?,
                }
                app.db.write_blocking(|tx| rights::note_copy(tx, &Actor::command_line(), Millis::now()))
            }
            Command::Erase { email, keep_comments, dry_run, no_rewrite, json } => {
                let how = if keep_comments { Forget::WhoItWas } else { Forget::Everything };
                let erased = if dry_run {
                    app.db.read_blocking(|c| rights::foresee(c, &email, how))?
                } else {
                    app.db.write_blocking(move |tx| {
                        rights::erase(tx, &email, how, &Actor::command_line(), Millis::now())
                    })?
                };
                if json {
                    say!("{}", serde_json::to_string(&erased).map_err(Error::internal)?);
                } else {
                    say!("{erased}");
                    say_uploads(runs::waiting_files(&app));
                }
                if dry_run || no_rewrite { Ok(()) } else { app.db.rewrite() }
            }
        }
    }
}

/// What erasing cannot reach and is still on this box.
fn say_uploads(waiting: usize) {
    if waiting > 0 {
        say!(
            "Uploaded files that wait to be imported: {waiting}. They may have more about them. Import or discard them on the dashboard; after a week they go by themselves."
        );
    }
}
