//! What can be wrong with a row, and with a column as a whole. Never a value.

use arrow_schema::DataType;
use fugo::{MyNumberError, normalize::NormalizeError, text::TextError};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
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
    /// One word of a closed vocabulary: those of [`MyNumberError::kind`], [`NormalizeError::kind`] and
    /// [`TextError::kind`], and `negative`, `symbol-length` and `no-symbol`.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Number(error) => error.kind(),
            Self::Normalize(error) => error.kind(),
            Self::Negative => "negative",
            Self::Text(error) => error.kind(),
            Self::SymbolLength { .. } => "symbol-length",
            Self::NoSymbol => "no-symbol",
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
    /// One word of a closed vocabulary.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NumberType { .. } | Self::InsurersType { .. } => "column-type",
            Self::LostZeros { .. } => "lost-zeros",
            Self::DictionaryKey => "dictionary-key",
            Self::SymbolLength { .. } => "symbol-length",
            Self::BinaryLength { .. } => "binary-length",
            Self::TextLength { .. } => "text-length",
        }
    }
}
