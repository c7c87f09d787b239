//! A column of symbols as bytes in one row group: the values one after the other.
//!
//! The Parquet crate makes an object of each value that counts its users, which took a twentieth of a conversion's
//! processor time.

use arrow_array::{Array, ArrayRef, cast::AsArray};
use fugo::SYMBOL_LEN;
use parquet::{
    basic::Encoding,
    data_type::FixedLenByteArray,
    errors::{ParquetError, Result},
    file::statistics::{Statistics, ValueStatistics},
    schema::types::ColumnDescPtr,
};

use super::chunk::{Chunk, ChunkWriter, PAGE_ROWS};

/// Encodes a column of symbols, batch by batch.
pub(super) fn encode(descr: &ColumnDescPtr, batches: &[&ArrayRef]) -> Result<Chunk> {
    let mut symbols: Vec<&[u8; SYMBOL_LEN]> = Vec::new();
    for batch in batches {
        let column = batch.as_fixed_size_binary_opt().filter(|column| column.null_count() == 0);
        let column = column.ok_or_else(|| ParquetError::General("not a column of symbols".to_owned()))?;
        let (all, rest) = column.value_data().as_chunks();
        debug_assert!(rest.is_empty(), "symbols have one length");
        symbols.extend(&all[column.offset()..column.offset() + column.len()]);
    }
    let mut chunk = ChunkWriter::new(descr, false);
    for page in symbols.chunks(PAGE_ROWS) {
        chunk.data(page.len(), None, Encoding::PLAIN, |body| {
            page.iter().for_each(|symbol| body.extend_from_slice(&symbol[..]));
        })?;
    }
    let bound = |symbol: Option<&&[u8; SYMBOL_LEN]>| symbol.map(|symbol| FixedLenByteArray::from(symbol.to_vec()));
    let bounds = ValueStatistics::new(bound(symbols.iter().min()), bound(symbols.iter().max()), None, Some(0), false);
    chunk.finish(Some(Statistics::FixedLenByteArray(bounds)))
}
