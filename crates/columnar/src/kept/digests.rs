//! Bytes that a cell spells, and bytes that anybody could make of a row's number and symbols.

use std::ops::Range;

use blake2::{Blake2b512, Blake2s256};
use data_encoding::{BASE32_NOPAD, BASE64_NOPAD, HEXLOWER_PERMISSIVE};
use fugo::{MyNumber, SYMBOL_LEN, text::TextEncoder};
use memchr::memmem;
use zeroize::Zeroizing;

use super::sample::{Person, Row};

/// Bytes of a match that chance does not make; see [`super::Sample::judge`].
pub(super) const STRONG: usize = 8;
/// Bytes of the shortest match: a CRC-32.
const SHORTEST: usize = 4;
/// Signs of the shortest token.
const SIGNS: usize = 2 * SHORTEST;

/// What a cell may spell.
pub(super) type Tokens = Vec<Zeroizing<Vec<u8>>>;

/// What stretches of a cell may spell: bytes in hexadecimal (with hyphens, colons and spaces within), base64 (both alphabets)
/// or base32, or an integer's.
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
        let mut hex: String = cell[stretch].chars().filter(|c| !is_joint(*c)).collect();
        // Of `0x0123…` the first zero stands alone before the sign that ends it; an odd sign at the end is cut.
        hex.truncate(hex.len() & !1);
        push(HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).unwrap_or_default());
    }
    for stretch in stretches(cell, |c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_')) {
        if is_word(&cell[stretch.clone()]) {
            continue;
        }
        let plain: String = cell[stretch]
            .chars()
            .map(|c| match c {
                '-' => '+',
                '_' => '/',
                c => c,
            })
            .collect();
        // What is cut in the midst of a group keeps its whole bytes.
        let whole = &plain[..plain.len() / 4 * 4];
        let ends = [&*plain, whole];
        push(ends.iter().find_map(|text| BASE64_NOPAD.decode(text.as_bytes()).ok()).unwrap_or_default());
        let upper = plain.to_ascii_uppercase();
        let whole = &upper[..upper.len() / 8 * 8];
        push([&*upper, whole].iter().find_map(|text| BASE32_NOPAD.decode(text.as_bytes()).ok()).unwrap_or_default());
    }
    for stretch in stretches(cell, |c| c.is_ascii_digit()) {
        match cell[stretch].parse::<u64>() {
            Ok(value @ 0..=0xFFFF_FFFF) => push((value as u32).to_be_bytes().to_vec()),
            Ok(value) => push(value.to_be_bytes().to_vec()),
            Err(_) => {}
        }
    }
    // Signed integers of 64 bits are written with a sign.
    if let Ok(value @ ..0) = cell.trim().parse::<i64>() {
        push(value.to_be_bytes().to_vec());
        push((value as i32).to_be_bytes().to_vec());
    }
    tokens
}

/// Letters of one case, as words and names are, or with a capital: one of ten thousand digests looks so.
fn is_word(text: &str) -> bool {
    let rest = text.get(1..).unwrap_or_default();
    text.bytes().all(|byte| byte.is_ascii_uppercase())
        || (text.starts_with(|c: char| c.is_ascii_alphabetic()) && rest.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// Stretches of such signs, of eight or more.
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

/// What anybody could make of a row's number, symbols and insurers' symbol without a secret.
pub(super) struct Known(Vec<(Thing, Zeroizing<Vec<u8>>)>);

/// How it was made.
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
            Person::Insurers(symbol) => known.add_symbol("the insurers' symbol", symbol, None),
        }
        for (i, symbol) in row.symbols.iter().enumerate() {
            known.add_symbol("the row's symbol", symbol, encoders.get(i));
        }
        known
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

    /// Adds the bytes, the bytes backwards, and digests of them.
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
            "SHA-512/256 of ": sha2::Sha512_256,
            "SHA3-256 of ": sha3::Sha3_256,
            "SHA3-512 of ": sha3::Sha3_512,
            "RIPEMD-160 of ": ripemd::Ripemd160,
            "BLAKE2b of ": Blake2b512,
            "BLAKE2s of ": Blake2s256,
        }
        self.push(source, "CRC-32 of ", crc32fast::hash(&bytes).to_be_bytes().to_vec());
        for seed in [0, 42] {
            self.push(source, "XXH64 of ", twox_hash::XxHash64::oneshot(seed, &bytes).to_be_bytes().to_vec());
        }
        self.push(source, "", bytes.iter().rev().copied().collect());
        self.0.push((Thing { source, digest: "" }, bytes));
    }

    fn push(&mut self, source: &'static str, digest: &'static str, bytes: Vec<u8>) {
        self.0.push((Thing { source, digest }, Zeroizing::new(bytes)));
    }

    /// What tokens hold of it, and whether it is more than chance in one cell.
    pub(super) fn matches(&self, tokens: &[Zeroizing<Vec<u8>>]) -> Vec<(String, bool)> {
        let mut found = Vec::new();
        for (thing, known) in &self.0 {
            let longest = tokens.iter().filter_map(|token| common(token, known)).max();
            if let Some(length) = longest {
                found.push((format!("{}{}", thing.digest, thing.source), length >= STRONG));
            }
        }
        found
    }
}

/// How many bytes a token has of something known: all of the one within the other, at the start or the end where the token is
/// a part.
fn common(token: &[u8], known: &[u8]) -> Option<usize> {
    let is_part = known.starts_with(token) || known.ends_with(token);
    let holds = known.len() >= SHORTEST && memmem::find(token, known).is_some();
    (is_part || holds).then_some(token.len().min(known.len()))
}

/// Spellings of a number that systems digest.
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
