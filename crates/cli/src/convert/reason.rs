//! Why a row is rejected: one word of a closed vocabulary, and a sentence. Never a value.

use std::fmt;

use fugo::{MyNumberError, normalize::NormalizeError, text::TextError};
use fugo_columnar::{FaultReason, kept::KeptFault};

/// Why a row is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Number(MyNumberError),
    Normalize(NormalizeError),
    Text(TextError),
    /// The cell is not text in the encoding of the file.
    Encoding,
    /// The record has more or fewer fields than the header.
    Fields {
        found: usize,
        expected: usize,
    },
    StrayQuote,
    Blank,
    /// The cell of a table is null.
    Null,
    /// An integer below zero.
    Negative,
    /// A value of a binary column that has neither the length of a symbol nor of its text form.
    SymbolLength {
        found: usize,
    },
    /// Sixteen zero bytes, which stand for a row that was refused before.
    NoSymbol,
    /// A kept cell holds what must not reach an output.
    Kept(KeptFault),
}

impl Reason {
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Number(error) => error.kind(),
            Self::Normalize(error) => error.kind(),
            Self::Text(error) => error.kind(),
            Self::Encoding => "encoding",
            Self::Fields { .. } => "fields",
            Self::StrayQuote => "quote",
            Self::Blank => "blank-line",
            Self::Null => "null",
            Self::Negative => "negative",
            Self::SymbolLength { .. } => "symbol-length",
            Self::NoSymbol => "no-symbol",
            Self::Kept(fault) => fault.kind(),
        }
    }
}

impl From<FaultReason> for Reason {
    fn from(reason: FaultReason) -> Self {
        match reason {
            FaultReason::Number(error) => Self::Number(error),
            FaultReason::Normalize(error) => Self::Normalize(error),
            FaultReason::Text(error) => Self::Text(error),
            FaultReason::Negative => Self::Negative,
            FaultReason::SymbolLength { found } => Self::SymbolLength { found },
            FaultReason::NoSymbol => Self::NoSymbol,
            // The enumeration may grow. A reason that this program does not know must not pass for another.
            reason => unreachable!("a new reason, {}", reason.kind()),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(error) => error.fmt(f),
            Self::Normalize(error) => error.fmt(f),
            Self::Text(error) => error.fmt(f),
            Self::Encoding => f.write_str("the cell is not text in the encoding given by --encoding"),
            Self::Fields { found, expected } => {
                write!(f, "the record has {found} fields; the header has {expected}")
            }
            Self::StrayQuote => f.write_str("text stands behind a closing quote; a quote within quotes is doubled"),
            Self::Blank => f.write_str("the line is blank"),
            Self::Null => f.write_str("the cell is null"),
            Self::Negative => f.write_str("the integer is negative; a MyNumber has no sign"),
            Self::Kept(fault @ KeptFault::OtherNumber) => {
                write!(f, "{fault}; if the column holds other codes of twelve digits, name it by --other-codes")
            }
            Self::Kept(fault) => fault.fmt(f),
            Self::SymbolLength { found } => FaultReason::SymbolLength { found: *found }.fmt(f),
            Self::NoSymbol => FaultReason::NoSymbol.fmt(f),
        }
    }
}
