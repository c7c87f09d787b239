//! The rows without a symbol, and their positions in the output.

use arrow_array::FixedSizeBinaryArray;
use arrow_buffer::{BooleanBufferBuilder, Buffer, NullBuffer};
use fugo::SYMBOL_LEN;

use crate::{fault::Fault, field::SYMBOL_WIDTH};

/// The bytes of a symbol.
pub(crate) type Bytes = [u8; SYMBOL_LEN];

/// Rows handled together: few enough for the first-level cache.
pub(crate) const CHUNK: usize = 1024;

/// The nulls of the output; `None` if no row is null. They are the faulty rows and the nulls of the input, which
/// consists of chunks, each given as its length and its nulls.
pub(crate) fn nulls(chunks: &[(usize, Option<&NullBuffer>)], faults: &[Fault]) -> Option<NullBuffer> {
    if faults.is_empty() {
        match chunks {
            [(_, nulls)] => return nulls.cloned(),
            _ if chunks.iter().all(|(_, nulls)| nulls.is_none()) => return None,
            _ => {}
        }
    }
    let mut valid = BooleanBufferBuilder::new(chunks.iter().map(|(rows, _)| rows).sum());
    for (rows, nulls) in chunks {
        match nulls {
            Some(nulls) => valid.append_buffer(nulls.inner()),
            None => valid.append_n(*rows, true),
        }
    }
    faults.iter().for_each(|fault| valid.set_bit(fault.row, false));
    Some(NullBuffer::new(valid.build()))
}

/// Moves the first `filled` symbols of `out` to their rows, and writes zeros to the rows without a symbol. `out[0]` is
/// row `first`. `faults` are the faults of these rows, in order.
pub(crate) fn spread(out: &mut [Bytes], filled: usize, first: usize, nulls: Option<&NullBuffer>, faults: &[Fault]) {
    let mut faults = faults.iter().rev().peekable();
    let mut filled = filled;
    // From the end, so that no symbol overwrites one that still has to move.
    for place in (0..out.len()).rev() {
        // All rows before this one have their symbols already.
        if filled == place + 1 {
            return;
        }
        let row = first + place;
        let at_fault = faults.next_if(|fault| fault.row == row).is_some();
        out[place] = if at_fault || nulls.is_some_and(|nulls| nulls.is_null(row)) {
            [0; SYMBOL_LEN]
        } else {
            filled -= 1;
            out[filled]
        };
    }
}

/// A column of symbols. No value is copied.
pub(crate) fn column(symbols: Vec<Bytes>, nulls: Option<NullBuffer>) -> FixedSizeBinaryArray {
    FixedSizeBinaryArray::new(SYMBOL_WIDTH, Buffer::from_vec(symbols.into_flattened()), nulls)
}
