//! Lenient normalisation: an optional step before the strict parse, for the text of real files.
//!
//! The rules are fixed (revision `NORMALIZE_REVISION`). In order: delete invisible characters; trim both ends; map
//! full-width digits; accept `D12` or `D4 S D4 S D4`; restore lost zeros only on request. All other text is refused.

use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{
    error_kind::{ErrorKind, Found, Place},
    my_number::{MyNumber, MyNumberError},
};

/// Grows with every change of the rules. It is not part of the version byte of symbols.
pub const NORMALIZE_REVISION: u32 = 2;

/// The fewest digits to which lost zeros are restored. Shorter values are row numbers or other identifiers.
const SHORTEST_RESTORED: usize = 9;

/// Whether 9, 10 or 11 ungrouped digits, as text or as integers, are padded with leading zeros to twelve.
///
/// Spreadsheets drop leading zeros. But a padded 11-digit 住民票コード passes the check digit with probability 1/10,
/// and then it is another person's number. Restore zeros only in columns that are known to hold MyNumbers, and check
/// how many were restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostZeros {
    /// Anything but twelve digits is refused.
    Refuse,
    /// 9, 10 or 11 digits without separators are padded with leading zeros.
    Restore,
}

/// How a cell is read as a number. The tool and every binding use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Twelve ASCII digits and nothing else.
    Strict,
    /// The strict parse. If it refuses the cell: [`normalize`], then the strict parse again.
    ///
    /// In columns, [`LostZeros::Restore`] also accepts integers, by the same rule as text. Read its warning.
    Lenient(LostZeros),
}

impl Reading {
    /// Whether lost zeros are restored, so that columns of integers are accepted.
    pub fn restores_zeros(self) -> bool {
        self == Self::Lenient(LostZeros::Restore)
    }

    /// The number of a cell, and the changes that were needed. `decode` gives the cell as Unicode text; it is called
    /// only if the strict parse refuses the bytes and the reading is lenient.
    pub fn read<T, E>(self, cell: &[u8], decode: impl FnOnce() -> Result<T, E>) -> Result<(MyNumber, Changes), E>
    where
        T: AsRef<str>,
        E: From<MyNumberError> + From<NormalizeError>,
    {
        // Fast path: most cells of a real file are twelve ASCII digits already.
        match MyNumber::parse(cell) {
            Ok(number) => Ok((number, Changes::default())),
            Err(refused) => self.second_look(refused, decode),
        }
    }

    #[cold]
    fn second_look<T, E>(
        self,
        refused: MyNumberError,
        decode: impl FnOnce() -> Result<T, E>,
    ) -> Result<(MyNumber, Changes), E>
    where
        T: AsRef<str>,
        E: From<MyNumberError> + From<NormalizeError>,
    {
        let Self::Lenient(lost_zeros) = self else {
            return Err(refused.into());
        };
        let normalized = normalize(decode()?.as_ref(), lost_zeros)?;
        Ok((normalized.parse()?, normalized.changes()))
    }
}

/// Twelve digits, not yet checked, and the changes that were needed. Wiped on drop.
#[derive(Clone)]
pub struct Normalized {
    digits: [u8; MyNumber::LEN],
    changes: Changes,
}

impl Normalized {
    /// The strict parse of the digits.
    pub fn parse(&self) -> Result<MyNumber, MyNumberError> {
        MyNumber::parse(self.digits)
    }

    /// The changes that were made.
    pub fn changes(&self) -> Changes {
        self.changes
    }

    /// The twelve ASCII digits, not yet checked. They are as secret as a [`MyNumber`].
    pub fn expose_digits(&self) -> &[u8; MyNumber::LEN] {
        &self.digits
    }
}

impl PartialEq for Normalized {
    /// The changes are not secret; the digits are compared in constant time.
    fn eq(&self, other: &Self) -> bool {
        self.changes == other.changes && bool::from(self.digits.ct_eq(&other.digits))
    }
}

impl Eq for Normalized {}

impl fmt::Debug for Normalized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Normalized(..)")
    }
}

impl Drop for Normalized {
    fn drop(&mut self) {
        self.digits.zeroize();
    }
}

impl ZeroizeOnDrop for Normalized {}

/// The changes that normalisation made.
#[expect(clippy::struct_excessive_bools)] // a set of five independent facts
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Changes {
    /// Invisible characters were deleted.
    pub invisibles: bool,
    /// Spaces or line ends were trimmed.
    pub trimmed: bool,
    /// Full-width digits were mapped to ASCII.
    pub full_width: bool,
    /// Separators between groups of four were removed.
    pub separators: bool,
    /// Leading zeros were restored.
    pub zeros_restored: bool,
}

impl Changes {
    /// The names of the changes made, from a closed vocabulary, in the order in which they are made.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        [
            (self.invisibles, "invisibles"),
            (self.trimmed, "trimmed"),
            (self.full_width, "full-width"),
            (self.separators, "separators"),
            (self.zeros_restored, "zeros-restored"),
        ]
        .into_iter()
        .filter_map(|(made, name)| made.then_some(name))
    }

    /// Whether the text was twelve ASCII digits already.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

/// From text to twelve digits, which the strict parse must still check.
///
/// ```
/// use fugo::normalize::{LostZeros, normalize};
/// let normalized = normalize(" １２３４-5678-9018", LostZeros::Refuse)?;
/// assert!(normalized.parse().is_ok());
/// assert_eq!(normalized.changes().names().collect::<Vec<_>>(), ["trimmed", "full-width", "separators"]);
/// # Ok::<(), fugo::normalize::NormalizeError>(())
/// ```
pub fn normalize(text: &str, lost_zeros: LostZeros) -> Result<Normalized, NormalizeError> {
    let mut changes = Changes::default();

    // Steps 1 and 2. Both in one pass, because a space may be between invisible characters.
    let is_end = |c: char| is_invisible(c) || is_space(c) || matches!(c, '\t' | '\n' | '\r');
    let kept = text.trim_matches(is_end);
    let start = if kept.is_empty() { text.len() } else { kept.as_ptr().addr() - text.as_ptr().addr() };
    let (head, tail) = (&text[..start], &text[start + kept.len()..]);
    let ends = || head.chars().chain(tail.chars());
    changes.trimmed = ends().any(|c| !is_invisible(c));
    changes.invisibles = ends().chain(kept.chars()).any(is_invisible);
    if kept.is_empty() {
        return Err(NormalizeError::Empty);
    }
    if is_scientific(kept) {
        return Err(NormalizeError::ScientificNotation);
    }

    // Steps 3 and 4: `found` digits, `run` separators since the last one, `gaps` between digits so far.
    let mut normalized = Normalized { digits: [0; MyNumber::LEN], changes };
    let (mut found, mut run, mut gaps, mut grouped) = (0, 0, 0, true);
    for (offset, c) in kept.char_indices() {
        if is_invisible(c) {
            continue;
        }
        if let Some(digit) = digit(c) {
            grouped &= run <= 3;
            if let Some(place) = normalized.digits.get_mut(found) {
                *place = digit;
            }
            normalized.changes.full_width |= !c.is_ascii();
            found += 1;
            gaps += usize::from(run > 0);
            run = 0;
        } else if is_separator(c) {
            grouped &= found == 4 || found == 8;
            run += 1;
        } else {
            return Err(NormalizeError::Character { offset: start + offset });
        }
    }
    if gaps > 0 || run > 0 {
        // Separators at the end are behind 4 or 8 digits, or not grouped.
        if !grouped || gaps != 2 || found != MyNumber::LEN {
            return Err(NormalizeError::Grouping);
        }
        normalized.changes.separators = true;
        return Ok(normalized);
    }

    // Step 5.
    match found {
        MyNumber::LEN => Ok(normalized),
        SHORTEST_RESTORED..MyNumber::LEN if lost_zeros == LostZeros::Restore => {
            normalized.digits.rotate_right(MyNumber::LEN - found);
            normalized.digits[..MyNumber::LEN - found].fill(b'0');
            normalized.changes.zeros_restored = true;
            Ok(normalized)
        }
        _ => Err(NormalizeError::Length { found }),
    }
}

/// `normalize(value in decimal, LostZeros::Restore)`: the digits of an integer, whose leading zeros are lost.
///
/// An integer of fewer than nine digits is refused, like the same digits as text: it may be a row number.
///
/// ```
/// use fugo::normalize::normalize_integer;
/// assert_eq!(normalize_integer(1_000_000_007)?.expose_digits(), b"001000000007");
/// assert!(normalize_integer(19).is_err());
/// # Ok::<(), fugo::normalize::NormalizeError>(())
/// ```
pub fn normalize_integer(value: u64) -> Result<Normalized, NormalizeError> {
    let found = value.checked_ilog10().map_or(1, |power| power as usize + 1);
    if !(SHORTEST_RESTORED..=MyNumber::LEN).contains(&found) {
        return Err(NormalizeError::Length { found });
    }
    let zeros_restored = found < MyNumber::LEN;
    let changes = Changes { zeros_restored, ..Changes::default() };
    let mut normalized = Normalized { digits: [b'0'; MyNumber::LEN], changes };
    let mut rest = value;
    for digit in normalized.digits.iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    Ok(normalized)
}

/// Whether step 1 deletes a character: U+200B, U+200C, U+200D, U+2060, U+FEFF, U+00AD.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}')
}

/// U+0020, U+00A0, U+2000–U+200A, U+202F, U+205F, U+3000.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}')
}

/// Whether step 4 accepts a character between groups: spaces; U+002D, U+2010–U+2015, U+2043, U+2212, U+FE58, U+FE63,
/// U+FF0D, U+30FC, U+FF70; `.`, `_`, U+FF0E, U+FF3F.
pub fn is_separator(c: char) -> bool {
    let is_dash = matches!(
        c,
        '-' | '\u{2010}'
            ..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}' | '\u{30FC}' | '\u{FF70}'
    );
    is_space(c) || is_dash || matches!(c, '.' | '_' | '\u{FF0E}' | '\u{FF3F}')
}

/// ASCII and U+FF10–U+FF19. Digits of other scripts are refused.
pub(crate) fn digit(c: char) -> Option<u8> {
    match c {
        '0'..='9' => Some(c as u8),
        '\u{FF10}'..='\u{FF19}' => Some((c as u32 - 0xFF10) as u8 + b'0'),
        _ => None,
    }
}

/// `digits [. [digits]] (e|E) [+|-] digits`: a spreadsheet shows twelve digits so, and six of them are lost.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return false;
    };
    let digits = |part: &str| part.chars().all(|c| digit(c).is_some() || is_invisible(c));
    let some_digit = |part: &str| part.contains(|c| digit(c).is_some());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = {
        let bare = exponent.trim_start_matches(is_invisible);
        bare.strip_prefix(['+', '-']).unwrap_or(bare)
    };
    digits(whole) && some_digit(whole) && digits(fraction) && digits(exponent) && some_digit(exponent)
}

/// The reason why a text is not twelve digits. It holds offsets and counts, never a character of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NormalizeError {
    /// Only spaces and invisible characters.
    #[error("the value is empty")]
    Empty,
    /// The form 1.23457E+11: digits are lost and cannot be restored.
    #[error("the value is in scientific notation, which has lost digits; export the column as text")]
    ScientificNotation,
    /// A character that is neither a digit nor an accepted separator.
    #[error("the character at byte offset {offset} is neither a digit nor an accepted separator")]
    Character {
        /// UTF-8 byte offset in the text as given, from 0.
        offset: usize,
    },
    /// Separators that are not between three groups of four digits, or more than three together.
    #[error("separators are accepted only between three groups of four digits, one to three between two groups")]
    Grouping,
    /// All characters are digits, but there are not twelve.
    #[error("the number of digits is {found}; exactly 12 are needed (9 to 11 where lost zeros are restored)")]
    Length {
        /// The number of digits found.
        found: usize,
    },
}

impl NormalizeError {
    /// The kind of the error, as one word.
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::Empty => ErrorKind::Empty,
            Self::ScientificNotation => ErrorKind::ScientificNotation,
            Self::Character { .. } => ErrorKind::Character,
            Self::Grouping => ErrorKind::Grouping,
            Self::Length { .. } => ErrorKind::Length,
        }
    }

    /// The offset of the first character that is neither a digit nor a separator.
    pub fn place(self) -> Option<Place> {
        match self {
            Self::Character { offset } => Some(Place::Offset(offset)),
            Self::Empty | Self::ScientificNotation | Self::Grouping | Self::Length { .. } => None,
        }
    }

    /// The number of digits found.
    pub fn found(self) -> Option<Found> {
        match self {
            Self::Length { found } => Some(Found::Length(found)),
            Self::Empty | Self::ScientificNotation | Self::Character { .. } | Self::Grouping => None,
        }
    }
}
