//! The faults of a row, and the errors of a whole column. They never hold a value.

use arrow_schema::DataType;
use fugo::{
    ErrorKind, Found, MyNumberError, Place, PurposeError, flat::Unanswered, normalize::NormalizeError, text::TextError,
};

/// A faulty row. Its output is null, and the rows after it are read as usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("row {row}: {reason}")]
pub struct Fault {
    /// Index of the row in the given array, from 0.
    pub row: usize,
    /// What is wrong with the row.
    pub reason: FaultReason,
}

/// The reason why a row gives no symbol. It holds offsets and lengths, never a character of the value.
///
/// Exhaustive, so that the compiler finds every binding that does not handle a new reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultReason {
    /// The strict parse refuses the text, or the normalised text.
    #[error(transparent)]
    Number(#[from] MyNumberError),
    /// The text cannot be normalised.
    #[error(transparent)]
    Normalize(#[from] NormalizeError),
    /// The integer is negative.
    #[error("the integer is negative; a MyNumber has no sign")]
    Negative,
    /// The text is not a symbol of the expected key.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The value of a binary column does not have the length of a symbol.
    #[error("the length is {found} bytes; a symbol has 16")]
    SymbolLength {
        /// Length of the value in bytes.
        found: usize,
    },
    /// Sixteen zero bytes, which mark a row that was refused before.
    #[error("{}", Unanswered::NoSymbol)]
    NoSymbol,
    /// Nobody in the roster of a translation has the symbol.
    #[error("{}", Unanswered::UnknownSymbol)]
    UnknownSymbol,
}

impl FaultReason {
    /// The kind of the fault, as one word.
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::Number(error) => error.kind(),
            Self::Normalize(error) => error.kind(),
            Self::Negative => ErrorKind::Negative,
            Self::Text(error) => error.kind(),
            Self::SymbolLength { .. } => ErrorKind::SymbolLength,
            Self::NoSymbol => ErrorKind::NoSymbol,
            Self::UnknownSymbol => ErrorKind::UnknownSymbol,
        }
    }

    /// The byte offset in the text of the row.
    pub fn place(self) -> Option<Place> {
        match self {
            Self::Number(error) => error.place(),
            Self::Normalize(error) => error.place(),
            Self::Text(error) => error.place(),
            Self::Negative | Self::SymbolLength { .. } | Self::NoSymbol | Self::UnknownSymbol => None,
        }
    }

    /// A length, a purpose or a key tag.
    pub fn found(self) -> Option<Found> {
        match self {
            Self::Number(error) => error.found(),
            Self::Normalize(error) => error.found(),
            Self::Text(error) => error.found(),
            Self::SymbolLength { found } => Some(Found::Length(found)),
            Self::Negative | Self::NoSymbol | Self::UnknownSymbol => None,
        }
    }
}

/// The reason why a whole column cannot be read or written. It names types and lengths, never a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ColumnError {
    /// Numbers are not read from this type.
    #[error(
        "the column is of type {found}; numbers are read from Utf8, LargeUtf8, Utf8View and dictionaries of them, \
         from FixedSizeBinary of any width except 16, and from UInt64 and Int64 if lost zeros are restored{}",
        remedy(found)
    )]
    NumberType {
        /// The type of the column, see [`type_name`].
        found: String,
    },
    /// Integers, but lost zeros are not restored.
    #[error(
        "the column is of type {found}, in which leading zeros are lost; pass it as text, or restore lost zeros if all \
         its values are MyNumbers"
    )]
    LostZeros {
        /// The type of the column, see [`type_name`].
        found: String,
    },
    /// Symbols are not read from this type.
    #[error(
        "the column is of type {found}; symbols are read from FixedSizeBinary(16), Binary, LargeBinary, \
         BinaryView, Utf8, LargeUtf8, Utf8View and dictionaries of the last three"
    )]
    SymbolType {
        /// The type of the column, see [`type_name`].
        found: String,
    },
    /// A dictionary that breaks Arrow's rules.
    #[error("the column is a dictionary, and one of its keys names none of its values")]
    DictionaryKey,
    /// Values of a fixed size that is not the size of a symbol.
    #[error("the column has values of {found} bytes; a symbol has 16")]
    SymbolLength {
        /// Length of each value in bytes.
        found: usize,
    },
    /// More symbols than the offsets of one Binary array can address.
    #[error("the column has {found} symbols; one Binary array holds at most {most}")]
    BinaryLength {
        /// Symbols in the column.
        found: usize,
        /// The most symbols in one array.
        most: usize,
    },
    /// The key does not take the values of the column.
    #[error(transparent)]
    Purpose(#[from] PurposeError),
    /// More text than the offsets of one Utf8 array can address.
    #[error("the column has {found} symbols; one Utf8 array holds the text of at most {most}")]
    TextLength {
        /// Symbols in the column.
        found: usize,
        /// The most symbols whose text fits in one array.
        most: usize,
    },
}

/// The name of a type for a message. Names of nested fields, names of time zones and metadata are left out, because a
/// file that was read without its header line has a number as the name of a field.
pub fn type_name(found: &DataType) -> String {
    match found {
        DataType::Struct(_) => "Struct".into(),
        DataType::List(_) | DataType::LargeList(_) | DataType::ListView(_) | DataType::LargeListView(_) => {
            "List".into()
        }
        DataType::FixedSizeList(..) => "FixedSizeList".into(),
        DataType::Map(..) => "Map".into(),
        DataType::Union(..) => "Union".into(),
        DataType::RunEndEncoded(..) => "RunEndEncoded".into(),
        DataType::Timestamp(unit, Some(_)) => format!("Timestamp({unit}) with a time zone"),
        DataType::Dictionary(keys, values) => format!("Dictionary({keys}, {})", type_name(values)),
        plain => plain.to_string(),
    }
}

/// Advice for a column of numbers whose type is not read; can be empty.
fn remedy(found: &str) -> &'static str {
    if found.starts_with("Float") {
        "; floating-point numbers may have lost digits, so read the source again, as text"
    } else if ["Decimal", "Int", "UInt"].iter().any(|integer| found.starts_with(integer))
        && !found.starts_with("Interval")
    {
        "; cast it to Int64 or UInt64, with a cast that checks the range, or read the source again, as text"
    } else {
        ""
    }
}

impl ColumnError {
    /// The kind of the error, as one word.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NumberType { .. } | Self::SymbolType { .. } => ErrorKind::ColumnType,
            Self::LostZeros { .. } => ErrorKind::LostZeros,
            Self::DictionaryKey => ErrorKind::DictionaryKey,
            Self::SymbolLength { .. } => ErrorKind::SymbolLength,
            Self::BinaryLength { .. } => ErrorKind::BinaryLength,
            Self::TextLength { .. } => ErrorKind::TextLength,
            Self::Purpose(error) => error.kind(),
        }
    }

    /// Always `None`: the error concerns the whole column.
    pub fn place(&self) -> Option<Place> {
        None
    }

    /// A length, a number of rows, or a property of the key.
    pub fn found(&self) -> Option<Found> {
        match self {
            Self::SymbolLength { found } => Some(Found::Length(*found)),
            Self::BinaryLength { found, most } | Self::TextLength { found, most } => {
                Some(Found::Rows { found: *found, most: *most })
            }
            Self::Purpose(error) => error.found(),
            Self::NumberType { .. } | Self::LostZeros { .. } | Self::SymbolType { .. } | Self::DictionaryKey => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use fugo::MyNumber;

    use super::*;

    #[test]
    fn faults_say_where_and_what_was_found() {
        let error = MyNumber::parse("12345678901x").expect_err("a letter");
        assert!(error.place().is_some());
        assert_eq!(FaultReason::Number(error).place(), error.place());
        let short = MyNumber::parse("123").expect_err("three digits");
        assert_eq!(short.found(), Some(Found::Length(3)));
        assert_eq!(FaultReason::Number(short).found(), Some(Found::Length(3)));
        let length = FaultReason::SymbolLength { found: 15 };
        assert_eq!((length.place(), length.found()), (None, Some(Found::Length(15))));
        assert_eq!((FaultReason::Negative.place(), FaultReason::NoSymbol.found()), (None, None));
        assert_eq!(ColumnError::SymbolLength { found: 15 }.found(), Some(Found::Length(15)));
        let rows = Some(Found::Rows { found: 9, most: 8 });
        assert_eq!(ColumnError::BinaryLength { found: 9, most: 8 }.found(), rows);
        assert_eq!(ColumnError::TextLength { found: 9, most: 8 }.found(), rows);
        assert_eq!(ColumnError::DictionaryKey.found(), None);
    }
}
