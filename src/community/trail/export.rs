//! Handing out the trail, a piece at a time: it may be far larger than memory.

use rusqlite::Connection;

use super::{Format, Order, lines};
use crate::base::audit::Filter;
use crate::base::error::Result;
use crate::base::id::Id;

/// Entries in a piece.
const PIECE: usize = 5000;

/// The next piece of an export, oldest first, and where to go on; the first begins with the header.
///
/// # Errors
/// When it cannot be read.
pub fn piece(
    connection: &Connection,
    filter: &Filter,
    format: Format,
    after: Option<Id>,
) -> Result<(String, Option<Id>)> {
    let found = lines(connection, filter, Order::Oldest, after, PIECE)?;
    let mut text = if after.is_none() { format.header().to_owned() } else { String::new() };
    for line in &found {
        text += &format.line(line)?;
    }
    let next = found.last().map(|line| line.entry.id).filter(|_| found.len() == PIECE);
    Ok((text, next))
}

/// Hands all pieces to `write` until it wants no more.
///
/// # Errors
/// When they cannot be read.
pub fn export(
    mut read: impl FnMut(Option<Id>) -> Result<(String, Option<Id>)>,
    mut write: impl FnMut(&str) -> bool,
) -> Result<()> {
    let mut after = None;
    loop {
        let (text, next) = read(after)?;
        if !write(&text) || next.is_none() {
            return Ok(());
        }
        after = next;
    }
}
