//! Searches one kept cell for its row's number, for any other number, and for symbols.

use std::fmt;

use data_encoding::HEXLOWER;
use fugo::{
    ErrorKind, Lineage, MyNumber, SYMBOL_LEN,
    find::{FEWEST_DIGITS, digits},
    text::{self, SymbolText, TextEncoder},
};
use memchr::memmem;
use zeroize::Zeroizing;

use super::codes::Codes;

/// A value that a kept cell contains but must not contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptFault {
    /// The number of its row, or digits that determine it.
    OwnNumber,
    /// Another valid number.
    OtherNumber,
    /// A symbol: of any scope in text form, or of the row in hexadecimal.
    Symbol,
}

impl KeptFault {
    /// A short name: `kept-number`, `kept-other-number`, `kept-symbol`.
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::OwnNumber => ErrorKind::KeptNumber,
            Self::OtherNumber => ErrorKind::KeptOtherNumber,
            Self::Symbol => ErrorKind::KeptSymbol,
        }
    }
}

impl fmt::Display for KeptFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OwnNumber => "a kept cell holds the row's own number, which must not be in an output",
            Self::OtherNumber => "a kept cell holds twelve digits that are a valid MyNumber",
            Self::Symbol => "a kept cell holds a symbol; two scopes' symbols in one row link the scopes",
        })
    }
}

/// The person of the row.
#[derive(Clone, Copy)]
pub enum Owner<'a> {
    /// Identified by the number.
    Number {
        /// The number in the row, and the person's first number.
        numbers: [&'a MyNumber; 2],
        /// The lineage, for other numbers of the person.
        lineage: Option<&'a Lineage>,
    },
    /// Identified by the insurers' symbol, whose text form the encoder writes.
    Insurers(&'a [u8; SYMBOL_LEN], &'a TextEncoder),
}

impl fmt::Debug for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Owner(..)")
    }
}

/// A kept cell in one of the readings that are searched.
#[derive(Clone, Copy)]
pub struct Cell<'a> {
    /// The position of its column among the kept columns, from 0.
    pub place: usize,
    /// The text of the cell.
    pub text: &'a str,
    /// Whether this text is a stored time, a count of units. Milliseconds have twelve digits until 2001, and one in ten
    /// of them would look like another person's number.
    pub is_count: bool,
}

impl fmt::Debug for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cell(..)")
    }
}

/// Searches the kept cells of a row. If `other_codes[place]` is true, codes are added to `codes[place]`. In the other
/// columns a valid code is a fault, except in counts of times.
///
/// Returns the position of the first faulty column. A symbol is reported before the row's number, and that before
/// another person's number.
pub fn search<'a, I: Iterator<Item = Cell<'a>>>(
    cells: impl Fn() -> I,
    owner: Owner<'_>,
    other_codes: &[bool],
    codes: &mut [Codes],
) -> Result<(), (usize, KeptFault)> {
    let symbol = |cell: &str| {
        holds_symbol_text(cell.as_bytes())
            || matches!(owner, Owner::Insurers(symbol, encoder) if holds_symbol(cell.as_bytes(), symbol, encoder))
    };
    if let Some(cell) = cells().find(|cell| symbol(cell.text)) {
        return Err((cell.place, KeptFault::Symbol));
    }
    // Fast path: most cells have too few digits for a number.
    let has_many = |text: &str| text.len() >= FEWEST_DIGITS && digits(text).count() >= FEWEST_DIGITS;
    let many = || cells().filter(|cell| has_many(cell.text));
    if let Owner::Number { numbers, lineage } = owner {
        let own = |cell: &str| {
            let digits: Zeroizing<Vec<u8>> = Zeroizing::new(digits(cell).collect());
            holds_number(&digits, numbers, lineage)
        };
        if let Some(cell) = many().find(|cell| own(cell.text)) {
            return Err((cell.place, KeptFault::OwnNumber));
        }
    }
    for Cell { place, text, .. } in many().filter(|cell| !cell.is_count) {
        let found = Codes::of(text);
        if found.valid > 0 && !other_codes[place] {
            return Err((place, KeptFault::OtherNumber));
        }
        if other_codes[place] {
            codes[place].add(&found);
        }
    }
    Ok(())
}

/// Whether the digits of a cell (ASCII, without the characters between them) contain one of the numbers, complete or
/// without its check digit or its leading zeros, or another number that the lineage has for the person.
///
/// `numbers` are the number in the row and the person's first number.
pub fn holds_number(digits: &[u8], numbers: [&MyNumber; 2], lineage: Option<&Lineage>) -> bool {
    let [_, person] = numbers;
    let of_person = |digits: &[u8]| {
        MyNumber::parse(digits).is_ok_and(|number| lineage.is_some_and(|lineage| lineage.first(&number) == person))
    };
    if lineage.is_some() && digits.windows(MyNumber::LEN).any(of_person) {
        return true;
    }
    numbers.iter().any(|number| {
        let own = number.expose_digits();
        let zeros = own.iter().take_while(|digit| **digit == b'0').count();
        // The formula restores a missing check digit, so a number without it must not be kept either.
        let (body, bare) = (&own[..MyNumber::LEN - 1], &own[zeros.min(MyNumber::LEN - FEWEST_DIGITS)..]);
        [body, bare].iter().any(|form| memmem::find(digits, form).is_some())
    })
}

/// Whether a cell contains a symbol in text form, in hexadecimal, or as a UUID with hyphens. Letters and digits may be
/// full width (UTF-8), and other characters may be between them.
pub fn holds_symbol(cell: &[u8], symbol: &[u8; SYMBOL_LEN], encoder: &TextEncoder) -> bool {
    if cell.len() < 2 * symbol.len() {
        return false;
    }
    let hex = HEXLOWER.encode(symbol);
    let cell = plain(cell).to_ascii_lowercase();
    [hex.as_bytes(), encoder.encode(symbol).as_ref()].iter().any(|form| memmem::find(&cell, form).is_some())
}

/// Whether a cell contains a symbol of any scope in text form: two scopes' symbols in one row link the scopes. Letters
/// and digits may be full width (UTF-8), and other characters may be between them.
pub fn holds_symbol_text(cell: &[u8]) -> bool {
    if cell.len() < SHORTEST_TEXT {
        return false;
    }
    if is_symbol_text_in(cell) {
        return true;
    }
    let plain = plain(cell);
    plain.len() < cell.len() && is_symbol_text_in(&plain)
}

/// The ASCII letters and digits of a text, including those of full width (U+FF10 to U+FF5A) as ASCII.
pub(super) fn plain(cell: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(cell.len());
    let mut rest = cell;
    while let Some((&byte, behind)) = rest.split_first() {
        let (found, len) = match (byte, behind) {
            (0xEF, [0xBC, low @ 0x90..=0xBA, ..]) => (low - 0x60, 3),
            (0xEF, [0xBD, low @ 0x81..=0x9A, ..]) => (low - 0x20, 3),
            _ => (byte, 1),
        };
        plain.extend(Some(found).filter(u8::is_ascii_alphanumeric));
        rest = &rest[len..];
    }
    plain
}

fn is_symbol_text_in(cell: &[u8]) -> bool {
    memchr::memchr_iter(b'1', cell).any(|separator| {
        let end = separator + 1 + BEHIND_SEPARATOR;
        let Some(data) = cell.get(separator + 1..end) else { return false };
        let letters = cell[..separator].iter().rev().take(LONGEST_PART).take_while(|byte| byte.is_ascii_alphabetic());
        let letters = letters.count();
        letters >= SHORTEST_PART
            && data.iter().all(u8::is_ascii_alphanumeric)
            && (SHORTEST_PART..=letters)
                .any(|part| text::decode(cell[separator - part..end].to_ascii_lowercase()).is_ok())
    })
}

/// The length of the shortest text form of a symbol, that of an agency.
pub const SHORTEST_TEXT: usize = SHORTEST_PART + 1 + BEHIND_SEPARATOR;
/// The fewest letters before the separator `1` of a text form: `kikan`.
const SHORTEST_PART: usize = 5;
const LONGEST_PART: usize = SymbolText::MAX_LEN - 1 - BEHIND_SEPARATOR;
/// Characters after the separator.
const BEHIND_SEPARATOR: usize = 38;
