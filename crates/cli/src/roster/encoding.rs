//! The encodings of rosters.

use std::sync::OnceLock;

use clap::ValueEnum;
use encoding_rs::{DecoderResult, SHIFT_JIS};
use zeroize::Zeroizing;

/// The encoding of a roster, and so of the kept columns in CSV outputs.
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
            Self::Cp932 => {
                let mut decoder = SHIFT_JIS.new_decoder_without_bom_handling();
                // Allocate the longest result, so that the text is not moved and leaves no copy.
                let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len())?;
                let mut text = Zeroizing::new(String::with_capacity(room));
                let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
                (result == DecoderResult::InputEmpty && read == bytes.len()).then_some(text)
            }
        }
    }

    /// Whether `byte` is always a character of its own: in CP932 many ASCII bytes are also second bytes of
    /// characters.
    pub(crate) fn keeps_apart(self, byte: u8) -> bool {
        self == Self::Utf8 || byte < 0x40
    }

    /// Whether all of `bytes` is valid text. Cells end at ASCII characters, so if a block is valid, all of its cells
    /// are.
    pub(crate) fn accepts(self, bytes: &[u8]) -> bool {
        match self {
            Self::Utf8 => simdutf8::basic::from_utf8(bytes).is_ok(),
            Self::Cp932 => bytes.is_ascii() || decodes(bytes),
        }
    }
}

/// For rosters that are made up.
#[cfg(any(test, feature = "demonstrations"))]
impl Encoding {
    /// Encodes `text`. Characters that the encoding lacks become HTML references: ask [`Self::expresses`] first.
    pub(crate) fn encode(self, text: &str) -> std::borrow::Cow<'_, [u8]> {
        match self {
            Self::Utf8 => text.as_bytes().into(),
            Self::Cp932 => SHIFT_JIS.encode(text).0,
        }
    }

    /// Whether the encoding has a character.
    pub(crate) fn expresses(self, character: char) -> bool {
        self == Self::Utf8 || !SHIFT_JIS.encode(character.encode_utf8(&mut [0; 4])).2
    }
}

/// Whether all of `bytes` is valid CP932.
fn decodes(bytes: &[u8]) -> bool {
    static CHARACTERS: OnceLock<Characters> = OnceLock::new();
    CHARACTERS.get_or_init(Characters::new).fill(bytes)
}

/// The characters of CP932, as [`SHIFT_JIS`] decodes them. Looking up a character takes a third of the time of decoding
/// it.
struct Characters {
    /// The bytes that are a character of their own.
    single: [bool; 256],
    /// For each first byte, a bit for each second byte with which it is a character.
    pairs: Box<[[u64; 4]; 256]>,
}

impl Characters {
    fn new() -> Self {
        let is_text = |bytes: &[u8]| SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes).is_some();
        let single: [bool; 256] = std::array::from_fn(|byte| is_text(&[byte as u8]));
        let mut pairs = Box::new([[0; 4]; 256]);
        for first in (0..=u8::MAX).filter(|first| !single[usize::from(*first)]) {
            for second in (0..=u8::MAX).filter(|second| is_text(&[first, *second])) {
                pairs[usize::from(first)][usize::from(second / 64)] |= 1 << (second % 64);
            }
        }
        Self { single, pairs }
    }

    /// Whether `bytes` consists of these characters.
    fn fill(&self, bytes: &[u8]) -> bool {
        let mut rest = bytes;
        loop {
            // Eight ASCII characters at a time.
            while let Some((eight, behind)) = rest.split_first_chunk::<8>()
                && eight.is_ascii()
            {
                rest = behind;
            }
            match *rest {
                [] => return true,
                [first, ref behind @ ..] if self.single[usize::from(first)] => rest = behind,
                [first, second, ref behind @ ..]
                    if self.pairs[usize::from(first)][usize::from(second / 64)] >> (second % 64) & 1 == 1 =>
                {
                    rest = behind;
                }
                _ => return false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cp932_is_text_where_encoding_rs_decodes_it_however_long_it_is() {
        let whole = SHIFT_JIS.encode(&"東京都１２３abc".repeat(3000)).0.into_owned();
        let (mut accepted, mut refused) = (0, 0);
        for at in (0..whole.len()).step_by(613) {
            let cut = &whole[..at];
            // A lead byte without its second byte; a byte that cannot begin a character.
            for bytes in [cut.to_vec(), [cut, b"\x81\n", cut].concat(), [cut, b"\xFD", cut].concat()] {
                let expected = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(&bytes);
                assert_eq!(Encoding::Cp932.accepts(&bytes), expected.is_some(), "{at}");
                let decoded = Encoding::Cp932.decode(&bytes).map(|text| text.to_string());
                *(if expected.is_some() { &mut accepted } else { &mut refused }) += 1;
                assert_eq!(decoded, expected.map(std::borrow::Cow::into_owned), "{at}");
            }
        }
        for first in 0..=u8::MAX {
            for second in 0..=u8::MAX {
                let bytes = [first, second];
                let expected = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(&bytes);
                assert_eq!(decodes(&bytes), expected.is_some(), "{bytes:02X?}");
            }
        }
        assert!(accepted > 20 && refused > 60, "{accepted} accepted and {refused} refused");
    }

    #[test]
    fn cp932_lacks_invisibles_and_has_a_few_look_alikes() {
        let all = |chars: &[char], expressed: bool| chars.iter().all(|c| Encoding::Cp932.expresses(*c) == expressed);
        assert!(all(&['\u{2010}', '\u{2015}', '\u{2212}', '\u{FF0D}', '\u{30FC}', '\u{FF70}', '\u{3000}'], true));
        assert!(all(&['\u{200B}', '\u{2060}', '\u{FEFF}', '\u{A0}', '\u{2011}'], false));
        assert!(Encoding::Utf8.expresses('\u{200B}'));
    }
}
