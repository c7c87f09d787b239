//! The bytes that a cell can encode, and the bytes that anybody can compute from a row's number and symbols.

use std::{collections::HashSet, ops::Range};

use blake2::{
    Blake2b, Blake2b512, Blake2s, Blake2s256,
    digest::consts::{U16, U20, U32},
};
use data_encoding::{BASE32_NOPAD, BASE64_NOPAD, Encoding, HEXLOWER_PERMISSIVE};
use fugo::{MyNumber, SYMBOL_LEN, text::TextEncoder};
use zeroize::Zeroizing;

use super::row::{Person, Row};

/// The number of bytes of a match that is too long for chance; see [`super::Sample::judge`].
pub(super) const STRONG: usize = 8;
/// The number of bytes of the shortest match: a CRC-32.
const SHORTEST: usize = 4;
/// The number of characters of the shortest token.
const SIGNS: usize = 2 * SHORTEST;

/// The byte strings that a cell can encode.
pub(super) type Tokens = Vec<Zeroizing<Vec<u8>>>;

/// The byte strings that stretches of a cell can encode: hexadecimal, base64 (both alphabets) or base32, from each
/// possible first character; and integers, in both byte orders. Hyphens, colons and spaces may be between hexadecimal
/// digits.
pub(super) fn tokens(cell: &str) -> Tokens {
    let mut tokens = Vec::new();
    let mut push = |bytes: Vec<u8>| {
        let bytes = Zeroizing::new(bytes);
        if bytes.len() >= SHORTEST {
            tokens.push(bytes);
        }
    };
    let is_joint = |c: char| matches!(c, '-' | ':' | ' ');
    for stretch in stretches(cell, |c| c.is_ascii_hexdigit() || is_joint(c)) {
        let hex: Vec<u8> = cell[stretch].bytes().filter(u8::is_ascii_hexdigit).collect();
        // A character before the first byte that does not belong to it shifts the digits by one.
        for start in 0..2.min(hex.len()) {
            let whole = &hex[start..];
            push(HEXLOWER_PERMISSIVE.decode(&whole[..whole.len() & !1]).unwrap_or_default());
        }
    }
    let base_64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_');
    for stretch in stretches(cell, base_64).filter(|stretch| !is_word(&cell[stretch.clone()])) {
        let sign = |byte: u8| match byte {
            b'-' => b'+',
            b'_' => b'/',
            byte => byte,
        };
        let plain: Vec<u8> = cell[stretch].bytes().map(sign).collect();
        let upper = plain.to_ascii_uppercase();
        for start in 0..4.min(plain.len()) {
            push(decoded(&BASE64_NOPAD, &plain[start..], 4));
        }
        for part in upper.split(|sign| !sign.is_ascii_alphanumeric()) {
            push(decoded(&BASE32_NOPAD, part, 8));
        }
    }
    for stretch in stretches(cell, |c| c.is_ascii_digit()) {
        match cell[stretch].parse::<u128>() {
            Ok(value @ 0..=0xFFFF_FFFF) => push((value as u32).to_be_bytes().to_vec()),
            Ok(value @ 0..=0xFFFF_FFFF_FFFF_FFFF) => {
                push((value as u64).to_be_bytes().to_vec());
                push((value as u64).to_le_bytes().to_vec());
            }
            Ok(value) => push(value.to_be_bytes().to_vec()),
            Err(_) => {}
        }
    }
    // A signed integer of 64 bits can have a minus sign.
    if let Ok(value @ ..0) = cell.trim().parse::<i64>() {
        push(value.to_be_bytes().to_vec());
        push(value.to_le_bytes().to_vec());
        push((value as i32).to_be_bytes().to_vec());
    }
    tokens
}

/// The bytes of a stretch; if the last group is incomplete, the bytes of the groups before it.
fn decoded(encoding: &Encoding, signs: &[u8], group: usize) -> Vec<u8> {
    let whole = &signs[..signs.len() / group * group];
    [signs, whole].iter().find_map(|signs| encoding.decode(signs).ok()).unwrap_or_default()
}

/// Stretches of eight or more such characters.
fn stretches(cell: &str, is_sign: impl Fn(char) -> bool) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + cell[at..].find(&is_sign)?;
            at = cell[start..].find(|c| !is_sign(c)).map_or(cell.len(), |len| start + len);
            if at - start >= SIGNS {
                return Some(start..at);
            }
        }
    })
}

/// Whether the letters are of one case, or lower case after a capital, as in words and names. One digest in ten
/// thousand looks like that.
fn is_word(text: &str) -> bool {
    let rest = text.get(1..).unwrap_or_default();
    text.bytes().all(|byte| byte.is_ascii_uppercase())
        || (text.starts_with(|c: char| c.is_ascii_alphabetic()) && rest.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// The byte strings that anybody can compute, without a secret, from a row's number, symbols and insurers' symbol.
pub(super) struct Known(Vec<(Thing, Zeroizing<Vec<u8>>)>);

/// The source of a byte string, and the digest applied to it.
#[derive(Clone, Copy)]
struct Thing {
    source: &'static str,
    digest: &'static str,
}

impl Known {
    pub(super) fn of(row: &Row, encoders: &[TextEncoder]) -> Self {
        let mut known = Self(Vec::new());
        match &row.person {
            Person::Number(number) => {
                spellings(number).into_iter().for_each(|spelling| known.add("the number", spelling));
            }
            Person::Insurers(symbol, encoder) => known.add_symbol("the insurers' symbol", symbol, Some(encoder)),
        }
        for (i, symbol) in row.symbols.iter().enumerate() {
            known.add_symbol("the row's symbol", symbol, encoders.get(i));
        }
        known
    }

    /// Only what can be computed from a symbol.
    pub(super) fn of_symbol(source: &'static str, symbol: &[u8; SYMBOL_LEN], encoder: Option<&TextEncoder>) -> Self {
        let mut known = Self(Vec::new());
        known.add_symbol(source, symbol, encoder);
        known
    }

    /// The byte strings, and how each is made.
    pub(super) fn each(&self) -> impl Iterator<Item = (String, &[u8])> {
        self.0.iter().map(|(thing, bytes)| (format!("{}{}", thing.digest, thing.source), &bytes[..]))
    }

    fn add_symbol(&mut self, source: &'static str, symbol: &[u8; SYMBOL_LEN], encoder: Option<&TextEncoder>) {
        self.add(source, Zeroizing::new(symbol.to_vec()));
        let hex = HEXLOWER_PERMISSIVE.encode(symbol);
        self.add(source, Zeroizing::new(hex.to_ascii_uppercase().into_bytes()));
        self.add(source, Zeroizing::new(hex.into_bytes()));
        if let Some(encoder) = encoder {
            self.add(source, Zeroizing::new(encoder.encode(symbol).as_ref().to_vec()));
        }
    }

    /// Adds the bytes, the bytes in reverse order, and digests of the bytes.
    fn add(&mut self, source: &'static str, bytes: Zeroizing<Vec<u8>>) {
        macro_rules! digests {
            ($($name:literal: $algorithm:ty),* $(,)?) => {
                $({
                    use blake2::Digest as _;
                    self.push(source, $name, <$algorithm>::digest(&*bytes).to_vec());
                })*
            };
        }
        digests! {
            "MD5 of ": md5::Md5,
            "SHA-1 of ": sha1::Sha1,
            "SHA-224 of ": sha2::Sha224,
            "SHA-256 of ": sha2::Sha256,
            "SHA-384 of ": sha2::Sha384,
            "SHA-512 of ": sha2::Sha512,
            "SHA-512/224 of ": sha2::Sha512_224,
            "SHA-512/256 of ": sha2::Sha512_256,
            "SHA3-224 of ": sha3::Sha3_224,
            "SHA3-256 of ": sha3::Sha3_256,
            "SHA3-384 of ": sha3::Sha3_384,
            "SHA3-512 of ": sha3::Sha3_512,
            "RIPEMD-160 of ": ripemd::Ripemd160,
            "BLAKE2b of ": Blake2b512,
            "BLAKE2b of ": Blake2b<U16>,
            "BLAKE2b of ": Blake2b<U20>,
            "BLAKE2b of ": Blake2b<U32>,
            "BLAKE2s of ": Blake2s256,
            "BLAKE2s of ": Blake2s<U16>,
        }
        self.push(source, "CRC-32 of ", crc32fast::hash(&bytes).to_be_bytes().to_vec());
        for seed in [0, 42] {
            self.push(source, "XXH64 of ", twox_hash::XxHash64::oneshot(seed, &bytes).to_be_bytes().to_vec());
        }
        for namespace in NAMESPACES {
            use blake2::Digest as _;
            let named = Zeroizing::new([&namespace[..], &bytes].concat());
            self.push(source, "UUID of version 3 of ", uuid(&md5::Md5::digest(&*named), 3));
            self.push(source, "UUID of version 5 of ", uuid(&sha1::Sha1::digest(&*named), 5));
        }
        self.push(source, "", bytes.iter().rev().copied().collect());
        self.0.push((Thing { source, digest: "" }, bytes));
    }

    fn push(&mut self, source: &'static str, digest: &'static str, bytes: Vec<u8>) {
        self.0.push((Thing { source, digest }, Zeroizing::new(bytes)));
    }

    /// The known byte strings that are in the tokens, and whether chance is ruled out by one cell: eight consecutive
    /// bytes, or all bytes of a shorter string at one end of a longer string.
    pub(super) fn matches(&self, tokens: &Tokens) -> Vec<(String, bool)> {
        let windows: HashSet<[u8; STRONG]> = tokens.iter().flat_map(|token| windows_of(token)).collect();
        let short: Vec<&[u8]> = tokens.iter().map(|token| &token[..]).filter(|token| token.len() < STRONG).collect();
        let mut found = Vec::new();
        for (thing, known) in &self.0 {
            let is_strong = windows_of(known).any(|window| windows.contains(&window));
            let is_end = |short: &[u8], long: &[u8]| long.starts_with(short) || long.ends_with(short);
            let is_weak = || {
                (SHORTEST..STRONG).contains(&known.len()) && tokens.iter().any(|token| is_end(known, token))
                    || short.iter().any(|token| token.len() <= known.len() && is_end(token, known))
            };
            if is_strong || is_weak() {
                found.push((format!("{}{}", thing.digest, thing.source), is_strong));
            }
        }
        found
    }
}

/// All stretches of eight consecutive bytes.
fn windows_of(bytes: &[u8]) -> impl Iterator<Item = [u8; STRONG]> + '_ {
    bytes.windows(STRONG).filter_map(|window| window.first_chunk().copied())
}

/// The namespaces of RFC 9562, 6.6: DNS, OID, URL and X.500.
const NAMESPACES: [[u8; 16]; 4] = [namespace(0x10), namespace(0x12), namespace(0x11), namespace(0x14)];

/// `6ba7b81?-9dad-11d1-80b4-00c04fd430c8`
const fn namespace(fourth: u8) -> [u8; 16] {
    [0x6B, 0xA7, 0xB8, fourth, 0x9D, 0xAD, 0x11, 0xD1, 0x80, 0xB4, 0x00, 0xC0, 0x4F, 0xD4, 0x30, 0xC8]
}

/// A digest as a UUID: 16 bytes, with version and variant set.
fn uuid(digest: &[u8], version: u8) -> Vec<u8> {
    let mut uuid = digest[..16].to_vec();
    uuid[6] = uuid[6] & 0x0F | version << 4;
    uuid[8] = uuid[8] & 0x3F | 0x80;
    uuid
}

/// The spellings of a number that systems digest.
fn spellings(number: &MyNumber) -> Vec<Zeroizing<Vec<u8>>> {
    let twelve = number.expose_digits();
    let grouped = |separator: &[u8]| [&twelve[..4], separator, &twelve[4..8], separator, &twelve[8..]].concat();
    let value = super::values::of(number) as u64;
    let zeros = twelve.iter().take_while(|digit| **digit == b'0').count();
    let utf_16 = |bytes: fn(u8) -> [u8; 2]| twelve.iter().flat_map(|digit| bytes(*digit)).collect();
    let full_width = |digit: &u8| [0xEF, 0xBC, 0x90 + (digit - b'0')];
    let mut all = vec![
        twelve.to_vec(),
        twelve.iter().rev().copied().collect(),
        grouped(b"-"),
        grouped(b" "),
        [&twelve[..], b"\n"].concat(),
        [&twelve[..], b"\r\n"].concat(),
        [b"\"", &twelve[..], b"\""].concat(),
        [&twelve[..], b"\0"].concat(),
        twelve[..MyNumber::LEN - 1].to_vec(),
        utf_16(|digit| [digit, 0]),
        utf_16(|digit| [0, digit]),
        twelve.iter().flat_map(full_width).collect(),
        value.to_le_bytes().to_vec(),
        value.to_be_bytes().to_vec(),
    ];
    if zeros > 0 {
        all.push(twelve[zeros.min(MyNumber::LEN - 1)..].to_vec());
    }
    all.into_iter().map(Zeroizing::new).collect()
}

#[cfg(test)]
mod tests {
    use sha1::Digest;

    use super::*;

    /// RFC 9562, A.2 and A.4: `www.example.com` in the namespace of DNS.
    #[test]
    fn uuids_of_names_are_the_published_ones() {
        let named = [&NAMESPACES[0][..], b"www.example.com"].concat();
        let third = HEXLOWER_PERMISSIVE.encode(&uuid(&md5::Md5::digest(&named), 3));
        let fifth = HEXLOWER_PERMISSIVE.encode(&uuid(&sha1::Sha1::digest(&named), 5));
        assert_eq!(third, "5df418813aed351588a72f4a814cf09e");
        assert_eq!(fifth, "2ed6657de927568b95e12665a8aea6a2");
    }

    #[test]
    fn words_and_names_are_no_base64() {
        for text in ["ABCDEFGH", "Abcdefgh", "abcdefgh"] {
            assert!(is_word(text), "{text}");
        }
        for text in ["aBcdefgh", "ABCDEFGh", "1bcdefgh", "Abcdefg1", "-bcdefgh"] {
            assert!(!is_word(text), "{text}");
        }
    }

    #[test]
    fn a_number_has_one_more_spelling_if_it_begins_with_zeros() {
        let spelled = |text: &str| spellings(&MyNumber::parse(text).unwrap());
        let plain = spelled("123456789018");
        assert_eq!(plain.len(), 14);
        let number = format!("00123456789{}", MyNumber::check_digit("00123456789").unwrap());
        let zeros = spelled(&number);
        assert_eq!((zeros.len(), zeros[14].as_slice()), (15, &number.as_bytes()[2..]));
    }
}
