//! What the tests stand on: an instance in a folder of its own, a running server, and those who talk to it.

mod admin;
mod answer;
mod instance;
mod live;
mod raw;
mod search;
mod server;

use std::fmt::Write;
use std::time::{Duration, Instant};

pub use admin::{Admin, EMAIL, PASSWORD, join, send_form, set_cookie, token};
pub use answer::Answer;
pub use instance::{BLOG, Instance, out, words};
pub use live::Stream;
pub use raw::Raw;
pub use server::{Call, TestServer, comment, url_in};

/// Far beyond what anything here takes: reached only by what will never happen.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// Asks again and again until there is an answer.
pub fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = ask() {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Text for a query or a form.
pub fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// What stands between two marks, the first time they occur.
pub fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let start = text.find(before).unwrap_or_else(|| panic!("no {before:?} in: {text}")) + before.len();
    let end = text[start..].find(after).unwrap_or_else(|| panic!("no {after:?} in: {text}"));
    &text[start..start + end]
}
