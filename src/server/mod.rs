//! The whole of it, put together.

mod chart;
mod docs;
mod home;
mod jobs_page;
pub mod listen;
mod openapi;
mod routes;
pub mod schedule;

pub use openapi::document;
