//! The one error of the program, in the words of HTTP's meaning. It imports nothing of ours: each
//! `From` lives beside its source.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something could not be done. Every text but `Internal`'s may be shown to a visitor.
#[derive(Debug)]
pub enum Error {
    /// What was asked for is not there.
    NotFound(String),
    /// A value that was sent is not acceptable: which one, and what would be.
    Invalid { field: String, detail: String },
    /// Only someone who signed in may do this.
    SignInRequired,
    /// This caller may not do this.
    Forbidden(String),
    /// It contradicts what is there now.
    Conflict(String),
    /// Too often; the same is welcome again after `retry_after`.
    TooMany { retry_after: Duration, detail: String },
    /// The disk is full: nothing was stored.
    Full(String),
    /// Not now, but the same may work later.
    Unavailable(String),
    /// A fault of ours. The inner text is for the log only.
    Internal(Box<dyn StdError + Send + Sync>),
}

impl Error {
    pub fn invalid(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), detail: detail.into() }
    }

    pub fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(text)
            | Self::Forbidden(text)
            | Self::Conflict(text)
            | Self::Full(text)
            | Self::Unavailable(text)
            | Self::TooMany { detail: text, .. }
            | Self::Invalid { detail: text, .. } => f.write_str(text),
            Self::SignInRequired => f.write_str("You have to sign in first."),
            Self::Internal(source) => source.fmt(f),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Internal(source) => Some(source.as_ref()),
            _ => None,
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull => {
                Self::Full("The server's disk is full; nothing was stored.".into())
            }
            _ => Self::internal(error),
        }
    }
}
