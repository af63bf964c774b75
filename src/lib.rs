//! Afterword: a comment system in one file.
//!
//! The modules stand in the order in which they may use each other: a module uses only those listed
//! above it. `tests/architecture.rs` holds them to it, `docs/ARCHITECTURE.md` says why.

#![forbid(unsafe_code)]

pub mod base;
pub mod web;
pub mod settings;
pub mod community;
pub mod appliance;
pub mod server;
pub mod cli;
