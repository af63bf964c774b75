//! What every page and every call shares: answers, errors, forms, limits, and who is asking.

pub mod access;
pub mod address;
pub mod doors;
pub mod ready;
pub mod assets;
pub mod caller;
pub mod limits;
pub mod csv;
pub mod form;
pub mod upload;
pub mod json;
pub mod frame;
pub mod table;
pub mod respond;
pub mod cors;
