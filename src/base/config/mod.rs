//! What the box is: paths, listeners, hosts. Read once at start from a TOML file, then the
//! environment, then flags, each overriding the one before.

mod layers;
mod values;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use layers::{Layers, Origin};
pub use values::{AdminListen, Level, Listen, LogFormat, Network, PublicUrl};

/// The commented sample, which parses to the defaults.
pub const SAMPLE: &str = include_str!("sample.toml");

#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub server: Server,
    pub data: Data,
    pub limits: Limits,
    pub log: Log,
}

/// Where it listens and how it is reached.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    pub listen: Listen,
    /// PEM files of a certificate and its key, to speak HTTPS with; empty: HTTP.
    pub tls_certificate: PathBuf,
    pub tls_key: PathBuf,
    /// Empty: taken from each request's `Host`.
    pub public_url: PublicUrl,
    /// Only these may say for whom they forward a request.
    pub trusted_proxies: Vec<Network>,
    /// Only from these is the dashboard reached; from everywhere when there are none.
    pub admin_networks: Vec<Network>,
    /// The dashboard's own listener; empty: it answers beside everything else.
    pub admin_listen: AdminListen,
    /// Megabytes of memory for answers that are kept ready.
    pub kept_megabytes: u64,
    /// Seconds that open requests may take to finish when the server stops.
    pub drain_seconds: u64,
}

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Data {
    pub dir: PathBuf,
}

/// How often one address or one person may do something.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Comments and edits a minute from one network address.
    pub posts_per_minute: u32,
    /// Comments and edits a minute by one known person.
    pub person_posts_per_minute: u32,
    pub votes_per_minute: u32,
    pub reports_per_minute: u32,
    pub previews_per_minute: u32,
    /// Attempts to sign in a minute from one address; ten times as many at one account.
    pub sign_ins_per_minute: u32,
    /// Live streams open at once from one address.
    pub streams_per_address: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    pub level: Level,
    pub format: LogFormat,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: Listen::default(),
            tls_certificate: PathBuf::new(),
            tls_key: PathBuf::new(),
            public_url: PublicUrl::default(),
            trusted_proxies: Vec::new(),
            admin_networks: Vec::new(),
            admin_listen: AdminListen::default(),
            kept_megabytes: 32,
            drain_seconds: 10,
        }
    }
}

impl Server {
    /// The files of the certificate and of its key, where it has them.
    #[must_use]
    pub fn certificate(&self) -> Option<(&Path, &Path)> {
        let is_given = |file: &Path| !file.as_os_str().is_empty();
        let (chain, key) = (self.tls_certificate.as_path(), self.tls_key.as_path());
        (is_given(chain) || is_given(key)).then_some((chain, key))
    }
}

impl Default for Data {
    fn default() -> Self {
        Self { dir: "afterword-data".into() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            posts_per_minute: 60,
            person_posts_per_minute: 10,
            votes_per_minute: 120,
            reports_per_minute: 10,
            previews_per_minute: 60,
            sign_ins_per_minute: 10,
            streams_per_address: 50,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_parses_to_the_defaults() {
        assert_eq!(toml::from_str::<Config>(SAMPLE).unwrap(), Config::default());
    }

    #[test]
    fn the_sample_documents_every_key() {
        let defaults = toml::Table::try_from(Config::default()).unwrap();
        for (section, keys) in &defaults {
            assert!(SAMPLE.contains(&format!("[{section}]")), "{section}");
            for key in keys.as_table().unwrap().keys() {
                assert!(SAMPLE.lines().any(|line| line.starts_with(&format!("{key} ="))), "{section}.{key}");
            }
        }
    }
}
