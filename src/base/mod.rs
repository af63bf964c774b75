//! What any program needs, and nothing about comments.

pub mod error;
pub mod room;
pub mod clock;
pub mod id;
pub mod order;
pub mod secrets;
pub mod config;
pub mod telemetry;
pub mod db;
pub mod outbox;
pub mod audit;
pub mod salts;
pub mod personal;
pub mod jobs;
pub mod app;
