//! HTTPS with a certificate and a key from files, which are read again when they change.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::base::error::{Error, Result};

/// How often the files are looked at, at the most; a certificate is renewed weeks before it ends.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// What speaks HTTPS with the certificate of these PEM files: the chain, the server's own first, and its key.
///
/// # Errors
/// `Invalid`, with the name of the file and what is wrong, when they cannot be used.
pub fn from_files(certificate: &Path, key: &Path) -> Result<ServerConfig> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let files = Files::open(certificate, key, Arc::clone(&provider))?;
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Error::internal)?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(files));
    Ok(config)
}

#[derive(Debug)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
    provider: Arc<CryptoProvider>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    current: Arc<CertifiedKey>,
    changed: Changed,
    looked: Instant,
}

/// When each file was last changed; none while it is not there.
type Changed = [Option<SystemTime>; 2];

impl Files {
    fn open(certificate: &Path, key: &Path, provider: Arc<CryptoProvider>) -> Result<Self> {
        let changed = [certificate, key].map(changed);
        let current = Arc::new(read(certificate, key, &provider)?);
        let state = State { current, changed, looked: Instant::now() };
        Ok(Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            provider,
            state: Mutex::new(state),
        })
    }

    /// The certificate as it is now. One that cannot be read leaves the one before in use: it may be half written.
    fn current(&self) -> Arc<CertifiedKey> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.looked.elapsed() >= LOOK_EVERY {
            state.looked = Instant::now();
            self.look(&mut state);
        }
        Arc::clone(&state.current)
    }

    fn look(&self, state: &mut State) {
        let now = [&self.certificate, &self.key].map(|file| changed(file));
        if now == state.changed {
            return;
        }
        match read(&self.certificate, &self.key, &self.provider) {
            Ok(found) => {
                (state.current, state.changed) = (Arc::new(found), now);
                tracing::info!(file = %self.certificate.display(), "the certificate was read anew");
            }
            Err(error) => tracing::warn!("{error} The certificate from before is still in use."),
        }
    }
}

impl ResolvesServerCert for Files {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current())
    }
}

fn changed(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file).and_then(|file| file.modified()).ok()
}

fn read(certificate: &Path, key: &Path, provider: &CryptoProvider) -> Result<CertifiedKey> {
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<std::result::Result<Vec<_>, _>>);
    let chain = chain.map_err(|error| unusable("tls_certificate", certificate, &error))?;
    if chain.is_empty() {
        return Err(unusable("tls_certificate", certificate, &"there is no certificate in it"));
    }
    let own_key = PrivateKeyDer::from_pem_file(key).map_err(|error| unusable("tls_key", key, &error))?;
    CertifiedKey::from_der(chain, own_key, provider).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => {
            unusable("tls_key", key, &"it is not the key of that certificate")
        }
        other => unusable("tls_key", key, &other),
    })
}

fn unusable(name: &str, file: &Path, why: &dyn std::fmt::Display) -> Error {
    let words = format!("server.{name}: {} cannot be used: {why}. It must be a PEM file.", file.display());
    Error::invalid(name, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_with_the_file_s_name() {
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
        let fault = || from_files(&certificate, &key).unwrap_err().to_string();
        assert!(fault().contains("chain.pem"), "{}", fault());
        std::fs::write(&certificate, "no certificate").unwrap();
        assert!(fault().contains("there is no certificate in it"), "{}", fault());
    }

    #[test]
    fn a_renewed_certificate_is_taken_up_and_a_broken_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
        let fixture = |name: &str| {
            Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tls")).join(format!("{name}.pem"))
        };
        let put = |name: &str| {
            std::fs::write(&certificate, std::fs::read(fixture(name)).unwrap()).unwrap();
            std::fs::write(&key, std::fs::read(fixture(&format!("{name}.key"))).unwrap()).unwrap();
        };
        put("one");
        let files = Files::open(&certificate, &key, Arc::new(aws_lc_rs::default_provider())).unwrap();
        let later = || {
            let mut state = files.state.lock().unwrap();
            state.looked = Instant::now().checked_sub(LOOK_EVERY).unwrap();
            state.changed = [None, None];
        };
        let is =
            |name: &str| files.current().cert[0] == CertificateDer::from_pem_file(fixture(name)).unwrap();
        put("two");
        assert!(is("one"), "it is not looked at with every handshake");
        later();
        assert!(is("two"));
        std::fs::write(&certificate, "half wri").unwrap();
        later();
        assert!(is("two"));
    }
}
