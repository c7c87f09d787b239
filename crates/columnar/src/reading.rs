//! One cell → a number: strictly, leniently, or from an integer whose zeros are lost.

use crate::fault::FaultReason;
use fugo::{
    MyNumber, MyNumberError,
    normalize::{Changes, LostZeros, NormalizeError, normalize, normalize_integer},
};

/// How the numbers of a column are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Twelve ASCII digits and nothing else.
    Strict,
    /// What [`fugo::normalize`] makes of them.
    ///
    /// [`LostZeros::Restore`] also admits integer columns, by the same rule as text: read its warning.
    Lenient(LostZeros),
}

impl Reading {
    /// Whether columns of integers are read.
    pub(crate) fn restores_zeros(self) -> bool {
        self == Self::Lenient(LostZeros::Restore)
    }

    /// Reads a text that the strict parse has refused.
    ///
    /// Whoever made the column may have put anything into it, so it is held against UTF-8 even where its type
    /// promises that.
    #[cold]
    pub(crate) fn second_look(self, text: &[u8], refused: MyNumberError) -> Result<(MyNumber, Changes), FaultReason> {
        let Self::Lenient(lost_zeros) = self else {
            return Err(refused.into());
        };
        let text = str::from_utf8(text).map_err(|error| NormalizeError::Character { offset: error.valid_up_to() })?;
        let normalized = normalize(text, lost_zeros)?;
        Ok((normalized.parse()?, normalized.changes()))
    }
}

/// The strict parse of what [`normalize_integer`] makes of it.
pub(crate) fn integer(value: u64) -> Result<(MyNumber, Changes), FaultReason> {
    let normalized = normalize_integer(value)?;
    Ok((normalized.parse()?, normalized.changes()))
}
