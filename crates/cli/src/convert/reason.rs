//! Why a row is rejected: a word from a closed list, and a sentence. Neither repeats a value.

use std::fmt;

use fugo::{ErrorKind, MyNumberError, normalize::NormalizeError, text::TextError};
use fugo_columnar::{FaultReason, kept::KeptFault};

use crate::{counts::counted, policy::Rule};

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
    /// A value of a binary column has neither the length of a symbol nor the length of a symbol's text form.
    SymbolLength {
        found: usize,
    },
    /// The symbol is sixteen zero bytes, which mark a row that was refused before.
    NoSymbol,
    /// A kept cell holds a value that must not be in an output.
    Kept(KeptFault),
    /// A kept cell does not hold what the policy's rule makes coarser.
    NotCoarser(Rule),
    /// The symbol is nobody's in the roster.
    Unknown,
}

/// The kind of [`Reason::Unknown`].
pub(crate) const UNKNOWN: &str = ErrorKind::UnknownSymbol.as_str();

impl Reason {
    /// A short name from a closed list.
    pub(crate) fn kind(self) -> &'static str {
        let kind = match self {
            Self::Number(error) => error.kind(),
            Self::Normalize(error) => error.kind(),
            Self::Text(error) => error.kind(),
            Self::Encoding => ErrorKind::Encoding,
            Self::Fields { .. } => ErrorKind::Fields,
            Self::StrayQuote => ErrorKind::Quote,
            Self::Blank => ErrorKind::BlankLine,
            Self::Null => ErrorKind::Null,
            Self::Negative => ErrorKind::Negative,
            Self::SymbolLength { .. } => ErrorKind::SymbolLength,
            Self::NoSymbol => ErrorKind::NoSymbol,
            Self::Kept(fault) => fault.kind(),
            Self::NotCoarser(_) => return "kept-not-coarser",
            Self::Unknown => ErrorKind::UnknownSymbol,
        };
        kind.as_str()
    }
}

impl From<MyNumberError> for Reason {
    fn from(error: MyNumberError) -> Self {
        Self::Number(error)
    }
}

impl From<NormalizeError> for Reason {
    fn from(error: NormalizeError) -> Self {
        Self::Normalize(error)
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
            FaultReason::UnknownSymbol => Self::Unknown,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(error) => error.fmt(f),
            Self::Normalize(error) => error.fmt(f),
            Self::Text(error) => error.fmt(f),
            Self::Encoding => f.write_str("the cell is not text in the encoding that --encoding names"),
            Self::Fields { found, expected } => {
                write!(f, "the record has {}; the header has {expected}", counted(*found as u64, "field"))
            }
            Self::StrayQuote => {
                f.write_str("there is text after a closing quote; a quote within a quoted cell must be doubled")
            }
            Self::Blank => f.write_str("the line is blank"),
            Self::Null => f.write_str("the cell is null"),
            Self::Negative => f.write_str("the integer is negative; a MyNumber has no sign"),
            Self::Kept(fault @ KeptFault::OtherNumber) => {
                write!(f, "{fault}; if the column holds other codes of twelve digits, name it with --other-codes")
            }
            Self::Kept(fault) => fault.fmt(f),
            Self::SymbolLength { found } => FaultReason::SymbolLength { found: *found }.fmt(f),
            Self::NoSymbol => FaultReason::NoSymbol.fmt(f),
            Self::Unknown => FaultReason::UnknownSymbol.fmt(f),
            Self::NotCoarser(rule) => {
                write!(f, "the policy makes this column coarser, and the cell is not {}", rule.expects())
            }
        }
    }
}
