//! What only one person sees of a page.

use rusqlite::Connection;

use super::edit::editable_until;
use super::page::PageKey;
use super::view::{Me, OwnComment, Person};
use super::{Status, parent_name, store, threads};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::community::sites::Site;
use crate::community::users::guests::Guest;

/// Who they are, their votes, their own held comments, and what they may still change.
pub fn of(connection: &Connection, site: &Site, page: &PageKey, guest: Guest, now: Millis) -> Result<Me> {
    let mut me = Me::default();
    if let Some(thread) = threads::find(connection, site, page)? {
        let votes = store::votes::in_thread(connection, thread.id, guest.id)?;
        me.votes = votes.into_iter().map(|(id, value)| (id.to_string(), value)).collect();
        for mut comment in store::comments::of_guest_in_thread(connection, thread.id, guest.id)? {
            if let Some(until) = editable_until(site, &comment, now) {
                me.editable.insert(comment.id.to_string(), until);
            }
            if comment.is_shadowed() {
                // The one vote on it that anybody sees.
                let own = me.votes.get(&comment.id.to_string()).copied().unwrap_or_default();
                (comment.up, comment.down) = (u32::from(own > 0), u32::from(own < 0));
            }
            if comment.status != Status::Published {
                me.held.push(OwnComment::new(site, &comment, parent_name(connection, &comment)?));
            }
        }
    }
    me.person = Some(Person { name: guest.name, email: guest.email, url: guest.url });
    Ok(me)
}
