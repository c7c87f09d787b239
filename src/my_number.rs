//! `MyNumber` (個人番号): the strict parse and the check digit.

use core::{array, fmt, str::FromStr};

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::error_kind::{ErrorKind, Found, Place};

/// A valid individual number (個人番号): twelve ASCII digits whose last is the check digit.
///
/// The check digit: let `P_n` be the n-th digit of the eleven-digit body, counted from the right. Let `Q_n = n + 1` for
/// 1 ≤ n ≤ 6 and `Q_n = n − 5` for 7 ≤ n ≤ 11. With `r = Σ P_n·Q_n mod 11`, the check digit is 0 if r ≤ 1, otherwise
/// 11 − r (平成26年総務省令第85号 第5条).
///
/// A value of this type is always valid, so every derivation from it succeeds. A matching check digit does **not**
/// prove that a number was issued: a random twelve-digit string passes with probability 1/10.
///
/// Wiped on drop. Comparison takes constant time. `Debug` prints only the type; there is no `Display`.
///
/// ```
/// use fugo::MyNumber;
/// let number = MyNumber::parse("123456789018")?;
/// assert_eq!(format!("{number:?}"), "MyNumber(..)");
/// # Ok::<(), fugo::MyNumberError>(())
/// ```
#[derive(Clone)]
pub struct MyNumber([u8; MyNumber::LEN]);

impl MyNumber {
    /// Length of a number in ASCII digits.
    pub const LEN: usize = 12;
    /// Length of a number's body, the digits before the check digit.
    pub const BODY_LEN: usize = 11;

    /// Parses exactly twelve ASCII digits. It does not trim, and accepts neither separators nor digits of other
    /// scripts. For the text of real files, use [`crate::normalize`] first.
    ///
    /// Errors, of which the first that applies is returned: a byte that is not a digit, the length, the check digit,
    /// twelve zeros.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, MyNumberError> {
        let text = text.as_ref();
        let Ok(digits) = <&[u8; Self::LEN]>::try_from(text) else {
            return Err(match non_digit(text) {
                Some(offset) => MyNumberError::NonDigit { offset },
                None => MyNumberError::Length { found: text.len() },
            });
        };
        let Some(sum) = weighted_sum(digits) else {
            let offset = non_digit(digits).unwrap_or_else(|| unreachable!("twelve digits have a sum"));
            return Err(MyNumberError::NonDigit { offset });
        };
        if check_digit_of_sum(sum) != digits[Self::BODY_LEN] - b'0' {
            return Err(MyNumberError::CheckDigit);
        }
        if sum == 0 && digits.iter().all(|digit| *digit == b'0') {
            return Err(MyNumberError::NeverIssued);
        }
        Ok(Self(*digits))
    }

    /// The check digit, 0 to 9, of an eleven-digit body (ASCII digits).
    ///
    /// ```
    /// assert_eq!(fugo::MyNumber::check_digit("12345678901")?, 8);
    /// # Ok::<(), fugo::BodyError>(())
    /// ```
    pub fn check_digit(body: impl AsRef<[u8]>) -> Result<u8, BodyError> {
        let body = body.as_ref();
        if let Some(offset) = non_digit(body) {
            return Err(BodyError::NonDigit { offset });
        }
        if body.len() != Self::BODY_LEN {
            return Err(BodyError::Length { found: body.len() });
        }
        let sum = body.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        Ok(check_digit_of_sum(sum))
    }

    /// The twelve ASCII digits. Only this method exposes them: do not log, store or print them.
    pub fn expose_digits(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

/// `Q_n` from left to right. The check digit itself has no weight.
const WEIGHTS: [u32; MyNumber::LEN] = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 0];

/// `Σ P_n·Q_n` of twelve digits, or `None` if a byte is not an ASCII digit.
///
/// Four digits are in the 16-bit lanes of one `u64`. A multiplication by the four weights in reverse order leaves the
/// sum of the products in the highest lane.
fn weighted_sum(digits: &[u8; MyNumber::LEN]) -> Option<u32> {
    const LANES: u64 = 0x00ff_00ff_00ff_00ff;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const fn weights(a: u64, b: u64, c: u64, d: u64) -> u64 {
        a << 48 | b << 32 | c << 16 | d
    }
    let first = u64::from_le_bytes(array::from_fn(|i| digits[i]));
    let last = u32::from_le_bytes(array::from_fn(|i| digits[8 + i]));
    let [first, last] = [first ^ 0x3030_3030_3030_3030, u64::from(last ^ 0x3030_3030)];
    // Sets bit 7 of every byte that is not 0 to 9. Adding 0x76 sets it for 10 to 127. From 128 on it is set already;
    // these bytes may carry into the next byte, but then the text is refused anyway.
    let over = |values: u64| values.wrapping_add(0x7676_7676_7676_7676) | values;
    if (over(first) | over(last)) & HIGH != 0 {
        return None;
    }
    let even = (first & LANES).wrapping_mul(weights(6, 4, 2, 6)) >> 48;
    let odd = (first >> 8 & LANES).wrapping_mul(weights(5, 3, 7, 5)) >> 48;
    let last = (last & LANES | (last >> 8 & LANES) << 32).wrapping_mul(weights(4, 2, 3, 0)) >> 48;
    Some((even + odd + last) as u32)
}

fn check_digit_of_sum(sum: u32) -> u8 {
    match sum % 11 {
        0 | 1 => 0,
        r => (11 - r) as u8,
    }
}

/// Byte offset of the first byte that is not an ASCII digit. In UTF-8 text, a character starts at that offset.
fn non_digit(text: &[u8]) -> Option<usize> {
    text.iter().position(|byte| !byte.is_ascii_digit())
}

impl FromStr for MyNumber {
    type Err = MyNumberError;
    fn from_str(text: &str) -> Result<Self, MyNumberError> {
        Self::parse(text)
    }
}

impl TryFrom<&[u8]> for MyNumber {
    type Error = MyNumberError;
    fn try_from(text: &[u8]) -> Result<Self, MyNumberError> {
        Self::parse(text)
    }
}

impl ConstantTimeEq for MyNumber {
    fn ct_eq(&self, other: &Self) -> subtle::Choice {
        self.0.ct_eq(&other.0)
    }
}

impl PartialEq for MyNumber {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for MyNumber {}

impl fmt::Debug for MyNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MyNumber(..)")
    }
}

impl Drop for MyNumber {
    fn drop(&mut self) {
        // As a slice, because this wipes whole words at a time. Only `drop` overwrites the digits, so a value stays
        // valid as long as it exists.
        self.0.as_mut_slice().zeroize();
    }
}

impl ZeroizeOnDrop for MyNumber {}

/// The reason why a text is not a [`MyNumber`]. It holds offsets and lengths, never a digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MyNumberError {
    /// A byte is not an ASCII digit.
    #[error("the byte at offset {offset} is not an ASCII digit; a MyNumber is twelve ASCII digits")]
    NonDigit {
        /// UTF-8 byte offset of the first such byte, from 0.
        offset: usize,
    },
    /// All bytes are digits, but there are not twelve.
    #[error("the length is {found}; a MyNumber has exactly 12 digits")]
    Length {
        /// The number of digits found.
        found: usize,
    },
    /// The last digit is not the check digit of the first eleven.
    #[error("the check digit does not match the eleven digits before it")]
    CheckDigit,
    /// Twelve zeros. The formula accepts them, but they are never issued.
    #[error("twelve zeros are never issued")]
    NeverIssued,
}

impl MyNumberError {
    /// The kind of the error, as one word.
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::NonDigit { .. } => ErrorKind::NonDigit,
            Self::Length { .. } => ErrorKind::Length,
            Self::CheckDigit => ErrorKind::CheckDigit,
            Self::NeverIssued => ErrorKind::NeverIssued,
        }
    }

    /// The offset of the first byte that is not an ASCII digit.
    pub fn place(self) -> Option<Place> {
        match self {
            Self::NonDigit { offset } => Some(Place::Offset(offset)),
            Self::Length { .. } | Self::CheckDigit | Self::NeverIssued => None,
        }
    }

    /// The number of digits found.
    pub fn found(self) -> Option<Found> {
        match self {
            Self::Length { found } => Some(Found::Length(found)),
            Self::NonDigit { .. } | Self::CheckDigit | Self::NeverIssued => None,
        }
    }
}

/// The reason why a text is not an eleven-digit body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// A byte is not an ASCII digit.
    #[error("the byte at offset {offset} is not an ASCII digit; the body of a number is eleven ASCII digits")]
    NonDigit {
        /// UTF-8 byte offset of the first such byte, from 0.
        offset: usize,
    },
    /// All bytes are digits, but there are not eleven.
    #[error("the length is {found}; the body of a number has exactly 11 digits")]
    Length {
        /// The number of digits found.
        found: usize,
    },
}

impl BodyError {
    /// The kind of the error, as one word.
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::NonDigit { .. } => ErrorKind::NonDigit,
            Self::Length { .. } => ErrorKind::Length,
        }
    }

    /// The offset of the first byte that is not an ASCII digit.
    pub fn place(self) -> Option<Place> {
        match self {
            Self::NonDigit { offset } => Some(Place::Offset(offset)),
            Self::Length { .. } => None,
        }
    }

    /// The number of digits found.
    pub fn found(self) -> Option<Found> {
        match self {
            Self::Length { found } => Some(Found::Length(found)),
            Self::NonDigit { .. } => None,
        }
    }
}
