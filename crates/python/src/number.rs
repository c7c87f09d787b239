//! Numbers: strict, lenient, and the check digit.

use fugo::normalize::{self as lenient, LostZeros};
use pyo3::{exceptions::PyTypeError, prelude::*, types::PyTuple};

use crate::{errors::Failure, given, panics::guarded};

/// MyNumber(text): twelve ASCII digits whose last is the check digit (個人番号).
///
/// `text` is str, bytes or bytes-like. Raises MyNumberError. Compares in constant time, prints as its type only, is
/// wiped when it is dropped; cannot be pickled or hashed. Python's own copies of `text` are not wiped.
#[pyclass(frozen, module = "fugo")]
pub(crate) struct MyNumber(pub(crate) fugo::MyNumber);

#[pymethods]
impl MyNumber {
    #[new]
    #[pyo3(signature = (text, /))]
    fn new(text: &Bound<'_, PyAny>) -> Result<Self, Failure> {
        parse(text).map(Self)
    }

    /// The twelve digits. The one way out of secrecy: do not log, store or print what it returns.
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
        Err(PyTypeError::new_err("a MyNumber is not pickled or copied, so that digits stay where they were given"))
    }
}

/// The number in a MyNumber, a str or bytes.
pub(crate) fn parse(value: &Bound<'_, PyAny>) -> Result<fugo::MyNumber, Failure> {
    if let Ok(number) = value.cast::<MyNumber>() {
        return Ok(number.get().0.clone());
    }
    let parsed = guarded(|| given::bytes(value, |text| fugo::MyNumber::parse(text)))?;
    let found = || given::type_name(value);
    let wrong =
        || Failure::wrong_type(format!("a number is a MyNumber, str, bytes or bytes-like object, not {}", found()));
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
        None => Err(Failure::wrong_type(format!("a body is str or bytes, not {}", given::type_name(body)))),
    })
}

/// Twelve digits, not yet checked, and what was changed to get them.
#[pyclass(frozen, module = "fugo")]
pub(crate) struct Normalized(lenient::Normalized);

#[pymethods]
impl Normalized {
    /// The strict parse of the digits. Raises MyNumberError.
    fn parse(&self) -> Result<MyNumber, Failure> {
        Ok(MyNumber(self.0.parse()?))
    }

    /// What was changed: of `invisibles`, `trimmed`, `full-width`, `separators`, `zeros-restored`, in this order.
    #[getter]
    fn changes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.changes().names().collect::<Vec<_>>())
    }

    fn __repr__(&self) -> &'static str {
        "Normalized(..)"
    }

    fn __reduce__(&self) -> PyResult<Py<PyAny>> {
        Err(PyTypeError::new_err("a Normalized holds digits and is not pickled or copied"))
    }
}

/// normalize(text, *, restore_zeros=False): what real files contain → twelve digits, not yet checked.
///
/// `restore_zeros` pads 9 to 11 digits, and makes another person's number of one 住民票コード in ten: only for columns
/// known to hold MyNumbers. Raises NormalizeError.
#[pyfunction]
#[pyo3(signature = (text, /, *, restore_zeros = false))]
pub(crate) fn normalize(text: &Bound<'_, PyAny>, restore_zeros: bool) -> Result<Normalized, Failure> {
    guarded(|| match given::text(text, |text| lenient::normalize(text, lost_zeros(restore_zeros)))? {
        Some(normalized) => Ok(Normalized(normalized?)),
        None => Err(Failure::wrong_type(format!("a text is str or UTF-8 bytes, not {}", given::type_name(text)))),
    })
}

pub(crate) fn lost_zeros(restore: bool) -> LostZeros {
    if restore { LostZeros::Restore } else { LostZeros::Refuse }
}
