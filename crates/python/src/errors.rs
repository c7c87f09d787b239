//! Every error of the library → a Python exception with its kind, its numbers and its message. Nothing here holds a
//! value.

use std::{fmt::Display, io, path::Path};

use fugo::{
    BodyError, ErrorKind, Found, KeyTagError, LineageError, MyNumberError, Place, PurposeError, RandomError,
    ScopeError, normalize::NormalizeError, text::TextError,
};
use fugo_columnar::{ColumnError, Fault, FaultReason, MetadataError};
use fugo_keystore::{KeyFileError, PlaintextError, RecipientError, SealError, SecretFileError};
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
        Self::new(Class::Internal, ErrorKind::Internal, message)
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
        Self::new(Class::Length, ErrorKind::KeyLength, format_args!("the length is {found} bytes; a key has 32"))
            .with("found", found)
    }

    pub(crate) fn symbol_length(found: usize) -> Self {
        Self::new(Class::Length, ErrorKind::SymbolLength, format_args!("the length is {found} bytes; a symbol has 16"))
            .with("found", found)
    }

    /// The bytes of a refused row.
    pub(crate) fn no_symbol() -> Self {
        Self::new(Class::Length, ErrorKind::NoSymbol, FaultReason::NoSymbol)
    }

    /// A key of the other rung.
    pub(crate) fn wrong_kind(message: &str) -> Self {
        Self::new(Class::KeyFile, ErrorKind::WrongKind, message)
    }

    /// A symbol where one of another purpose is needed.
    pub(crate) fn symbol_purpose(expected: fugo::Purpose, found: fugo::Purpose) -> Self {
        let message = format_args!("the symbol is of purpose {found}; this needs a symbol of purpose {expected}");
        Self::new(Class::Purpose, ErrorKind::WrongPurpose, message)
            .with("expected", expected.to_string())
            .with("found", found.to_string())
    }

    /// What is to open a key file, given in the program.
    pub(crate) fn key_file(kind: ErrorKind, message: impl Display) -> Self {
        Self::new(Class::KeyFile, kind, message)
    }

    /// A column that cannot be read, or be written as asked for.
    pub(crate) fn column(kind: ErrorKind, message: impl Display) -> Self {
        Self::new(Class::Column, kind, message)
    }

    /// The column's own library failed. What it says may quote a value, so it is not passed on.
    pub(crate) fn producer() -> Self {
        Self::column(
            ErrorKind::ColumnType,
            "the column's own library did not give it out as a valid Arrow array; its message is kept back, since it may quote a value",
        )
    }

    /// Binary symbols that do not say whose they are.
    pub(crate) fn untagged() -> Self {
        Self::column(
            ErrorKind::Untagged,
            "the binary column has no metadata that says whose symbols it holds; pass their text, or the column with its \
             field, or trust_untagged=True if you know that they are of the insurers' key of epoch 1",
        )
    }

    /// pandas gives its columns out through pyarrow.
    pub(crate) fn needs_pyarrow() -> Self {
        Self::column(
            ErrorKind::ColumnType,
            "pandas gives a column out through pyarrow, which is not installed; install pyarrow, or pass column.tolist() if the \
             column holds text",
        )
    }

    /// A Series of pandas whose rows are of several types; pyarrow's own error quotes one of them.
    pub(crate) fn series() -> Self {
        Self::column(
            ErrorKind::ColumnType,
            "the Series holds objects of several types; make every one of them text where the Series is made (read_csv(dtype=str))",
        )
    }

    /// Nulls where what is asked for cannot hold any.
    pub(crate) fn nulls(found: usize) -> Self {
        let message = format_args!(
            "{found} rows are null, and a NumPy array holds no nulls; nulls=\"zeros\" gives zero bytes for them"
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
    /// An error of the libraries, with its place and its value as attributes.
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
            FaultReason::Text(_) | FaultReason::SymbolLength { .. } | FaultReason::NoSymbol => Class::Text,
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

impl From<SecretFileError> for Failure {
    fn from(error: SecretFileError) -> Self {
        let class = if let SecretFileError::Io(error) = &error { of_system(error) } else { Class::KeyFile };
        Self::told(class, error.kind(), &error, error.place(), error.found())
    }
}

/// An absent file is a `FileNotFoundError` too, one that may not be read a `PermissionError`.
fn of_system(error: &io::Error) -> Class {
    match error.kind() {
        io::ErrorKind::NotFound => Class::KeyFileNotFound,
        io::ErrorKind::PermissionDenied => Class::KeyFilePermission,
        _ => Class::KeyFile,
    }
}
