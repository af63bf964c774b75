//! A comment's text as WordPress keeps it, with the paragraphs, line breaks and links that it adds when it shows one.

use crate::community::comments::markup::{address, first_url};

/// What begins or ends a block of its own.
const BLOCKS: [&str; 20] = [
    "blockquote",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "table",
    "ul",
    "form",
];

/// What goes on for longer without an end is no tag: looking for the end of each must not take for ever.
const LONGEST_TAG: usize = 4096;

/// HTML with an empty line as a new paragraph, a new line as `<br>`, and bare URLs as links.
pub fn of(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut writer = Writer::default();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        if let Some(length) = tag_length(rest) {
            writer.tag(&rest[..length]);
            rest = &rest[length..];
        } else {
            let next = rest
                .match_indices('<')
                .map(|(at, _)| at)
                .find(|at| *at > 0 && tag_length(&rest[*at..]).is_some());
            let (words, behind) = rest.split_at(next.unwrap_or(rest.len()));
            writer.text(words);
            rest = behind;
        }
    }
    writer.end_paragraph();
    writer.html
}

/// How long the tag or remark is with which a text begins, if it begins with one.
fn tag_length(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('<')?;
    let text = &text.as_bytes()[..text.len().min(LONGEST_TAG)];
    if inside.starts_with("!--") {
        return text.windows(3).position(|end| end == b"-->").map(|at| at + "-->".len());
    }
    if !inside.trim_start_matches('/').starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        return None;
    }
    let mut quote = None;
    let end = text.iter().position(|byte| {
        match (quote, byte) {
            (Some(open), byte) if open == byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            _ => (),
        }
        quote.is_none() && *byte == b'>'
    });
    end.or_else(|| text.iter().position(|byte| *byte == b'>')).map(|at| at + 1)
}

/// Writes the HTML and knows what is open.
#[derive(Default)]
struct Writer {
    html: String,
    in_paragraph: bool,
    /// Paragraphs and items of the author's own, in which none of ours may begin.
    own: usize,
    /// Open tags in which text is left alone: `pre`, and links and code for their URLs.
    pre: usize,
    unlinked: usize,
    /// Whether the paragraph or item has words by now, the line ends since the last of them, and whether the author
    /// broke the line already.
    has_words: bool,
    lines: usize,
    after_break: bool,
}

impl Writer {
    fn tag(&mut self, tag: &str) {
        let name: String = tag
            .trim_start_matches(['<', '/'])
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase();
        let closes = tag.starts_with("</");
        match name.as_str() {
            // A remark.
            "" => return,
            "br" if self.pre == 0 => {
                self.begin_words();
                self.after_break = true;
            }
            "pre" | "p" | "li" | "dd" | "dt" => {
                self.end_paragraph();
                let inside = if name == "pre" { &mut self.pre } else { &mut self.own };
                *inside = if closes { inside.saturating_sub(1) } else { *inside + 1 };
            }
            name if BLOCKS.contains(&name) => self.end_paragraph(),
            _ => self.begin_words(),
        }
        if matches!(name.as_str(), "a" | "code" | "pre") {
            self.unlinked = if closes { self.unlinked.saturating_sub(1) } else { self.unlinked + 1 };
        }
        self.html.push_str(tag);
    }

    fn text(&mut self, text: &str) {
        if self.pre > 0 {
            self.html.push_str(text);
            return;
        }
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 && !std::mem::take(&mut self.after_break) {
                self.lines += 1;
            }
            if !line.trim().is_empty() {
                let goes_on = self.has_words && self.lines == 0 && !self.html.ends_with('\n');
                self.begin_words();
                self.words(if goes_on { line } else { line.trim_start() });
            } else if !line.is_empty() && self.has_words && self.lines == 0 {
                self.html.push(' ');
            }
        }
    }

    /// Something that belongs in a paragraph comes next.
    fn begin_words(&mut self) {
        if self.pre > 0 {
            return;
        }
        match self.lines {
            0 => (),
            _ if !self.has_words => (),
            1 => self.html.push_str("<br>\n"),
            _ if self.own > 0 => self.html.push_str("<br>\n<br>\n"),
            _ => self.end_paragraph(),
        }
        if !self.in_paragraph && self.own == 0 {
            self.html.push_str("<p>");
            self.in_paragraph = true;
        }
        (self.has_words, self.after_break, self.lines) = (true, false, 0);
    }

    fn words(&mut self, words: &str) {
        let mut rest = words;
        while self.unlinked == 0
            && let Some((before, url)) = first_url(rest)
        {
            let url = ["&lt;", "&gt;", "&quot;"].iter().fold(url, |url, mark| {
                let end = mark.trim_end_matches(';');
                url.split(end).next().unwrap_or(url)
            });
            self.html.push_str(&format!("{before}<a href=\"{}\">{url}</a>", address(url)));
            rest = &rest[before.len() + url.len()..];
        }
        self.html.push_str(rest);
    }

    fn end_paragraph(&mut self) {
        if std::mem::take(&mut self.in_paragraph) {
            self.html.push_str("</p>\n");
        }
        (self.has_words, self.after_break, self.lines) = (false, false, 0);
    }
}
