//! Columns of text, in every layout that Arrow has.

use std::ops::Range;

use arrow_array::{
    Array, ArrayAccessor, LargeStringArray, StringArray, StringViewArray, cast::AsArray, downcast_dictionary_array,
};
use arrow_buffer::{ArrowNativeType, NullBuffer};

use crate::fault::ColumnError;

/// A column of text.
pub(crate) enum Cells<'a> {
    Flat(Texts<'a>),
    /// Row `i` holds `values[keys[i]]`.
    Dictionary {
        keys: Vec<usize>,
        values: Texts<'a>,
    },
}

/// An array of text.
#[derive(Clone, Copy)]
pub(crate) enum Texts<'a> {
    Utf8(&'a StringArray),
    LargeUtf8(&'a LargeStringArray),
    Utf8View(&'a StringViewArray),
}

impl<'a> Cells<'a> {
    /// `None` if the column does not hold text.
    pub(crate) fn new(column: &'a dyn Array) -> Option<Self> {
        let Some(dictionary) = column.as_any_dictionary_opt() else {
            return Texts::new(column).map(Self::Flat);
        };
        let values = Texts::new(dictionary.values())?;
        // If there are no values, every key is null, and no row reads its key.
        let keys = if dictionary.values().is_empty() { Vec::new() } else { dictionary.normalized_keys() };
        Some(Self::Dictionary { keys, values })
    }

    /// Calls `each(row, text)` for the rows that are not null, in order.
    pub(crate) fn for_each(&self, rows: Range<usize>, nulls: Option<&NullBuffer>, each: impl FnMut(usize, &str)) {
        match self {
            Self::Flat(texts) => texts.for_each(rows, nulls, |row| row, each),
            Self::Dictionary { keys, values } => values.for_each(rows, nulls, |row| keys[row], each),
        }
    }
}

impl<'a> Texts<'a> {
    fn new(column: &'a dyn Array) -> Option<Self> {
        let utf8 = column.as_string_opt().map(Self::Utf8);
        let large = || column.as_string_opt().map(Self::LargeUtf8);
        let view = || column.as_string_view_opt().map(Self::Utf8View);
        utf8.or_else(large).or_else(view)
    }

    fn for_each(
        self,
        rows: Range<usize>,
        nulls: Option<&NullBuffer>,
        at: impl Fn(usize) -> usize,
        each: impl FnMut(usize, &str),
    ) {
        match self {
            Self::Utf8(array) => for_each(array, rows, nulls, at, each),
            Self::LargeUtf8(array) => for_each(array, rows, nulls, at, each),
            Self::Utf8View(array) => for_each(array, rows, nulls, at, each),
        }
    }
}

fn for_each<'a>(
    array: impl ArrayAccessor<Item = &'a str>,
    rows: Range<usize>,
    nulls: Option<&NullBuffer>,
    at: impl Fn(usize) -> usize,
    mut each: impl FnMut(usize, &str),
) {
    present(rows, nulls).for_each(|row| each(row, array.value(at(row))));
}

/// Error: a key of a dictionary names none of its values. Arrow does not allow such an array, and reading it without
/// this check would give a row the value of another row.
pub(crate) fn check_keys(column: &dyn Array) -> Result<(), ColumnError> {
    let is_right = downcast_dictionary_array!(
        column => column.keys().iter().flatten().all(|key| key.as_usize() < column.values().len()),
        _other => true
    );
    if is_right { Ok(()) } else { Err(ColumnError::DictionaryKey) }
}

/// The rows that are not null. The value under a null is not read, because it may be anything.
pub(crate) fn present(rows: Range<usize>, nulls: Option<&NullBuffer>) -> impl DoubleEndedIterator<Item = usize> {
    rows.filter(move |row| nulls.is_none_or(|nulls| nulls.is_valid(*row)))
}

/// The nulls of a column, including nulls among a dictionary's values; `None` if no row is null.
pub(crate) fn nulls(column: &dyn Array) -> Option<NullBuffer> {
    column.logical_nulls().filter(|nulls| nulls.null_count() > 0)
}
