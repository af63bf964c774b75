//! What a call sends: JSON bodies, queries, and how a faulty one is refused.

use actix_web::error::{JsonPayloadError, QueryPayloadError};
use actix_web::web::{JsonConfig, PathConfig, QueryConfig};

use crate::base::error::Error;

/// Fits the longest comment that a site may allow, four bytes a letter.
const TOO_LARGE: usize = 512 * 1024;

/// Bodies must say that they are JSON: a form of another site cannot.
#[must_use]
pub fn bodies() -> JsonConfig {
    JsonConfig::default().limit(TOO_LARGE).error_handler(|error, _| {
        let detail = match &error {
            JsonPayloadError::ContentType => {
                "Send JSON, with the header “Content-Type: application/json”.".to_owned()
            }
            JsonPayloadError::Overflow { .. } | JsonPayloadError::OverflowKnownLength { .. } => {
                format!("The body is larger than {TOO_LARGE} bytes.")
            }
            JsonPayloadError::Deserialize(fault) => format!("The body does not fit: {fault}."),
            other => other.to_string(),
        };
        Error::invalid("body", detail).into()
    })
}

#[must_use]
pub fn queries() -> QueryConfig {
    QueryConfig::default().error_handler(|error, _| {
        let QueryPayloadError::Deserialize(fault) = &error else {
            return Error::invalid("query", error.to_string()).into();
        };
        Error::invalid("query", format!("The query does not fit: {fault}.")).into()
    })
}

#[must_use]
pub fn paths() -> PathConfig {
    PathConfig::default()
        .error_handler(|_, _| Error::NotFound("There is nothing at this address.".into()).into())
}
