//! The tags of sanitised HTML, as the sanitiser writes them.

/// The sanitiser writes every value between double quotes; a `>` in one does not end the tag.
pub fn length_of_tag(text: &str) -> usize {
    let mut in_value = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => in_value = !in_value,
            b'>' if !in_value => return at + 1,
            _ => (),
        }
    }
    text.len()
}

/// What stands in an attribute, as it is written there; nothing when there is none of that name.
pub fn value<'a>(attributes: &'a str, name: &str) -> &'a str {
    // Every second piece between quotes is a value, and stands behind its name.
    let mut pieces = attributes.split('"');
    while let (Some(before), Some(value)) = (pieces.next(), pieces.next()) {
        if before.trim() == format!("{name}=") {
            return value;
        }
    }
    ""
}
