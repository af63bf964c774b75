//! The whole of it, put together.

mod chart;
mod docs;
mod home;
mod jobs_page;
pub mod listen;
mod openapi;
mod routes;
pub mod schedule;
mod tls;

pub use openapi::document;
