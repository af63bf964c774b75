//! `afterword admin`

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Place, read_password, server_url};
use crate::base::app::{is_instance, replace_lost_key};
use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::community::sessions::{end_all, setup};
use crate::community::users::accounts;

/// Those who look after this instance
#[derive(Args)]
pub struct Admin {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make an admin without the setup link
    Create {
        /// The address to sign in with
        #[arg(long)]
        email: String,
        /// The name that is shown [default: what stands before the @]
        #[arg(long, default_value = "", hide_default_value = true)]
        name: String,
        /// File whose first line is the password, at least 12 characters; - reads standard input
        #[arg(long, value_name = "FILE")]
        password_file: PathBuf,
    },
    /// Give an admin a new password and end all their sessions
    Password {
        /// The address they sign in with
        #[arg(long)]
        email: String,
        /// File whose first line is the new password, at least 12 characters; - reads standard input
        #[arg(long, value_name = "FILE")]
        password_file: PathBuf,
    },
    /// Print a new setup link, valid for 30 minutes, while there is no admin yet
    ///
    /// The link before it stops working. Works while the server runs.
    SetupLink,
    /// Make a new instance key where the old one is lost
    ///
    /// Refused while there is one. Readers lose the right to edit what they wrote; all else stays.
    NewKey,
}

impl Admin {
    pub fn run(self, place: &Place) -> Result<()> {
        match self.command {
            Command::Create { email, name, password_file } => create(place, &email, &name, &password_file),
            Command::Password { email, password_file } => set_password(place, email, &password_file),
            Command::SetupLink => setup_link(place),
            Command::NewKey => new_key(place),
        }
    }
}

fn create(place: &Place, email: &str, name: &str, password_file: &std::path::Path) -> Result<()> {
    let hash = accounts::hash_password(&read_password(password_file)?)?;
    let app = place.app()?;
    let (email, name, now) = (email.to_owned(), name.to_owned(), Millis::now());
    let account = app
        .db
        .write_blocking(move |tx| accounts::create(tx, &email, &name, &hash, &Actor::command_line(), now))?;
    say!("{} can sign in now.", account.email);
    Ok(())
}

fn set_password(place: &Place, email: String, password_file: &std::path::Path) -> Result<()> {
    let hash = accounts::hash_password(&read_password(password_file)?)?;
    let app = place.existing_app()?;
    app.db.write_blocking(move |tx| {
        let account = accounts::by_email(tx, &email)?.ok_or_else(|| {
            Error::NotFound(format!("Nobody with the address {email} looks after this instance."))
        })?;
        let (by, now) = (Actor::command_line(), Millis::now());
        accounts::set_password(tx, account.id, &hash, &by, now)?;
        end_all(tx, account.id, None, &by, now)
    })?;
    say!("The password is changed, and all sessions are ended.");
    Ok(())
}

fn new_key(place: &Place) -> Result<()> {
    let folder = place.layers()?.config()?.data.dir;
    replace_lost_key(&folder)?;
    if is_instance(&folder) {
        place.app()?.db.write_blocking(|tx| {
            audit::record(tx, &Actor::command_line().did("key.replace", "instance"), Millis::now())
        })?;
    }
    say!("There is a new instance key in {}.", folder.display());
    Ok(())
}

fn setup_link(place: &Place) -> Result<()> {
    let app = place.existing_app()?;
    let token = app.db.write_blocking(|tx| {
        let now = Millis::now();
        audit::record(tx, &Actor::command_line().did("setup.link", "instance"), now)?;
        setup::new_token(tx, now)
    })?;
    say!("{}", setup::link(&server_url(&app)?, &token));
    Ok(())
}
