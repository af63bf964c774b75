//! What the process says about itself: structured logs on standard error.

use tracing_subscriber::EnvFilter;

use super::config::{Log, LogFormat};

/// Starts logging for this process; a second call does nothing.
pub fn start(log: &Log) {
    // The scheduler and the server tell of their own start at length.
    let directives = format!("{},tokio_cron_scheduler=warn,actix_server=warn", log.level.as_str());
    let filter = EnvFilter::try_new(directives).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let started = match log.format {
        LogFormat::Text => builder.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    drop(started);
}
