//! The whole of it, put together.

mod docs;
pub mod listen;
mod openapi;
mod routes;
pub mod schedule;

pub use openapi::document;
