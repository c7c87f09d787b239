use fugo::{
    BodyError, ErrorKind, Found, LineageError, MyNumberError, Place, PurposeError, RandomError, ScopeError,
    normalize::NormalizeError, text::TextError,
};

use crate::status::FugoStatus;

/// What `row`, `at` and `found` hold where a status has nothing to tell there.
pub const FUGO_NONE: u64 = 0xffff_ffff_ffff_ffff;

/// Details of a failure: written by every call that is given one, also when it succeeds (then `FUGO_STATUS_OK` and
/// three times `FUGO_NONE`). It holds offsets, lengths and numbers of lines, never a part of a value. Every function
/// takes NULL instead of one. It is an output: where it overlaps another argument the call fails with OVERLAP and does
/// not write it.
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
/// Which file: 0 the key file, 1 the one that unlocks it, 2 the identity file where a passphrase is given too. What is not in the table is `FUGO_NONE`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct FugoError {
    /// What the call returned.
    pub status: FugoStatus,
    /// Row or pair, from 0.
    pub row: u64,
    /// Where.
    pub at: u64,
    /// What was found.
    pub found: u64,
}

/// Why a call fails: its status and what goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) status: FugoStatus,
    row: u64,
    at: u64,
    found: u64,
    is_told: bool,
}

impl Failure {
    /// The same, of which the caller's error is not to be told: its place is what is at fault.
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

    /// Which argument of the call is at fault, if it is one that this is about.
    fn of_argument(self, place: usize) -> Self {
        use FugoStatus::{BufferLength, NullPointer, OccupiedHandle, Overflow, WrongHandle};
        let is_about_one = matches!(self.status, NullPointer | BufferLength | Overflow | WrongHandle | OccupiedHandle);
        if is_about_one && self.at == FUGO_NONE && place > 0 { self.at(place) } else { self }
    }

    pub(crate) fn found(self, found: u64) -> Self {
        Self { found, ..self }
    }

    /// The same in a row that is a part of a longer one: that many bytes come before it.
    pub(crate) fn behind(self, bytes: usize) -> Self {
        if self.at == FUGO_NONE { self.at(bytes) } else { Self { at: self.at + bytes as u64, ..self } }
    }

    /// What the caller is told.
    pub(crate) fn error(outcome: Result<(), Self>) -> FugoError {
        let Self { status, row, at, found, .. } = outcome.err().unwrap_or(FugoStatus::Ok.into());
        FugoError { status, row, at, found }
    }
}

/// Says which argument of a call a check was about.
pub(crate) trait OfArgument {
    /// `place` counts from 1, as the function is declared.
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

/// The status, place and value of an error of the libraries. `row`: where the error counts pairs.
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

pub(crate) use failures;

failures!(BodyError, LineageError, MyNumberError, NormalizeError, PurposeError, RandomError, ScopeError, TextError);
