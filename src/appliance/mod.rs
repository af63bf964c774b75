//! What keeps it alive.

pub mod health;
