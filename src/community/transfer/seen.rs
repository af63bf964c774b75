//! Remembers which texts came by, in a few bytes each, so that a file of any size can be read.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// See the module.
#[derive(Debug, Default)]
pub struct Seen(HashSet<u64>);

impl Seen {
    /// Whether these came by for the first time. They count as one text, and which is which matters.
    pub fn is_new(&mut self, parts: &[&str]) -> bool {
        let mut hasher = DefaultHasher::new();
        parts.hash(&mut hasher);
        self.0.insert(hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_new_once() {
        let mut seen = Seen::default();
        assert!(seen.is_new(&["a", "b"]) && !seen.is_new(&["a", "b"]));
        assert!(seen.is_new(&["b", "a"]) && seen.is_new(&["ab"]) && seen.is_new(&["", "ab"]));
    }
}
