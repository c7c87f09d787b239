//! From a column to its symbols, under one key or several keys in one pass.

use arrow_array::{Array, FixedSizeBinaryArray};
use fugo::{AnySymbolKey, Lineage, MyNumber, SYMBOL_LEN, normalize::Reading};

use crate::{
    fault::{ColumnError, Fault},
    gaps::{self, CHUNK},
    numbers::{Counts, Numbers, Source},
};

/// The symbols of a column under one key.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Symbols {
    /// 16 bytes for each row; null, with zero bytes, if the input is null or faulty.
    pub array: FixedSizeBinaryArray,
    /// The faulty rows, in order.
    pub faults: Vec<Fault>,
    /// Counts of the rows that were changed.
    pub counts: Counts,
}

/// The symbols of a column under several keys.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SymbolsForKeys {
    /// One array for each key, in the order of the keys, as [`Symbols::array`].
    pub arrays: Vec<FixedSizeBinaryArray>,
    /// The faulty rows, in order. They do not depend on the key.
    pub faults: Vec<Fault>,
    /// Counts of the rows that were changed.
    pub counts: Counts,
}

/// `array[i] :=` the symbol of the number in row `i`, 16 bytes. With a lineage, it is the symbol of the person's first
/// number.
///
/// Memory: 16 bytes per row, and one byte per eight rows if some are null.
pub fn symbols(
    key: &AnySymbolKey,
    column: &dyn Array,
    reading: Reading,
    lineage: Option<&Lineage>,
) -> Result<Symbols, ColumnError> {
    let SymbolsForKeys { mut arrays, faults, counts } = symbols_for_keys(&[key], column, reading, lineage)?;
    Ok(Symbols { array: arrays.remove(0), faults, counts })
}

/// `arrays[k][i] :=` the symbol under `keys[k]` of the number in row `i`, 16 bytes, in one pass over the column.
pub fn symbols_for_keys(
    keys: &[&AnySymbolKey],
    column: &dyn Array,
    reading: Reading,
    lineage: Option<&Lineage>,
) -> Result<SymbolsForKeys, ColumnError> {
    symbols_for_chunks(keys, &[column], reading, lineage)
}

/// [`symbols_for_keys`] for a column that consists of several arrays. Rows are counted through all of them, and each
/// output is one array.
pub fn symbols_for_chunks(
    keys: &[&AnySymbolKey],
    chunks: &[&dyn Array],
    reading: Reading,
    lineage: Option<&Lineage>,
) -> Result<SymbolsForKeys, ColumnError> {
    symbols_for_chunks_by(keys.len(), chunks, reading, lineage, &mut |numbers, dense| {
        Ok(fugo::batch::symbols_for_keys(keys, numbers, dense)?)
    })
}

/// Sets `outs[k][i]` to the symbol of `numbers[i]` under key k.
pub type DeriveForKeys<'a, E> = &'a mut dyn FnMut(&[MyNumber], &mut [&mut [[u8; SYMBOL_LEN]]]) -> Result<(), E>;

/// [`symbols_for_chunks`] for so many keys, under which `derive` derives, such as keys whose holder does not show them.
pub fn symbols_for_chunks_by<E: From<ColumnError>>(
    keys: usize,
    chunks: &[&dyn Array],
    reading: Reading,
    lineage: Option<&Lineage>,
    derive: DeriveForKeys<'_, E>,
) -> Result<SymbolsForKeys, E> {
    let sources = chunks.iter().map(|chunk| Source::new(*chunk, reading, lineage)).collect::<Result<Vec<_>, _>>()?;
    let rows = chunks.iter().map(|chunk| chunk.len()).sum();
    let mut columns = vec![vec![[0; SYMBOL_LEN]; rows]; keys];
    let mut read = Numbers::default();
    let mut first = 0;
    for (chunk, source) in chunks.iter().zip(&sources) {
        let faults_of_chunk = read.faults.len();
        for start in (0..chunk.len()).step_by(CHUNK) {
            let end = chunk.len().min(start + CHUNK);
            let faults_before = read.faults.len();
            source.read(start..end, &mut read);
            let numbers = &read.values[..];
            let place = first + start;
            let mut dense: Vec<_> =
                columns.iter_mut().map(|column| &mut column[place..place + numbers.len()]).collect();
            derive(numbers, &mut dense)?;
            for column in &mut columns {
                let out = &mut column[place..first + end];
                gaps::spread(out, numbers.len(), start, source.nulls(), &read.faults[faults_before..]);
            }
            read.values.clear();
        }
        read.faults[faults_of_chunk..].iter_mut().for_each(|fault| fault.row += first);
        first += chunk.len();
    }
    let nulls: Vec<_> = chunks.iter().zip(&sources).map(|(chunk, source)| (chunk.len(), source.nulls())).collect();
    let nulls = gaps::nulls(&nulls, &read.faults);
    let arrays = columns.into_iter().map(|symbols| gaps::column(symbols, nulls.clone())).collect();
    Ok(SymbolsForKeys { arrays, counts: read.counts(), faults: std::mem::take(&mut read.faults) })
}
