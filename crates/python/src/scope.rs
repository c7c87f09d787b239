//! Scopes: purpose, scope id and epoch.

use std::hash::{DefaultHasher, Hash, Hasher};

use fugo::{Epoch, ScopeError};
use pyo3::{
    prelude::*,
    types::{PyBytes, PyInt, PyString, PyTuple, PyType},
};

use crate::{errors::Failure, given};

/// Scope("agency/nta/1"): a scope, made of purpose, scope id and epoch.
///
/// Raises ScopeError.
#[pyclass(frozen, module = "fugo")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Scope(pub(crate) fugo::Scope);

#[pymethods]
impl Scope {
    #[new]
    #[pyo3(signature = (text, /))]
    fn new(text: &Bound<'_, PyAny>) -> Result<Self, Failure> {
        parse(text).map(Self)
    }

    /// of(purpose, id, epoch): makes a scope from its parts.
    #[classmethod]
    #[pyo3(signature = (purpose, id, epoch))]
    fn of(_class: &Bound<'_, PyType>, purpose: &str, id: &str, epoch: &Bound<'_, PyInt>) -> Result<Self, Failure> {
        // An epoch that does not fit 32 bits is refused like 0.
        let epoch = epoch.extract::<u32>();
        let scope = fugo::Scope::new(purpose.parse()?, id.parse()?, Epoch::new(*epoch.as_ref().unwrap_or(&1))?)?;
        if epoch.is_err() { Err(ScopeError::Form.into()) } else { Ok(Self(scope)) }
    }

    /// `agency`, `insurers`, `eligibility`, `network`, `research`, `registry` or `portal`.
    #[getter]
    fn purpose(&self) -> &'static str {
        self.0.purpose().name()
    }

    /// The scope id: 1 to 40 of `a-z 0-9 -`.
    #[getter]
    fn id(&self) -> &str {
        self.0.id().as_str()
    }

    /// The epoch (世代): 1 to 4294967295.
    #[getter]
    fn epoch(&self) -> u32 {
        self.0.epoch().number()
    }

    /// `"fugo" ‖ 0x01 ‖ purpose (1) ‖ epoch (4, big-endian) ‖ len(id) (1) ‖ id`, 12 to 51 bytes.
    fn label<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.label().as_bytes())
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!("Scope({})", self.0)
    }

    fn __eq__(&self, other: &Self) -> bool {
        self == other
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let arguments = PyTuple::new(slf.py(), [slf.get().0.to_string()])?;
        (slf.get_type(), arguments).into_pyobject(slf.py())
    }
}

/// Reads a scope from a Scope or a str.
pub(crate) fn parse(value: &Bound<'_, PyAny>) -> Result<fugo::Scope, Failure> {
    if let Ok(scope) = value.cast::<Scope>() {
        return Ok(scope.get().0);
    }
    match value.cast::<PyString>() {
        Ok(_) => match given::text(value, str::parse)? {
            Some(scope) => Ok(scope?),
            None => Err(ScopeError::Form.into()),
        },
        Err(_) => Err(Failure::wrong_type(format!("a scope must be a Scope or str, not {}", given::type_name(value)))),
    }
}
