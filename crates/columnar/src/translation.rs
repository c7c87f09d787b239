//! `Translation`: from a column of symbols of one scope to a column of symbols of another, by way of columns of numbers.

use arrow_array::Array;
use arrow_buffer::NullBuffer;
use fugo::{
    AnySymbolKey, Lineage,
    flat::{self, REFUSED, Unanswered},
    normalize::Reading,
};
use zeroize::Zeroizing;

use crate::{
    eligibility::read_symbols,
    fault::{ColumnError, Fault, FaultReason},
    gaps::{self, CHUNK},
    numbers::{Counts, Numbers, Source},
    symbols::Symbols,
};

/// [`flat::Translation`] for columns: a null or faulty row has no answer, and keeps its place.
///
/// It needs the memory of [`flat::Translation`], and one byte per row. `Debug` prints only the type.
pub struct Translation {
    rows: flat::Translation,
    /// The nulls of the asked column.
    nulls: Option<NullBuffer>,
    /// The faulty rows of the asked column, in order.
    faults: Vec<Fault>,
}

/// What became of the rows of a column of numbers.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Added {
    /// Rows.
    pub rows: usize,
    /// Rows that are null.
    pub nulls: usize,
    /// The faulty rows, in order.
    pub faults: Vec<Fault>,
    /// Counts of the rows that were changed.
    pub counts: Counts,
}

impl Translation {
    /// Prepares a translation of these symbols of `from`, a column that consists of several arrays. Symbols are read as by
    /// [`read_symbols`]: text must be of `from`, and the bytes of a binary column do not say whose they are, so compare
    /// the metadata of its field with the key first.
    pub fn new(from: &AnySymbolKey, to: &AnySymbolKey, chunks: &[&dyn Array]) -> Result<Self, ColumnError> {
        let (encoder, len) = (from.encoder(), chunks.iter().map(|chunk| chunk.len()).sum());
        // Space for all rows: a vector that grows would leave symbols in freed memory.
        let mut asked = Zeroizing::new(Vec::with_capacity(len));
        let (mut valid, mut faults) = (Vec::with_capacity(len), Vec::new());
        for chunk in chunks {
            for symbol in read_symbols(*chunk, &encoder)? {
                let row = asked.len();
                valid.push(symbol.is_some());
                asked.push(match symbol {
                    None => REFUSED,
                    Some(Ok(symbol)) => symbol,
                    Some(Err(reason)) => {
                        faults.push(Fault { row, reason });
                        REFUSED
                    }
                });
            }
        }
        let nulls = Some(NullBuffer::from(valid)).filter(|nulls| nulls.null_count() > 0);
        Ok(Self { rows: flat::Translation::new(from, to, &asked)?, nulls, faults })
    }

    /// The faulty rows of the asked column, in order.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Finds the people of a column of numbers that consists of several arrays. A faulty row is reported, and the others
    /// are added. After an error, no row is added.
    pub fn add(
        &mut self,
        chunks: &[&dyn Array],
        reading: Reading,
        lineage: Option<&Lineage>,
    ) -> Result<Added, ColumnError> {
        let sources =
            chunks.iter().map(|chunk| Source::new(*chunk, reading, lineage)).collect::<Result<Vec<_>, _>>()?;
        let (mut read, mut first, mut nulls) = (Numbers::default(), 0, 0);
        for (chunk, source) in chunks.iter().zip(&sources) {
            let faults_of_chunk = read.faults.len();
            for start in (0..chunk.len()).step_by(CHUNK) {
                source.read(start..chunk.len().min(start + CHUNK), &mut read);
                self.rows.add_numbers(&read.values);
                read.values.clear();
            }
            read.faults[faults_of_chunk..].iter_mut().for_each(|fault| fault.row += first);
            nulls += source.nulls().map_or(0, NullBuffer::null_count);
            first += chunk.len();
        }
        Ok(Added { rows: first, nulls, counts: read.counts(), faults: std::mem::take(&mut read.faults) })
    }

    /// `array[i] :=` the new symbol of the person in row `i` of the asked column, 16 bytes; null if that row is null or
    /// faulty, or if nobody has its symbol so far ([`FaultReason::UnknownSymbol`]).
    pub fn symbols(&self) -> Symbols {
        let mut symbols = vec![REFUSED; self.rows.len()];
        let (mut own, mut faults) = (self.faults.iter().peekable(), Vec::new());
        self.rows.answers(&mut symbols, |row, reason| match own.next_if(|fault| fault.row == row) {
            Some(fault) => faults.push(*fault),
            None if reason == Unanswered::UnknownSymbol => {
                faults.push(Fault { row, reason: FaultReason::UnknownSymbol });
            }
            // The row is null.
            None => {}
        });
        let nulls = gaps::nulls(&[(symbols.len(), self.nulls.as_ref())], &faults);
        Symbols { array: gaps::column(symbols, nulls), faults, counts: Counts::default() }
    }
}

impl std::fmt::Debug for Translation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Translation(..)")
    }
}
