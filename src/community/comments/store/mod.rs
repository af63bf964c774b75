//! All the SQL of this room.

pub mod comments;
pub mod guests;
pub mod listing;
pub mod threads;
pub mod votes;
