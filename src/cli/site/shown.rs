//! A site as a command prints it.

use serde_json::{Value, json};

use crate::base::clock::Millis;
use crate::community::sites::{self, Site, advice, days_left};

/// The tag to paste, with a word on where.
pub fn tag(base: &str, site: &Site) {
    say!("Paste this where the comments are to stand:\n");
    for line in sites::tag(base, &site.key).lines() {
        say!("    {line}");
    }
}

/// One line of a list.
pub fn line(site: &Site, now: Millis) -> String {
    let end = site.removed_at.map_or(String::new(), |at| format!("  {}", left(at, now)));
    format!("{:<20} {:<6} {}  {}{end}", site.key, site.moderation, site.name, site.origins.join(" "))
}

fn left(removed_at: Millis, now: Millis) -> String {
    let days = days_left(removed_at, now);
    format!("{days} day{} left", if days == 1 { "" } else { "s" })
}

/// All settings, one a line.
pub fn whole(site: &Site, now: Millis) {
    let switch = |on: bool| if on { "on" } else { "off" };
    let words = site.blocked_words.lines().count();
    let view = site.first_view_at.map_or("none yet".to_owned(), Millis::for_people);
    let accent = site.accent.map_or("the widget's own".to_owned(), |accent| accent.to_string());
    for (name, value) in [
        ("key", site.key.clone()),
        ("name", site.name.clone()),
        ("origins", site.origins.join(" ")),
        ("moderation", site.moderation.to_string()),
        ("blocked words", words.to_string()),
        ("sort", site.sort.to_string()),
        ("display depth", site.display_depth.to_string()),
        ("edit minutes", (site.edit_window.as_secs() / 60).to_string()),
        ("max length", site.max_length.to_string()),
        ("close after days", site.close_after.to_string()),
        ("images", switch(site.images).to_owned()),
        ("avatars", switch(site.avatars).to_owned()),
        ("theme", site.theme.to_string()),
        ("accent", accent),
        ("made", site.created_at.for_people()),
        ("first page view", view),
    ] {
        say!("{name:<16} {value}");
    }
    if let Some(at) = site.removed_at {
        say!("{:<16} {}; {} to restore it", "removed", at.for_people(), left(at, now));
    }
    if let Some(accent) = site.accent {
        for one in advice(accent, site.theme).iter().filter(|one| !one.good) {
            say!("{}", one.text);
        }
    }
}

/// All settings for a program.
pub fn json(site: &Site) -> Value {
    json!({
        "key": site.key,
        "name": site.name,
        "origins": site.origins,
        "moderation": site.moderation.as_str(),
        "blocked_words": site.blocked_words.lines().collect::<Vec<_>>(),
        "sort": site.sort,
        "display_depth": site.display_depth,
        "edit_minutes": site.edit_window.as_secs() / 60,
        "max_length": site.max_length,
        "close_after": site.close_after,
        "images": site.images,
        "avatars": site.avatars,
        "theme": site.theme.as_str(),
        "accent": site.accent.map(|accent| accent.to_string()),
        "created_at": site.created_at,
        "first_view_at": site.first_view_at,
        "removed_at": site.removed_at,
    })
}
