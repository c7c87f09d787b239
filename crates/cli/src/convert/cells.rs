//! Reads a cell: a number, a symbol, or a kept cell, which must not hold the number.

use std::ops::Range;

use fugo::{
    Lineage, MyNumber, SYMBOL_LEN,
    find::FEWEST_DIGITS,
    normalize::{Changes, Reading},
    text::TextEncoder,
};
use fugo_columnar::kept::{self, Codes, SHORTEST_TEXT};
use wide::u8x16;
use zeroize::{Zeroize, Zeroizing};

use super::reason::Reason;
use crate::roster::{csv, encoding::Encoding};

/// Reads a cell as a number.
pub(crate) fn number(field: &[u8], reading: Reading, encoding: Encoding) -> Result<(MyNumber, Changes), Reason> {
    let read = |value: &[u8]| reading.read(value, || encoding.decode(value).ok_or(Reason::Encoding));
    // Without quotes the value is the field, and nothing is left to wipe.
    if !field.starts_with(b"\"") {
        return read(field);
    }
    let mut scratch = Zeroizing::new(Vec::new());
    read(csv::value(field, &mut scratch))
}

/// Reads a cell as a symbol with the purpose and the tag of the encoder.
pub(crate) fn symbol(field: &[u8], encoder: &TextEncoder) -> Result<[u8; SYMBOL_LEN], Reason> {
    let mut scratch = Vec::new();
    encoder.decode(csv::value(field, &mut scratch)).map_err(Reason::Text)
}

/// Whether a cell holds neither a number nor a symbol because it has too few digits and is too short, as most
/// cells are. Checks sixteen bytes at a time.
#[inline]
pub(crate) fn is_harmless(encoding: Encoding, block: &[u8], cell: &Range<usize>) -> bool {
    if cell.len() < FEWEST_DIGITS {
        return true;
    }
    if cell.len() >= SHORTEST_TEXT {
        return false;
    }
    let (mut digits, mut after_lead) = (0, 0);
    for at in cell.clone().step_by(16) {
        let bytes = block[at..].first_chunk().copied().unwrap_or_else(|| {
            let mut last = [0; 16];
            last[..block.len() - at].copy_from_slice(&block[at..]);
            last
        });
        let within = (1_u32 << (cell.end - at).min(16)) - 1;
        let bytes = u8x16::new(bytes);
        let in_range = |first: u8, last: u8| {
            let values = bytes - u8x16::splat(first);
            values.simd_eq(values.min(u8x16::splat(last - first))).to_bitmask()
        };
        // At least as many as there are full-width digits.
        let full_width = match encoding {
            Encoding::Utf8 => bytes.simd_eq(u8x16::splat(0xEF)).to_bitmask(),
            Encoding::Cp932 => {
                let leads = bytes.simd_eq(u8x16::splat(0x82)).to_bitmask();
                let found = (leads << 1 | after_lead) & in_range(0x4F, 0x58);
                after_lead = leads >> 15 & 1;
                found
            }
        };
        digits += ((in_range(b'0', b'9') | full_width) & within).count_ones();
    }
    digits < FEWEST_DIGITS as u32
}

/// Searches kept cells for the number of their row, as it is written and as the person's first number.
pub(crate) struct KeptCells {
    encoding: Encoding,
    digits: Zeroizing<Vec<u8>>,
}

impl KeptCells {
    pub(crate) fn new(encoding: Encoding) -> Self {
        Self { encoding, digits: Zeroizing::new(Vec::new()) }
    }

    /// See [`is_harmless`].
    #[inline]
    pub(crate) fn harmless(&self, block: &[u8], cell: &Range<usize>) -> bool {
        is_harmless(self.encoding, block, cell)
    }

    /// Whether the cell that was read last has enough digits for any number.
    pub(crate) fn had_enough_for_codes(&self) -> bool {
        self.digits.len() >= MyNumber::LEN
    }

    /// Whether a cell contains a symbol of any scope in text form: [`kept::holds_symbol_text`].
    pub(crate) fn hold_symbol_text(&self, cell: &[u8]) -> bool {
        cell.len() >= SHORTEST_TEXT && self.in_utf8(cell, kept::holds_symbol_text)
    }

    /// Whether a cell contains this symbol: [`kept::holds_symbol`].
    pub(crate) fn hold_symbol(&self, cell: &[u8], symbol: &[u8; SYMBOL_LEN], encoder: &TextEncoder) -> bool {
        cell.len() >= 2 * SYMBOL_LEN && self.in_utf8(cell, |text| kept::holds_symbol(text, symbol, encoder))
    }

    /// Calls `search` with a cell in UTF-8. Cells that are not text were refused before.
    fn in_utf8(&self, cell: &[u8], search: impl FnOnce(&[u8]) -> bool) -> bool {
        if self.encoding == Encoding::Utf8 || cell.is_ascii() {
            return search(cell);
        }
        self.encoding.decode(cell).is_some_and(|text| search(text.as_bytes()))
    }

    /// Counts the codes of twelve digits in a cell, whoever they belong to.
    pub(crate) fn codes(&mut self, cell: &[u8]) -> Codes {
        self.collect_digits(cell);
        if !self.had_enough_for_codes() {
            return Codes::default();
        }
        // Cells that are not text were refused before.
        self.encoding.decode(cell).map_or_else(Codes::default, |text| Codes::of(&text))
    }

    /// Whether the digits of a cell, ASCII and full-width and with any text between them, contain one of the numbers;
    /// or one of them without its check digit or leading zeros; or any other number of the person in the lineage.
    pub(crate) fn hold_number(&mut self, cell: &[u8], numbers: [&MyNumber; 2], lineage: Option<&Lineage>) -> bool {
        self.collect_digits(cell);
        kept::holds_number(&self.digits, numbers, lineage)
    }

    fn collect_digits(&mut self, cell: &[u8]) {
        self.digits.zeroize();
        // A buffer that grows would leave its contents in freed memory.
        self.digits.reserve(cell.len());
        let mut rest = cell;
        while let Some((&byte, behind)) = rest.split_first() {
            let (digit, len) = match (self.encoding, byte, behind) {
                (_, b'0'..=b'9', _) => (Some(byte), 1),
                (Encoding::Utf8, 0xEF, [0xBC, digit @ 0x90..=0x99, ..]) => (Some(digit - 0x90 + b'0'), 3),
                (Encoding::Cp932, 0x82, [digit @ 0x4F..=0x58, ..]) => (Some(digit - 0x4F + b'0'), 2),
                (Encoding::Cp932, 0x81..=0x9F | 0xE0..=0xFC, [_, ..]) => (None, 2),
                _ => (None, 1),
            };
            self.digits.extend(digit);
            rest = &rest[len..];
        }
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::SHIFT_JIS;

    use super::*;

    fn sample() -> MyNumber {
        MyNumber::parse("123456789018").unwrap()
    }

    #[test]
    fn a_kept_cell_holds_the_number_in_every_shape_that_could_be_read_as_one() {
        let (number, mut cells) = (sample(), KeptCells::new(Encoding::Utf8));
        for cell in
            ["123456789018", "\"1234-5678-9018\"", "x123456789018y", "１２３４５６７８９０１８", "1234 5678　9０18"]
        {
            assert!(cells.hold_number(cell.as_bytes(), [&number, &number], None), "{cell}");
        }
        for cell in ["1234567890", "23456789018", "", "東京都", "1985-04-01"] {
            assert!(!cells.hold_number(cell.as_bytes(), [&number, &number], None), "{cell}");
        }
    }

    #[test]
    fn a_kept_cell_holds_the_number_without_its_leading_zeros() {
        let digit = MyNumber::check_digit("00123456789").unwrap();
        let number = MyNumber::parse(format!("00123456789{digit}")).unwrap();
        let mut cells = KeptCells::new(Encoding::Utf8);
        assert!(cells.hold_number(format!("123456789{digit}").as_bytes(), [&number, &number], None));
        assert!(!cells.hold_number(b"123456789", [&number, &number], None));
    }

    proptest::proptest! {
        #[test]
        fn a_harmless_cell_holds_no_number_and_is_no_symbol(
            head in "[0-9a-z,]{0,20}", cell in "[0-9０-９年-]{0,60}", tail in "[0-9]{0,40}", cp932: bool,
        ) {
            let encoding = if cp932 { Encoding::Cp932 } else { Encoding::Utf8 };
            let [head, cell, tail] = [&head, &cell, &tail].map(|text| encoding.encode(text).into_owned());
            let (block, start) = ([&head[..], &cell, &tail].concat(), head.len());
            let digits = encoding.decode(&cell).expect("text").chars().filter(|c| *c != '年' && *c != '-').count();
            let cells = KeptCells::new(encoding);
            let harmless = cells.harmless(&block, &(start..start + cell.len()));
            proptest::prop_assert!(!harmless || digits < FEWEST_DIGITS && cell.len() < SHORTEST_TEXT);
            if digits < FEWEST_DIGITS && cell.is_ascii() && cell.len() < SHORTEST_TEXT {
                proptest::prop_assert!(harmless);
            }
        }
    }

    #[test]
    fn full_width_digits_of_cp932_count_and_trail_bytes_do_not() {
        let (number, mut cells) = (sample(), KeptCells::new(Encoding::Cp932));
        let (full_width, ..) = SHIFT_JIS.encode("１２３４５６７８９０１８");
        assert!(cells.hold_number(&full_width, [&number, &number], None));
        let (text, ..) = SHIFT_JIS.encode("ソ１２３４５６７８９０");
        assert!(!cells.hold_number(&text, [&number, &number], None));
    }
}
