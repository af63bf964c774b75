//! The instance key, random tokens, and texts that must not be printed.

use std::fmt::{self, Write as _};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::error::{Error, Result};

/// Random bytes from the operating system.
///
/// # Panics
/// When the system has no random numbers to give, as nothing secret can be made then.
#[must_use]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random numbers"); // infallible: on every Linux since 3.17
    bytes
}

/// A new secret of 256 bits, fit for a URL.
#[must_use]
pub fn random_token() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<32>())
}

/// SHA-256 of a random token. Tokens have 256 bits of entropy, so no slow hash is needed.
#[must_use]
pub fn hash_token(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Bytes as hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether two secrets are equal, in a time that does not tell how much of them is.
#[must_use]
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// The key of this instance: 32 random bytes in a file of its own beside the database. What it
/// signs or hashes cannot be made or undone with the database alone.
#[derive(Clone)]
pub struct InstanceKey([u8; 32]);

impl InstanceKey {
    /// Reads the key, or makes a new one where there is none.
    ///
    /// # Errors
    /// When the file cannot be read or written, or does not hold a key.
    pub fn load_or_create(path: &Path) -> Result<Self> {
        match fs::read(path) {
            Ok(text) => Self::decode(&text, path),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::create(path),
            Err(error) => {
                Err(Error::Unavailable(format!("Cannot read the instance key {}: {error}", path.display())))
            }
        }
    }

    fn decode(text: &[u8], path: &Path) -> Result<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim_ascii()).ok();
        bytes.and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or_else(|| {
            Error::Unavailable(format!(
                "{} does not hold an instance key. Put the right file back from your copy; if there is none, \
                 move it away and start again: people then lose the right to edit what they wrote.",
                path.display()
            ))
        })
    }

    fn create(path: &Path) -> Result<Self> {
        let key = Self(random_bytes());
        // Whole or not at all: half a key after a crash would be refused for ever.
        let unfinished = path.with_extension("unfinished");
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
        writeln!(file, "{}", URL_SAFE_NO_PAD.encode(key.0))?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        Ok(key)
    }

    /// HMAC-SHA-256 of `message` for one `purpose`; the same message has another tag for another purpose.
    #[must_use]
    pub fn tag(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length is a key"); // infallible: HMAC takes keys of any length
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(message);
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for InstanceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InstanceKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("instance.key");
        let first = InstanceKey::load_or_create(&path).unwrap();
        let again = InstanceKey::load_or_create(&path).unwrap();
        assert_eq!(first.tag("a", b"b"), again.tag("a", b"b"));
        assert_ne!(first.tag("a", b"b"), first.tag("ab", b""));
    }

    #[test]
    fn a_damaged_key_is_refused_and_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("instance.key");
        fs::write(&path, "nonsense").unwrap();
        assert!(matches!(InstanceKey::load_or_create(&path), Err(Error::Unavailable(_))));
        assert_eq!(fs::read(&path).unwrap(), b"nonsense");
    }

    #[test]
    fn a_key_does_not_show_itself() {
        assert_eq!(format!("{:?}", InstanceKey([7; 32])), "InstanceKey(…)");
    }
}
