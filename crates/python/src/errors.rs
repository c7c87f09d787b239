//! Every error of the library → a Python exception with its kind, its numbers and its message. Nothing here holds a
//! value.

use std::{fmt::Display, io, path::Path};

use fugo::{
    BodyError, KeyTagError, LineageError, MyNumberError, PurposeError, RandomError, ScopeError,
    normalize::NormalizeError, text::TextError,
};
use fugo_columnar::{ColumnError, Fault, FaultReason, MetadataError};
use fugo_keystore::{KeyFileError, PlaintextError, SealError, SecretFileError};
use pyo3::{
    exceptions::{PyTypeError, PyValueError},
    prelude::*,
};

use crate::exceptions::Class;

/// What goes into an attribute.
#[derive(Debug)]
pub(crate) enum Value {
    Number(u64),
    Text(String),
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(number as u64)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// An exception to be raised: one of ours, or one that Python raised already.
#[derive(Debug)]
pub(crate) enum Failure {
    Ours { class: Class, kind: &'static str, message: String, attributes: Vec<(&'static str, Value)> },
    Raised(PyErr),
}

impl Failure {
    pub(crate) fn new(class: Class, kind: &'static str, message: impl Display) -> Self {
        Self::Ours { class, kind, message: message.to_string(), attributes: Vec::new() }
    }

    fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        if let Self::Ours { attributes, .. } = &mut self {
            attributes.push((name, value.into()));
        }
        self
    }

    /// What the system said of a file; an absent one is a `FileNotFoundError` too, one that may not be read a
    /// `PermissionError`.
    fn of_system(mut self, error: &io::Error) -> Self {
        if let Self::Ours { class, .. } = &mut self {
            *class = match error.kind() {
                io::ErrorKind::NotFound => Class::KeyFileNotFound,
                io::ErrorKind::PermissionDenied => Class::KeyFilePermission,
                _ => *class,
            };
        }
        self.with_option("errno", errno(error))
    }

    fn with_option(self, name: &'static str, value: Option<usize>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The first row at fault of a column, and how many there are.
    pub(crate) fn of_faults(faults: &[Fault]) -> Option<Self> {
        let first = faults.first()?;
        Some(Self::from(first.reason).at(first.row, "row").with("faults", faults.len()))
    }

    /// Says where in what was given the fault is.
    pub(crate) fn at(mut self, index: usize, what: &str) -> Self {
        if let Self::Ours { message, .. } = &mut self {
            *message = format!("{what} {index}: {message}");
        }
        self.with("row", index)
    }

    /// Says which file it is about.
    pub(crate) fn in_file(mut self, path: &Path) -> Self {
        if let Self::Ours { message, .. } = &mut self {
            *message = format!("{}: {message}", path.display());
        }
        self.with("filename", path.display().to_string())
    }

    pub(crate) fn internal() -> Self {
        let message = "internal error in fugo; nothing was derived. Please report it, without data";
        Self::new(Class::Internal, "internal", message)
    }

    /// An argument that none of the types taken covers.
    pub(crate) fn wrong_type(message: String) -> Self {
        Self::Raised(PyTypeError::new_err(message))
    }

    /// An option that is none of those there are.
    pub(crate) fn wrong_option(message: String) -> Self {
        Self::Raised(PyValueError::new_err(message))
    }

    pub(crate) fn key_length(found: usize) -> Self {
        Self::new(Class::Length, "key-length", format_args!("the length is {found} bytes; a key has 32"))
            .with("found", found)
    }

    pub(crate) fn symbol_length(found: usize) -> Self {
        Self::new(Class::Length, "symbol-length", format_args!("the length is {found} bytes; a symbol has 16"))
            .with("found", found)
    }

    /// The bytes of a refused row.
    pub(crate) fn no_symbol() -> Self {
        Self::new(Class::Length, "no-symbol", FaultReason::NoSymbol)
    }

    /// A key of the other rung.
    pub(crate) fn wrong_kind(message: &str) -> Self {
        Self::new(Class::KeyFile, "wrong-kind", message)
    }

    /// A symbol where one of another purpose is needed.
    pub(crate) fn symbol_purpose(expected: fugo::Purpose, found: fugo::Purpose) -> Self {
        let message = format_args!("the symbol is of purpose {found}; this needs a symbol of purpose {expected}");
        Self::new(Class::Purpose, "wrong-purpose", message)
            .with("expected", expected.to_string())
            .with("found", found.to_string())
    }

    /// What is to open a key file, given in the program.
    pub(crate) fn key_file(kind: &'static str, message: impl Display) -> Self {
        Self::new(Class::KeyFile, kind, message)
    }

    /// A column that cannot be read, or be written as asked for.
    pub(crate) fn column(kind: &'static str, message: impl Display) -> Self {
        Self::new(Class::Column, kind, message)
    }

    /// The column's own library failed. What it says may quote a value, so it is not passed on.
    pub(crate) fn producer() -> Self {
        Self::column(
            "column-type",
            "the column's own library did not give it out as a valid Arrow array; its message is kept back, since it may quote a value",
        )
    }

    /// Binary symbols that do not say whose they are.
    pub(crate) fn untagged() -> Self {
        Self::column(
            "untagged",
            "the binary column has no metadata that says whose symbols it holds; pass their text, or the column with its \
             field, or trust_untagged=True if you know that they are of the insurers' key of epoch 1",
        )
    }

    /// pandas gives its columns out through pyarrow.
    pub(crate) fn needs_pyarrow() -> Self {
        Self::column(
            "column-type",
            "pandas gives a column out through pyarrow, which is not installed; install pyarrow, or pass column.tolist() if the \
             column holds text",
        )
    }

    /// A Series of pandas whose rows are of several types; pyarrow's own error quotes one of them.
    pub(crate) fn series() -> Self {
        Self::column(
            "column-type",
            "the Series holds objects of several types; make every one of them text where the Series is made (read_csv(dtype=str))",
        )
    }

    /// Nulls where what is asked for cannot hold any.
    pub(crate) fn nulls(found: usize) -> Self {
        let message = format_args!(
            "{found} rows are null, and a NumPy array holds no nulls; nulls=\"zeros\" gives zero bytes for them"
        );
        Self::column("nulls", message).with("found", found)
    }
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Self::Raised(error)
    }
}

impl From<Failure> for PyErr {
    fn from(failure: Failure) -> Self {
        let (class, kind, message, attributes) = match failure {
            Failure::Raised(error) => return error,
            Failure::Ours { class, kind, message, attributes } => (class, kind, message, attributes),
        };
        Python::attach(|py| {
            let raise = || {
                let exception = class.bind(py)?.call1((message,))?;
                exception.setattr("kind", kind)?;
                for (name, value) in attributes {
                    match value {
                        Value::Number(number) => exception.setattr(name, number)?,
                        Value::Text(text) => exception.setattr(name, text)?,
                    }
                }
                Ok(PyErr::from_value(exception))
            };
            raise().unwrap_or_else(|error: PyErr| error)
        })
    }
}

impl From<MyNumberError> for Failure {
    fn from(error: MyNumberError) -> Self {
        let (offset, found) = numbers_of(&FaultReason::Number(error));
        Self::new(Class::Number, error.kind(), error).with_option("offset", offset).with_option("found", found)
    }
}

impl From<BodyError> for Failure {
    fn from(error: BodyError) -> Self {
        let failure = Self::new(Class::Number, error.kind(), error);
        match error {
            BodyError::NonDigit { offset } => failure.with("offset", offset),
            BodyError::Length { found } => failure.with("found", found),
            _ => failure,
        }
    }
}

impl From<NormalizeError> for Failure {
    fn from(error: NormalizeError) -> Self {
        let (offset, found) = numbers_of(&FaultReason::Normalize(error));
        Self::new(Class::Normalize, error.kind(), error).with_option("offset", offset).with_option("found", found)
    }
}

impl From<FaultReason> for Failure {
    fn from(reason: FaultReason) -> Self {
        match reason {
            FaultReason::Number(error) => error.into(),
            FaultReason::Normalize(error) => error.into(),
            FaultReason::Text(error) => error.into(),
            FaultReason::SymbolLength { found } => Self::new(Class::Text, reason.kind(), reason).with("found", found),
            FaultReason::NoSymbol => Self::new(Class::Text, reason.kind(), reason),
            _ => Self::new(Class::Number, reason.kind(), reason),
        }
    }
}

/// The offset and the length that a reason tells, where it tells one.
pub(crate) fn numbers_of(reason: &FaultReason) -> (Option<usize>, Option<usize>) {
    match reason {
        FaultReason::Number(MyNumberError::NonDigit { offset })
        | FaultReason::Normalize(NormalizeError::Character { offset }) => (Some(*offset), None),
        FaultReason::Number(MyNumberError::Length { found })
        | FaultReason::Normalize(NormalizeError::Length { found })
        | FaultReason::SymbolLength { found } => (None, Some(*found)),
        _ => (None, None),
    }
}

impl From<ScopeError> for Failure {
    fn from(error: ScopeError) -> Self {
        Self::new(Class::Scope, error.kind(), error)
    }
}

impl From<KeyTagError> for Failure {
    fn from(error: KeyTagError) -> Self {
        Self::new(Class::Text, "key-tag", error)
    }
}

impl From<RandomError> for Failure {
    fn from(error: RandomError) -> Self {
        Self::new(Class::Internal, "random", error)
    }
}

impl From<TextError> for Failure {
    fn from(error: TextError) -> Self {
        let failure = Self::new(Class::Text, error.kind(), error);
        match error {
            TextError::WrongPurpose { expected, found } => {
                failure.with("expected", expected.to_string()).with("found", found.to_string())
            }
            TextError::WrongKey { expected, found } => {
                failure.with("expected", expected.to_string()).with("found", found.to_string())
            }
            _ => failure,
        }
    }
}

impl From<PurposeError> for Failure {
    fn from(error: PurposeError) -> Self {
        let failure = Self::new(Class::Purpose, error.kind(), error);
        match error {
            PurposeError::Other { expected, found } => {
                failure.with("expected", expected.to_string()).with("found", found.to_string())
            }
            PurposeError::InsurersEpoch { found } => failure.with("found", found as usize),
            _ => failure,
        }
    }
}

impl From<LineageError> for Failure {
    fn from(error: LineageError) -> Self {
        Self::new(Class::Lineage, error.kind(), error).with_option("pair", error.pair())
    }
}

impl From<ColumnError> for Failure {
    fn from(error: ColumnError) -> Self {
        let failure = Self::column(error.kind(), &error);
        match error {
            ColumnError::SymbolLength { found } => failure.with("found", found),
            ColumnError::TextLength { found, most } | ColumnError::BinaryLength { found, most } => {
                failure.with("found", found).with("most", most)
            }
            _ => failure,
        }
    }
}

impl From<MetadataError> for Failure {
    fn from(error: MetadataError) -> Self {
        Self::column("metadata", error)
    }
}

impl From<PlaintextError> for Failure {
    fn from(error: PlaintextError) -> Self {
        let line = match error {
            PlaintextError::UnknownLine { line, .. }
            | PlaintextError::MissingLine { line, .. }
            | PlaintextError::BadValue { line, .. }
            | PlaintextError::TagMismatch { line } => Some(line),
            _ => None,
        };
        Self::new(Class::KeyFile, error.kind(), error).with_option("line", line)
    }
}

impl From<KeyFileError> for Failure {
    fn from(error: KeyFileError) -> Self {
        let failure = Self::new(Class::KeyFile, error.kind(), &error);
        match error {
            KeyFileError::Plaintext(error) => error.into(),
            KeyFileError::ExcessiveWork { found } => failure.with("found", usize::from(found)),
            KeyFileError::Io(error) => failure.of_system(&error),
            _ => failure,
        }
    }
}

impl From<SealError> for Failure {
    fn from(error: SealError) -> Self {
        Self::new(Class::KeyFile, error.kind(), error)
    }
}

impl From<SecretFileError> for Failure {
    fn from(error: SecretFileError) -> Self {
        let failure = Self::new(Class::KeyFile, error.kind(), &error);
        match error {
            SecretFileError::Identity { line } => failure.with("line", line),
            SecretFileError::Io(error) => failure.of_system(&error),
            _ => failure,
        }
    }
}

fn errno(error: &io::Error) -> Option<usize> {
    error.raw_os_error().and_then(|number| number.try_into().ok())
}
