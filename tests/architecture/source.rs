//! One Rust file, read just closely enough: comments and literals are blanked out, test code is left aside,
//! and what remains is scanned for module declarations, paths and calls.

pub struct Source {
    /// The file's name below `src/`.
    pub name: String,
    /// Its module path from the crate's root: `["community", "comments", "post"]`.
    pub module: Vec<String>,
    /// The text with comments and literals blanked, line for line as long as the file.
    pub code: String,
    pub lines: usize,
    text: String,
    /// The code once more, with `#[cfg(test)]` items blanked as well.
    shipped: String,
    literals: Vec<(usize, String)>,
}

impl Source {
    pub fn parse(name: &str, text: &str) -> Self {
        let (code, literals) = blank(text);
        let shipped = without_tests(&code);
        let module = match name.trim_end_matches(".rs") {
            "lib" | "main" => Vec::new(),
            path => path.trim_end_matches("/mod").split('/').map(String::from).collect(),
        };
        let lines = text.lines().count();
        Source { name: name.into(), module, code, lines, text: text.into(), shipped, literals }
    }

    pub fn is_test_file(&self) -> bool {
        self.module.last().is_some_and(|last| last == "tests")
            || self.module.iter().any(|part| part == "tests")
    }

    /// The modules that this file declares, in its order.
    pub fn modules(&self) -> Vec<String> {
        let tokens = tokens(&self.shipped);
        let declared = tokens.windows(3).filter(|three| three[0].1 == "mod" && three[2].1 == ";");
        declared.map(|three| three[1].1.to_string()).collect()
    }

    /// Every path to something of ours, from the crate's root, with the line it stands on.
    pub fn paths(&self) -> Vec<(usize, Vec<String>)> {
        let tokens = tokens(&self.code);
        let (mut found, mut inline, mut depth) = (Vec::new(), Vec::new(), 0usize);
        for at in 0..tokens.len() {
            let word = tokens[at].1;
            match word {
                "{" => depth += 1,
                "}" => {
                    depth = depth.saturating_sub(1);
                    inline.retain(|(opened, _)| *opened < depth + 1);
                }
                "mod" if follows(&tokens, at + 2, "{") => inline.push((depth + 1, tokens[at + 1].1)),
                "crate" | "self" | "super" | "afterword" if starts_path(&tokens, at) => {
                    let mut base = self.module.clone();
                    base.extend(inline.iter().map(|(_, name)| name.to_string()));
                    if word == "crate" || word == "afterword" {
                        base.clear();
                    } else if word == "super" {
                        base.pop();
                    }
                    collect(&tokens, at + 1, base, &mut found);
                }
                _ => {}
            }
        }
        found
    }

    /// String literals outside test code.
    pub fn literals(&self) -> impl Iterator<Item = (usize, &str)> {
        let kept: Vec<_> = self.shipped.lines().collect();
        let keep = move |line: usize| kept.get(line - 1).is_some_and(|code| code.contains('"'));
        self.literals.iter().filter(move |(line, _)| keep(*line)).map(|(line, text)| (*line, text.as_str()))
    }

    /// Public async functions outside test code: the line, and the last word of each parameter's type.
    pub fn async_functions(&self) -> Vec<(usize, Vec<String>)> {
        let tokens = tokens(&self.shipped);
        let starts = (0..tokens.len()).filter(|at| {
            ["pub", "async", "fn"].iter().enumerate().all(|(step, word)| follows(&tokens, at + step, word))
        });
        let found = starts.map(|start| {
            let list = tokens[start..].iter().skip_while(|token| token.1 != "(").skip(1);
            let list: Vec<&str> = list.map(|token| token.1).take_while(|word| *word != ")").collect();
            let types = list.split(|word| *word == ",").filter_map(|parameter| parameter.last());
            (tokens[start].0, types.map(ToString::to_string).collect())
        });
        found.collect()
    }

    /// The lines on which one of `needles` is called outside test code.
    pub fn calls(&self, needles: &[&str]) -> Vec<usize> {
        let lines = self.shipped.lines().enumerate();
        lines
            .filter(|(_, code)| needles.iter().any(|needle| code.contains(needle)))
            .map(|(at, _)| at + 1)
            .collect()
    }

    /// Whether the line, or a comment right above its statement, says why the call cannot fail.
    pub fn says_infallible(&self, line: usize) -> bool {
        let lines: Vec<_> = self.text.lines().collect();
        let from = line.saturating_sub(4);
        lines[from..line].iter().any(|text| text.contains("// infallible:"))
    }
}

type Token<'a> = (usize, &'a str);

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Words, `::` and single signs, each with its line.
fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    for (line, text) in code.lines().enumerate() {
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = match first {
                letter if is_word(letter) => rest.find(|letter| !is_word(letter)).unwrap_or(rest.len()),
                ':' if rest.starts_with("::") => 2,
                sign => sign.len_utf8(),
            };
            found.push((line + 1, &rest[..length]));
            rest = rest[length..].trim_start();
        }
    }
    found
}

fn follows(tokens: &[Token], at: usize, word: &str) -> bool {
    tokens.get(at).is_some_and(|token| token.1 == word)
}

fn starts_path(tokens: &[Token], at: usize) -> bool {
    let inside = at > 0 && (tokens[at - 1].1 == "::" || tokens[at - 1].1 == "$");
    !inside && follows(tokens, at + 1, "::")
}

/// Follows one path from the `::` at `at`, into its groups, and notes where each branch ends.
fn collect(
    tokens: &[Token],
    mut at: usize,
    mut path: Vec<String>,
    found: &mut Vec<(usize, Vec<String>)>,
) -> usize {
    let line = tokens[at.min(tokens.len() - 1)].0;
    while follows(tokens, at, "::") {
        at += 1;
        match tokens.get(at).map_or("", |token| token.1) {
            "{" => {
                at += 1;
                while at < tokens.len() && tokens[at].1 != "}" {
                    at = branch(tokens, at, path.clone(), found);
                }
                return at + 1;
            }
            "super" => drop(path.pop()),
            word if word.starts_with(is_word) && word != "self" => path.push(word.into()),
            "self" => {}
            _ => break, // `::*`, or the `::<` of a type's arguments
        }
        at += 1;
    }
    if !path.is_empty() {
        found.push((line, path));
    }
    at
}

/// One item of a `{…}` group, with the comma or `as name` after it.
fn branch(
    tokens: &[Token],
    at: usize,
    mut path: Vec<String>,
    found: &mut Vec<(usize, Vec<String>)>,
) -> usize {
    let mut next = at + 1;
    match tokens[at].1 {
        "," => return next,
        "self" | "*" => {}
        "super" => drop(path.pop()),
        word => path.push(word.into()),
    }
    next = collect(tokens, next, path, found);
    while next < tokens.len() && !matches!(tokens[next].1, "," | "}") {
        next += 1;
    }
    next
}

/// The text with comments and the insides of literals blanked, and the string literals with their lines.
fn blank(text: &str) -> (String, Vec<(usize, String)>) {
    let chars: Vec<char> = text.chars().collect();
    let (mut code, mut literals, mut at) = (String::with_capacity(text.len()), Vec::new(), 0);
    while at < chars.len() {
        let end = match chars[at] {
            '/' if chars.get(at + 1) == Some(&'/') => until(&chars, at, |rest| rest[0] == '\n'),
            '/' if chars.get(at + 1) == Some(&'*') => comment_end(&chars, at),
            '"' => quoted_end(&chars, at),
            'r' if raw_hashes(&chars, at).is_some() => raw_end(&chars, at),
            '\'' => letter_end(&chars, at),
            _ => at,
        };
        let whole: String = chars[at..end].iter().collect();
        if let Some(first) = whole.find('"').filter(|_| !whole.starts_with(['/', '\''])) {
            literals.push((1 + code.matches('\n').count(), whole[first..].to_string()));
            code.push('"');
            at += 1;
        }
        code.extend(chars[at..end].iter().map(|letter| if *letter == '\n' { '\n' } else { ' ' }));
        if end == at {
            code.push(chars[at]);
        }
        at = end.max(at + usize::from(end == at));
    }
    (code, literals)
}

fn until(chars: &[char], from: usize, stop: impl Fn(&[char]) -> bool) -> usize {
    (from..chars.len()).find(|at| stop(&chars[*at..])).unwrap_or(chars.len())
}

fn comment_end(chars: &[char], from: usize) -> usize {
    let (mut depth, mut at) = (0, from);
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 1),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 1),
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    at
}

fn quoted_end(chars: &[char], from: usize) -> usize {
    let mut at = from + 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

fn raw_hashes(chars: &[char], at: usize) -> Option<usize> {
    let apart = at == 0 || !is_word(chars[at - 1]) || matches!(chars[at - 1], 'b' | 'c');
    let hashes = chars[at + 1..].iter().take_while(|letter| **letter == '#').count();
    (apart && chars.get(at + 1 + hashes) == Some(&'"')).then_some(hashes)
}

fn raw_end(chars: &[char], from: usize) -> usize {
    let hashes = raw_hashes(chars, from).unwrap_or(0);
    let closes =
        |rest: &[char]| rest[0] == '"' && rest[1..].iter().take_while(|l| **l == '#').count() >= hashes;
    (until(chars, from + hashes + 2, closes) + 1 + hashes).min(chars.len())
}

/// A character literal's end; a lifetime's own place, since it has none.
fn letter_end(chars: &[char], from: usize) -> usize {
    match (chars.get(from + 1), chars.get(from + 2)) {
        (Some('\\'), _) => (until(chars, from + 3, |rest| rest[0] == '\'') + 1).min(chars.len()),
        (Some(_), Some('\'')) => from + 3,
        _ => from,
    }
}

/// Blanks every item that is only compiled for tests.
fn without_tests(code: &str) -> String {
    let mut kept = code.to_string();
    while let Some(start) = kept.find("#[cfg(test)]") {
        let (mut depth, mut end) = (0, kept.len());
        for (at, sign) in kept[start..].char_indices() {
            match sign {
                '{' | '[' | '(' => depth += 1,
                '}' | ']' | ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 && matches!(sign, '}' | ';') {
                end = start + at + 1;
                break;
            }
        }
        let blanked: String = kept[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        kept.replace_range(start..end, &blanked);
    }
    kept
}
