//! Key files.

use std::path::{Path, PathBuf};

use fugo::ErrorKind;
use fugo_keystore::{
    Key, KeyFile as File, RecipientError, Seal, Unlock, Use, read_passphrase,
    source::{Holder, KeyAddress, OpenedKey, SourceError},
};
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
        return Err(Failure::wrong_type(format!("a passphrase must be str, bytes or bytearray, not {found}")));
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

/// The arguments that unlock a key file.
struct Unlocking<'a, 'py> {
    passphrase: Option<&'a Bound<'py, PyAny>>,
    passphrase_file: Option<PathBuf>,
    identity_file: Option<PathBuf>,
    test_keys: bool,
}

/// What a key file is opened from, with other threads running meanwhile.
fn opened(
    py: Python<'_>,
    unlocking: Unlocking<'_, '_>,
    open: impl FnOnce(&Unlock) -> Result<OpenedKey, Failure> + Send,
) -> Result<KeyFile, Failure> {
    let Unlocking { passphrase, passphrase_file, identity_file, test_keys } = unlocking;
    let passphrase = given_passphrase(passphrase)?;
    py.detach(|| guarded(|| Ok(KeyFile(open(&unlock(passphrase, passphrase_file, identity_file, test_keys)?)?))))
}

/// The key file at a path, which an error names.
fn load(path: &Path, unlock: &Unlock) -> Result<OpenedKey, Failure> {
    OpenedKey::load(path, unlock).map_err(|error| Failure::from(error).in_file(path))
}

/// The content of a key file: one key, its permitted use, and its tag. `load` makes it. From a `pkcs11:` address it may be
/// the key of a scope that the token keeps; then it has no bytes.
#[pyclass(frozen, module = "fugo")]
pub(crate) struct KeyFile(OpenedKey);

impl KeyFile {
    fn root(&self) -> Option<&fugo::RootKey> {
        let OpenedKey::File(file) = &self.0 else { return None };
        if let Key::Root(key) = file.key() { Some(key) } else { None }
    }
}

#[pymethods]
impl KeyFile {
    /// load(path, *, passphrase=None, passphrase_file=None, identity_file=None, test_keys=False): reads and opens a key
    /// file.
    ///
    /// Prefer a passphrase file or an identity file to a passphrase in the program. Only the owner may have access to
    /// them. A passphrase takes about one second; other threads run meanwhile. A file with `use: test` is refused
    /// unless `test_keys` is true. Raises KeyFileError, which is also a FileNotFoundError if a file does not exist.
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
        let unlocking = Unlocking { passphrase, passphrase_file, identity_file, test_keys };
        opened(class.py(), unlocking, |unlock| load(&path, unlock))
    }

    /// at(address, *, passphrase=None, passphrase_file=None, identity_file=None, test_keys=False): the key at an address
    /// (docs/custody.md): the path of a key file, `exec:` and a program, or a `pkcs11:` URI (RFC 7512).
    ///
    /// A program MACs with the root key. Before `@exec:` there must be the scope and the tag of the key, such as
    /// `agency/nta/1=7c2cb2a1@exec:/usr/local/lib/mac`; the tag confirms the answer. A root key in a token needs them too.
    ///
    /// The key of a scope in a token stays there. This object and its `scope_key` have no bytes of it, and the token
    /// derives each symbol; calls that need bytes raise KeyFileError of kind `no-bytes`. The PIN is in the file or the
    /// descriptor that `pin-source` names, and never in the address. A process that was forked must open its own.
    ///
    /// The program and the token's module run as the user of this process, so take no address from others. It has the
    /// arguments of `load`, and its errors; of a token KeyFileError of kind `token-module`, `no-token`, `pin-needed`,
    /// `wrong-pin`, `pin-locked`, `no-key`, `session-lost` or `token`.
    #[classmethod]
    #[pyo3(signature = (address, *, passphrase = None, passphrase_file = None, identity_file = None, test_keys = false))]
    fn at(
        class: &Bound<'_, PyType>,
        address: PathBuf,
        passphrase: Option<&Bound<'_, PyAny>>,
        passphrase_file: Option<PathBuf>,
        identity_file: Option<PathBuf>,
        test_keys: bool,
    ) -> Result<Self, Failure> {
        let unlocking = Unlocking { passphrase, passphrase_file, identity_file, test_keys };
        opened(class.py(), unlocking, |unlock| {
            let read = KeyAddress::parse(address.as_os_str()).map_err(SourceError::from)?;
            match &read.holder {
                Holder::File(path) => load(path, unlock),
                Holder::Program(_) | Holder::Token(_) => Ok(OpenedKey::at(&read, unlock, &mut |_| None)?),
            }
        })
    }

    /// open(data, *, passphrase=None, passphrase_file=None, identity_file=None, test_keys=False): opens a key file from
    /// its bytes, for example from a secret store. It has the arguments and errors of `load`.
    #[classmethod]
    #[pyo3(signature = (
        data, /, *, passphrase = None, passphrase_file = None, identity_file = None, test_keys = false
    ))]
    fn open(
        class: &Bound<'_, PyType>,
        data: &Bound<'_, PyAny>,
        passphrase: Option<&Bound<'_, PyAny>>,
        passphrase_file: Option<PathBuf>,
        identity_file: Option<PathBuf>,
        test_keys: bool,
    ) -> Result<Self, Failure> {
        let Some(data) = given::bytes(data, |data| Zeroizing::new(data.to_vec()))? else {
            return Err(Failure::wrong_type(format!("a key file must be bytes, not {}", given::type_name(data))));
        };
        let unlocking = Unlocking { passphrase, passphrase_file, identity_file, test_keys };
        opened(class.py(), unlocking, |unlock| Ok(File::open(&data, unlock)?.into()))
    }

    /// parse_plaintext(text): reads the plaintext of a key file, already decrypted. Raises KeyFileError. Test keys are
    /// accepted: read `usage` to learn the permitted use.
    #[classmethod]
    #[pyo3(signature = (text, /))]
    fn parse_plaintext(_class: &Bound<'_, PyType>, text: &Bound<'_, PyAny>) -> Result<Self, Failure> {
        guarded(|| match given::bytes(text, File::parse_plaintext)? {
            Some(file) => Ok(Self(file?.into())),
            None => Err(Failure::wrong_type(format!("a plaintext must be bytes, not {}", given::type_name(text)))),
        })
    }

    /// of(key, *, usage="production"): a new key file for a RootKey or a ScopeKey, not written yet. `usage` is
    /// "production" or "test".
    #[classmethod]
    #[pyo3(signature = (key, *, usage = "production"))]
    fn of(_class: &Bound<'_, PyType>, key: &Bound<'_, PyAny>, usage: &str) -> Result<Self, Failure> {
        let wrong = || Failure::wrong_option("usage must be \"production\" or \"test\"".into());
        let usage = Use::from_name(usage).ok_or_else(wrong)?;
        if let Ok(key) = key.cast::<RootKey>() {
            return Ok(Self(File::root(key.get().key.clone(), usage).into()));
        }
        match key.cast::<ScopeKey>() {
            Ok(key) => Ok(Self(File::scope(key.get().key.bytes("a key file holds them")?.clone(), usage).into())),
            Err(_) => Err(Failure::wrong_type(format!(
                "a key must be a RootKey or a ScopeKey, not {}",
                given::type_name(key)
            ))),
        }
    }

    /// create(path, *, passphrase=None, passphrase_file=None, recipients=None, plaintext=False): writes a new file,
    /// readable by its owner only, completely or not at all. A file that exists is never replaced.
    ///
    /// Give exactly one lock: a passphrase of at least 12 characters, or age recipients (`age1…`), or `plaintext=True`,
    /// for test keys only. The identity of any one recipient opens the file. Raises KeyFileError.
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
            let message =
                "give exactly one of passphrase, passphrase_file, recipients and plaintext to lock a key file";
            return Err(Failure::wrong_option(message.into()));
        }
        let file = slf.get().0.file("a key file holds them")?;
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
                file.create(&path, &seal).map_err(|error| Failure::from(error).in_file(&path))
            })
        })
    }

    /// The key: a RootKey or a ScopeKey.
    #[getter]
    fn key(&self, py: Python<'_>) -> Result<Py<PyAny>, Failure> {
        Ok(match self.root() {
            Some(_) => Py::new(py, self.root_key()?)?.into_any(),
            None => Py::new(py, self.scope_key()?)?.into_any(),
        })
    }

    /// The root key. Raises KeyFileError of kind `wrong-kind` for a scope key.
    #[getter]
    fn root_key(&self) -> Result<RootKey, Failure> {
        let wrong = || Failure::wrong_kind("the file holds a scope key, not a root key");
        Ok(RootKey { key: self.root().ok_or_else(wrong)?.clone(), usage: Some(self.0.usage()) })
    }

    /// The scope key. Raises KeyFileError of kind `wrong-kind` for a root key.
    #[getter]
    fn scope_key(&self) -> Result<ScopeKey, Failure> {
        let wrong = |_| Failure::wrong_kind("the file holds a root key, not a scope key");
        Ok(ScopeKey { key: self.0.scope_source().map_err(wrong)?, usage: Some(self.0.usage()) })
    }

    /// The scope of a scope key; None for a root key.
    #[getter]
    fn scope(&self) -> Option<Scope> {
        self.0.scope().copied().map(Scope)
    }

    /// `production` (real numbers) or `test` (published or invented numbers only).
    #[getter]
    fn usage(&self) -> &'static str {
        self.0.usage().name()
    }

    /// The key tag, 8 hex digits.
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
