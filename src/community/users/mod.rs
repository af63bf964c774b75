//! Who people are: accounts with a password, and guests with a token.

pub mod accounts;
pub mod guests;
mod passwords;
pub mod record;
mod store;
