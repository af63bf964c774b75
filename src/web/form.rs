//! Forms of the dashboard. Taking one checks that it was sent by the page it belongs to.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::address;
use super::caller::Account;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::secrets;

const TOO_LARGE: usize = 256 * 1024;

/// The fields of a form, in their order; a name may come several times.
#[derive(Clone, Debug, Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// The first value of that name, trimmed; empty when there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim())
    }

    /// A moment in milliseconds, as hidden fields carry it; none when there is none, or that is none.
    #[must_use]
    pub fn moment(&self, name: &str) -> Option<Millis> {
        self.text(name).parse().ok().map(Millis)
    }

    /// Exactly as typed: for passwords.
    #[must_use]
    pub fn verbatim(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// Whether a checkbox of that name was ticked.
    #[must_use]
    pub fn is_ticked(&self, name: &str) -> bool {
        self.0.iter().any(|(field, _)| field == name)
    }

    /// Whether the form had a field of that name, filled or not.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(field, _)| field == name)
    }

    /// All values of that name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Fields that came some other way.
    #[must_use]
    pub fn of(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    fn parse(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }
}

impl FromRequest for Form {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Bytes::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let body = body.await.map_err(|error| Error::invalid("form", error.to_string()))?;
            if body.len() > TOO_LARGE {
                return Err(Error::invalid("form", "The form is too large."));
            }
            let form = Self::parse(&body);
            check_sender(&request, &form)?;
            Ok(form)
        })
    }
}

/// Signed in: the session's own token must come with the form. Not signed in yet: the browser must
/// not say that another site sent it.
///
/// # Errors
/// `Forbidden`.
pub fn check_sender(request: &HttpRequest, form: &Form) -> Result<()> {
    let stale = || {
        Err(Error::Forbidden("This form was not sent by its own page, or that page was open for too long. Go back, reload, and try again.".into()))
    };
    if !address::is_same_origin(request) {
        return stale();
    }
    match request.extensions().get::<Account>() {
        Some(account) if !secrets::same(account.csrf.as_bytes(), form.verbatim("csrf").as_bytes()) => stale(),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_come_several_times() {
        let form = Form::parse(b"id=1&id=2&name=+Ann+&on=");
        assert_eq!(form.all("id").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(form.text("name"), "Ann");
        assert_eq!(form.verbatim("name"), " Ann ");
        assert!(form.is_ticked("on") && !form.is_ticked("off"));
    }
}
