//! Key files: read, opened, refused.

use std::path::PathBuf;

use fugo_keystore::{Key, KeyFile as File, Unlock, read_passphrase};
use pyo3::{prelude::*, types::PyType};
use secrecy::SecretString;

use crate::{
    errors::Failure,
    given,
    key::{RootKey, ScopeKey, not_pickled},
    panics::guarded,
    scope::Scope,
};

/// What a key file says: one key, what it may be used for, and its tag. Made by `load`.
#[pyclass(frozen, module = "fugo")]
pub(crate) struct KeyFile(File);

#[pymethods]
impl KeyFile {
    /// load(path, *, passphrase=None, passphrase_file=None, identity_file=None): reads and opens a key file.
    ///
    /// Prefer files, which only their owner may be able to read, to a passphrase in the program. A passphrase takes
    /// about a second, in which other threads run. Raises KeyFileError.
    #[classmethod]
    #[pyo3(signature = (path, *, passphrase = None, passphrase_file = None, identity_file = None))]
    fn load(
        class: &Bound<'_, PyType>,
        path: PathBuf,
        passphrase: Option<&Bound<'_, PyAny>>,
        passphrase_file: Option<PathBuf>,
        identity_file: Option<PathBuf>,
    ) -> Result<Self, Failure> {
        let mut unlock = Unlock::default().with_test_keys();
        if let Some(value) = passphrase {
            let Some(text) = given::bytes(value, |text| str::from_utf8(text).map(SecretString::from))? else {
                let found = given::type_name(value);
                return Err(Failure::wrong_type(format!("a passphrase is str, bytes or bytearray, not {found}")));
            };
            let not_text = |_| Failure::key_file("not-text", "the passphrase is not UTF-8 text");
            unlock = unlock.with_passphrase(text.map_err(not_text)?);
        }
        class.py().detach(|| {
            guarded(|| {
                if let Some(path) = passphrase_file {
                    let passphrase = read_passphrase(&path).map_err(|error| Failure::from(error).in_file(&path))?;
                    unlock = unlock.with_passphrase(passphrase);
                }
                if let Some(path) = identity_file {
                    let opened = unlock.with_identity_file(&path);
                    unlock = opened.map_err(|error| Failure::from(error).in_file(&path))?;
                }
                let file = File::load(&path, &unlock).map_err(|error| Failure::from(error).in_file(&path))?;
                Ok(Self(file))
            })
        })
    }

    /// parse_plaintext(text): what is inside a key file's encryption. Raises KeyFileError.
    #[classmethod]
    #[pyo3(signature = (text, /))]
    fn parse_plaintext(_class: &Bound<'_, PyType>, text: &Bound<'_, PyAny>) -> Result<Self, Failure> {
        guarded(|| match given::bytes(text, File::parse_plaintext)? {
            Some(file) => Ok(Self(file?)),
            None => Err(Failure::wrong_type(format!("a plaintext is bytes, not {}", given::type_name(text)))),
        })
    }

    /// The key: a RootKey or a ScopeKey.
    #[getter]
    fn key(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(match self.0.key() {
            Key::Root(key) => Py::new(py, RootKey(key.clone()))?.into_any(),
            Key::Scope(key) => Py::new(py, ScopeKey(key.clone()))?.into_any(),
        })
    }

    /// The scope of a scope's key; None for a root key.
    #[getter]
    fn scope(&self) -> Option<Scope> {
        match self.0.key() {
            Key::Root(_) => None,
            Key::Scope(key) => Some(Scope(*key.scope())),
        }
    }

    /// `production` (real numbers) or `test` (published or invented numbers only).
    #[getter]
    fn usage(&self) -> &'static str {
        self.0.usage().name()
    }

    /// The key's tag, 8 hex digits.
    #[getter]
    fn tag(&self) -> String {
        self.0.tag().to_string()
    }

    fn __repr__(&self) -> &'static str {
        "KeyFile(..)"
    }

    fn __reduce__(&self) -> PyResult<Py<PyAny>> {
        Err(not_pickled("KeyFile"))
    }
}
