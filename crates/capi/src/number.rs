use std::ffi::c_char;

use fugo::{
    MyNumber,
    normalize::{self, LostZeros},
};

use crate::{
    boundary::boundary_of_one,
    failure::{FugoError, OfArgument},
    pointers::{In, Out},
    spans::apart,
    status::FugoStatus,
};

/// The number of digits of a MyNumber (個人番号). They are ASCII; no NUL follows them.
pub const FUGO_NUMBER_LEN: usize = 12;
/// The number of digits of its body: the digits before the check digit.
pub const FUGO_BODY_LEN: usize = 11;

const _: () = assert!(FUGO_NUMBER_LEN == MyNumber::LEN && FUGO_BODY_LEN == MyNumber::BODY_LEN);

/// The changes that normalisation made: bits of `changes` of `fugo_normalize`.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum FugoChange {
    /// Invisible characters were deleted.
    Invisibles = 1,
    /// Spaces or line ends were trimmed.
    Trimmed = 2,
    /// Full-width digits were mapped to ASCII.
    FullWidth = 4,
    /// Separators between groups of four were dropped.
    Separators = 8,
    /// Leading zeros were restored.
    ZerosRestored = 16,
}

/// Checks that `text`, of `text_len` bytes, is a valid MyNumber: exactly twelve ASCII digits, of which the last is the
/// check digit of the first eleven. White space, other digits and NUL are refused. Failures, in the order of the
/// checks: NON_DIGIT (`at`), LENGTH (`found`), CHECK_DIGIT, NEVER_ISSUED (twelve zeros). A valid number may belong to
/// nobody: about one in ten random texts of twelve digits is valid.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_number_check(text: In<c_char>, text_len: usize, error: Out<FugoError>) -> FugoStatus {
    boundary_of_one(error, |error| {
        apart(error, &[], &[text.span(text_len, 1, 1)?])?;
        MyNumber::parse(text.bytes(text_len).arg(1)?)?;
        Ok(())
    })
}

/// `*digit` := the check digit, 0 to 9, of the eleven ASCII digits of `body`: with P_n the n-th digit from the right
/// and Q_n = n + 1 for n up to 6, n - 5 after that, r = (sum of P_n Q_n) mod 11, it is 0 if r is at most 1, else 11 -
/// r. Failures: NON_DIGIT (`at`), LENGTH (`found`).
#[unsafe(no_mangle)]
pub extern "C" fn fugo_check_digit(
    body: In<c_char>,
    body_len: usize,
    digit: Out<u8>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary_of_one(error, |error| {
        apart(error, &[digit.span(1, 1, 3)?], &[body.span(body_len, 1, 1)?])?;
        let digit = digit.place(0).arg(3);
        let check_digit = MyNumber::check_digit(body.bytes(body_len).arg(1)?)?;
        digit?.set(check_digit);
        Ok(())
    })
}

/// `digits` := the MyNumber in `text` (UTF-8), normalised. Accepted are groups of four digits separated by spaces,
/// hyphens or points, full-width digits, invisible characters, and spaces before and after. `digits_len` is
/// FUGO_NUMBER_LEN. The twelve digits must then pass the strict check. `*changes` holds the changes that were made, as
/// FUGO_CHANGE bits.
///
/// If `restore_zeros` is 1, nine to eleven digits get their lost leading zeros back. This turns about one in ten other
/// eleven-digit codes into some person's number, so count FUGO_CHANGE_ZEROS_RESTORED. If it is 0, they are refused.
/// For an integer, pass its decimal text as `%lld` prints it: `%012lld` would turn every tenth row number into some
/// person's number.
///
/// Failures: NOT_TEXT (`at`), EMPTY, SCIENTIFIC_NOTATION, CHARACTER (`at`), GROUPING, LENGTH (`found`); then those of
/// `fugo_number_check`; UNKNOWN_VALUE if `restore_zeros` is not 0 or 1.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_normalize(
    text: In<c_char>,
    text_len: usize,
    restore_zeros: i32,
    digits: Out<c_char>,
    digits_len: usize,
    changes: Out<u32>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary_of_one(error, |error| {
        apart(
            error,
            &[digits.span(digits_len, 1, 4)?, changes.span(1, size_of::<u32>(), 6)?],
            &[text.span(text_len, 1, 1)?],
        )?;
        let (digits, changes) = (digits.exactly(digits_len, FUGO_NUMBER_LEN).arg(4), changes.place(0).arg(6));
        let text = str::from_utf8(text.bytes(text_len).arg(1)?)?;
        let lost_zeros = match restore_zeros {
            0 => LostZeros::Refuse,
            1 => LostZeros::Restore,
            _ => return Err(FugoStatus::UnknownValue.into()),
        };
        let (digits, changes) = (digits?, changes?);
        let normalized = normalize::normalize(text, lost_zeros)?;
        normalized.parse()?;
        let made = normalized.changes();
        let bit = |is_made: bool, change: FugoChange| if is_made { change as u32 } else { 0 };
        changes.set(
            bit(made.invisibles, FugoChange::Invisibles)
                | bit(made.trimmed, FugoChange::Trimmed)
                | bit(made.full_width, FugoChange::FullWidth)
                | bit(made.separators, FugoChange::Separators)
                | bit(made.zeros_restored, FugoChange::ZerosRestored),
        );
        digits.set(normalized.expose_digits());
        Ok(())
    })
}
