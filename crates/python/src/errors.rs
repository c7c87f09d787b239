//! Turns every error of the library into a Python exception with its kind, its numbers and its message. Nothing here
//! holds a value.

use std::{fmt::Display, io, path::Path};

use fugo::{
    BodyError, ErrorKind, Found, KeyTagError, LineageError, MyNumberError, Place, PurposeError, RandomError,
    ScopeError, normalize::NormalizeError, text::TextError,
};
use fugo_columnar::{ColumnError, Fault, FaultReason, MetadataError};
use fugo_keystore::{KeyFileError, PlaintextError, RecipientError, SealError, SecretFileError, source::SourceError};
use pyo3::{
    exceptions::{PyTypeError, PyValueError},
    prelude::*,
};

use crate::exceptions::Class;

/// The value of an attribute.
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

/// An exception to raise: one of ours, or one that Python has already raised.
#[derive(Debug)]
pub(crate) enum Failure {
    Ours { class: Class, kind: ErrorKind, message: String, attributes: Vec<(&'static str, Value)> },
    Raised(PyErr),
}

impl Failure {
    pub(crate) fn new(class: Class, kind: ErrorKind, message: impl Display) -> Self {
        Self::Ours { class, kind, message: message.to_string(), attributes: Vec::new() }
    }

    fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        if let Self::Ours { attributes, .. } = &mut self {
            attributes.push((name, value.into()));
        }
        self
    }

    fn with_option(self, name: &'static str, value: Option<usize>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The first refused row of a column, and the number of refused rows.
    pub(crate) fn of_faults(faults: &[Fault]) -> Option<Self> {
        let first = faults.first()?;
        Some(Self::from(first.reason).at(first.row, "row").with("faults", faults.len()))
    }

    /// Adds the row or index to the message and the attributes.
    pub(crate) fn at(mut self, index: usize, what: &str) -> Self {
        if let Self::Ours { message, .. } = &mut self {
            *message = format!("{what} {index}: {message}");
        }
        self.with("row", index)
    }

    /// Adds the file to the message and the attributes.
    pub(crate) fn in_file(mut self, path: &Path) -> Self {
        if let Self::Ours { message, .. } = &mut self {
            // A name can hold line ends and codes that move the cursor.
            let escaped = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.into() };
            let name: String = path.display().to_string().chars().map(escaped).collect();
            *message = format!("{name}: {message}");
        }
        self.with("filename", path.display().to_string())
    }

    pub(crate) fn internal() -> Self {
        let message = "fugo has a bug, and nothing was derived. Please report it, without data";
        Self::new(Class::Internal, ErrorKind::Internal, message)
    }

    /// An argument has a type that is not accepted.
    pub(crate) fn wrong_type(message: String) -> Self {
        Self::Raised(PyTypeError::new_err(message))
    }

    /// An option has a value that is not allowed.
    pub(crate) fn wrong_option(message: String) -> Self {
        Self::Raised(PyValueError::new_err(message))
    }

    pub(crate) fn key_length(found: usize) -> Self {
        Self::new(Class::Length, ErrorKind::KeyLength, format_args!("the length is {found} bytes; a key has 32 bytes"))
            .with("found", found)
    }

    pub(crate) fn symbol_length(found: usize) -> Self {
        Self::new(
            Class::Length,
            ErrorKind::SymbolLength,
            format_args!("the length is {found} bytes; a symbol has 16 bytes"),
        )
        .with("found", found)
    }

    /// Sixteen zero bytes, which mark a refused row.
    pub(crate) fn no_symbol() -> Self {
        Self::new(Class::Length, ErrorKind::NoSymbol, FaultReason::NoSymbol)
    }

    /// A root key where a scope key is needed, or the reverse.
    pub(crate) fn wrong_kind(message: &str) -> Self {
        Self::new(Class::KeyFile, ErrorKind::WrongKind, message)
    }

    /// A symbol has the wrong purpose.
    pub(crate) fn symbol_purpose(expected: fugo::Purpose, found: fugo::Purpose) -> Self {
        let message = format_args!("the symbol is of purpose {found}; a symbol of purpose {expected} is needed");
        Self::new(Class::Purpose, ErrorKind::WrongPurpose, message)
            .with("expected", expected.to_string())
            .with("found", found.to_string())
    }

    /// A passphrase in the program, or an option of a key file, is refused.
    pub(crate) fn key_file(kind: ErrorKind, message: impl Display) -> Self {
        Self::new(Class::KeyFile, kind, message)
    }

    /// A column cannot be read, or cannot be written in the requested form.
    pub(crate) fn column(kind: ErrorKind, message: impl Display) -> Self {
        Self::new(Class::Column, kind, message)
    }

    /// The library that made the column failed. Its message may quote a value, so it is not passed on.
    pub(crate) fn producer() -> Self {
        Self::column(
            ErrorKind::ColumnType,
            "the library that made the column did not export it as a valid Arrow array; its message may quote a value, \
             so it is not shown",
        )
    }

    /// Binary symbols without metadata of their scope.
    pub(crate) fn untagged(key: &str) -> Self {
        Self::column(
            ErrorKind::Untagged,
            format_args!(
                "the binary column has no metadata that names the scope of its symbols; pass the text forms, or the \
                 column with its field, or trust_untagged=True if you know that they are of {key}"
            ),
        )
    }

    /// pandas exports its columns through pyarrow.
    pub(crate) fn needs_pyarrow() -> Self {
        Self::column(
            ErrorKind::ColumnType,
            "pandas exports a column through pyarrow, which is not installed; install pyarrow, or pass column.tolist() \
             if the column holds text",
        )
    }

    /// A Series of pandas has rows of several types. pyarrow's own error would quote one of them.
    pub(crate) fn series() -> Self {
        Self::column(
            ErrorKind::ColumnType,
            "the Series holds objects of several types; read all of them as text (read_csv(dtype=str))",
        )
    }

    /// The requested form cannot hold the column's nulls.
    pub(crate) fn nulls(found: usize) -> Self {
        let message = format_args!(
            "{found} rows are null, and a NumPy array cannot hold nulls; nulls=\"zeros\" writes zero bytes for them"
        );
        Self::column(ErrorKind::Nulls, message).with("found", found)
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
                exception.setattr("kind", kind.as_str())?;
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

impl Failure {
    /// An error of the Rust libraries, with its place and its value as attributes.
    fn told(class: Class, kind: ErrorKind, message: impl Display, place: Option<Place>, found: Option<Found>) -> Self {
        let failure = Self::new(class, kind, message);
        let failure = match place {
            None => failure,
            Some(Place::Offset(offset)) => failure.with("offset", offset),
            Some(Place::Line(line)) => failure.with("line", line),
            Some(Place::Pair(pair)) => failure.with("pair", pair),
        };
        match found {
            None => failure,
            Some(Found::Length(found)) => failure.with("found", found),
            Some(Found::Rows { found, most }) => failure.with("found", found).with("most", most),
            Some(Found::Purpose { expected, found }) => {
                failure.with("expected", expected.to_string()).with("found", found.to_string())
            }
            Some(Found::Epoch(epoch)) => failure.with("found", epoch as usize),
            Some(Found::Tag { expected, found }) => {
                failure.with("expected", expected.to_string()).with("found", found.to_string())
            }
            Some(Found::Work(log2)) => failure.with("found", usize::from(log2)),
            Some(Found::SystemError(number)) => {
                failure.with_option("errno", number.and_then(|number| usize::try_from(number).ok()))
            }
        }
    }
}

macro_rules! failures {
    ($($error:ident => $class:ident,)*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::told(Class::$class, error.kind(), &error, error.place(), error.found())
            }
        }
    )*};
}

failures! {
    MyNumberError => Number,
    BodyError => Number,
    NormalizeError => Normalize,
    ScopeError => Scope,
    KeyTagError => Text,
    RandomError => Internal,
    TextError => Text,
    PurposeError => Purpose,
    LineageError => Lineage,
    PlaintextError => KeyFile,
    SealError => KeyFile,
    RecipientError => KeyFile,
}

impl From<FaultReason> for Failure {
    fn from(reason: FaultReason) -> Self {
        let class = match reason {
            FaultReason::Normalize(_) => Class::Normalize,
            FaultReason::Text(_)
            | FaultReason::SymbolLength { .. }
            | FaultReason::NoSymbol
            | FaultReason::UnknownSymbol => Class::Text,
            FaultReason::Number(_) | FaultReason::Negative => Class::Number,
        };
        Self::told(class, reason.kind(), reason, reason.place(), reason.found())
    }
}

impl From<ColumnError> for Failure {
    fn from(error: ColumnError) -> Self {
        match error {
            ColumnError::Purpose(error) => error.into(),
            error => Self::told(Class::Column, error.kind(), &error, error.place(), error.found()),
        }
    }
}

impl From<MetadataError> for Failure {
    fn from(error: MetadataError) -> Self {
        Self::column(error.kind(), error)
    }
}

impl From<KeyFileError> for Failure {
    fn from(error: KeyFileError) -> Self {
        let class = if let KeyFileError::Io(error) = &error { of_system(error) } else { Class::KeyFile };
        Self::told(class, error.kind(), &error, error.place(), error.found())
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::KeyFile(error) => error.into(),
            SourceError::Purpose(error) => error.into(),
            error => Self::told(Class::KeyFile, error.kind(), &error, error.place(), error.found()),
        }
    }
}

impl From<SecretFileError> for Failure {
    fn from(error: SecretFileError) -> Self {
        let class = if let SecretFileError::Io(error) = &error { of_system(error) } else { Class::KeyFile };
        Self::told(class, error.kind(), &error, error.place(), error.found())
    }
}

/// A missing file is also a `FileNotFoundError`. A file that may not be read is also a `PermissionError`.
fn of_system(error: &io::Error) -> Class {
    match error.kind() {
        io::ErrorKind::NotFound => Class::KeyFileNotFound,
        io::ErrorKind::PermissionDenied => Class::KeyFilePermission,
        _ => Class::KeyFile,
    }
}
