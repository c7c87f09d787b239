//! From a column to its numbers, in order and without gaps, with the rows that have no number.

use std::{fmt, ops::Range};

use arrow_array::{
    Array, FixedSizeBinaryArray, Int64Array, UInt64Array,
    cast::AsArray,
    types::{Int64Type, UInt64Type},
};
use arrow_buffer::NullBuffer;
use fugo::{
    Lineage, MyNumber,
    normalize::{Changes, NormalizeError, Reading, normalize_integer},
};

use crate::{
    cells::{self, Cells},
    fault::{ColumnError, Fault, FaultReason, type_name},
    field::SYMBOL_TYPE,
    gaps,
};

/// Counts of the rows whose number differs from the value in the column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Rows that were changed before the strict parse, including restored zeros.
    pub normalized: usize,
    /// Rows whose leading zeros were restored.
    pub zeros_restored: usize,
    /// Rows with a re-issued number, which was replaced by the person's first number.
    pub reissued: usize,
}

/// The numbers of the rows that are neither null nor faulty, in order. Wiped on drop and on reuse.
#[derive(Default)]
pub struct Numbers {
    pub(crate) values: Vec<MyNumber>,
    pub(crate) faults: Vec<Fault>,
    changed: Vec<(usize, Changes)>,
    reissued: usize,
    nulls: Option<NullBuffer>,
    rows: usize,
}

/// Reads a column into new buffers, as [`Numbers::read`].
pub fn numbers(column: &dyn Array, reading: Reading, lineage: Option<&Lineage>) -> Result<Numbers, ColumnError> {
    let mut numbers = Numbers::default();
    numbers.read(column, reading, lineage)?;
    Ok(numbers)
}

impl Numbers {
    /// Reads another column into the same buffers. The numbers that were read before are wiped.
    ///
    /// With a lineage, each number is replaced by the person's first number. After an error, there are no numbers.
    pub fn read(&mut self, column: &dyn Array, reading: Reading, lineage: Option<&Lineage>) -> Result<(), ColumnError> {
        self.values.clear();
        self.faults.clear();
        self.changed.clear();
        (self.reissued, self.nulls, self.rows) = (0, None, 0);
        let source = Source::new(column, reading, lineage)?;
        source.read(0..column.len(), self);
        self.rows = column.len();
        self.nulls = gaps::nulls(&[(self.rows, source.nulls())], &self.faults);
        Ok(())
    }

    /// The numbers. Their rows are those of [`Self::rows`].
    pub fn as_slice(&self) -> &[MyNumber] {
        &self.values
    }

    /// The row of each number, from 0, in ascending order.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = usize> {
        cells::present(0..self.rows, self.nulls.as_ref())
    }

    /// The rows without a number (null or faulty) as nulls; `None` if every row has a number.
    pub fn nulls(&self) -> Option<&NullBuffer> {
        self.nulls.as_ref()
    }

    /// The faulty rows, in order.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Counts of the rows that were changed.
    pub fn counts(&self) -> Counts {
        let zeros_restored = self.changed.iter().filter(|(_, changes)| changes.zeros_restored).count();
        Counts { normalized: self.changed.len(), zeros_restored, reissued: self.reissued }
    }

    /// The rows that were changed before the strict parse, with the changes, in order.
    pub fn changed(&self) -> &[(usize, Changes)] {
        &self.changed
    }

    fn push(&mut self, number: MyNumber, lineage: Option<&Lineage>) {
        match lineage.and_then(|lineage| lineage.get(&number)) {
            None => self.values.push(number),
            Some(first) => {
                self.reissued += 1;
                self.values.push(first.clone());
            }
        }
    }

    fn change(&mut self, row: usize, changes: Changes) {
        if !changes.is_empty() {
            self.changed.push((row, changes));
        }
    }

    fn fault(&mut self, row: usize, reason: FaultReason) {
        self.faults.push(Fault { row, reason });
    }
}

impl fmt::Debug for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Numbers(..)")
    }
}

/// A column whose type is accepted under the requested reading.
pub(crate) struct Source<'a> {
    values: Values<'a>,
    nulls: Option<NullBuffer>,
    reading: Reading,
    lineage: Option<&'a Lineage>,
}

enum Values<'a> {
    Text(Cells<'a>),
    /// Text of a fixed width. Zero bytes at its end are padding.
    Fixed(&'a FixedSizeBinaryArray),
    UInt64(&'a UInt64Array),
    Int64(&'a Int64Array),
}

impl<'a> Source<'a> {
    pub(crate) fn new(
        column: &'a dyn Array,
        reading: Reading,
        lineage: Option<&'a Lineage>,
    ) -> Result<Self, ColumnError> {
        cells::check_keys(column)?;
        let found = || type_name(column.data_type());
        let values = if let Some(cells) = Cells::new(column) {
            Values::Text(cells)
        } else if let Some(fixed) = column.as_fixed_size_binary_opt().filter(|_| *column.data_type() != SYMBOL_TYPE) {
            Values::Fixed(fixed)
        } else {
            let unsigned = column.as_primitive_opt::<UInt64Type>().map(Values::UInt64);
            let signed = || column.as_primitive_opt::<Int64Type>().map(Values::Int64);
            let values = unsigned.or_else(signed).ok_or_else(|| ColumnError::NumberType { found: found() })?;
            if !reading.restores_zeros() {
                return Err(ColumnError::LostZeros { found: found() });
            }
            values
        };
        Ok(Self { values, nulls: cells::nulls(column), reading, lineage })
    }

    /// The nulls of the column; `None` if no row is null.
    pub(crate) fn nulls(&self) -> Option<&NullBuffer> {
        self.nulls.as_ref()
    }

    /// Appends the numbers and faults of these rows, and updates the counts.
    pub(crate) fn read(&self, rows: Range<usize>, out: &mut Numbers) {
        // If the buffer grew, its old memory would not be wiped. So it must have the capacity from the start.
        debug_assert!(out.values.is_empty());
        out.values.reserve(rows.len());
        match &self.values {
            Values::Text(cells) => {
                cells.for_each(rows, self.nulls(), |row, text| self.text(row, text.as_bytes(), out));
            }
            Values::Fixed(array) => cells::present(rows, self.nulls()).for_each(|row| {
                let text = array.value(row);
                let len = text.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
                self.text(row, &text[..len], out);
            }),
            Values::UInt64(array) => cells::present(rows, self.nulls()).for_each(|row| {
                self.outcome(row, integer(array.value(row)), out);
            }),
            Values::Int64(array) => cells::present(rows, self.nulls()).for_each(|row| {
                let value = u64::try_from(array.value(row)).map_err(|_| FaultReason::Negative);
                self.outcome(row, value.and_then(integer), out);
            }),
        }
    }

    fn text(&self, row: usize, text: &[u8], out: &mut Numbers) {
        // The producer of the column may have written any bytes, so UTF-8 is checked even if the type promises it.
        let decode =
            || str::from_utf8(text).map_err(|error| NormalizeError::Character { offset: error.valid_up_to() }.into());
        self.outcome(row, self.reading.read(text, decode), out);
    }

    fn outcome(&self, row: usize, read: Result<(MyNumber, Changes), FaultReason>, out: &mut Numbers) {
        match read {
            Ok((number, changes)) => {
                out.change(row, changes);
                out.push(number, self.lineage);
            }
            Err(reason) => out.fault(row, reason),
        }
    }
}

/// [`normalize_integer`], then the strict parse.
fn integer(value: u64) -> Result<(MyNumber, Changes), FaultReason> {
    let normalized = normalize_integer(value)?;
    Ok((normalized.parse()?, normalized.changes()))
}
