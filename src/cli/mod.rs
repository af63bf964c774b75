//! The command line: one file for each command.

/// Prints a line, whether or not anybody reads it: a reader that went away (`| head -1`) must not end
/// a server.
macro_rules! say {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($words)*);
    }};
}

mod admin;
mod audit;
mod config;
mod demo;
mod export;
mod import;
mod job;
mod person;
mod serve;
mod settings;
mod site;
mod thread;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use tempfile::TempDir;

use crate::base::app::{App, is_instance};
use crate::base::config::{Config, Layers};
use crate::base::error::{Error, Result};
use crate::base::telemetry;

/// A comment system in one file: widget, API, admin dashboard and database in a single executable.
///
/// Start with `afterword serve` and open the link that it prints, or look around with `afterword demo`.
#[derive(Parser)]
#[command(name = "afterword", version, about, long_about, after_help = AFTER, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// Under this word the server notes where it listens.
const SERVED_AT: &str = "served_at";
/// And under this one, where its dashboard is.
const DASHBOARD_AT: &str = "dashboard_at";

const AFTER: &str = "Exit codes: 0 it worked, 1 it did not (the reason is on standard error), 2 the command line is not right.";

/// Where the instance is.
#[derive(Args, Clone)]
struct Place {
    /// Folder of the database and the instance key [default: afterword-data]
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<String>,
    /// Configuration file; see `afterword config sample`
    #[arg(long, global = true, value_name = "FILE", env = "AFTERWORD_CONFIG")]
    config: Option<PathBuf>,
    /// Log more or less: error, warn, info, debug or trace
    #[arg(long, global = true, value_name = "LEVEL")]
    log: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    Serve(serve::Serve),
    Demo(demo::Demo),
    Admin(admin::Admin),
    Site(site::Site),
    Thread(thread::ThreadCommand),
    Import(import::Import),
    Export(export::Export),
    Person(person::Person),
    Job(job::Job),
    Settings(settings::Settings),
    Audit(audit::Audit),
    Config(config::ConfigCommand),
}

/// Runs the command that the arguments name.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Serve(command) => command.run(&cli.place),
        Command::Demo(command) => command.run(&cli.place),
        Command::Admin(command) => command.run(&cli.place),
        Command::Site(command) => command.run(&cli.place),
        Command::Thread(command) => command.run(&cli.place),
        Command::Import(command) => command.run(&cli.place),
        Command::Export(command) => command.run(&cli.place),
        Command::Person(command) => command.run(&cli.place),
        Command::Job(command) => command.run(&cli.place),
        Command::Settings(command) => command.run(&cli.place),
        Command::Audit(command) => command.run(&cli.place),
        Command::Config(command) => command.run(&cli.place),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("afterword: {error}");
            ExitCode::FAILURE
        }
    }
}

impl Place {
    /// The configuration in its layers: defaults, file, environment, flags.
    fn layers(&self) -> Result<Layers> {
        let mut layers = Layers::defaults()?;
        if let Some(path) = &self.config {
            layers = layers.file(path, &read(path)?)?;
        }
        layers
            .environment(environment()?.into_iter())?
            .flag("--data", "data", "dir", self.data.as_deref())?
            .flag("--log", "log", "level", self.log.as_deref())
    }

    /// Opens an instance that is there already; a wrong folder must not become a new one.
    fn existing_app(&self) -> Result<App> {
        let config = self.layers()?.config()?;
        if !is_instance(&config.data.dir) {
            return Err(Error::NotFound(format!(
                "There is no instance in {}. Name its folder with --data DIR, or start one with  afterword serve",
                config.data.dir.display()
            )));
        }
        open(config)
    }

    /// Opens the instance that this command is about, or a new one.
    fn app(&self) -> Result<App> {
        open(self.layers()?.config()?)
    }

    /// Opens the instance that is there, for a trial that writes nothing; where there is none, an empty one that is
    /// gone with its folder.
    fn app_for_a_trial(&self) -> Result<(App, Option<TempDir>)> {
        let mut config = self.layers()?.config()?;
        if is_instance(&config.data.dir) {
            return Ok((open(config)?, None));
        }
        let folder = tempfile::Builder::new().prefix("afterword-trial-").tempdir()?;
        folder.path().clone_into(&mut config.data.dir);
        Ok((open(config)?, Some(folder)))
    }
}

fn open(config: Config) -> Result<App> {
    telemetry::start(&config.log);
    App::open(config)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path)
        .map_err(|error| Error::invalid("config", format!("Cannot read {}: {error}", path.display())))
}

/// A password from a file's first line; `-` is standard input.
fn read_password(path: &Path) -> Result<String> {
    let text = if path == Path::new("-") {
        std::io::read_to_string(std::io::stdin()).map_err(Error::from)
    } else {
        read(path)
    };
    Ok(text?.lines().next().unwrap_or_default().to_owned())
}

/// The variables that are ours. Others may hold what is not text.
fn environment() -> Result<Vec<(String, String)>> {
    let ours = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    let ours = ours.filter(|(name, _)| name.starts_with("AFTERWORD_"));
    let text = |(name, value): (String, std::ffi::OsString)| match value.into_string() {
        Ok(value) => Ok((name, value)),
        Err(_) => {
            Err(Error::invalid(name.clone(), format!("the environment variable {name} is not UTF-8 text")))
        }
    };
    ours.map(text).collect()
}

/// An async runtime for what the server's floors need.
fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    actix_web::rt::System::new().block_on(work)
}

/// How the server is reached: the configured URL, else where it last listened, else where it would.
fn server_url(app: &App) -> Result<String> {
    if let Some(url) = &app.config.server.public_url.0 {
        return Ok(url.clone());
    }
    Ok(app.db.noted(SERVED_AT)?.unwrap_or_else(|| app.config.reached_at(app.config.server.listen.0)))
}

/// How the dashboard is reached: by its own listener where it has one, else as everything else is.
fn dashboard_url(app: &App) -> Result<String> {
    let server = &app.config.server;
    if let (Some(url), None) = (&server.public_url.0, server.admin_listen.0) {
        return Ok(url.clone());
    }
    match (app.db.noted(DASHBOARD_AT)?, server.admin_listen.0) {
        (Some(noted), _) => Ok(noted),
        (None, Some(own)) => Ok(local_url(own)),
        (None, None) => server_url(app),
    }
}

/// How people on this machine reach what listens at `address`, over HTTP.
fn local_url(address: SocketAddr) -> String {
    format!("http://{}", local_authority(address))
}

/// The host and the port of that.
fn local_authority(address: SocketAddr) -> String {
    let ip = address.ip();
    let host = match ip {
        ip if ip.is_unspecified() => "127.0.0.1".to_owned(),
        IpAddr::V6(ip) => format!("[{ip}]"),
        IpAddr::V4(ip) => ip.to_string(),
    };
    format!("{host}:{}", address.port())
}

impl Config {
    /// How people reach the server that listens at `address`.
    fn reached_at(&self, address: SocketAddr) -> String {
        self.server.public_url.0.clone().unwrap_or_else(|| self.listens_on(address))
    }

    /// How people on this machine do.
    fn listens_on(&self, address: SocketAddr) -> String {
        let scheme = if self.server.certificate().is_some() { "https" } else { "http" };
        format!("{scheme}://{}", local_authority(address))
    }
}
