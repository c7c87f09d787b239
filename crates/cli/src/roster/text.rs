//! A column of a table as text.

use arrow_array::{Array, ArrayRef, StringArray, cast::AsArray};
use arrow_cast::{
    cast,
    display::{ArrayFormatter, FormatOptions},
};
use arrow_schema::DataType;

use crate::failure::{Failure, Result};

/// A column as text. A null stays null; a time that is outside the calendar also becomes null.
pub(crate) fn text(column: &ArrayRef) -> Result<StringArray> {
    let column = match column.data_type() {
        // A named time zone has different rules in different places and years. The stored value is the instant.
        DataType::Timestamp(unit, Some(zone)) if !zone.starts_with(['+', '-']) => {
            &cast(column, &DataType::Timestamp(*unit, Some("+00:00".into()))).map_err(unexpected)?
        }
        _ => column,
    };
    if !column.data_type().is_temporal() {
        return Ok(cast(column, &DataType::Utf8).map_err(unexpected)?.as_string().clone());
    }
    let options = FormatOptions::default().with_display_error(false);
    let formatter = ArrayFormatter::try_new(column, &options).map_err(unexpected)?;
    let value = |row| column.is_valid(row).then(|| formatter.value(row).try_to_string().ok()).flatten();
    Ok((0..column.len()).map(value).collect())
}

/// A failure during the run that a check before it should have found. The error may quote a value.
pub(crate) fn unexpected(_: arrow_schema::ArrowError) -> Failure {
    Failure::new("a batch of the input does not match its schema", "check the file; no output was changed")
}
