//! Symbols as a Binary array, for readers without types of fixed size (Spark). The bytes stay the same.

use arrow_array::{Array, BinaryArray, FixedSizeBinaryArray};
use arrow_buffer::OffsetBuffer;
use fugo::SYMBOL_LEN;

use crate::fault::ColumnError;

/// `out[i] := symbols[i]`, 16 bytes; null where the symbol is null. No symbol is copied.
///
/// Memory: 4 bytes per row. Errors: the values are not 16 bytes long; there are more than 2^31 − 1 bytes together.
pub fn binary(symbols: FixedSizeBinaryArray) -> Result<BinaryArray, ColumnError> {
    let (width, rows) = (symbols.value_size(), symbols.len());
    if width != SYMBOL_LEN {
        return Err(ColumnError::SymbolLength { found: width });
    }
    let most = i32::MAX as usize / SYMBOL_LEN;
    if rows > most {
        return Err(ColumnError::BinaryLength { found: rows, most });
    }
    let (_, values, nulls) = symbols.into_parts();
    Ok(BinaryArray::new(OffsetBuffer::from_repeated_length(SYMBOL_LEN, rows), values, nulls))
}
