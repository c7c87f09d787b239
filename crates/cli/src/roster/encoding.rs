//! The encodings of rosters.

use std::sync::OnceLock;

use clap::ValueEnum;
use encoding_rs::{DecoderResult, SHIFT_JIS};
use wide::u8x16;
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

/// The characters of CP932, as [`SHIFT_JIS`] decodes them. To look them up takes less time than to decode them.
struct Characters {
    /// The bytes that are a character of their own.
    single: [bool; 256],
    /// The pairs of bytes that are a character, at 256 times the first byte plus the second.
    pairs: Box<[bool; 1 << 16]>,
}

impl Characters {
    fn new() -> Self {
        let is_text = |bytes: &[u8]| SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes).is_some();
        let single: [bool; 256] = std::array::from_fn(|byte| is_text(&[byte as u8]));
        let pairs = vec![false; 1 << 16].into_boxed_slice().try_into();
        let mut pairs: Box<[bool; 1 << 16]> = pairs.unwrap_or_else(|_| unreachable!("it has this length"));
        for first in (0..=u8::MAX).filter(|first| !single[usize::from(*first)]) {
            for second in 0..=u8::MAX {
                pairs[usize::from(u16::from_be_bytes([first, second]))] = is_text(&[first, second]);
            }
        }
        Self { single, pairs }
    }

    /// Whether two bytes are a character.
    fn is_pair(&self, first: u8, second: u8) -> bool {
        self.pairs[usize::from(u16::from_be_bytes([first, second]))]
    }

    /// Whether `bytes` consists of these characters.
    fn fill(&self, bytes: &[u8]) -> bool {
        let (mut rest, mut ends_pair) = (bytes, false);
        // A block, and the byte behind it, which may be the second of a character.
        while let Some(block) = rest.first_chunk::<{ BLOCK + 1 }>() {
            let mut firsts = first_bytes(block, ends_pair);
            ends_pair = firsts >> (BLOCK - 1) == 1;
            let mut all = true;
            while firsts != 0 {
                let at = firsts.trailing_zeros() as usize % BLOCK;
                all &= self.is_pair(block[at], block[at + 1]);
                firsts &= firsts - 1;
            }
            if !all {
                return false;
            }
            rest = &rest[BLOCK..];
        }
        self.fill_one_by_one(&rest[usize::from(ends_pair)..])
    }

    /// As [`Self::fill`], without blocks.
    fn fill_one_by_one(&self, mut bytes: &[u8]) -> bool {
        loop {
            match *bytes {
                [] => return true,
                [first, ref rest @ ..] if self.single[usize::from(first)] => bytes = rest,
                [first, second, ref rest @ ..] if self.is_pair(first, second) => bytes = rest,
                _ => return false,
            }
        }
    }
}

const BLOCK: usize = 64;

/// A bit for each byte of the block that is the first of two: it is not a character of its own, and not the second byte
/// of another. `ends_pair` says whether the first byte of the block is a second byte.
fn first_bytes(block: &[u8; BLOCK + 1], ends_pair: bool) -> u64 {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    let mut double = 0;
    for (part, bytes) in block.as_chunks::<16>().0.iter().enumerate() {
        double |= u64::from(is_double(u8x16::new(*bytes)).to_bitmask()) << (16 * part);
    }
    let double = double & !u64::from(ends_pair);
    // In a run of such bytes, every other one is a first byte, from the start of the run on. A run to which its first bit
    // is added becomes zero, so one addition finds all runs that start at even places.
    let starts = double & !(double << 1);
    let from_even = double & !double.wrapping_add(starts & EVEN);
    from_even & EVEN | double & !from_even & !EVEN
}

/// Whether each byte is not a character of its own.
fn is_double(bytes: u8x16) -> u8x16 {
    let low = bytes - u8x16::splat(0x81);
    low.simd_lt(u8x16::splat(0x20)) | bytes.simd_ge(u8x16::splat(0xE0))
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
    fn cp932_is_text_wherever_its_characters_meet_the_blocks() {
        let expected = |bytes: &[u8]| SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes).is_some();
        // Second bytes that are ASCII, or could be first bytes, or are not text alone.
        let characters: [&[u8]; 9] =
            [b"a", b"\n", b"\xB1", b"\x80", b"\x81\x40", b"\x81\x81", b"\xE0\xE0", b"\x88\xA0", b"\xFA\x5C"];
        let (mut state, mut accepted, mut refused) = (1_u64, 0, 0);
        let mut below = |count: usize| {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            (state >> 33) as usize % count
        };
        for length in 0..=600 {
            // Mostly of one kind, so that runs have all lengths.
            let usual = characters[below(characters.len())];
            let mut bytes = Vec::new();
            while bytes.len() < length {
                bytes.extend(if below(8) > 0 { usual } else { characters[below(characters.len())] });
            }
            assert!(expected(&bytes) && decodes(&bytes), "{length}");
            for _ in 0..20 {
                let at = below(bytes.len().max(1));
                for byte in [b'7', 0x81, 0x9F, 0xA0, 0xB1, 0xDF, 0xE0, 0xFC, 0xFD] {
                    let Some(place) = bytes.get_mut(at) else { break };
                    let before = std::mem::replace(place, byte);
                    let is_text = expected(&bytes);
                    assert_eq!(decodes(&bytes), is_text, "{length}, {at}, {byte:02X}");
                    *(if is_text { &mut accepted } else { &mut refused }) += 1;
                    bytes[at] = before;
                }
            }
        }
        assert!(accepted > 10_000 && refused > 10_000, "{accepted} accepted and {refused} refused");
        for byte in 0..=u8::MAX {
            let is_double = is_double(u8x16::splat(byte)).to_bitmask() == 0xFFFF;
            assert_eq!(is_double, !expected(&[byte]), "{byte:02X}");
        }
    }

    #[test]
    fn cp932_lacks_invisibles_and_has_a_few_look_alikes() {
        let all = |chars: &[char], expressed: bool| chars.iter().all(|c| Encoding::Cp932.expresses(*c) == expressed);
        assert!(all(&['\u{2010}', '\u{2015}', '\u{2212}', '\u{FF0D}', '\u{30FC}', '\u{FF70}', '\u{3000}'], true));
        assert!(all(&['\u{200B}', '\u{2060}', '\u{FEFF}', '\u{A0}', '\u{2011}'], false));
        assert!(Encoding::Utf8.expresses('\u{200B}'));
    }
}
