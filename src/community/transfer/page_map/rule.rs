//! How rules are written: `OLD=NEW`, `OLD=>NEW`, with a tab, or as a spreadsheet saves them.

const UNCLEAR: &str = "cannot be told where the old page ends and the new one begins; write OLD=>NEW";

/// `OLD=NEW` or `OLD=>NEW`. Addresses have equals signs in them (`/?p=4`), so the one counts that a page's address
/// follows.
pub fn split(text: &str) -> Result<(&str, &str), String> {
    if let Some(parts) = text.split_once("=>") {
        return Ok(parts);
    }
    cut(text, &['=']).ok_or_else(|| {
        if text.contains('=') {
            format!("In “{text}” it {UNCLEAR}.")
        } else {
            format!("“{text}” is not like OLD=NEW.")
        }
    })
}

/// A line of a file: a rule with a tab, `=>`, a comma or `=` in it, or none: an empty line, a remark that begins
/// with `#`, or the address of a page that stays as it is.
pub fn of_line(line: &str) -> Result<Option<(String, String)>, String> {
    // Spreadsheets write empty columns, too.
    let line = line.trim().trim_end_matches(|letter: char| letter == ',' || letter.is_whitespace());
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let parts = match line.split_once('\t').or_else(|| line.split_once("=>")) {
        Some((old, new)) => Some((unquoted(old), unquoted(new))),
        None => quoted(line).or_else(|| cut(line, &[',', '=']).map(|(old, new)| (old.into(), unquoted(new)))),
    };
    match parts {
        Some((_, new)) if new.is_empty() => Ok(None),
        Some(parts) => Ok(Some(parts)),
        None if !line.contains(|letter: char| letter.is_whitespace() || letter == ',') => Ok(None),
        None => Err(format!("In “{line}” it {UNCLEAR}, or put a tab between them.")),
    }
}

/// Cuts at the separator that an address follows; without one, at the only separator there is.
fn cut<'a>(text: &'a str, separators: &[char]) -> Option<(&'a str, &'a str)> {
    let places: Vec<usize> = text.match_indices(separators).map(|(at, _)| at).collect();
    let begins = |at: &&usize| {
        let rest = text[**at + 1..].trim_start().trim_start_matches('"');
        rest.starts_with('/') || rest.starts_with("http://") || rest.starts_with("https://")
    };
    let candidates: Vec<&usize> = places.iter().filter(begins).collect();
    let at = match (candidates.as_slice(), places.as_slice()) {
        ([one], _) => **one,
        // What stands behind a question mark is the address's own.
        ([], [only]) if !text[..*only].contains('?') => *only,
        _ => return None,
    };
    Some((&text[..at], &text[at + 1..]))
}

/// `"a,b",c` as spreadsheets write it, where the first field is quoted.
fn quoted(line: &str) -> Option<(String, String)> {
    let (old, rest) = line.strip_prefix('"')?.split_once("\",")?;
    Some((old.replace("\"\"", "\""), unquoted(rest)))
}

fn unquoted(field: &str) -> String {
    let field = field.trim();
    match field.strip_prefix('"').and_then(|field| field.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => field.to_owned(),
    }
}
