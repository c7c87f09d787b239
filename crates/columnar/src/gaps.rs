//! Rows that give nothing: where they are in the output.

use arrow_array::FixedSizeBinaryArray;
use arrow_buffer::{BooleanBufferBuilder, Buffer, NullBuffer};
use fugo::SYMBOL_LEN;

use crate::{fault::Fault, field::SYMBOL_WIDTH};

/// The bytes of a symbol.
pub(crate) type Bytes = [u8; SYMBOL_LEN];

/// Rows that are read, derived from and laid out together: few enough for the first-level cache.
pub(crate) const CHUNK: usize = 1024;

/// Nulls of the output: those of the input, which is the length and the nulls of each of its chunks, and the rows at
/// fault; none if no row is null.
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

/// Moves the first `filled` symbols of `out` to the rows that they are of, and zeros to all other rows. `out[0]` is
/// row `first`; `faults` are those of these rows, in order.
pub(crate) fn spread(out: &mut [Bytes], filled: usize, first: usize, nulls: Option<&NullBuffer>, faults: &[Fault]) {
    let mut faults = faults.iter().rev().peekable();
    let mut filled = filled;
    // From the end, where a symbol never moves over one that is still to be moved.
    for place in (0..out.len()).rev() {
        // From here to the front every row has its symbol already.
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

/// A column of symbols; no value is copied.
pub(crate) fn column(symbols: Vec<Bytes>, nulls: Option<NullBuffer>) -> FixedSizeBinaryArray {
    FixedSizeBinaryArray::new(SYMBOL_WIDTH, Buffer::from_vec(symbols.into_flattened()), nulls)
}
