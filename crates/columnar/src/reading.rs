//! One cell → a number: strictly, leniently, or from an integer whose zeros are lost.

use fugo::{
    MyNumber, MyNumberError,
    normalize::{Changes, LostZeros, NormalizeError, normalize},
};
use zeroize::Zeroizing;

use crate::fault::FaultReason;

/// How the numbers of a column are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Twelve ASCII digits and nothing else.
    Strict,
    /// What [`fugo::normalize`] makes of them.
    ///
    /// [`LostZeros::Restore`] is also what admits integer columns, and pads those from any length: read its warning.
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

/// `number(d) := parse(d in decimal, padded with zeros on the left to twelve digits)`, and whether it was padded.
///
/// Errors: the length if there are more than twelve digits, then those of the strict parse.
pub(crate) fn integer(value: u64) -> Result<(MyNumber, Changes), FaultReason> {
    let mut digits = Zeroizing::new([b'0'; MyNumber::LEN]);
    let mut rest = value;
    for digit in digits.iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    if rest != 0 {
        return Err(MyNumberError::Length { found: value.ilog10() as usize + 1 }.into());
    }
    let mut changes = Changes::default();
    changes.zeros_restored = digits[0] == b'0';
    Ok((MyNumber::parse(*digits)?, changes))
}
