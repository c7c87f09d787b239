//! Numbers: strict, lenient, and the check digit.

use fugo::normalize::{self as lenient, LostZeros};
use pyo3::{exceptions::PyTypeError, prelude::*, types::PyTuple};

use crate::{errors::Failure, given, panics::guarded};

/// MyNumber(text): a valid MyNumber (個人番号), twelve ASCII digits of which the last is the check digit.
///
/// `text` is str, bytes or bytes-like. Raises MyNumberError. Numbers compare in constant time, print only their type
/// and are wiped when they are dropped. They cannot be pickled or hashed. Python's own copies of `text` are not wiped.
#[pyclass(frozen, module = "fugo")]
pub(crate) struct MyNumber(pub(crate) fugo::MyNumber);

#[pymethods]
impl MyNumber {
    #[new]
    #[pyo3(signature = (text, /))]
    fn new(text: &Bound<'_, PyAny>) -> Result<Self, Failure> {
        parse(text).map(Self)
    }

    /// The twelve digits. Only this method reveals them: do not log, store or print the result.
    fn expose_digits(&self) -> &str {
        str::from_utf8(self.0.expose_digits()).unwrap_or_default()
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    fn __repr__(&self) -> &'static str {
        "MyNumber(..)"
    }

    fn __reduce__(&self) -> PyResult<Py<PyAny>> {
        Err(PyTypeError::new_err("a MyNumber cannot be pickled or copied, because nobody would wipe the copy"))
    }
}

/// Reads a number from a MyNumber, a str or bytes.
pub(crate) fn parse(value: &Bound<'_, PyAny>) -> Result<fugo::MyNumber, Failure> {
    if let Ok(number) = value.cast::<MyNumber>() {
        return Ok(number.get().0.clone());
    }
    let parsed = guarded(|| given::bytes(value, |text| fugo::MyNumber::parse(text)))?;
    let found = || given::type_name(value);
    let wrong = || {
        Failure::wrong_type(format!("a number must be a MyNumber, str, bytes or bytes-like object, not {}", found()))
    };
    Ok(parsed.ok_or_else(wrong)??)
}

/// check_digit(body): the check digit, 0 to 9, of eleven ASCII digits (平成26年総務省令第85号 第5条).
///
/// Raises MyNumberError.
#[pyfunction]
#[pyo3(signature = (body, /))]
pub(crate) fn check_digit(body: &Bound<'_, PyAny>) -> Result<u8, Failure> {
    guarded(|| match given::bytes(body, |body| fugo::MyNumber::check_digit(body))? {
        Some(digit) => Ok(digit?),
        None => Err(Failure::wrong_type(format!("a body must be str or bytes, not {}", given::type_name(body)))),
    })
}

/// Twelve normalised digits, not yet checked, and the changes that were made.
#[pyclass(frozen, module = "fugo")]
pub(crate) struct Normalized(lenient::Normalized);

#[pymethods]
impl Normalized {
    /// The strict parse of the digits. Raises MyNumberError.
    fn parse(&self) -> Result<MyNumber, Failure> {
        Ok(MyNumber(self.0.parse()?))
    }

    /// The changes that were made: of `invisibles`, `trimmed`, `full-width`, `separators`, `zeros-restored`, in this
    /// order.
    #[getter]
    fn changes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.changes().names().collect::<Vec<_>>())
    }

    fn __repr__(&self) -> &'static str {
        "Normalized(..)"
    }

    fn __reduce__(&self) -> PyResult<Py<PyAny>> {
        Err(PyTypeError::new_err("a Normalized holds digits and cannot be pickled or copied"))
    }
}

/// normalize(text, *, restore_zeros=False): normalises a value from a file to twelve digits, not yet checked.
///
/// `restore_zeros` pads 9 to 11 digits with zeros. This turns about one in ten 住民票コード into another person's number, so
/// use it only for columns that are known to hold MyNumbers. Raises NormalizeError.
#[pyfunction]
#[pyo3(signature = (text, /, *, restore_zeros = false))]
pub(crate) fn normalize(text: &Bound<'_, PyAny>, restore_zeros: bool) -> Result<Normalized, Failure> {
    guarded(|| match given::text(text, |text| lenient::normalize(text, lost_zeros(restore_zeros)))? {
        Some(normalized) => Ok(Normalized(normalized?)),
        None => Err(Failure::wrong_type(format!("a text must be str or UTF-8 bytes, not {}", given::type_name(text)))),
    })
}

pub(crate) fn lost_zeros(restore: bool) -> LostZeros {
    if restore { LostZeros::Restore } else { LostZeros::Refuse }
}
