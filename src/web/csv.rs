//! Comma-separated values (RFC 4180) that may be opened in a spreadsheet.

const FORMULAS: &[char] = &['=', '+', '-', '@', '\t', '\r'];

/// Quoted where needed. What a spreadsheet would take for a formula gets an apostrophe before it.
#[must_use]
pub fn field(text: &str) -> String {
    let armed = if text.starts_with(FORMULAS) { "'" } else { "" };
    if armed.is_empty() && !text.contains(['"', ',', '\n', '\r']) {
        return text.to_owned();
    }
    format!("\"{armed}{}\"", text.replace('"', "\"\""))
}

/// The fields of a line that a spreadsheet saved, with the separator that it uses, and without our apostrophes.
#[must_use]
pub fn fields(line: &str, separator: char) -> Vec<String> {
    let (mut fields, mut field, mut is_quoted) = (Vec::new(), String::new(), false);
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' if is_quoted => is_quoted = false,
            '"' if field.is_empty() => is_quoted = true,
            letter if letter == separator && !is_quoted => fields.push(std::mem::take(&mut field)),
            letter => field.push(letter),
        }
    }
    fields.push(field);
    fields.into_iter().map(disarmed).collect()
}

fn disarmed(field: String) -> String {
    match field.strip_prefix('\'') {
        Some(rest) if rest.starts_with(FORMULAS) => rest.to_owned(),
        _ => field,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_read_back_as_they_were_written() {
        let all = ["a", "", "b,c", "\"d\"", "=e", "it's", "-1", "'f", "g;h"];
        let line = all.map(field).join(",");
        assert_eq!(fields(&line, ','), all);
        assert!(line.contains("\"'=e\""), "{line}");
        assert_eq!(fields("a;\"b;c\";5", ';'), ["a", "b;c", "5"]);
    }
}
