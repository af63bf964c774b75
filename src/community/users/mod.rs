//! Who people are: accounts with a password, and guests with a token.

pub mod accounts;
pub mod guests;
pub mod names;
mod passwords;
pub mod record;
pub mod staff;
mod store;
