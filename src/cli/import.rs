//! `afterword import`

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::error::ErrorKind;
use clap::{Args, CommandFactory};
use indicatif::{ProgressBar, ProgressStyle};

use super::Place;
use crate::base::audit::Actor;
use crate::base::error::{Error, Result};
use crate::community::transfer::{self, PageMap, Progress, Request, Stage, own};

/// Bring comments over from another system, or back from an export of our own
///
/// The format is told from the file, unless it is named in front of it.
///
/// The whole file is read and checked first; a broken one is refused with the place of the fault and
/// changes nothing. Running it again adds nothing twice, and goes on where a run was cut short. It may
/// run while the server does.
///
/// Where the paths of your pages changed, say which is which with --map or --map-file, and look at the
/// pages that --dry-run lists before you import.
#[derive(Args)]
#[command(allow_missing_positional = true)]
pub struct Import {
    /// What the file is; told from the file itself when left out
    #[arg(value_parser = formats())]
    format: Option<String>,
    /// The file to read
    file: PathBuf,
    /// Key of the site that gets the comments
    ///
    /// May be left out for `afterword`: every site of the file then comes back under its own key. With it, of a
    /// file with several sites only that one is taken, and the comments of a file with one go to that site,
    /// which is made if it is not there.
    #[arg(long, value_name = "KEY")]
    site: Option<String>,
    /// A page's address or path there, and here: OLD=NEW, or OLD*=NEW* for all that begin so; repeatable
    #[arg(long, value_name = "OLD=NEW")]
    map: Vec<String>,
    /// A file of such rules, one on each line: OLD=NEW, with a tab between them, or CSV; repeatable
    #[arg(long, value_name = "FILE")]
    map_file: Vec<PathBuf>,
    /// The time zone of dates that do not say theirs, as in Waline's database: +08:00 or Asia/Shanghai
    #[arg(
        long,
        value_name = "ZONE",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    zone: String,
    /// Say what would be imported and write nothing
    #[arg(long)]
    dry_run: bool,
    /// End with a report as JSON on standard output
    #[arg(long)]
    json: bool,
}

impl Import {
    pub fn run(self, place: &Place) -> Result<()> {
        let is_ours = own::is_ours(self.format.as_deref(), &self.file)?;
        self.check(is_ours)?;
        let pages = self.pages()?;
        // What holds whole sites may be the beginning of an instance.
        let (app, _folder) = match (is_ours, self.dry_run) {
            (true, true) => place.app_for_a_trial()?,
            (true, false) => (place.app()?, None),
            (false, _) => (place.existing_app()?, None),
        };
        let request = Request {
            format: self.format.as_deref(),
            file: &self.file,
            site: self.site.as_deref().unwrap_or_default(),
            pages: &pages,
            zone: &self.zone,
            dry_run: self.dry_run,
            folder: &app.config.data.dir,
        };
        let mut shown = Shown::new();
        let by = Actor::command_line();
        let report = transfer::import(&app.db, &request, &by, &mut |progress| {
            shown.update(progress);
            Ok(())
        })?;
        shown.finish();
        if self.json {
            say!("{}", serde_json::to_string(&report).map_err(Error::internal)?);
        } else {
            say!("{report}");
        }
        Ok(())
    }

    fn pages(&self) -> Result<PageMap> {
        let mut pages = PageMap::default();
        self.map.iter().try_for_each(|rule| pages.add(rule))?;
        self.map_file.iter().try_for_each(|file| pages.add_file(file))?;
        Ok(pages)
    }
}

fn formats() -> PossibleValuesParser {
    let known = transfer::formats().into_iter();
    PossibleValuesParser::new(known.map(|(name, about)| PossibleValue::new(name).help(about)))
}

impl Import {
    /// What only goes together with one kind of file.
    fn check(&self, is_ours: bool) -> Result<()> {
        if !is_ours && self.site.is_none() {
            let missing = "Say with --site KEY which site gets the comments.";
            super::Cli::command().error(ErrorKind::MissingRequiredArgument, missing).exit();
        }
        if is_ours && !(self.map.is_empty() && self.map_file.is_empty()) {
            let detail = "An export of ours names pages as they are here; --map is for other systems.";
            return Err(Error::invalid("map", detail));
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
