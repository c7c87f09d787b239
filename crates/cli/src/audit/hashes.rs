//! Cells as 64-bit hashes under a random key of the run. Hashes are compared and counted, so that no value is kept.

use std::hash::{BuildHasher, RandomState};

use memchr::memchr_iter;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

use crate::mix::mix;

/// Hashes cells. The same object is used for both files and for all readings.
#[derive(Default)]
pub(super) struct Hashes(RandomState);

impl Hashes {
    /// `SipHash(value)`. Values that differ only in separators, in the case of ASCII letters, in their Unicode form
    /// (NFKC) or in zeros that do not count have the same hash: 1980-01-02, １９８０／０１／０２ and the midnight of that day are
    /// the same date, 7000 and 07000.0 the same number. A leading sign and a single point count: -105 and 1.05 are
    /// different from 105.
    pub(super) fn cell(&self, value: &[u8], plain: &mut Vec<u8>) -> u64 {
        plain.clear();
        let mut rest = value;
        while let [first, ..] = rest {
            let (byte, taken) = match rest {
                // U+FF01 to U+FF5E in UTF-8: full-width ASCII.
                [0xEF, 0xBC, last @ 0x81..=0xBF, ..] => (last - 0x60, 3),
                [0xEF, 0xBD, last @ 0x80..=0x9E, ..] => (last - 0x20, 3),
                // The full-width space.
                [0xE3, 0x80, 0x80, ..] => (b' ', 3),
                _ => (*first, 1),
            };
            rest = &rest[taken..];
            plain.push(byte.to_ascii_lowercase());
        }
        if !plain.is_ascii()
            && let Ok(text) = str::from_utf8(plain)
            && !text.chars().all(is_in_nfkc)
            && is_nfkc_quick(text.chars()) != IsNormalized::Yes
        {
            let normal: String = text.nfkc().collect();
            plain.clear();
            plain.extend(normal.bytes().map(|byte| byte.to_ascii_lowercase()));
        }
        let keeps_point = memchr_iter(b'.', plain).count() == 1;
        let sign = usize::from(plain.first() == Some(&b'-'));
        let mut at = 0;
        plain.retain(|byte| {
            at += 1;
            at <= sign || !b" -/.:_,".contains(byte) || (*byte == b'.' && keeps_point)
        });
        self.0.hash_one(without_zeros(plain, sign))
    }

    /// The hash of a symbol.
    pub(super) fn symbol(&self, symbol: &[u8]) -> u64 {
        self.0.hash_one(symbol)
    }
}

/// Whether a character is in NFKC with any of these next to it. Most cells consist of these.
fn is_in_nfkc(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' | '\u{4E00}'..='\u{9FFF}')
}

/// The value without the zeros that do not count: the time of midnight after a date, decimal places at the end, and
/// zeros before an integer.
fn without_zeros(plain: &[u8], sign: usize) -> &[u8] {
    if let Some((day, [b't', time @ ..])) = plain.split_at_checked(8)
        && day.iter().all(u8::is_ascii_digit)
        && time.strip_suffix(b"z").unwrap_or(time).iter().all(|byte| b"0.".contains(byte))
    {
        return day;
    }
    let digits = &plain[sign..];
    let (whole, places) = match digits.iter().position(|byte| *byte == b'.') {
        Some(point) => (&digits[..point], &digits[point + 1..]),
        None => (digits, &[][..]),
    };
    if whole.is_empty() || !whole.iter().chain(places).all(u8::is_ascii_digit) {
        return plain;
    }
    let end =
        places.iter().rposition(|byte| *byte != b'0').map_or(sign + whole.len(), |at| sign + whole.len() + 2 + at);
    // A number with a sign keeps its zeros: the sign is before them.
    let zeros = if sign == 0 { whole.iter().take_while(|byte| **byte == b'0').count().min(whole.len() - 1) } else { 0 };
    &plain[zeros..end]
}

/// The hash of several values in this order, from the hash of each.
pub(super) fn joined(hashes: impl IntoIterator<Item = u64>) -> u64 {
    hashes
        .into_iter()
        .fold(0x9E37_79B9_7F4A_7C15, |state, hash| mix((state ^ hash).wrapping_add(0x9E37_79B9_7F4A_7C15)))
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
    fn spellings_of_one_value_are_one_and_other_values_are_others() {
        let hashes = Hashes::default();
        let hash = |text: &str| hashes.cell(text.as_bytes(), &mut Vec::new());
        for spelling in ["1980/01/02", "19800102", "１９８０－０１－０２", " 1980.01.02"] {
            assert_eq!(hash(spelling), hash("1980-01-02"), "{spelling}");
        }
        assert_eq!(hash("Ｔｏｋｙｏ"), hash("tokyo"));
        let long = "東京都千代田区霞が関三丁目中央合同庁舎第四号館厚生労働省別館北棟";
        assert_eq!(hash(&format!("{long}1-2")), hash(&format!("{long}　１－２")));
        assert!(hash("1.05") != hash("105") && hash("-105") != hash("105"));
        for spelling in ["7000.0", "7000.00", "07000", "7,000", "7000."] {
            assert_eq!(hash(spelling), hash("7000"), "{spelling}");
        }
        assert_eq!((hash("0"), hash("1.50"), hash("-1.0")), (hash("0.0"), hash("1.5"), hash("-1")));
        assert_eq!(hash("2026-11-29T00:00:00Z"), hash("2026-11-29"));
        assert_eq!((hash("か\u{3099}き"), hash("ｶﾞ"), hash("a\u{A0}b")), (hash("がき"), hash("ガ"), hash("ab")));
        for (one, other) in
            [("7000", "70000"), ("0", ""), ("00", "000a"), ("2026-11-29T00:00:01", "2026-11-29"), ("1.05", "1.5")]
        {
            assert_ne!(hash(one), hash(other), "{one} {other}");
        }
        for other in ["1980-01-03", "東京", "", "1980-01-0"] {
            assert_ne!(hash(other), hash("1980-01-02"), "{other}");
        }
        assert_ne!(joined([1, 2]), joined([2, 1]));
        assert_ne!(joined([1]), joined([1, 0]));
    }
}
