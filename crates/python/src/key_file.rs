//! Key files: read, opened, refused.

use std::path::PathBuf;

use fugo::ErrorKind;
use fugo_keystore::{Key, KeyFile as File, RecipientError, Seal, Unlock, Use, read_passphrase};
use pyo3::{prelude::*, types::PyType};
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::{
    errors::Failure,
    given,
    key::{RootKey, ScopeKey, not_pickled},
    panics::guarded,
    scope::Scope,
};

fn given_passphrase(value: Option<&Bound<'_, PyAny>>) -> Result<Option<SecretString>, Failure> {
    let Some(value) = value else {
        return Ok(None);
    };
    let Some(text) = given::bytes(value, |text| str::from_utf8(text).map(SecretString::from))? else {
        let found = given::type_name(value);
        return Err(Failure::wrong_type(format!("a passphrase is str, bytes or bytearray, not {found}")));
    };
    text.map(Some).map_err(|_| Failure::key_file(ErrorKind::NotText, "the passphrase is not UTF-8 text"))
}

fn unlock(
    passphrase: Option<SecretString>,
    passphrase_file: Option<PathBuf>,
    identity_file: Option<PathBuf>,
    test_keys: bool,
) -> Result<Unlock, Failure> {
    let mut unlock = if test_keys { Unlock::default().with_test_keys() } else { Unlock::default() };
    if let Some(passphrase) = passphrase {
        unlock = unlock.with_passphrase(passphrase);
    }
    if let Some(path) = passphrase_file {
        let passphrase = read_passphrase(&path).map_err(|error| Failure::from(error).in_file(&path))?;
        unlock = unlock.with_passphrase(passphrase);
    }
    if let Some(path) = identity_file {
        unlock = unlock.with_identity_file(&path).map_err(|error| Failure::from(error).in_file(&path))?;
    }
    Ok(unlock)
}

/// What a key file says: one key, what it may be used for, and its tag. Made by `load`.
#[pyclass(frozen, module = "fugo")]
pub(crate) struct KeyFile(File);

#[pymethods]
impl KeyFile {
    /// load(path, *, passphrase=None, passphrase_file=None, identity_file=None, test_keys=False): reads and opens a key
    /// file.
    ///
    /// Prefer files, which only their owner may be able to read, to a passphrase in the program. A passphrase takes
    /// about a second, in which other threads run. A file that says `use: test` is refused unless `test_keys` is true.
    /// Raises KeyFileError, which is a FileNotFoundError too where a file is absent.
    #[classmethod]
    #[pyo3(signature = (path, *, passphrase = None, passphrase_file = None, identity_file = None, test_keys = false))]
    fn load(
        class: &Bound<'_, PyType>,
        path: PathBuf,
        passphrase: Option<&Bound<'_, PyAny>>,
        passphrase_file: Option<PathBuf>,
        identity_file: Option<PathBuf>,
        test_keys: bool,
    ) -> Result<Self, Failure> {
        let passphrase = given_passphrase(passphrase)?;
        class.py().detach(|| {
            guarded(|| {
                let unlock = unlock(passphrase, passphrase_file, identity_file, test_keys)?;
                let file = File::load(&path, &unlock).map_err(|error| Failure::from(error).in_file(&path))?;
                Ok(Self(file))
            })
        })
    }

    /// open(data, *, passphrase=None, passphrase_file=None, identity_file=None, test_keys=False): opens a key file whose
    /// bytes are at hand, as a store of secrets gives them. Arguments and errors as those of `load`.
    #[classmethod]
    #[pyo3(signature = (data, /, *, passphrase = None, passphrase_file = None, identity_file = None, test_keys = false))]
    fn open(
        class: &Bound<'_, PyType>,
        data: &Bound<'_, PyAny>,
        passphrase: Option<&Bound<'_, PyAny>>,
        passphrase_file: Option<PathBuf>,
        identity_file: Option<PathBuf>,
        test_keys: bool,
    ) -> Result<Self, Failure> {
        let passphrase = given_passphrase(passphrase)?;
        let Some(data) = given::bytes(data, |data| Zeroizing::new(data.to_vec()))? else {
            return Err(Failure::wrong_type(format!("a key file is bytes, not {}", given::type_name(data))));
        };
        class.py().detach(|| {
            guarded(|| {
                let unlock = unlock(passphrase, passphrase_file, identity_file, test_keys)?;
                Ok(Self(File::open(&data, &unlock)?))
            })
        })
    }

    /// parse_plaintext(text): what is inside a key file's encryption. Raises KeyFileError. Whether it is a test key is not
    /// looked at: `usage` tells.
    #[classmethod]
    #[pyo3(signature = (text, /))]
    fn parse_plaintext(_class: &Bound<'_, PyType>, text: &Bound<'_, PyAny>) -> Result<Self, Failure> {
        guarded(|| match given::bytes(text, File::parse_plaintext)? {
            Some(file) => Ok(Self(file?)),
            None => Err(Failure::wrong_type(format!("a plaintext is bytes, not {}", given::type_name(text)))),
        })
    }

    /// of(key, *, usage="production"): the file of a RootKey or a ScopeKey, not written yet. `usage` is "production" or
    /// "test".
    #[classmethod]
    #[pyo3(signature = (key, *, usage = "production"))]
    fn of(_class: &Bound<'_, PyType>, key: &Bound<'_, PyAny>, usage: &str) -> Result<Self, Failure> {
        let wrong = || Failure::wrong_option("usage is \"production\" or \"test\"".into());
        let usage = Use::from_name(usage).ok_or_else(wrong)?;
        if let Ok(key) = key.cast::<RootKey>() {
            return Ok(Self(File::root(key.get().0.clone(), usage)));
        }
        match key.cast::<ScopeKey>() {
            Ok(key) => Ok(Self(File::scope(key.get().0.clone(), usage))),
            Err(_) => {
                Err(Failure::wrong_type(format!("a key is a RootKey or a ScopeKey, not {}", given::type_name(key))))
            }
        }
    }

    /// create(path, *, passphrase=None, passphrase_file=None, recipients=None, plaintext=False): writes a new file,
    /// readable by its owner only, whole or not at all. A file that exists is never replaced.
    ///
    /// Exactly one lock is given: a passphrase of at least 12 characters, or age recipients (`age1…`), of whose identities
    /// any one opens the file, or `plaintext=True`, for test keys only. Raises KeyFileError.
    #[pyo3(signature = (path, *, passphrase = None, passphrase_file = None, recipients = None, plaintext = false))]
    fn create(
        slf: &Bound<'_, Self>,
        path: PathBuf,
        passphrase: Option<&Bound<'_, PyAny>>,
        passphrase_file: Option<PathBuf>,
        recipients: Option<Vec<String>>,
        plaintext: bool,
    ) -> Result<(), Failure> {
        let passphrase = given_passphrase(passphrase)?;
        let locks = [passphrase.is_some(), passphrase_file.is_some(), recipients.is_some(), plaintext];
        if locks.into_iter().filter(|is_given| *is_given).count() != 1 {
            let message = "exactly one of passphrase, passphrase_file, recipients and plaintext locks a key file";
            return Err(Failure::wrong_option(message.into()));
        }
        let file = slf.get();
        slf.py().detach(|| {
            guarded(|| {
                let seal = match (passphrase, passphrase_file, recipients) {
                    (Some(passphrase), _, _) => Seal::passphrase(passphrase)?,
                    (_, Some(path), _) => {
                        let read = read_passphrase(&path).map_err(|error| Failure::from(error).in_file(&path))?;
                        Seal::passphrase(read)?
                    }
                    (_, _, Some(recipients)) => {
                        let recipients = recipients.iter().map(|text| text.parse()).collect::<Result<Vec<_>, _>>();
                        Seal::recipients(
                            recipients
                                .map_err(|error: RecipientError| Failure::key_file(ErrorKind::Recipient, error))?,
                        )?
                    }
                    _ => Seal::plaintext(),
                };
                file.0.create(&path, &seal).map_err(|error| Failure::from(error).in_file(&path))
            })
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

    /// The root key. Raises KeyFileError of kind `wrong-kind` for a scope's key.
    #[getter]
    fn root_key(&self) -> Result<RootKey, Failure> {
        match self.0.key() {
            Key::Root(key) => Ok(RootKey(key.clone())),
            Key::Scope(_) => Err(Failure::wrong_kind("the file holds a scope's key, not a root key")),
        }
    }

    /// The scope's key. Raises KeyFileError of kind `wrong-kind` for a root key.
    #[getter]
    fn scope_key(&self) -> Result<ScopeKey, Failure> {
        match self.0.key() {
            Key::Root(_) => Err(Failure::wrong_kind("the file holds a root key, not a scope's key")),
            Key::Scope(key) => Ok(ScopeKey(key.clone())),
        }
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
