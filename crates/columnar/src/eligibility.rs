//! From insurers' symbols of epoch 1 to eligibility symbols, for issuers. Numbers are not needed.

use std::ops::Range;

use arrow_array::{Array, BinaryArray, BinaryViewArray, FixedSizeBinaryArray, LargeBinaryArray, cast::AsArray};
use arrow_buffer::NullBuffer;
use fugo::{AnySymbolKey, KeyTag, Purpose, SYMBOL_LEN, flat::REFUSED, text::TextEncoder};

use crate::{
    cells::{self, Cells},
    fault::{ColumnError, Fault, FaultReason, type_name},
    field::SYMBOL_TYPE,
    gaps::{self, Bytes, CHUNK},
    numbers::Counts,
    symbols::Symbols,
};

/// `array[i] := HMAC-SHA-256(ScopeKey[eligibility], insurers' symbol in row i)[0..16]`, 16 bytes.
///
/// The insurers' symbols are text, FixedSizeBinary(16), or Binary of any layout. Text must be of the key with the tag
/// `insurers`, the tag of the insurers' key of epoch 1. Map symbols of later epochs back to epoch 1 first. The bytes of
/// a binary column do not contain their epoch, so compare the metadata of its field with the tag first:
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
    key: &AnySymbolKey,
    column: &dyn Array,
    insurers: KeyTag,
) -> Result<Symbols, ColumnError> {
    eligibility_for_chunks(key, &[column], insurers)
}

/// [`eligibility_from_insurers`] for a column that consists of several arrays. Rows are counted through all of them,
/// and the output is one array.
pub fn eligibility_for_chunks(
    key: &AnySymbolKey,
    chunks: &[&dyn Array],
    insurers: KeyTag,
) -> Result<Symbols, ColumnError> {
    eligibility_for_chunks_by(chunks, insurers, &mut |read, out| Ok(key.symbols_from_insurers(read, out)?))
}

/// Sets `out[i]` to the eligibility symbol of the insurers' symbol `insurers[i]`.
pub type DeriveFromInsurers<'a, E> = &'a mut dyn FnMut(&[[u8; SYMBOL_LEN]], &mut [[u8; SYMBOL_LEN]]) -> Result<(), E>;

/// [`eligibility_for_chunks`] under a key with which `derive` derives, such as one whose holder does not show it.
pub fn eligibility_for_chunks_by<E: From<ColumnError>>(
    chunks: &[&dyn Array],
    insurers: KeyTag,
    derive: DeriveFromInsurers<'_, E>,
) -> Result<Symbols, E> {
    let sources = chunks.iter().map(|chunk| Source::new(*chunk)).collect::<Result<Vec<_>, _>>()?;
    let encoder = TextEncoder::new(Purpose::Insurers, insurers);
    let rows = chunks.iter().map(|chunk| chunk.len()).sum();
    let nulls: Vec<_> = chunks.iter().map(|chunk| cells::nulls(*chunk)).collect();
    let mut symbols = vec![[0; SYMBOL_LEN]; rows];
    let mut faults = Vec::new();
    let mut read = Vec::with_capacity(CHUNK.min(rows));
    let mut first = 0;
    for ((chunk, source), nulls) in chunks.iter().zip(&sources).zip(&nulls) {
        let (nulls, faults_of_chunk) = (nulls.as_ref(), faults.len());
        for start in (0..chunk.len()).step_by(CHUNK) {
            let end = chunk.len().min(start + CHUNK);
            let faults_before = faults.len();
            read.clear();
            source.read(start..end, nulls, &encoder, &mut read, &mut faults);
            let out = &mut symbols[first + start..first + end];
            derive(&read, &mut out[..read.len()])?;
            gaps::spread(out, read.len(), start, nulls, &faults[faults_before..]);
        }
        faults[faults_of_chunk..].iter_mut().for_each(|fault| fault.row += first);
        first += chunk.len();
    }
    let nulls: Vec<_> = chunks.iter().zip(&nulls).map(|(chunk, nulls)| (chunk.len(), nulls.as_ref())).collect();
    let nulls = gaps::nulls(&nulls, &faults);
    Ok(Symbols { array: gaps::column(symbols, nulls), faults, counts: Counts::default() })
}

/// The symbol of each row: `None` if the row is null, otherwise the symbol or the fault.
///
/// It reads the same types as [`eligibility_from_insurers`]. Text must be of the key of `encoder`. The bytes of a binary
/// column do not say whose they are.
pub fn read_symbols(
    column: &dyn Array,
    encoder: &TextEncoder,
) -> Result<Vec<Option<Result<Bytes, FaultReason>>>, ColumnError> {
    let (source, nulls) = (Source::new(column)?, cells::nulls(column));
    let (mut read, mut faults) = (Vec::with_capacity(column.len()), Vec::new());
    source.read(0..column.len(), nulls.as_ref(), encoder, &mut read, &mut faults);
    let (mut read, mut faults) = (read.into_iter(), faults.into_iter().peekable());
    let each = (0..column.len()).map(|row| {
        if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            return None;
        }
        let fault = faults.next_if(|fault| fault.row == row).map(|fault| Err(fault.reason));
        let mut symbol = || read.next().unwrap_or_else(|| unreachable!("a row is null, at fault, or has a symbol"));
        Some(fault.unwrap_or_else(|| Ok(symbol())))
    });
    Ok(each.collect())
}

enum Source<'a> {
    Fixed(&'a FixedSizeBinaryArray),
    Binary(&'a BinaryArray),
    LargeBinary(&'a LargeBinaryArray),
    BinaryView(&'a BinaryViewArray),
    Text(Cells<'a>),
}

impl<'a> Source<'a> {
    fn new(column: &'a dyn Array) -> Result<Self, ColumnError> {
        if *column.data_type() == SYMBOL_TYPE {
            return Ok(Self::Fixed(column.as_fixed_size_binary()));
        }
        let binary = column.as_binary_opt().map(Self::Binary);
        let large = || column.as_binary_opt().map(Self::LargeBinary);
        let view = || column.as_binary_view_opt().map(Self::BinaryView);
        cells::check_keys(column)?;
        let text = || Cells::new(column).map(Self::Text);
        let source = binary.or_else(large).or_else(view).or_else(text);
        source.ok_or_else(|| ColumnError::SymbolType { found: type_name(column.data_type()) })
    }

    /// Appends the symbols and the faults of these rows.
    fn read(
        &self,
        rows: Range<usize>,
        nulls: Option<&NullBuffer>,
        encoder: &TextEncoder,
        read: &mut Vec<Bytes>,
        faults: &mut Vec<Fault>,
    ) {
        let mut push = |row, symbol: Result<Bytes, FaultReason>| match symbol {
            Ok(bytes) => read.push(bytes),
            Err(reason) => faults.push(Fault { row, reason }),
        };
        let present = cells::present(rows.clone(), nulls);
        match self {
            Self::Fixed(array) => present.for_each(|row| push(row, somebody(symbol(array, row)))),
            Self::Binary(array) => present.for_each(|row| push(row, binary(array.value(row), encoder))),
            Self::LargeBinary(array) => present.for_each(|row| push(row, binary(array.value(row), encoder))),
            Self::BinaryView(array) => present.for_each(|row| push(row, binary(array.value(row), encoder))),
            Self::Text(cells) => cells.for_each(rows, nulls, |row, text| {
                push(row, encoder.decode(text).map_err(FaultReason::from));
            }),
        }
    }
}

/// Reads 16 bytes as a symbol, and a value with the length of a text form as text.
fn binary(value: &[u8], encoder: &TextEncoder) -> Result<Bytes, FaultReason> {
    if value.len() == encoder.text_len() {
        return encoder.decode(value).map_err(FaultReason::from);
    }
    somebody(value.try_into().map_err(|_| FaultReason::SymbolLength { found: value.len() })?)
}

/// Refuses the bytes of a row that an earlier call refused: otherwise all these rows would become one person.
fn somebody(symbol: Bytes) -> Result<Bytes, FaultReason> {
    if symbol == REFUSED { Err(FaultReason::NoSymbol) } else { Ok(symbol) }
}

/// The symbol in a row of a column of FixedSizeBinary(16).
pub(crate) fn symbol(array: &FixedSizeBinaryArray, row: usize) -> Bytes {
    let mut bytes = [0; SYMBOL_LEN];
    bytes.copy_from_slice(array.value(row));
    bytes
}
