//! The words a site holds comments for.

use super::fold::{fold, is_unspaced};

/// The first line of `list` that one of the texts has in it. A line is a word or a phrase, found as a whole; with a `*`
/// at its end, whatever begins so; in scripts without spaces between words, wherever it stands.
#[must_use]
pub fn find<'a>(list: &'a str, texts: &[&str]) -> Option<&'a str> {
    if list.is_empty() {
        return None;
    }
    let texts: Vec<String> = texts.iter().map(|text| fold(text)).collect();
    list.lines().map(str::trim).find(|line| {
        let (word, is_beginning) = line.strip_suffix('*').map_or((*line, false), |word| (word, true));
        let word = fold(word);
        let word = word.trim();
        !word.is_empty() && texts.iter().any(|text| says(text, word, is_beginning))
    })
}

/// Whether a folded text has a folded word in it, by itself.
fn says(text: &str, word: &str, is_beginning: bool) -> bool {
    let mut from = 0;
    while let Some(at) = text[from..].find(word).map(|found| from + found) {
        let end = at + word.len();
        let starts = apart(text[..at].chars().next_back(), word.chars().next());
        if starts && (is_beginning || apart(word.chars().next_back(), text[end..].chars().next())) {
            return true;
        }
        from = at + text[at..].chars().next().map_or(1, char::len_utf8);
    }
    false
}

/// Whether a word can end between these two.
fn apart(before: Option<char>, after: Option<char>) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_unspaced(c));
    !(joins(before) && joins(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(list: &str, text: &str) -> bool {
        find(list, &[text]).is_some()
    }

    #[test]
    fn a_word_is_found_as_a_whole_whatever_stands_around_it() {
        for text in [
            "casino",
            "A CASINO!",
            "(casino)",
            "the casino's",
            "casino_bonus",
            "on\ncasino\nnight",
            "去casino吧",
        ] {
            assert!(finds("casino", text), "{text}");
        }
        for text in ["casinos", "occasino", "casino2", "cas ino", ""] {
            assert!(!finds("casino", text), "{text}");
        }
    }

    #[test]
    fn a_star_takes_whatever_begins_so() {
        assert!(finds("casin*", "casinos and more") && finds("casin*", "a casin"));
        assert!(!finds("casin*", "occasinal"));
        assert!(finds("free mon*", "Free  money"));
    }

    #[test]
    fn a_phrase_is_found_across_a_line_end() {
        assert!(finds("online casino", "the best online\n casino here"));
        assert!(!finds("online casino", "online, casino"));
    }

    #[test]
    fn scripts_without_spaces_are_searched_for_parts() {
        assert!(
            finds("赌场", "我们的赌场最好")
                && finds("カジノ", "オンラインカジノへ")
                && finds("도박", "도박을")
        );
        assert!(finds("カジノ", "ｵﾝﾗｲﾝｶｼﾞﾉ"));
        assert!(finds("คาสิโน", "เว็บคาสิโนออนไลน์"));
        assert!(!finds("赌场", "赌 场"));
        assert!(finds("войн*", "войнами") && !finds("войн", "войнами"));
    }

    #[test]
    fn disguises_are_seen_through() {
        for text in [
            "ＣＡＳＩＮＯ",
            "c\u{200d}a\u{200b}s\u{2060}i\u{00ad}n\u{feff}o",
            "c\u{0336}a\u{0301}si\u{20dd}no",
            "çãšíñø",
            "𝒸𝒶𝓈𝒾𝓃𝓸",
            "\u{202e}casino\u{202c}",
        ] {
            assert!(finds("casino", text), "{text}");
            assert!(finds(text, "casino"), "{text} in the list");
        }
    }

    #[test]
    fn signs_are_found_as_they_stand() {
        assert!(finds("c++", "I like c++ a lot") && finds("$$$", "win $$$now") && finds("🎰", "go🎰go"));
    }

    #[test]
    fn the_line_that_was_found_is_named_as_it_was_written() {
        assert_eq!(find("nothing\n Casin* \n", &["Ann", "CASINO"]), Some("Casin*"));
        assert_eq!(find("", &["x"]), None);
        assert_eq!(find("\n*\n \u{200b}*\n", &["x"]), None);
    }

    #[test]
    fn a_repeated_beginning_hides_nothing() {
        assert!(finds("aab", "aaab aab") && finds("aa", "xaa aa"));
    }
}
