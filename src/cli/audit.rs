//! `afterword audit`

use std::io::Write;

use clap::{Args, Subcommand, ValueEnum};

use super::Place;
use crate::base::app::App;
use crate::base::audit::{self, Filter};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::community::trail::{Asked, Format, Line, Order, export, lines, piece};

/// Who did what, when and from where
///
/// Every change that somebody makes on the dashboard or with a command adds an entry, which is never
/// changed and never removed. Each entry's hash covers the one before it; `verify` recomputes them all.
#[derive(Args)]
pub struct Audit {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show entries, newest first
    ///
    /// Example: `afterword audit list --action comment --since 2026-01-01 --who ann@example.org`
    List {
        #[command(flatten)]
        which: Which,
        /// How many at the most
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
        /// Oldest first
        #[arg(long)]
        oldest: bool,
        /// As JSON, one object a line
        #[arg(long)]
        json: bool,
    },
    /// Write entries to standard output, oldest first, for a spreadsheet or for safe keeping
    ///
    /// Example: `afterword audit export --format csv --since 2026-01-01 > audit.csv`
    Export {
        /// CSV, or JSON with one object a line
        #[arg(long, value_enum, default_value_t = Kind::Jsonl)]
        format: Kind,
        #[command(flatten)]
        which: Which,
    },
    /// Say whether all entries fit together; the exit code is 1 when they do not
    ///
    /// Recomputes the hash of every entry, and looks whether the newest one of the last check is still
    /// there. Prints the newest hash: written down elsewhere, it proves later with --noted that nothing
    /// from before then was changed, even by somebody who can write to the database.
    Verify {
        /// A hash that was printed before: fails when no entry has it any more
        #[arg(long, value_name = "HASH")]
        noted: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Csv,
    Jsonl,
}

/// Which entries; what is left out is no condition
#[derive(Args)]
struct Which {
    /// Who did it: an account's email or id, or a name such as "command line"
    #[arg(long, value_name = "WHO", default_value = "", hide_default_value = true)]
    who: String,
    /// An action such as comment.approve, or a group of them such as comment
    #[arg(long, value_name = "ACTION", default_value = "", hide_default_value = true)]
    action: String,
    /// What it was done to, such as comment:ID, site:KEY or setting:KEY
    #[arg(long, value_name = "SUBJECT", default_value = "", hide_default_value = true)]
    subject: String,
    /// Key of the site it was done on
    #[arg(long, value_name = "KEY", default_value = "", hide_default_value = true)]
    site: String,
    /// From this day or time on (UTC)
    #[arg(long, value_name = "TIME", default_value = "", hide_default_value = true)]
    since: String,
    /// Up to this day or time (UTC); a day is meant with all its hours
    #[arg(long, value_name = "TIME", default_value = "", hide_default_value = true)]
    until: String,
}

impl Audit {
    pub fn run(self, place: &Place) -> Result<()> {
        let app = place.existing_app()?;
        match self.command {
            Command::List { which, limit, oldest, json } => {
                let order = if oldest { Order::Oldest } else { Order::Newest };
                list(&app, &which.filter(&app)?, order, limit, json)
            }
            Command::Export { format, which } => write_all(&app, &which.filter(&app)?, format),
            Command::Verify { noted, json } => verify(&app, noted.as_deref(), json),
        }
    }
}

impl Which {
    fn filter(self, app: &App) -> Result<Filter> {
        let Self { who, action, subject, site, since, until } = self;
        let asked = Asked { who, action, subject, site, since, until };
        app.db.read_blocking(|c| asked.filter(c))
    }
}

fn list(app: &App, filter: &Filter, order: Order, limit: usize, json: bool) -> Result<()> {
    for line in app.db.read_blocking(|c| lines(c, filter, order, None, limit))? {
        if json {
            say!("{}", Format::JsonLines.line(&line)?.trim_end());
        } else {
            say!("{}", words(&line));
        }
    }
    Ok(())
}

fn words(line: &Line) -> String {
    let entry = &line.entry;
    let from = if entry.address.is_empty() { String::new() } else { format!(" from {}", entry.address) };
    let change = match (entry.was.as_str(), entry.became.as_str()) {
        ("", "") => String::new(),
        ("", became) => format!("\n    {became}"),
        (was, became) => format!("\n    {was} → {became}"),
    };
    format!(
        "{}  {:<18} {}  by {}{from}{change}",
        entry.at.for_people(),
        entry.action,
        entry.subject,
        entry.actor
    )
}

fn write_all(app: &App, filter: &Filter, kind: Kind) -> Result<()> {
    let format = match kind {
        Kind::Csv => Format::Csv,
        Kind::Jsonl => Format::JsonLines,
    };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let read = |after| app.db.read_blocking(|c| piece(c, filter, format, after));
    // Whoever reads it may go away (`| head`).
    export(read, |text| out.write_all(text.as_bytes()).is_ok())?;
    let _ = out.flush();
    Ok(())
}

fn verify(app: &App, noted: Option<&str>, json: bool) -> Result<()> {
    let mut verdict = audit::check(&app.db, Millis::now())?;
    if let (None, Some(hash)) = (&verdict.fault, noted)
        && !app.db.read_blocking(|c| audit::holds(c, hash))?
    {
        verdict.fault = Some(format!(
            "All entries fit together, but none has the hash {hash}: the trail is another one than when that was noted."
        ));
    }
    if json {
        say!("{}", serde_json::to_string(&verdict).map_err(Error::internal)?);
    }
    if let Some(fault) = verdict.fault {
        return Err(Error::Conflict(fault));
    }
    if !json {
        say!("{} entries fit together; none was changed or taken out.", verdict.entries);
        say!("The newest has the hash {}", verdict.head);
    }
    Ok(())
}
