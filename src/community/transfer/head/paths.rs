//! Which fields the beginning of a JSON text has. It may be cut off anywhere, so this reads no values.

use std::collections::BTreeSet;

/// Deeper fields tell no formats apart.
const DEEPEST: usize = 3;
const MOST_OPEN: usize = 100;

/// The fields of the first value, with the names of those around them: `comments.author.name`.
pub fn of(text: &str) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    let mut around: Vec<String> = Vec::new();
    let mut open: Vec<char> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}', '[', ']', '"']) {
        let letter = rest.as_bytes()[at];
        rest = &rest[at + 1..];
        match letter {
            b'"' => {
                let Some((name, behind)) = string(rest) else { break };
                rest = behind;
                if open.last() == Some(&'{') && rest.trim_start().starts_with(':') {
                    around.truncate(objects(&open) - 1);
                    around.push(name.to_owned());
                    if around.len() <= DEEPEST {
                        paths.insert(around.join("."));
                    }
                }
            }
            b'{' | b'[' if open.len() < MOST_OPEN => open.push(char::from(letter)),
            b'{' | b'[' => break,
            _ => {
                open.pop();
                around.truncate(objects(&open));
                if open.is_empty() {
                    break;
                }
            }
        }
    }
    paths
}

fn objects(open: &[char]) -> usize {
    open.iter().filter(|letter| **letter == '{').count()
}

/// A string whose opening quote was read, as it is written, and what follows it.
fn string(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })?;
    Some((&text[..end], &text[end + 1..]))
}
