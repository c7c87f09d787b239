//! Text in one form, whatever its width, case and separators are.

use fugo::normalize::{is_invisible, is_separator};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// Writes the text in NFKC and in lower case, with katakana instead of hiragana, without invisible characters and
/// without spaces at its ends.
pub(crate) fn plain(text: &str, plain: &mut String) {
    plain.clear();
    if text.is_ascii() {
        plain.push_str(text.trim());
        plain.make_ascii_lowercase();
        return;
    }
    let visible = text.chars().filter(|c| !is_invisible(*c));
    if visible.clone().all(is_in_nfkc) || is_nfkc_quick(visible.clone()) == IsNormalized::Yes {
        fold(visible, plain);
    } else {
        fold(visible.nfkc(), plain);
    }
    let end = plain.trim_end().len();
    plain.truncate(end);
    let start = end - plain.trim_start().len();
    plain.drain(..start);
}

fn fold(chars: impl Iterator<Item = char>, plain: &mut String) {
    for c in chars {
        match c {
            '\u{3041}'..='\u{3096}' | '\u{309D}' | '\u{309E}' => plain.extend(char::from_u32(c as u32 + 0x60)),
            _ => plain.extend(c.to_lowercase()),
        }
    }
}

/// Removes separators from plain text: those of the specification, and others that people put into dates, codes,
/// addresses and names.
pub(crate) fn compact(plain: &str, compact: &mut String) {
    compact.clear();
    compact.extend(plain.chars().filter(|c| !is_separator(*c) && !is_mark(*c) && !is_invisible(*c)));
}

fn is_mark(c: char) -> bool {
    matches!(c, '/' | ':' | ',' | '\'' | '\t' | '\n' | '\r' | '〒' | '、' | '・' | '~' | '〜' | '(' | ')' | '=' | '"')
}

/// Whether a character is in NFKC with any of these next to it. Most cells consist of these.
fn is_in_nfkc(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' | '\u{4E00}'..='\u{9FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_are_not_looked_up_are_in_nfkc() {
        let plain: String = ('\0'..=char::MAX).filter(|c| is_in_nfkc(*c)).collect();
        assert!(plain.chars().count() > 21_000);
        assert!(plain.nfkc().eq(plain.chars()));
        assert!(plain.chars().all(|c| is_nfkc_quick([c].into_iter()) == IsNormalized::Yes));
    }

    #[test]
    fn width_case_kana_separators_and_invisible_characters_do_not_matter() {
        let of = |text: &str| {
            let (mut one, mut other) = (String::new(), String::new());
            plain(text, &mut one);
            compact(&one, &mut other);
            other
        };
        for (spelling, expected) in [
            (" Ｔｏｋｙｏ\u{3000}", "tokyo"),
            ("ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダタロウ"),
            ("やまだ　たろう", "ヤマダタロウ"),
            ("か\u{3099}き", "ガキ"),
            ("100\u{2212}0001", "1000001"),
            ("〒100-0001", "1000001"),
            ("100ー0001", "1000001"),
            ("100\u{2010}0001", "1000001"),
            ("a\u{200B}b\u{AD}c", "abc"),
            ("ÄB", "äb"),
            ("(090)1234-5678", "09012345678"),
            ("（枝番）01", "枝番01"),
            ("=\"00123\"", "00123"),
        ] {
            assert_eq!(of(spelling), expected, "{spelling}");
        }
        assert_ne!(of("ハハ"), of("パパ"));
    }
}
