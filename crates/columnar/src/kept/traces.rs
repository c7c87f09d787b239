//! What anybody can compute from numbers and symbols, to be found in the columns of files whose rows do not show the
//! number or the other symbol of their people.

use std::collections::HashMap;

use fugo::{MyNumber, SYMBOL_LEN, text::TextEncoder};

use super::{
    digests::{Known, STRONG, tokens},
    row::{Person, Row},
};

/// The number of characters of a match in text. Twelve characters of a text form are 60 bits of the symbol.
const CHARACTERS: usize = 12;
/// The characters after the purpose that are the key tag, with some of the symbol.
const TAG: usize = 8;

/// Digests, encodings and other spellings of numbers and symbols: the first and the last eight bytes of each.
#[derive(Default)]
pub struct Traces {
    bytes: HashMap<[u8; STRONG], u16>,
    text: HashMap<[u8; CHARACTERS], u16>,
    names: Vec<String>,
}

impl Traces {
    /// Adds a symbol. If its text form is known, digests of the text are known too.
    pub fn add_symbol(&mut self, symbol: [u8; SYMBOL_LEN], encoder: Option<&TextEncoder>) {
        self.add(&Known::of_symbol("the symbol", &symbol, encoder));
        let swapped = symbol.map(|byte| byte.rotate_left(4)).into_iter().rev().collect::<Vec<u8>>();
        self.add_bytes("the symbol's digits in reverse order", &swapped);
        if let Some(text) = encoder.map(|encoder| encoder.encode(&symbol))
            && let Some(data) = text.as_ref().splitn(2, |byte| *byte == b'1').nth(1)
        {
            self.add_text("the symbol's text form, or a part of it", &data[TAG..]);
        }
    }

    /// Adds a number.
    pub fn add_number(&mut self, number: &MyNumber) {
        let row = Row { at: 0, person: Person::Number(number.clone()), symbols: Vec::new(), cells: Vec::new() };
        self.add(&Known::of(&row, &[]));
        let reversed: Vec<u8> = number.expose_digits().iter().rev().copied().collect();
        self.add_text("the number's digits in reverse order", &reversed);
    }

    /// The spelling that a cell holds, if it holds one.
    pub fn find(&self, cell: &str) -> Option<&str> {
        let lower = cell.to_ascii_lowercase();
        let in_text = || lower.as_bytes().windows(CHARACTERS).find_map(|window| self.text.get(window));
        let in_bytes = || {
            let windows = |token: &[u8]| token.windows(STRONG).find_map(|window| self.bytes.get(window));
            tokens(cell).iter().find_map(|token| windows(token))
        };
        in_text().or_else(in_bytes).map(|name| &self.names[usize::from(*name)][..])
    }

    fn add(&mut self, known: &Known) {
        for (name, bytes) in known.each() {
            self.add_bytes(&name, bytes);
        }
    }

    fn name(&mut self, name: &str) -> u16 {
        let known = self.names.iter().position(|known| known == name);
        let place = known.unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        place as u16
    }

    fn add_bytes(&mut self, name: &str, bytes: &[u8]) {
        let name = self.name(name);
        for end in [bytes.first_chunk(), bytes.last_chunk()].into_iter().flatten() {
            // Eight equal bytes, such as zeros before a small integer, tell nothing.
            if end.iter().filter(|byte| **byte != 0).count() > STRONG / 2 {
                self.bytes.entry(*end).or_insert(name);
            }
        }
    }

    fn add_text(&mut self, name: &str, text: &[u8]) {
        let name = self.name(name);
        if let Some(begin) = text.first_chunk() {
            self.text.entry(*begin).or_insert(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::{BASE64, HEXLOWER};
    use fugo::Purpose;
    use sha2::{Digest, Sha256};

    use super::*;

    fn symbol() -> ([u8; SYMBOL_LEN], TextEncoder) {
        let symbol = std::array::from_fn(|i| (i as u8).wrapping_mul(37) ^ 0x5A);
        (symbol, TextEncoder::new(Purpose::Agency, fugo::KeyTag::from_bytes([1, 2, 3, 4])))
    }

    #[test]
    fn spellings_of_a_number_and_of_a_symbol_are_found_and_others_are_not() {
        let mut traces = Traces::default();
        let number = MyNumber::parse("123456789018").expect("valid");
        let (symbol, encoder) = symbol();
        traces.add_number(&number);
        traces.add_symbol(symbol, Some(&encoder));
        let hex = HEXLOWER.encode(&symbol);
        let text = encoder.encode(&symbol).to_string();
        let uuid = format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
        for cell in [
            HEXLOWER.encode(&Sha256::digest(b"123456789018")),
            BASE64.encode(&Sha256::digest(b"1234-5678-9018")),
            HEXLOWER.encode(&Sha256::digest(b"123456789018"))[..20].to_owned(),
            HEXLOWER.encode(&md5::Md5::digest(b"123456789018")),
            HEXLOWER.encode(&sha1::Sha1::digest(text.as_bytes())),
            BASE64.encode(b"123456789018"),
            "810987654321".to_owned(),
            hex.chars().rev().collect(),
            format!("0x{hex}"),
            uuid,
            BASE64.encode(&symbol),
            text[6..].to_owned(),
            i64::from_be_bytes(*symbol.first_chunk().expect("eight")).to_string(),
            HEXLOWER.encode(&Sha256::digest(hex.as_bytes())),
        ] {
            assert!(traces.find(&cell).is_some(), "{cell}");
        }
        for cell in ["memo", "123456789012", "", "2026-11-29T10:00:00Z", &HEXLOWER.encode(&Sha256::digest(b"x"))] {
            assert_eq!(traces.find(cell), None, "{cell}");
        }
    }

    #[test]
    fn the_part_of_a_text_form_that_is_the_symbols_is_enough_and_that_of_the_key_is_not() {
        let mut traces = Traces::default();
        let (symbol, encoder) = symbol();
        traces.add_symbol(symbol, Some(&encoder));
        let text = encoder.encode(&symbol).to_string();
        let begin = text.find('1').expect("a separator") + 1 + TAG;
        assert!(traces.find(&text[begin..]).is_some());
        assert_eq!((traces.find(&text[..begin]), traces.find(&text[begin + 1..])), (None, None));
    }

    #[test]
    fn a_small_number_as_an_integer_tells_nothing() {
        let with = |value: u64| {
            let mut traces = Traces::default();
            traces.add_number(&MyNumber::parse(format!("{value:012}")).expect("valid"));
            traces.find(&format!("{value:016x}")).is_some()
        };
        let body_of = |value: u64| format!("{:011}", value / 10);
        let valid =
            |value: &u64| MyNumber::check_digit(body_of(*value)).is_ok_and(|digit| u64::from(digit) == value % 10);
        let bytes_of = |value: u64| value.to_be_bytes().iter().filter(|byte| **byte != 0).count();
        let with_bytes = |bytes: usize| {
            (1 << (8 * (bytes - 1))..u64::MAX)
                .find(|value| bytes_of(*value) == bytes && valid(value))
                .expect("a number")
        };
        assert_eq!([1, 4, 5].map(|bytes| with(with_bytes(bytes))), [false, false, true]);
    }
}
