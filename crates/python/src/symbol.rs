//! Symbols and their text.

use std::hash::{DefaultHasher, Hash, Hasher};

use fugo::{
    KeyTag, Purpose, SYMBOL_LEN,
    flat::REFUSED,
    text::{self, TextEncoder, TextError},
};
use pyo3::{
    basic::CompareOp,
    exceptions::PyTypeError,
    prelude::*,
    types::{PyBytes, PyNotImplemented, PyTuple},
};

use crate::{errors::Failure, given, panics::guarded};

/// Symbol(purpose, value): the 16 bytes that represent a person in one scope (符号). Treat every symbol as 個人番号.
///
/// `bytes(symbol)` gives the bytes. Symbols of one purpose compare and sort by their bytes. Symbols of two purposes are
/// never equal and have no order. The bytes do not identify the key; key tags do. `str(symbol)` raises TypeError.
/// Sixteen zero bytes, which mark a refused row, are refused. Raises ScopeError, LengthError.
#[pyclass(frozen, module = "fugo")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Symbol {
    pub(crate) purpose: Purpose,
    pub(crate) bytes: [u8; SYMBOL_LEN],
}

#[pymethods]
impl Symbol {
    #[new]
    #[pyo3(signature = (purpose, value, /))]
    fn new(purpose: &str, value: &Bound<'_, PyAny>) -> Result<Self, Failure> {
        let purpose = purpose.parse()?;
        let bytes = given::bytes(value, |bytes| bytes.try_into().map_err(|_| Failure::symbol_length(bytes.len())))?;
        let bytes = bytes.ok_or_else(|| {
            Failure::wrong_type(format!("a symbol must be 16 bytes, not {}", given::type_name(value)))
        })??;
        if bytes == REFUSED { Err(Failure::no_symbol()) } else { Ok(Self { purpose, bytes }) }
    }

    /// `agency` to `portal`.
    #[getter]
    fn purpose(&self) -> &'static str {
        self.purpose.name()
    }

    /// The text form with this key tag: Bech32m over tag ‖ symbol. Raises TextError.
    #[pyo3(signature = (tag, /))]
    fn text(&self, tag: &str) -> Result<String, Failure> {
        Ok(TextEncoder::new(self.purpose, tag.parse()?).encode(&self.bytes).to_string())
    }

    fn __bytes__<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.bytes)
    }

    fn __repr__(&self) -> String {
        format!("{}(..)", self.purpose.symbol_name())
    }

    /// Raises TypeError: `print`, an f-string and `csv` would write a text that cannot be read back.
    fn __str__(&self) -> PyResult<String> {
        Err(PyTypeError::new_err(
            "a symbol has no text form without its key; use key.text(symbol) or symbol.text(tag), or \
             bytes(symbol).hex() for its bytes",
        ))
    }

    fn __format__(&self, _spec: &str) -> PyResult<String> {
        self.__str__()
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }

    fn __richcmp__(&self, other: &Self, op: CompareOp, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let is_equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
        if self.purpose != other.purpose && !is_equality {
            return Ok(PyNotImplemented::get(py).to_owned().into_any().unbind());
        }
        let order = (self.purpose, self.bytes).cmp(&(other.purpose, other.bytes));
        Ok(op.matches(order).into_pyobject(py)?.to_owned().into_any().unbind())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let (py, symbol) = (slf.py(), slf.get());
        let arguments = (symbol.purpose.name(), PyBytes::new(py, &symbol.bytes)).into_pyobject(py)?;
        (slf.get_type(), arguments).into_pyobject(py)
    }
}

/// decode_text(text, *, purpose=None, tag=None): the purpose, the key tag and the symbol of a text form.
///
/// No key is needed. If a purpose or a key tag is given, the text must have it. Raises TextError, ScopeError.
#[pyfunction]
#[pyo3(signature = (text, /, *, purpose = None, tag = None))]
pub(crate) fn decode_text(
    text: &Bound<'_, PyAny>,
    purpose: Option<&str>,
    tag: Option<&str>,
) -> Result<(&'static str, String, Symbol), Failure> {
    let purpose = purpose.map(str::parse::<Purpose>).transpose()?;
    let tag = tag.map(str::parse::<KeyTag>).transpose()?;
    let decoded = guarded(|| given::bytes(text, |text| text::decode(text)))?;
    let found = decoded.ok_or_else(|| not_text(text))??;
    if let Some(expected) = purpose.filter(|expected| *expected != found.purpose) {
        return Err(TextError::WrongPurpose { expected, found: found.purpose }.into());
    }
    if let Some(expected) = tag.filter(|expected| *expected != found.tag) {
        return Err(TextError::WrongKey { expected, found: found.tag }.into());
    }
    let symbol = Symbol { purpose: found.purpose, bytes: found.symbol };
    Ok((found.purpose.name(), found.tag.to_string(), symbol))
}

pub(crate) fn not_text(value: &Bound<'_, PyAny>) -> Failure {
    Failure::wrong_type(format!("the text form of a symbol must be str or bytes, not {}", given::type_name(value)))
}
