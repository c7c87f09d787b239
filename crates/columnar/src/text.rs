//! From symbols to their text form.

use arrow_array::{Array, FixedSizeBinaryArray, StringArray};
use arrow_buffer::{Buffer, OffsetBuffer};
use fugo::{SYMBOL_LEN, text::TextEncoder};

use crate::{cells, eligibility::symbol, fault::ColumnError};

/// `out[i] :=` the text form of `symbols[i]`, 44 to 47 ASCII characters depending on the purpose; null if the symbol is
/// null.
///
/// The encoder must be that of the key that derived the symbols. Their bytes do not identify the key.
/// Errors: the values are not 16 bytes long; there are more than 2^31 − 1 characters together.
pub fn text(symbols: &FixedSizeBinaryArray, encoder: &TextEncoder) -> Result<StringArray, ColumnError> {
    let width = symbols.value_size();
    if width != SYMBOL_LEN {
        return Err(ColumnError::SymbolLength { found: width });
    }
    let len = encoder.text_len();
    let found = symbols.len() - symbols.null_count();
    let most = i32::MAX as usize / len;
    if found > most {
        return Err(ColumnError::TextLength { found, most });
    }
    let mut bytes = vec![0; found * len];
    let rows = cells::present(0..symbols.len(), symbols.nulls());
    for (row, out) in rows.zip(bytes.chunks_exact_mut(len)) {
        encoder.encode_into(&symbol(symbols, row), out);
    }
    let lengths = (0..symbols.len()).map(|row| if symbols.is_valid(row) { len } else { 0 });
    let offsets = OffsetBuffer::from_lengths(lengths);
    Ok(StringArray::new(offsets, Buffer::from_vec(bytes), symbols.nulls().cloned()))
}
