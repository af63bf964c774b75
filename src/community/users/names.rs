//! Names as people see them: letters that take no ink, and spellings that look the same.

/// Whether a text shows something: letters that take no ink are no name, nor are they a comment.
#[must_use]
pub fn is_visible(text: &str) -> bool {
    !text.chars().all(|c| c.is_whitespace() || takes_no_ink(c))
}

fn takes_no_ink(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'
                ..='\u{180F}'
        )
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}')
        || matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// A text by which spellings are compared: without case (`STRASSE` is `straße`), without letters that take
/// no ink, with the wide forms of Latin letters as the usual ones, and with single spaces.
#[must_use]
pub fn folded(text: &str) -> String {
    let plain = text.chars().filter(|c| !takes_no_ink(*c)).map(narrow);
    // Upper case first: it joins what lower case keeps apart (ς and σ, ß and ss, ﬁ and fi).
    let same: String = plain.flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect();
    same.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The wide forms of ASCII that East Asian keyboards make.
fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_that_look_the_same_are_the_same() {
        for (one, other) in [
            ("Troll", "tROLL"),
            ("Tro\u{200B}ll", "troll"),
            ("Straße", "STRASSE"),
            ("ΟΔΥΣΣΕΥΣ", "Οδυσσευς"),
            ("Ｔｒｏｌｌ", "troll"),
            ("  Big \t Troll ", "big troll"),
            ("ﬁne", "FINE"),
            ("Ärger", "äRGER"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} and {other}");
        }
        assert_ne!(folded("Anna"), folded("Ann"));
    }
}
