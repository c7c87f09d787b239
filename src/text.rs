//! The text form of a symbol: Bech32m (BIP-350) over key tag ‖ symbol.
//!
//! `part ‖ "1" ‖ 32 data characters ‖ 6 checksum characters`. The human-readable part names the purpose and the
//! version. 20 bytes are exactly 32 characters of 5 bits, so there are no padding bits. A text form is never a valid
//! MyNumber.

use core::{fmt, ops::Deref};

use crate::{
    error_kind::{ErrorKind, Found, Place},
    key::KeyTag,
    scope::Purpose,
    symbol::{PurposeType, SYMBOL_LEN, Symbol, SymbolKey},
};

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// The constant of BIP-350. It replaces the 1 of Bech32 (BIP-173).
const BECH32M: u32 = 0x2bc8_30a3;
const CHECKSUM_LEN: usize = 6;
const PAYLOAD_LEN: usize = KeyTag::LEN + SYMBOL_LEN;
const DATA_LEN: usize = PAYLOAD_LEN * 8 / 5;
// Five bytes are eight characters. Other lengths would need padding, which this module does not implement.
const _: () = assert!(PAYLOAD_LEN.is_multiple_of(5));
/// The longest Bech32 string (BIP-173).
const MAX_BECH32: usize = 90;

/// Writes and reads the text form of one key's symbols. It computes once what depends only on the key: the
/// human-readable part, the tag, and their share of the checksum.
///
/// The checksum is linear over GF(2). So it is the checksum of the tag with an all-zero symbol, XOR one table entry for
/// each of the symbol's sixteen bytes.
#[derive(Clone, Copy)]
pub struct TextEncoder {
    purpose: Purpose,
    tag: KeyTag,
    checksum: u32,
    /// The characters before the first one that depends on the symbol, and their number.
    head: [u8; MAX_HEAD],
    head_len: usize,
}

impl fmt::Debug for TextEncoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { purpose, tag, .. } = self;
        f.debug_struct("TextEncoder").field("purpose", purpose).field("tag", tag).finish_non_exhaustive()
    }
}

/// The characters of data that the tag alone decides, and the bits of the tag that are left.
const TAG_CHARS: usize = KeyTag::LEN * 8 / 5;
const TAG_BITS_LEFT: usize = KeyTag::LEN * 8 % 5;
/// The characters that depend on the symbol: the other data, and the checksum.
const TAIL_LEN: usize = DATA_LEN - TAG_CHARS + CHECKSUM_LEN;
const MAX_HEAD: usize = SymbolText::MAX_LEN - TAIL_LEN;

impl TextEncoder {
    /// For symbols of `purpose` under the key with this tag.
    pub fn new(purpose: Purpose, tag: KeyTag) -> Self {
        let mut payload = [0; PAYLOAD_LEN];
        payload[..KeyTag::LEN].copy_from_slice(&tag.to_bytes());
        let part = purpose.text_part().as_bytes();
        let data = groups(&payload);
        let checksum = data.iter().copied().chain([0; CHECKSUM_LEN]).fold(part_state(part), step) ^ BECH32M;
        let characters = data[..TAG_CHARS].iter().map(|value| ALPHABET[usize::from(*value)]);
        let (mut head, mut head_len) = ([0; MAX_HEAD], 0);
        for (to, character) in head.iter_mut().zip(part.iter().copied().chain([b'1']).chain(characters)) {
            *to = character;
            head_len += 1;
        }
        Self { purpose, tag, checksum, head, head_len }
    }

    /// Length of a symbol's text in characters: 44 to 47, depending on the purpose.
    pub fn text_len(&self) -> usize {
        self.head_len + TAIL_LEN
    }

    /// Writes the text of a symbol to the first [`Self::text_len`] bytes of `out`.
    ///
    /// # Panics
    /// If `out` is shorter than that.
    pub fn encode_into(&self, symbol: &[u8; SYMBOL_LEN], out: &mut [u8]) {
        let (head, tail) = out[..self.text_len()].split_at_mut(self.head_len);
        // The first eight bytes and the last eight, which overlap: a copy of any length would be a call.
        for at in [0, self.head_len - 8] {
            head[at..at + 8].copy_from_slice(&self.head[at..at + 8]);
        }
        let bits = u128::from_be_bytes(*symbol);
        let (first, second) = ((bits >> 64) as u64, bits as u64);
        let left = u64::from(self.tag.to_bytes()[KeyTag::LEN - 1]) & ((1 << TAG_BITS_LEFT) - 1);
        let checksum =
            symbol.iter().zip(&SHARES).fold(self.checksum, |sum, (byte, share)| sum ^ share[usize::from(*byte)]);
        // 160 bits: two of the tag, 128 of the symbol, thirty of the checksum. Each forty of them are eight characters.
        let forties =
            [left << 38 | first >> 26, first << 14 | second >> 50, second >> 10, second << 30 | u64::from(checksum)];
        for (bits, out) in forties.into_iter().zip(tail.as_chunks_mut::<8>().0) {
            *out = eight_characters(bits);
        }
    }

    /// The text of a symbol.
    pub fn encode(&self, symbol: &[u8; SYMBOL_LEN]) -> SymbolText {
        let mut text = SymbolText { bytes: [0; SymbolText::MAX_LEN], len: self.text_len() as u8 };
        self.encode_into(symbol, &mut text.bytes);
        text
    }

    /// The symbol of a text, if [`Self::encode`] gives exactly this text.
    pub fn decode(&self, text: impl AsRef<[u8]>) -> Result<[u8; SYMBOL_LEN], TextError> {
        let text = text.as_ref();
        // Fast path: encode again and compare. Only on a mismatch verify the checksum, to find the error.
        if let Some(data) = text.len().checked_sub(DATA_LEN + CHECKSUM_LEN).and_then(|at| text[at..].first_chunk()) {
            let (_, symbol) = payload(data);
            if self.encode(&symbol).as_ref() == text {
                return Ok(symbol);
            }
        }
        let decoded = decode(text)?;
        if decoded.purpose != self.purpose {
            return Err(TextError::WrongPurpose { expected: self.purpose, found: decoded.purpose });
        }
        if decoded.tag != self.tag {
            return Err(TextError::WrongKey { expected: self.tag, found: decoded.tag });
        }
        Ok(decoded.symbol)
    }
}

/// The parts of a symbol's text. Neither purpose nor key are checked yet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Decoded {
    /// The purpose that the human-readable part names.
    pub purpose: Purpose,
    /// The tag of the key.
    pub tag: KeyTag,
    /// The symbol's bytes.
    pub symbol: [u8; SYMBOL_LEN],
}

impl fmt::Debug for Decoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decoded({}, {}, ..)", self.purpose, self.tag)
    }
}

/// Reads the text form of a symbol of any purpose and key. It accepts only the exact output of encoding: upper case and
/// white space are refused. It detects every error of up to four substituted characters.
pub fn decode(text: impl AsRef<[u8]>) -> Result<Decoded, TextError> {
    let text = text.as_ref();
    let (part, data) = checked(text).ok_or(TextError::Corrupted)?;
    let purpose = core::str::from_utf8(part).ok().and_then(Purpose::from_text_part).ok_or(TextError::UnknownPart)?;
    let data: &[u8; DATA_LEN] = data.try_into().map_err(|_| TextError::Corrupted)?;
    let (tag, symbol) = payload(data);
    Ok(Decoded { purpose, tag, symbol })
}

/// Key tag and symbol from the data characters.
fn payload(data: &[u8; DATA_LEN]) -> (KeyTag, [u8; SYMBOL_LEN]) {
    let mut payload = [0; PAYLOAD_LEN];
    for (eight, five) in data.chunks_exact(8).zip(payload.chunks_exact_mut(5)) {
        let bits = eight.iter().fold(0u64, |bits, c| bits << 5 | u64::from(VALUES[usize::from(*c)]));
        five.copy_from_slice(&bits.to_be_bytes()[3..]);
    }
    let (tag, rest) = payload.split_at(KeyTag::LEN);
    let mut symbol = [0; SYMBOL_LEN];
    symbol.copy_from_slice(rest);
    (KeyTag::from_bytes([tag[0], tag[1], tag[2], tag[3]]), symbol)
}

/// Splits a lower-case Bech32m string into human-readable part and data characters; `None` if the checksum is wrong.
fn checked(text: &[u8]) -> Option<(&[u8], &[u8])> {
    if text.len() > MAX_BECH32 || text.iter().any(|c| !matches!(c, 33..=126) || c.is_ascii_uppercase()) {
        return None;
    }
    let at = text.iter().rposition(|c| *c == b'1')?;
    let (part, data) = (&text[..at], &text[at + 1..]);
    if part.is_empty() || data.len() < CHECKSUM_LEN || data.iter().any(|c| VALUES[usize::from(*c)] == NO_VALUE) {
        return None;
    }
    let sum = data.iter().map(|c| VALUES[usize::from(*c)]).fold(part_state(part), step);
    (sum == BECH32M).then(|| (part, &data[..data.len() - CHECKSUM_LEN]))
}

/// One step of the checksum (BIP-173): times x, plus a value, modulo the generator.
const fn step(state: u32, value: u8) -> u32 {
    (state & 0x01ff_ffff) << 5 ^ value as u32 ^ REDUCED[(state >> 25) as usize]
}

/// For each value of the five top bits that are shifted out, the value to add (modulo the generator).
static REDUCED: [u32; 32] = {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let mut reduced = [0; 32];
    let mut top = 0;
    while top < reduced.len() {
        let mut i = 0;
        while i < GENERATOR.len() {
            if top >> i & 1 == 1 {
                reduced[top] ^= GENERATOR[i];
            }
            i += 1;
        }
        top += 1;
    }
    reduced
};

/// The checksum's state after the human-readable part: high bits, zero, low bits (BIP-173).
fn part_state(part: &[u8]) -> u32 {
    let high = part.iter().map(|c| c >> 5);
    let low = part.iter().map(|c| c & 31);
    high.chain([0]).chain(low).fold(1, step)
}

/// The payload in groups of five bits.
fn groups(payload: &[u8; PAYLOAD_LEN]) -> [u8; DATA_LEN] {
    let mut groups = [0; DATA_LEN];
    for (five, eight) in payload.chunks_exact(5).zip(groups.chunks_exact_mut(8)) {
        let bits = five.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
        for (i, group) in eight.iter_mut().enumerate() {
            *group = (bits >> (35 - 5 * i)) as u8 & 31;
        }
    }
    groups
}

/// `SHARES[i][b]`: the share of byte `b` at index `i` of a symbol in the checksum.
static SHARES: [[u32; 256]; SYMBOL_LEN] = shares();

const fn shares() -> [[u32; 256]; SYMBOL_LEN] {
    // The share of each bit, from the last bit of the last byte to the first bit of the first byte. A bit that is one
    // group further left takes one more step.
    let mut table = [[0; 256]; SYMBOL_LEN];
    let mut place = 0;
    while place < SYMBOL_LEN {
        let mut bit = 0;
        while bit < 8 {
            // The bits after this one to the end of the data, then the six groups of the checksum.
            let behind = (SYMBOL_LEN - 1 - place) * 8 + bit;
            let mut share = 1 << (behind % 5);
            let mut steps = behind / 5 + CHECKSUM_LEN;
            while steps > 0 {
                share = step(share, 0);
                steps -= 1;
            }
            let mut byte = 0;
            while byte < 256 {
                if byte >> bit & 1 == 1 {
                    table[place][byte] ^= share;
                }
                byte += 1;
            }
            bit += 1;
        }
        place += 1;
    }
    table
}

/// The last forty bits as characters, five bits each.
#[inline]
fn eight_characters(bits: u64) -> [u8; 8] {
    let pair =
        |place: u32| u64::from(u16::from_le_bytes(PAIRS[(bits >> (30 - 10 * place)) as usize & 1023])) << (16 * place);
    (pair(0) | pair(1) | pair(2) | pair(3)).to_le_bytes()
}

/// The two characters for each value of ten bits.
static PAIRS: [[u8; 2]; 1024] = {
    let mut pairs = [[0; 2]; 1024];
    let mut i = 0;
    while i < pairs.len() {
        pairs[i] = [ALPHABET[i >> 5], ALPHABET[i & 31]];
        i += 1;
    }
    pairs
};

const NO_VALUE: u8 = 0xff;

/// The five bits of each data character.
static VALUES: [u8; 256] = {
    let mut values = [NO_VALUE; 256];
    let mut i = 0;
    while i < ALPHABET.len() {
        values[ALPHABET[i] as usize] = i as u8;
        i += 1;
    }
    values
};

impl<P: PurposeType> Symbol<P> {
    /// The text form of the symbol under the key with this tag.
    pub fn to_text(&self, tag: KeyTag) -> SymbolText {
        TextEncoder::new(P::PURPOSE, tag).encode(self.as_bytes())
    }

    /// Reads a text form. It must be of this purpose and of the key with this tag.
    pub fn from_text(text: impl AsRef<[u8]>, tag: KeyTag) -> Result<Self, TextError> {
        TextEncoder::new(P::PURPOSE, tag).decode(text).map(Self::from_bytes)
    }
}

impl<P: PurposeType> SymbolKey<P> {
    /// The text form of a symbol that this key derived.
    pub fn text(&self, symbol: &Symbol<P>) -> SymbolText {
        symbol.to_text(self.tag())
    }

    /// Reads a text form. It must be of this key.
    pub fn parse_text(&self, text: impl AsRef<[u8]>) -> Result<Symbol<P>, TextError> {
        Symbol::from_text(text, self.tag())
    }
}

/// A symbol in text form: 44 to 47 ASCII characters, without heap memory.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SymbolText {
    bytes: [u8; SymbolText::MAX_LEN],
    len: u8,
}

impl SymbolText {
    /// The longest text in bytes, that of an insurers' symbol.
    pub const MAX_LEN: usize = "hokensha".len() + 1 + DATA_LEN + CHECKSUM_LEN;

    /// The text.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_else(|_| unreachable!("Bech32m is ASCII"))
    }
}

impl Deref for SymbolText {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<[u8]> for SymbolText {
    fn as_ref(&self) -> &[u8] {
        self.as_str().as_bytes()
    }
}

impl fmt::Display for SymbolText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for SymbolText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SymbolText(..)")
    }
}

/// The reason why a text is not the expected symbol. The last three are reported only if the checksum matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// Not the exact output of encoding: a character was changed, lost or added, or there is upper case or white space.
    #[error("the text is corrupted: it is not a complete symbol in lower case with a matching checksum")]
    Corrupted,
    /// The checksum matches, but this version does not know the human-readable part.
    #[error(
        "the text is of another kind or version; this version knows kikan, hokensha, shikaku, chiiki, kenkyu, \
         toroku and portal"
    )]
    UnknownPart,
    /// A symbol of another purpose.
    #[error("the symbol is of purpose {found}; purpose {expected} was expected")]
    WrongPurpose {
        /// The purpose that was expected.
        expected: Purpose,
        /// The purpose of the text.
        found: Purpose,
    },
    /// A symbol of another scope or epoch.
    #[error("the symbol is of the key tagged {found}; the key tagged {expected} was expected")]
    WrongKey {
        /// The tag that was expected.
        expected: KeyTag,
        /// The tag in the text.
        found: KeyTag,
    },
}

impl TextError {
    /// The kind of the error, as one word.
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::Corrupted => ErrorKind::Corrupted,
            Self::UnknownPart => ErrorKind::UnknownPart,
            Self::WrongPurpose { .. } => ErrorKind::WrongPurpose,
            Self::WrongKey { .. } => ErrorKind::WrongKey,
        }
    }

    /// Always `None`: the checksum covers the whole text, and does not locate the change.
    pub fn place(self) -> Option<Place> {
        None
    }

    /// The purpose or the key tag in the text.
    pub fn found(self) -> Option<Found> {
        match self {
            Self::WrongPurpose { expected, found } => Some(Found::Purpose { expected, found }),
            Self::WrongKey { expected, found } => Some(Found::Tag { expected, found }),
            Self::Corrupted | Self::UnknownPart => None,
        }
    }
}
