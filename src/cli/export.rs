//! `afterword export`

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::Place;
use super::import::Shown;
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::community::transfer::export::{self, Format, Packed, Selection, Summary};

/// Take comments away: all of them, a site's, or one person's
///
/// Formats:
///
/// `jsonl` is our own, one JSON text a line. It has everything of all comments, whatever their status, with
/// their threads, votes, reports, earlier texts and what moderators did, so that  afterword import afterword
/// brings the same back. It has no passwords, no sessions, and nothing of network addresses. The same comments
/// are always the same bytes. docs/export.md describes it.
///
/// `wxr` is the file that WordPress imports, of one site. It has comments of every status with their authors'
/// addresses, but no votes.
///
/// `static` is a folder of pages and JSON files that any web server can show: what readers saw, no more.
///
/// All of it is as it was at one moment, however long it takes; the server may run. The files of the first two
/// have email addresses in them, and can be read by their owner alone.
#[derive(Args)]
pub struct Export {
    /// What to write
    #[arg(long, value_enum)]
    format: Kind,
    /// Only the site of this key
    #[arg(long, value_name = "KEY", conflicts_with = "person")]
    site: Option<String>,
    /// Only the comments of whoever has this email address
    #[arg(long, value_name = "EMAIL")]
    person: Option<String>,
    /// The file to write, or for `static` the folder, which must be empty or not there yet [default: standard output]
    #[arg(long, value_name = "FILE|DIR")]
    out: Option<PathBuf>,
    /// Compress the file; for `static`, put a compressed copy beside each
    #[arg(long)]
    gzip: bool,
    /// End with a summary as JSON: on standard output, or on standard error when the export itself goes there
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Jsonl,
    Wxr,
    Static,
}

impl Export {
    pub fn run(self, place: &Place) -> Result<()> {
        let app = place.existing_app()?;
        let selection = match (self.site, self.person) {
            (Some(key), _) => Selection::Site(key),
            (None, Some(email)) => Selection::Person(email),
            (None, None) => Selection::Instance,
        };
        let format = match self.format {
            Kind::Jsonl => Format::Jsonl,
            Kind::Wxr => Format::Wxr,
            Kind::Static => {
                let folder = self.out.ok_or_else(|| {
                    Error::invalid(
                        "out",
                        "Say with --out DIR which folder the archive is to be written into.",
                    )
                })?;
                let mut shown = Shown::new();
                let summary = export::write_tree(&app.db, &selection, &folder, self.gzip, &mut |progress| {
                    shown.update(progress);
                })?;
                shown.finish();
                note(&app, selection, &summary)?;
                return tell(&summary, Some(&folder), self.json);
            }
        };
        let mut shown = Shown::new();
        let fill =
            |out: &mut dyn Write| export::write(&app.db, &selection, format, out, &mut |p| shown.update(p));
        let out = self.out.filter(|out| out != Path::new("-"));
        let summary = match &out {
            Some(path) => export::whole(path, self.gzip, fill)?,
            None => to_screen(self.gzip, fill)?,
        };
        shown.finish();
        note(&app, selection, &summary)?;
        tell(&summary, out.as_deref(), self.json)
    }
}

/// The audit trail has every export, whoever made it.
fn note(app: &App, selection: Selection, summary: &Summary) -> Result<()> {
    let format = summary.format;
    app.db
        .write_blocking(move |tx| export::note(tx, &Actor::command_line(), &selection, format, Millis::now()))
}

fn to_screen(gzip: bool, fill: impl FnOnce(&mut dyn Write) -> Result<Summary>) -> Result<Summary> {
    let screen = std::io::stdout();
    if gzip && screen.is_terminal() {
        let detail = "A compressed file is nothing to look at: name a file with --out FILE.";
        return Err(Error::invalid("gzip", detail));
    }
    let mut packed = Packed::new(screen.lock(), gzip);
    let summary = fill(&mut packed)?;
    packed.finish().map(drop)?;
    Ok(summary)
}

/// What was written; never among the export itself.
fn tell(summary: &Summary, out: Option<&Path>, as_json: bool) -> Result<()> {
    let words = if as_json {
        let mut value = serde_json::to_value(summary).map_err(Error::internal)?;
        value["out"] = out.map(|out| out.display().to_string()).into();
        value.to_string()
    } else {
        let many = |count: u64, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        let place = out.map_or(String::new(), |out| format!(" into {}", out.display()));
        format!(
            "Exported {} of {} on {}{place}.",
            many(summary.comments, "comment"),
            many(summary.threads, "thread"),
            many(summary.sites, "site")
        )
    };
    match out {
        Some(_) => say!("{words}"),
        None => eprintln!("{words}"),
    }
    Ok(())
}
