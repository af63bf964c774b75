//! All the SQL of this room.

pub mod addresses;
pub mod comments;
pub mod listing;
pub mod record;
pub mod threads;
pub mod votes;
