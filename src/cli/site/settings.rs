//! A site's settings as options of a command.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::base::error::Result;
use crate::cli::read;
use crate::community::sites::Draft;

/// All of a site that may change, but its origins.
#[derive(Args)]
pub struct Settings {
    /// What the site is called (a new one: its key)
    #[arg(long)]
    name: Option<String>,
    /// Which comments wait for a moderator: none, all, a person's first, or those with links (a new one: first)
    #[arg(long, value_parser = ["none", "all", "first", "links"], hide_possible_values = true)]
    moderation: Option<String>,
    /// File with words and phrases that hold a comment, one a line; - reads standard input, an empty file takes all away
    #[arg(long, value_name = "FILE")]
    blocked_words: Option<PathBuf>,
    /// Order of threads: oldest, newest or best (a new one: oldest)
    #[arg(long, value_parser = ["oldest", "newest", "best"], hide_possible_values = true)]
    sort: Option<String>,
    /// Steps of indentation, 0 to 10 (a new one: 4)
    #[arg(long, value_name = "NUMBER")]
    display_depth: Option<u32>,
    /// Minutes for which people may change what they wrote; 0 is never (a new one: 15)
    #[arg(long, value_name = "NUMBER")]
    edit_minutes: Option<u32>,
    /// Longest comment, in characters (a new one: 10000)
    #[arg(long, value_name = "NUMBER")]
    max_length: Option<u32>,
    /// Days after a thread's first comment from when it takes no new ones; 0 is never (a new one: 0)
    #[arg(long, value_name = "DAYS")]
    close_after: Option<u32>,
    /// Images in comments (a new one: off)
    #[arg(long)]
    images: Option<Switch>,
    /// Pictures of people, from Gravatar (a new one: off)
    #[arg(long)]
    avatars: Option<Switch>,
    /// Light, dark, or as the page around it (a new one: auto)
    #[arg(long, value_parser = ["auto", "light", "dark"])]
    theme: Option<String>,
    /// Colour of buttons and links, such as '#1f6a4d'; empty is the widget's own
    #[arg(long, value_name = "COLOUR")]
    accent: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

impl Settings {
    /// What was named, over what is there.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn over(self, before: Draft) -> Result<Draft> {
        let words = self.blocked_words.as_deref().map(read_words).transpose()?;
        let number = |named: Option<u32>, before: String| named.map_or(before, |number| number.to_string());
        Ok(Draft {
            name: self.name.unwrap_or(before.name),
            moderation: self.moderation.unwrap_or(before.moderation),
            sort: self.sort.unwrap_or(before.sort),
            display_depth: number(self.display_depth, before.display_depth),
            edit_minutes: number(self.edit_minutes, before.edit_minutes),
            max_length: number(self.max_length, before.max_length),
            close_after: number(self.close_after, before.close_after),
            images: self.images.map_or(before.images, |switch| switch == Switch::On),
            avatars: self.avatars.map_or(before.avatars, |switch| switch == Switch::On),
            blocked_words: words.unwrap_or(before.blocked_words),
            theme: self.theme.unwrap_or(before.theme),
            accent: self.accent.unwrap_or(before.accent),
            ..before
        })
    }
}

fn read_words(path: &std::path::Path) -> Result<String> {
    if path == std::path::Path::new("-") {
        Ok(std::io::read_to_string(std::io::stdin())?)
    } else {
        read(path)
    }
}
