use fugo::{
    BodyError, ErrorKind, Found, LineageError, MyNumberError, Place, PurposeError, RandomError, ScopeError,
    normalize::NormalizeError, text::TextError,
};

use crate::status::FugoStatus;

/// The value of `row`, `at` and `found` where a status does not use them.
pub const FUGO_NONE: u64 = 0xffff_ffff_ffff_ffff;

/// Details of a failure. Every call with an `error` that is not NULL writes it. After success it holds
/// `FUGO_STATUS_OK`, and the other fields are `FUGO_NONE`. It holds offsets, lengths and line numbers, never a part of
/// a value. It is an output: if it overlaps another argument, the call fails with OVERLAP and does not write it.
///
/// | status                                       | row       | at                  | found                     |
/// |----------------------------------------------|-----------|---------------------|---------------------------|
/// | NULL_POINTER, WRONG_HANDLE, OCCUPIED_HANDLE  |           | argument, from 1    |                           |
/// | BUFFER_LENGTH                                |           | argument, from 1    | the length given          |
/// | OVERFLOW                                     |           | argument, from 1    |                           |
/// | OVERLAP                                      |           | output, from 1      | the other argument        |
/// | NON_DIGIT, CHARACTER, NOT_TEXT               |           | byte offset, from 0 |                           |
/// | LENGTH                                       |           |                     | number of digits          |
/// | NON_DIGIT in a lineage                       | pair      | offset in the pair  |                           |
/// | CHECK_DIGIT, NEVER_ISSUED in a lineage       | pair      | 0 new, 12 previous  |                           |
/// | SELF_PAIR, DUPLICATE_NEW, DUPLICATE_PREVIOUS | pair      |                     |                           |
/// | ROWS_REFUSED                                 | the first |                     | how many                  |
/// | WRONG_PURPOSE                                |           |                     | its fugo_purpose          |
/// | WRONG_KEY                                    |           |                     | its tag, big-endian       |
/// | INSURERS_EPOCH                               |           |                     | its epoch                 |
/// | UNKNOWN_LINE, MISSING_LINE, BAD_VALUE        |           | line, from 1        |                           |
/// | TAG_MISMATCH, IDENTITY                       |           | line, from 1        |                           |
/// | EXCESSIVE_WORK, INSUFFICIENT_WORK            |           |                     | log2 of the work          |
/// | OTHERS_CAN_READ, TOO_LARGE                   |           | which file          |                           |
/// | IO                                           |           | which file          | the system's error number |
/// | PANIC                                        |           | line of the source  | its column                |
///
/// Which file: 0 is the key file, 1 is the file that unlocks it, 2 is the identity file of a call that takes a passphrase
/// too. A field that the table leaves empty is `FUGO_NONE`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct FugoError {
    /// The status that the call returned.
    pub status: FugoStatus,
    /// The row or pair, counted from 0.
    pub row: u64,
    /// The position, as in the table above.
    pub at: u64,
    /// The value that was found, as in the table above.
    pub found: u64,
}

/// The reason why a call fails: its status and details.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) status: FugoStatus,
    row: u64,
    at: u64,
    found: u64,
    is_told: bool,
}

impl Failure {
    /// The same failure, but the caller's `error` must not be written, because `error` itself is at fault.
    pub(crate) fn untold(self) -> Self {
        Self { is_told: false, ..self }
    }

    pub(crate) fn is_told(self) -> bool {
        self.is_told
    }

    pub(crate) fn buffer_length(found: usize) -> Self {
        Self::from(FugoStatus::BufferLength).found(found as u64)
    }

    pub(crate) fn row(self, row: usize) -> Self {
        Self { row: row as u64, ..self }
    }

    pub(crate) fn at(self, at: usize) -> Self {
        Self { at: at as u64, ..self }
    }

    /// Adds the argument at fault to a status that concerns one argument.
    fn of_argument(self, place: usize) -> Self {
        use FugoStatus::{BufferLength, NullPointer, OccupiedHandle, Overflow, WrongHandle};
        let is_about_one = matches!(self.status, NullPointer | BufferLength | Overflow | WrongHandle | OccupiedHandle);
        if is_about_one && self.at == FUGO_NONE && place > 0 { self.at(place) } else { self }
    }

    pub(crate) fn found(self, found: u64) -> Self {
        Self { found, ..self }
    }

    /// Shifts the offset: the failing bytes are part of a longer row, after `bytes` others.
    pub(crate) fn behind(self, bytes: usize) -> Self {
        if self.at == FUGO_NONE { self.at(bytes) } else { Self { at: self.at + bytes as u64, ..self } }
    }

    /// The error to report to the caller.
    pub(crate) fn error(outcome: Result<(), Self>) -> FugoError {
        let Self { status, row, at, found, .. } = outcome.err().unwrap_or(FugoStatus::Ok.into());
        FugoError { status, row, at, found }
    }
}

/// Adds the argument that a check concerned.
pub(crate) trait OfArgument {
    /// `place` is the position of the argument in the declaration, counted from 1.
    fn arg(self, place: usize) -> Self;
}

impl<T> OfArgument for Result<T, Failure> {
    fn arg(self, place: usize) -> Self {
        self.map_err(|failure| failure.of_argument(place))
    }
}

impl From<FugoStatus> for Failure {
    fn from(status: FugoStatus) -> Self {
        Self { status, row: FUGO_NONE, at: FUGO_NONE, found: FUGO_NONE, is_told: true }
    }
}

impl From<std::str::Utf8Error> for Failure {
    fn from(error: std::str::Utf8Error) -> Self {
        Self::from(FugoStatus::NotText).at(error.valid_up_to())
    }
}

/// Converts an error of the Rust libraries. An error of a pair sets `row`; other places set `at`.
pub(crate) fn told(kind: ErrorKind, place: Option<Place>, found: Option<Found>) -> Failure {
    let failure = Failure::from(FugoStatus::of_kind(kind).unwrap_or(FugoStatus::Other));
    let failure = match place {
        None => failure,
        Some(Place::Offset(at) | Place::Line(at)) => failure.at(at),
        Some(Place::Pair(pair)) => failure.row(pair),
    };
    let found = match found {
        None | Some(Found::SystemError(None)) => return failure,
        Some(Found::Length(found) | Found::Rows { found, .. }) => found as u64,
        Some(Found::Purpose { found, .. }) => found.code().into(),
        Some(Found::Epoch(epoch)) => epoch.into(),
        Some(Found::Tag { found, .. }) => u32::from_be_bytes(found.to_bytes()).into(),
        Some(Found::Work(log2)) => log2.into(),
        Some(Found::SystemError(Some(number))) => u64::try_from(number).unwrap_or(FUGO_NONE),
    };
    failure.found(found)
}

macro_rules! failures {
    ($($error:ident),*) => {$(
        impl From<$error> for $crate::failure::Failure {
            fn from(error: $error) -> Self {
                $crate::failure::told(error.kind(), error.place(), error.found())
            }
        }
    )*};
}

// Errors of key files are listed in their own file.
#[cfg(feature = "key-files")]
pub(crate) use failures;

failures!(BodyError, LineageError, MyNumberError, NormalizeError, PurposeError, RandomError, ScopeError, TextError);
