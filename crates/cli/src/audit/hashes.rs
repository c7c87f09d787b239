//! Cells as 64-bit hashes under a random key of the run. Hashes are compared and counted, so that no value is kept.

use std::hash::{BuildHasher, RandomState};

use memchr::memchr_iter;

use crate::mix::mix;

/// Hashes cells. The same object is used for both files and for all readings.
#[derive(Default)]
pub(super) struct Hashes(RandomState);

impl Hashes {
    /// `SipHash(value)`. Values that differ only in separators, in the case of ASCII letters or in the width of ASCII
    /// characters have the same hash: 1980-01-02 and １９８０／０１／０２ are the same date. A leading sign and a single point
    /// count: -105 and 1.05 are different from 105.
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
        let keeps_point = memchr_iter(b'.', plain).count() == 1;
        let sign = usize::from(plain.first() == Some(&b'-'));
        let mut at = 0;
        plain.retain(|byte| {
            at += 1;
            at <= sign || !b" -/.:_".contains(byte) || (*byte == b'.' && keeps_point)
        });
        self.0.hash_one(&plain[..])
    }

    /// The hash of a symbol.
    pub(super) fn symbol(&self, symbol: &[u8]) -> u64 {
        self.0.hash_one(symbol)
    }
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
        for other in ["1980-01-03", "東京", "", "1980-01-0"] {
            assert_ne!(hash(other), hash("1980-01-02"), "{other}");
        }
        assert_ne!(joined([1, 2]), joined([2, 1]));
        assert_ne!(joined([1]), joined([1, 0]));
    }
}
