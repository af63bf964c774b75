//! `afterword admin unlock`

use super::people::nobody;
use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::cli::{Place, dashboard_url};
use crate::community::users::accounts;
use crate::web::doors::{UNLOCKED, UNLOCKED_FOR, Unlocked};

pub fn unlock(place: &Place, email: Option<String>) -> Result<()> {
    let (app, now) = (place.existing_app()?, Millis::now());
    if let Some(email) = &email
        && app.db.read_blocking(|c| accounts::by_email(c, email))?.is_none()
    {
        return Err(nobody(email));
    }
    let who = email.clone().map_or_else(|| "anybody".to_owned(), |email| email.trim().to_owned());
    let note = Unlocked { at: now.0, email: email.map(|email| email.trim().to_owned()) };
    app.db.note(UNLOCKED, serde_json::to_string(&note).map_err(Error::internal)?)?;
    let entry = move |tx: &rusqlite::Transaction<'_>| {
        audit::record(tx, &Actor::command_line().did("dashboard.unlock", "instance"), now)
    };
    app.db.write_blocking(entry)?;
    say!("Until {}:", (now + UNLOCKED_FOR).for_people());
    say!(
        "  the dashboard answers from every network, whatever server.admin_networks and the setting admin.networks say;"
    );
    say!("  what was tried before does not keep {who} from signing in.");
    say!("It is at {}/admin/", dashboard_url(&app)?);
    say!("Forgotten the password? Set a new one:  afterword admin password --email {}", example(&note));
    Ok(())
}

fn example(note: &Unlocked) -> &str {
    note.email.as_deref().unwrap_or("you@example.org")
}
