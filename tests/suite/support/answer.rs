//! What came back.

use serde_json::Value;
use ureq::http::HeaderMap;

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The answer, if it has this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// A refusal after RFC 9457 with this status; its `detail` and the field it names.
    #[track_caller]
    pub fn problem(&self, status: u16) -> (String, Option<String>) {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text());
        let problem = self.json();
        assert_eq!(problem["type"], "about:blank");
        assert_eq!(problem["status"], status);
        let id = problem["request_id"].as_str().unwrap_or_else(|| panic!("no request_id: {problem}"));
        assert_eq!(self.header("x-request-id"), Some(id));
        assert!(!problem["title"].as_str().unwrap().is_empty(), "{problem}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(!detail.is_empty(), "{problem}");
        (detail.to_owned(), problem["field"].as_str().map(ToOwned::to_owned))
    }

    /// As [`Answer::problem`], for a value that is not acceptable: the field alone.
    #[track_caller]
    pub fn refused_field(&self) -> String {
        self.problem(422).1.unwrap_or_else(|| panic!("no field: {}", self.text()))
    }
}
