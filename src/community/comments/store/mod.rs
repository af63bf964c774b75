//! All the SQL of this room.

pub mod comments;
pub mod listing;
pub mod subtree;
pub mod thread_list;
pub mod threads;
pub mod votes;
