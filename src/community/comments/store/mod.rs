//! All the SQL of this room.

pub mod addresses;
pub mod comments;
pub mod erase;
pub mod figures;
pub mod guests;
pub mod listing;
pub mod search;
pub mod record;
pub mod revisions;
pub mod subtree;
pub mod thread_list;
pub mod threads;
pub mod versions;
pub mod votes;
