//! `afterword import`

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::error::ErrorKind;
use clap::{Args, CommandFactory};
use indicatif::{ProgressBar, ProgressStyle};

use super::Place;
use crate::base::error::{Error, Result};
use crate::community::transfer::{self, Progress, Request, Stage, own};

/// Bring comments over from another system
///
/// Formats: `disqus` (the XML export, also gzipped), `isso` (its SQLite file) and `afterword` (what
/// afterword export --format jsonl  wrote, also gzipped).
///
/// The whole file is read and checked first; a broken one is refused with the place of the fault and
/// changes nothing. Running it again adds nothing twice, and goes on where a run was cut short. It may
/// run while the server does.
#[derive(Args)]
pub struct Import {
    /// disqus, isso or afterword
    #[arg(value_parser = ["disqus", "isso", "afterword"])]
    format: String,
    /// The file to read
    file: PathBuf,
    /// Key of the site that gets the comments
    ///
    /// May be left out for `afterword`: every site of the file then comes back under its own key. With it, of a
    /// file with several sites only that one is taken, and the comments of a file with one go to that site,
    /// which is made if it is not there.
    #[arg(long, value_name = "KEY")]
    site: Option<String>,
    /// Say what would be imported and write nothing
    #[arg(long)]
    dry_run: bool,
    /// End with a report as JSON on standard output
    #[arg(long)]
    json: bool,
}

impl Import {
    pub fn run(self, place: &Place) -> Result<()> {
        let (is_ours, site) = (self.format == own::FORMAT, self.site.as_deref());
        if !is_ours && site.is_none() {
            let missing = "Say with --site KEY which site gets the comments.";
            super::Cli::command().error(ErrorKind::MissingRequiredArgument, missing).exit();
        }
        // What holds whole sites may be the beginning of an instance.
        let app = if is_ours && !self.dry_run { place.app()? } else { place.existing_app()? };
        let mut shown = Shown::new();
        let mut update = |progress| shown.update(progress);
        let report = if is_ours {
            let request = own::Request { file: &self.file, site, dry_run: self.dry_run };
            own::import(&app.db, &request, &mut update)?
        } else {
            let request = Request {
                format: &self.format,
                file: &self.file,
                site: site.unwrap_or_default(),
                dry_run: self.dry_run,
                folder: &app.config.data.dir,
            };
            transfer::import(&app.db, &request, &mut update)?
        };
        shown.finish();
        if self.json {
            say!("{}", serde_json::to_string(&report).map_err(Error::internal)?);
        } else {
            say!("{report}");
        }
        Ok(())
    }
}

/// A bar in a terminal, a line now and then elsewhere; both on standard error.
pub(super) struct Shown {
    bar: ProgressBar,
    stage: Option<Stage>,
    last_line: Instant,
}

impl Shown {
    pub fn new() -> Self {
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{msg:8} {bar:40} {percent:>3} %  {eta}") {
            bar.set_style(style);
        }
        Self { bar, stage: None, last_line: Instant::now() }
    }

    pub fn update(&mut self, progress: Progress) {
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

    pub fn finish(&self) {
        if self.bar.is_hidden() {
            eprintln!("done");
        }
        self.bar.finish_and_clear();
    }
}
