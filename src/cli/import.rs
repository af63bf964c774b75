//! `afterword import`

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::Place;
use crate::base::app::App;
use crate::base::audit::{self, Actor};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::community::sites;
use crate::community::transfer::{self, Progress, Report, Request, Stage};

/// Bring comments over from another system
///
/// Formats: `disqus` (the XML export, also gzipped) and `isso` (its SQLite file).
///
/// The whole file is read and checked first; a broken one is refused with the place of the fault and
/// changes nothing. Running it again adds nothing twice, and goes on where a run was cut short. It may
/// run while the server does.
#[derive(Args)]
pub struct Import {
    /// disqus or isso
    #[arg(value_parser = ["disqus", "isso"])]
    format: String,
    /// The file to read
    file: PathBuf,
    /// Key of the site that gets the comments
    #[arg(long, value_name = "KEY")]
    site: String,
    /// Say what would be imported and write nothing
    #[arg(long)]
    dry_run: bool,
    /// End with a report as JSON on standard output
    #[arg(long)]
    json: bool,
}

impl Import {
    pub fn run(self, place: &Place) -> Result<()> {
        let app = place.existing_app()?;
        let request = Request {
            format: &self.format,
            file: &self.file,
            site: &self.site,
            dry_run: self.dry_run,
            folder: &app.config.data.dir,
        };
        let mut shown = Shown::new();
        let report = transfer::import(&app.db, &request, &mut |progress| shown.update(progress))?;
        shown.finish();
        if !self.dry_run {
            self.remember(&app, &report)?;
        }
        if self.json {
            say!("{}", serde_json::to_string(&report).map_err(Error::internal)?);
        } else {
            say!("{report}");
        }
        Ok(())
    }
}

impl Import {
    fn remember(&self, app: &App, report: &Report) -> Result<()> {
        let (key, format) = (self.site.clone(), self.format.clone());
        let became =
            serde_json::json!({ "format": format, "imported": report.imported, "already": report.already });
        app.db.write_blocking(move |tx| {
            let (by, site) = (Actor::command_line(), sites::by_key(tx, &key)?);
            let entry =
                by.did("import.run", format!("site:{key}")).on(site.id).change("", became.to_string());
            audit::record(tx, &entry, Millis::now())
        })
    }
}

/// A bar in a terminal, a line now and then elsewhere; both on standard error.
struct Shown {
    bar: ProgressBar,
    stage: Option<Stage>,
    last_line: Instant,
}

impl Shown {
    fn new() -> Self {
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{msg:8} {bar:40} {percent:>3} %  {eta}") {
            bar.set_style(style);
        }
        Self { bar, stage: None, last_line: Instant::now() }
    }

    fn update(&mut self, progress: Progress) {
        let is_new = self.stage != Some(progress.stage);
        self.stage = Some(progress.stage);
        if !self.bar.is_hidden() {
            self.bar.set_message(progress.stage.word());
            self.bar.set_length(progress.total);
            self.bar.set_position(progress.done);
        } else if is_new || self.last_line.elapsed() > Duration::from_secs(5) {
            self.last_line = Instant::now();
            let percent = progress.done * 100 / progress.total.max(1);
            eprintln!("{}: {percent} %", progress.stage.word());
        }
    }

    fn finish(&self) {
        if self.bar.is_hidden() {
            eprintln!("done");
        }
        self.bar.finish_and_clear();
    }
}
