//! The encodings of rosters.

use std::borrow::Cow;

use clap::ValueEnum;
use encoding_rs::SHIFT_JIS;
use zeroize::Zeroizing;

/// The encoding of a roster, and so of the kept columns in every output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[default]
    #[value(name = "utf-8")]
    Utf8,
    /// Windows-31J, Microsoft's Shift_JIS.
    Cp932,
}

impl Encoding {
    /// The text of `bytes`, or `None` where they are not in this encoding.
    pub(crate) fn decode(self, bytes: &[u8]) -> Option<Zeroizing<String>> {
        match self {
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(|text| Zeroizing::new(text.to_owned())),
            Self::Cp932 => SHIFT_JIS
                .decode_without_bom_handling_and_without_replacement(bytes)
                .map(|text| Zeroizing::new(text.into_owned())),
        }
    }

    /// Whether `byte` is only ever itself: in CP932 many an ASCII byte is also the second of a character.
    pub(crate) fn keeps_apart(self, byte: u8) -> bool {
        self == Self::Utf8 || byte < 0x40
    }

    /// Whether all of `bytes` is text. Cells end at ASCII characters, so a good block has only good cells.
    pub(crate) fn accepts(self, bytes: &[u8]) -> bool {
        match self {
            Self::Utf8 => simdutf8::basic::from_utf8(bytes).is_ok(),
            Self::Cp932 => {
                bytes.is_ascii() || SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes).is_some()
            }
        }
    }

    /// The bytes of `text`. Characters that the encoding lacks become HTML references: ask [`Self::expresses`] first.
    pub(crate) fn encode(self, text: &str) -> Cow<'_, [u8]> {
        match self {
            Self::Utf8 => Cow::Borrowed(text.as_bytes()),
            Self::Cp932 => SHIFT_JIS.encode(text).0,
        }
    }

    /// Whether the encoding has a character.
    pub(crate) fn expresses(self, character: char) -> bool {
        self == Self::Utf8 || !SHIFT_JIS.encode(character.encode_utf8(&mut [0; 4])).2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cp932_lacks_invisibles_and_has_a_few_look_alikes() {
        let all = |chars: &[char], expressed: bool| chars.iter().all(|c| Encoding::Cp932.expresses(*c) == expressed);
        assert!(all(&['\u{2010}', '\u{2015}', '\u{2212}', '\u{FF0D}', '\u{30FC}', '\u{FF70}', '\u{3000}'], true));
        assert!(all(&['\u{200B}', '\u{2060}', '\u{FEFF}', '\u{A0}', '\u{2011}'], false));
        assert!(Encoding::Utf8.expresses('\u{200B}'));
    }
}
