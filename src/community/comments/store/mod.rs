//! All the SQL of this room.

pub mod addresses;
pub mod comments;
pub mod guests;
pub mod listing;
pub mod record;
pub mod search;
pub mod threads;
pub mod versions;
pub mod votes;
