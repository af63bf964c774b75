//! One spelling for what looks the same to a reader: without capitals, widths, accents, and what cannot be seen.

/// Letters with their accents, by the letter without. What Unicode takes apart in another way, or not at all, and
/// what readers take for it all the same, stands there too.
const ACCENTED: &[(char, &str)] = &[
    ('a', "àáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ"),
    ('b', "ḃḅḇƀ"),
    ('c', "çćĉċčḉ"),
    ('d', "ďḋḍḏḑḓđɗ"),
    ('e', "èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ"),
    ('f', "ḟ"),
    ('g', "ĝğġģǧǵḡǥ"),
    ('h', "ĥȟḣḥḧḩḫẖħ"),
    ('i', "ìíîïĩīĭįǐȉȋḭḯỉịıɨ"),
    ('j', "ĵǰ"),
    ('k', "ķǩḱḳḵ"),
    ('l', "ĺļľḷḹḻḽł"),
    ('m', "ḿṁṃ"),
    ('n', "ñńņňǹṅṇṉṋ"),
    ('o', "òóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợø"),
    ('p', "ṕṗ"),
    ('r', "ŕŗřȑȓṙṛṝṟ"),
    ('s', "śŝşšșṡṣṥṧṩſ"),
    ('t', "ţťțṫṭṯṱẗŧ"),
    ('u', "ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữựʉ"),
    ('v', "ṽṿ"),
    ('w', "ŵẁẃẅẇẉẘ"),
    ('x', "ẋẍ"),
    ('y', "ýÿŷȳẏẙỳỵỷỹ"),
    ('z', "źżžẑẓẕƶ"),
    ('α', "ά"),
    ('ε', "έ"),
    ('η', "ή"),
    ('ι', "ίϊΐ"),
    ('ο', "ό"),
    ('σ', "ς"),
    ('υ', "ύϋΰ"),
    ('ω', "ώ"),
];

/// Halfwidth katakana from U+FF66 on, as wide ones.
const KATAKANA: &str = "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";

/// The text as it is compared. Any space or line end is one space.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !is_unseen(*c)) {
        if c.is_whitespace() {
            if !folded.ends_with(' ') {
                folded.push(' ');
            }
            continue;
        }
        match wide(c) {
            '\u{3099}' | '\u{ff9e}' => voice(&mut folded, 1),
            '\u{309a}' | '\u{ff9f}' => voice(&mut folded, 2),
            c => c.to_lowercase().filter(|c| !is_unseen(*c)).for_each(|c| push_bare(&mut folded, c)),
        }
    }
    folded
}

/// Whether words of this letter's script stand without spaces between them.
#[must_use]
pub fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}'     // Thai, Lao
        | '\u{1000}'..='\u{11ff}'   // Myanmar; Hangul's letters
        | '\u{1780}'..='\u{17ff}'   // Khmer
        | '\u{2e80}'..='\u{9fff}'   // Han, kana, bopomofo
        | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}' // Hangul
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' // Han
    )
}

/// What takes no room: joiners, marks of direction, soft hyphens, variation selectors, and marks that are set over or
/// through letters.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}'
        | '\u{0300}'..='\u{036f}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05bd}' | '\u{05bf}'..='\u{05c7}'
        | '\u{0610}'..='\u{061a}' | '\u{0640}' | '\u{064b}'..='\u{065f}' | '\u{0670}' | '\u{06d6}'..='\u{06dc}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}'
    )
}

/// The usual form of letters that come in other widths, in circles, or as mathematical signs.
fn wide(c: char) -> char {
    let number = u32::from(c);
    let letter = |first: u32| char::from_u32(u32::from('a') + (number - first) % 26).unwrap_or(c);
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(number - 0xfee0).unwrap_or(c),
        '\u{ff66}'..='\u{ff9d}' => KATAKANA.chars().nth((number - 0xff66) as usize).unwrap_or(c),
        '\u{24b6}'..='\u{24e9}' => letter(0x24b6),
        '\u{1d400}'..='\u{1d6a3}' => letter(0x1d400),
        '\u{1d7ce}'..='\u{1d7ff}' => char::from_digit((number - 0x1d7ce) % 10, 10).unwrap_or(c),
        _ => c,
    }
}

fn push_bare(folded: &mut String, c: char) {
    match c {
        'ß' => folded.push_str("ss"),
        'æ' => folded.push_str("ae"),
        'œ' => folded.push_str("oe"),
        c if c.is_ascii() => folded.push(c),
        c => {
            let found = ACCENTED.iter().find(|(_, accented)| accented.contains(c));
            folded.push(found.map_or(c, |(bare, _)| *bare));
        }
    }
}

/// A kana and its mark of voice, which stands behind it, are one letter: か and ゛ are が, は and ゜ are ぱ.
fn voice(folded: &mut String, step: u32) {
    let voiced = folded.chars().last().and_then(|last| {
        let kana = u32::from(last);
        let hiragana = if kana >= 0x30a0 { kana.checked_sub(0x60)? } else { kana };
        let has_voice = match hiragana {
            0x304b..=0x3061 => hiragana % 2 == 1,
            0x3064 | 0x3066 | 0x3068 => true,
            _ => false,
        };
        let is_h = (0x306f..=0x307b).contains(&hiragana) && (hiragana - 0x306f) % 3 == 0;
        if is_h || (has_voice && step == 1) { char::from_u32(kana + step) } else { None }
    });
    if let Some(voiced) = voiced {
        folded.pop();
        folded.push(voiced);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_the_same_is_the_same() {
        for (text, expected) in [
            ("Casino CASINO", "casino casino"),
            ("ｃａｓｉｎｏ　ＣＡＳＩＮＯ", "casino casino"),
            ("ca\u{200b}si\u{00ad}no\u{feff}", "casino"),
            ("c\u{0336}a\u{0336}s\u{0336}i\u{0336}n\u{0336}o\u{0336}", "casino"),
            ("Café cafe\u{301} CAFÉ", "cafe cafe cafe"),
            ("𝐂𝐚𝐬𝐢𝐧𝐨 𝕔𝕒𝕤𝕚𝕟𝕠 ⓒⓐⓢⓘⓝⓞ 𝟗", "casino casino casino 9"),
            ("STRASSE straße", "strasse strasse"),
            ("İstanbul ıstanbul", "istanbul istanbul"),
            ("ΟΔΟΣ οδός", "οδοσ οδοσ"),
            ("ｶｼﾞﾉ カジノ カシ\u{3099}ノ", "カジノ カジノ カジノ"),
            ("ﾊﾟﾁﾝｺ", "パチンコ"),
            ("two\r\n\t  words", "two words"),
            ("войну 赌场 도박", "войну 赌场 도박"),
        ] {
            assert_eq!(fold(text), expected, "{text}");
        }
    }

    #[test]
    fn folding_twice_changes_nothing_more() {
        let all: String = (0..0x3000_u32)
            .chain(0xf000..0x10000)
            .chain(0x1d400..0x1d800)
            .filter_map(char::from_u32)
            .collect();
        let once = fold(&all);
        assert_eq!(fold(&once), once);
    }
}
