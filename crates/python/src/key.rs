//! Root keys and scope keys. Their bytes are never shown.

use fugo_keystore::{Use, source::ScopeSource};
use pyo3::{exceptions::PyTypeError, prelude::*, types::PyType};

use crate::{
    errors::Failure,
    given,
    scope::{self, Scope},
};

/// Keys cannot be pickled or copied: nobody would wipe the copy.
pub(crate) fn not_pickled(what: &str) -> PyErr {
    PyTypeError::new_err(format!("a {what} cannot be pickled or copied; load it from a key file where it is needed"))
}

/// RootKey(key): a root key, 32 uniform random bytes.
///
/// `key` is bytes, bytearray or memoryview; the caller can wipe the last two. Raises LengthError. Keys are wiped when
/// they are dropped, compare in constant time and print only their type.
#[pyclass(frozen, module = "fugo")]
pub(crate) struct RootKey {
    pub(crate) key: fugo::RootKey,
    /// What its key file says; a key from bytes has none.
    pub(crate) usage: Option<Use>,
}

#[pymethods]
impl RootKey {
    #[new]
    #[pyo3(signature = (key, /))]
    fn new(key: &Bound<'_, PyAny>) -> Result<Self, Failure> {
        Ok(Self { key: fugo::RootKey::from_bytes(&*given::key_bytes(key)?), usage: None })
    }

    /// Makes a key from the system's random generator.
    #[classmethod]
    fn random(_class: &Bound<'_, PyType>) -> Result<Self, Failure> {
        Ok(Self { key: fugo::RootKey::random()?, usage: None })
    }

    /// `HKDF-Expand-SHA-256(PRK = RootKey, info = Label, L = 32)` (RFC 5869 §2.3). Raises ScopeError.
    #[pyo3(signature = (scope, /))]
    fn scope_key(&self, scope: &Bound<'_, PyAny>) -> Result<ScopeKey, Failure> {
        Ok(ScopeKey { key: self.key.scope_key(&scope::parse(scope)?).into(), usage: self.usage })
    }

    /// The key tag, 8 hex digits.
    #[getter]
    fn tag(&self) -> String {
        self.key.tag().to_string()
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.key == other.key
    }

    fn __repr__(&self) -> &'static str {
        "RootKey(..)"
    }

    fn __reduce__(&self) -> PyResult<Py<PyAny>> {
        Err(not_pickled("RootKey"))
    }
}

/// ScopeKey(scope, key): a scope key, from 32 bytes that were derived elsewhere, for example in an HSM.
///
/// Raises ScopeError, LengthError. From a `KeyFile.at` of a token it has no bytes, and calls that need them raise
/// KeyFileError of kind `no-bytes`. Keys are wiped when they are dropped, compare in constant time and print only their
/// type.
#[pyclass(frozen, module = "fugo")]
pub(crate) struct ScopeKey {
    pub(crate) key: ScopeSource,
    /// What the key file says that it, or its root key, is from; a key from bytes has none.
    pub(crate) usage: Option<Use>,
}

#[pymethods]
impl ScopeKey {
    #[new]
    #[pyo3(signature = (scope, key, /))]
    fn new(scope: &Bound<'_, PyAny>, key: &Bound<'_, PyAny>) -> Result<Self, Failure> {
        let key = fugo::ScopeKey::from_bytes(&scope::parse(scope)?, &*given::key_bytes(key)?).into();
        Ok(Self { key, usage: None })
    }

    /// The scope of the key.
    #[getter]
    fn scope(&self) -> Scope {
        Scope(*self.key.scope())
    }

    /// The key tag, 8 hex digits, which identifies the key in text forms and columns.
    #[getter]
    fn tag(&self) -> String {
        self.key.tag().to_string()
    }

    fn __eq__(&self, other: &Self) -> Result<bool, Failure> {
        let needs = "two keys are compared by them";
        Ok(self.key.bytes(needs)? == other.key.bytes(needs)?)
    }

    fn __repr__(&self) -> &'static str {
        "ScopeKey(..)"
    }

    fn __reduce__(&self) -> PyResult<Py<PyAny>> {
        Err(not_pickled("ScopeKey"))
    }
}
