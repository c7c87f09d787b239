//! The issuer's path: insurers' symbols of epoch 1 → eligibility symbols. No number appears.

use arrow_array::{Array, FixedSizeBinaryArray, cast::AsArray};
use fugo::{Eligibility, EligibilitySymbol, InsurersSymbol, KeyTag, Purpose, SYMBOL_LEN, SymbolKey, text::TextEncoder};

use crate::{
    cells::{self, Cells},
    fault::{ColumnError, Fault},
    field::SYMBOL_TYPE,
    gaps::{self, Bytes, CHUNK},
    numbers::Counts,
    symbols::Symbols,
};

/// `array[i] := HMAC-SHA-256(ScopeKey[eligibility], insurers' symbol in row i)[0..16]`, 16 bytes.
///
/// The insurers' symbols are text, which has to be of the key that `insurers` names, or FixedSizeBinary(16). `insurers`
/// is the tag of the insurers' key of epoch 1: later epochs are mapped back to it first, and never come here. The bytes
/// of a binary column do not say their epoch; hold its field against the tag before:
///
/// ```
/// # use fugo::{KeyTag, Scope};
/// # use fugo_columnar::{SymbolMetadata, symbol_field};
/// # let tag = KeyTag::from_bytes([1, 2, 3, 4]);
/// # let field = symbol_field("insurers", &"insurers/all/1".parse::<Scope>()?, tag, false);
/// let expected = SymbolMetadata { scope: "insurers/all/1".parse()?, tag };
/// assert_eq!(SymbolMetadata::of(&field)?, Some(expected));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn eligibility_from_insurers(
    key: &SymbolKey<Eligibility>,
    column: &dyn Array,
    insurers: KeyTag,
) -> Result<Symbols, ColumnError> {
    let source = Source::new(column)?;
    let encoder = TextEncoder::new(Purpose::Insurers, insurers);
    let (rows, nulls) = (column.len(), cells::nulls(column));
    let mut symbols = vec![[0; SYMBOL_LEN]; rows];
    let mut faults = Vec::new();
    let mut read = Vec::with_capacity(CHUNK.min(rows));
    let mut derived = [EligibilitySymbol::from_bytes([0; SYMBOL_LEN]); CHUNK];
    for start in (0..rows).step_by(CHUNK) {
        let end = rows.min(start + CHUNK);
        let faults_before = faults.len();
        read.clear();
        match &source {
            Source::Binary(array) => {
                let symbols = cells::present(start..end, nulls.as_ref()).map(|row| symbol(array, row));
                read.extend(symbols.map(InsurersSymbol::from_bytes));
            }
            Source::Text(cells) => cells.for_each(start..end, nulls.as_ref(), |row, text| match encoder.decode(text) {
                Ok(bytes) => read.push(InsurersSymbol::from_bytes(bytes)),
                Err(error) => faults.push(Fault { row, reason: error.into() }),
            }),
        }
        let (out, derived) = (&mut symbols[start..end], &mut derived[..read.len()]);
        key.symbols_from_insurers(&read, derived);
        for (out, symbol) in out.iter_mut().zip(derived) {
            *out = symbol.to_bytes();
        }
        gaps::spread(out, read.len(), start, nulls.as_ref(), &faults[faults_before..]);
    }
    let nulls = gaps::nulls(rows, nulls.as_ref(), &faults);
    Ok(Symbols { array: gaps::column(symbols, nulls), faults, counts: Counts::default() })
}

enum Source<'a> {
    Binary(&'a FixedSizeBinaryArray),
    Text(Cells<'a>),
}

impl<'a> Source<'a> {
    fn new(column: &'a dyn Array) -> Result<Self, ColumnError> {
        if *column.data_type() == SYMBOL_TYPE {
            return Ok(Self::Binary(column.as_fixed_size_binary()));
        }
        let text = Cells::new(column).map(Self::Text);
        text.ok_or_else(|| ColumnError::InsurersType { found: column.data_type().clone() })
    }
}

/// The symbol in a row of a column of FixedSizeBinary(16).
pub(crate) fn symbol(array: &FixedSizeBinaryArray, row: usize) -> Bytes {
    let mut bytes = [0; SYMBOL_LEN];
    bytes.copy_from_slice(array.value(row));
    bytes
}
