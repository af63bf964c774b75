//! What people see: sites, people, comments and those who look after them.

pub mod sites;
pub mod users;
pub mod sessions;
pub mod spam;
pub mod comments;
pub mod moderation;
pub mod transfer;
pub mod trail;
pub mod widget;
