//! What can be wrong with a row, and with a column as a whole. Never a value.

use arrow_schema::DataType;
use fugo::{ErrorKind, Found, MyNumberError, Place, PurposeError, normalize::NormalizeError, text::TextError};

/// One row at fault: its output is null, and the rows after it are read as if nothing had been.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("row {row}: {reason}")]
pub struct Fault {
    /// Index of the row in the array that was given, from 0.
    pub row: usize,
    /// What is wrong with it.
    pub reason: FaultReason,
}

/// Why a row gives no symbol. Holds offsets and lengths, never a character of the value.
///
/// Exhaustive: a new reason must be answered by every front door, so the compiler asks each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultReason {
    /// The strict parse refuses it, as text or once it is normalised.
    #[error(transparent)]
    Number(#[from] MyNumberError),
    /// It cannot be normalised.
    #[error(transparent)]
    Normalize(#[from] NormalizeError),
    /// An integer below zero.
    #[error("the integer is negative; a MyNumber has no sign")]
    Negative,
    /// It is no insurers' symbol of the key that was named.
    #[error(transparent)]
    Text(#[from] TextError),
    /// A value of a binary column that has not the length of a symbol.
    #[error("the length is {found} bytes; a symbol has 16")]
    SymbolLength {
        /// Length of the value in bytes.
        found: usize,
    },
    /// Sixteen zero bytes, which stand for a row that was refused before.
    #[error("sixteen zero bytes are no symbol: they stand for a row that was refused")]
    NoSymbol,
}

impl FaultReason {
    /// What is wrong, as one word.
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::Number(error) => error.kind(),
            Self::Normalize(error) => error.kind(),
            Self::Negative => ErrorKind::Negative,
            Self::Text(error) => error.kind(),
            Self::SymbolLength { .. } => ErrorKind::SymbolLength,
            Self::NoSymbol => ErrorKind::NoSymbol,
        }
    }

    /// The byte offset in the text of the row.
    pub fn place(self) -> Option<Place> {
        match self {
            Self::Number(error) => error.place(),
            Self::Normalize(error) => error.place(),
            Self::Text(error) => error.place(),
            Self::Negative | Self::SymbolLength { .. } | Self::NoSymbol => None,
        }
    }

    /// A length, a purpose or a key tag.
    pub fn found(self) -> Option<Found> {
        match self {
            Self::Number(error) => error.found(),
            Self::Normalize(error) => error.found(),
            Self::Text(error) => error.found(),
            Self::SymbolLength { found } => Some(Found::Length(found)),
            Self::Negative | Self::NoSymbol => None,
        }
    }
}

/// Why a column cannot be read or written at all. Names types and lengths, never a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ColumnError {
    /// A type in which no numbers are read.
    #[error(
        "the column is of type {found}; numbers are read from Utf8, LargeUtf8, Utf8View and dictionaries of them, from FixedSizeBinary of any width but 16, and from UInt64 and Int64 where lost zeros are restored{}",
        remedy(found)
    )]
    NumberType {
        /// The type of the column.
        found: DataType,
    },
    /// Integers without the opt-in.
    #[error(
        "the column is of type {found}, in which leading zeros are lost; pass it as text, or restore lost zeros if it holds nothing but MyNumbers"
    )]
    LostZeros {
        /// The type of the column.
        found: DataType,
    },
    /// A type in which no insurers' symbols are read.
    #[error(
        "the column is of type {found}; insurers' symbols are read from FixedSizeBinary(16), Binary, LargeBinary, BinaryView, Utf8, LargeUtf8, Utf8View and dictionaries of the last three"
    )]
    InsurersType {
        /// The type of the column.
        found: DataType,
    },
    /// An array that breaks Arrow's rules.
    #[error("the column is a dictionary with a key that names none of its values")]
    DictionaryKey,
    /// Fixed-size binary values that are no symbols.
    #[error("the column has values of {found} bytes; a symbol has 16")]
    SymbolLength {
        /// Length of each value in bytes.
        found: usize,
    },
    /// More symbols than the offsets of one Binary array reach.
    #[error("the column has {found} symbols; one Binary array holds at most {most}")]
    BinaryLength {
        /// Symbols in the column.
        found: usize,
        /// Symbols that one array holds.
        most: usize,
    },
    /// A key that does not take what the column holds.
    #[error(transparent)]
    Purpose(#[from] PurposeError),
    /// More text than the offsets of one Utf8 array reach.
    #[error("the column has {found} symbols; one Utf8 array holds the text of at most {most}")]
    TextLength {
        /// Symbols in the column.
        found: usize,
        /// Symbols whose text one array holds.
        most: usize,
    },
}

/// What helps with a column of numbers that is not read, if something does.
fn remedy(found: &DataType) -> &'static str {
    if found.is_floating() {
        "; floating-point numbers may have lost digits, so read the source again, as text"
    } else if found.is_decimal() || found.is_integer() {
        "; cast it to Int64 or UInt64, by a cast that refuses what does not fit, or read the source again, as text"
    } else {
        ""
    }
}

impl ColumnError {
    /// What is wrong, as one word.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NumberType { .. } | Self::InsurersType { .. } => ErrorKind::ColumnType,
            Self::LostZeros { .. } => ErrorKind::LostZeros,
            Self::DictionaryKey => ErrorKind::DictionaryKey,
            Self::SymbolLength { .. } => ErrorKind::SymbolLength,
            Self::BinaryLength { .. } => ErrorKind::BinaryLength,
            Self::TextLength { .. } => ErrorKind::TextLength,
            Self::Purpose(error) => error.kind(),
        }
    }

    /// None: it is about the whole column.
    pub fn place(&self) -> Option<Place> {
        None
    }

    /// A length, a number of rows, or what a key is.
    pub fn found(&self) -> Option<Found> {
        match self {
            Self::SymbolLength { found } => Some(Found::Length(*found)),
            Self::BinaryLength { found, most } | Self::TextLength { found, most } => {
                Some(Found::Rows { found: *found, most: *most })
            }
            Self::Purpose(error) => error.found(),
            Self::NumberType { .. } | Self::LostZeros { .. } | Self::InsurersType { .. } | Self::DictionaryKey => None,
        }
    }
}
