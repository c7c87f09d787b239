//! Key files: a root key or a scope key, its use, and its tag.

use std::{fmt, io, path::Path};

use fugo::{ErrorKind, Found, KeyTag, Place, RootKey, Scope, ScopeKey};
use zeroize::Zeroizing;

use crate::{
    new_file::create_owner_only,
    plaintext::{self, PlaintextError},
    seal::Seal,
    unlock::{SealedKeyFile, Unlock},
    weak,
};

/// The key in a key file.
pub enum Key {
    /// A root key, from which all scope keys are derived.
    Root(RootKey),
    /// The key of one scope.
    Scope(ScopeKey),
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Root(_) => "Root(..)",
            Self::Scope(_) => "Scope(..)",
        })
    }
}

/// The use of a key. A key derived from a test key is a test key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Use {
    /// For real numbers.
    Production,
    /// Only for published or invented numbers.
    Test,
}

impl Use {
    /// The word in key files, `production` or `test`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Test => "test",
        }
    }

    /// The use with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Production, Self::Test].into_iter().find(|usage| usage.name() == name)
    }
}

impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Whether test keys are accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TestKeys {
    /// Test keys are refused.
    #[default]
    Refuse,
    /// Test keys are accepted too, for published and invented numbers.
    Allow,
}

/// The content of a key file. The key is wiped on drop. `Debug` prints only the type.
pub struct KeyFile {
    key: Key,
    usage: Use,
}

impl KeyFile {
    /// The content for a root key.
    pub fn root(key: RootKey, usage: Use) -> Self {
        Self { key: Key::Root(key), usage }
    }

    /// The content for a scope key.
    pub fn scope(key: ScopeKey, usage: Use) -> Self {
        Self { key: Key::Scope(key), usage }
    }

    /// Reads the file at `path` and opens it with `unlock`. A test key is refused unless `unlock` allows it.
    pub fn load(path: &Path, unlock: &Unlock) -> Result<Self, KeyFileError> {
        SealedKeyFile::read(path)?.unlock(unlock)
    }

    /// Reads the plaintext of a key file, the text inside the encryption.
    ///
    /// The tag is computed again and compared. Unknown lines, missing lines, another order and other spellings of a
    /// value are refused.
    pub fn parse_plaintext(text: &[u8]) -> Result<Self, PlaintextError> {
        plaintext::parse(text)
    }

    /// Opens a key file that is already in memory, for example from a secret store.
    pub fn open(bytes: &[u8], unlock: &Unlock) -> Result<Self, KeyFileError> {
        SealedKeyFile::from_bytes(bytes)?.unlock(unlock)
    }

    /// Refuses a production key that can be guessed, and a test key unless test keys are allowed. All functions that
    /// open a file call this. Call it after [`Self::parse_plaintext`], before the key is used.
    pub fn check(&self, test_keys: TestKeys) -> Result<(), KeyFileError> {
        match self.usage {
            Use::Test if test_keys == TestKeys::Refuse => Err(KeyFileError::TestKey),
            Use::Production if self.is_weak() => Err(KeyFileError::WeakKey),
            Use::Test | Use::Production => Ok(()),
        }
    }

    /// Whether the key is published or shows a pattern, or is derived from such a root key.
    fn is_weak(&self) -> bool {
        match &self.key {
            Key::Root(key) => weak::is_guessable(key.expose_bytes()),
            Key::Scope(key) => weak::is_guessable(key.expose_bytes()) || weak::is_of_guessable_root(key),
        }
    }

    /// Writes a new file that only its owner can read. An existing file is never replaced. The file gets its name when
    /// it is complete and on the device; then the folder is synced.
    pub fn create(&self, path: &Path, seal: &Seal) -> Result<(), KeyFileError> {
        // Before the slow passphrase step. The file could still appear later, so the step that gives the name checks
        // again.
        if path.symlink_metadata().is_ok() {
            return Err(KeyFileError::Exists);
        }
        create_owner_only(path, &self.to_bytes(seal)?)
    }

    /// The bytes of a key file, for a secret store. It refuses the same keys as [`Self::create`]: a production key
    /// without encryption, and a production key that can be guessed.
    pub fn to_bytes(&self, seal: &Seal) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
        if seal.is_plaintext() && self.usage == Use::Production {
            return Err(KeyFileError::PlaintextProduction);
        }
        self.check(TestKeys::Allow)?;
        Ok(seal.seal(&plaintext::write(self))?)
    }

    /// The scope key of this root key, with the same use; `None` if this is not a root key.
    pub fn derive(&self, scope: &Scope) -> Option<Self> {
        match &self.key {
            Key::Root(root) => Some(Self::scope(root.scope_key(scope), self.usage)),
            Key::Scope(_) => None,
        }
    }

    /// The key.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// The key alone.
    pub fn into_key(self) -> Key {
        self.key
    }

    /// The use of the key.
    pub fn usage(&self) -> Use {
        self.usage
    }

    /// The key's tag.
    pub fn tag(&self) -> KeyTag {
        match &self.key {
            Key::Root(key) => key.tag(),
            Key::Scope(key) => key.tag(),
        }
    }
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyFile(..)")
    }
}

/// The reason why a key file is not opened or not written. It holds line numbers and the allowed values, never a value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The text inside the file is not valid.
    #[error(transparent)]
    Plaintext(#[from] PlaintextError),
    /// Neither an age file nor a key file in plaintext.
    #[error("this is not a key file: a key file starts as an age file or with `fugo-key 1`")]
    NotAKeyFile,
    /// The age file was cut or altered, or its version is unknown.
    #[error("the age file is damaged, or its version is not 1")]
    Damaged,
    /// More bytes than a key file may have.
    #[error("the file is too large: a key file has at most 65536 bytes")]
    TooLarge,
    /// The file is locked with a passphrase, and none was given.
    #[error("the key file is locked with a passphrase, and none was given")]
    PassphraseNeeded,
    /// No given passphrase opens the file.
    #[error("the passphrase does not open the key file")]
    WrongPassphrase,
    /// The file is locked to recipients, and no identity was given.
    #[error("the key file is locked to recipients, and no identity was given")]
    IdentityNeeded,
    /// No given identity opens the file.
    #[error("none of the identities given opens the key file")]
    WrongIdentity,
    /// The passphrase needs more work than is accepted.
    #[error("the key file needs scrypt work of 2^{found}; at most 2^20 is accepted")]
    ExcessiveWork {
        /// The binary logarithm of the work factor.
        found: u8,
    },
    /// The passphrase of a production key needs too little work, so it is easy to try passphrases.
    #[error("the key file needs scrypt work of only 2^{found}; a production key needs at least 2^17")]
    InsufficientWork {
        /// The binary logarithm of the work factor.
        found: u8,
    },
    /// More recipients than are accepted.
    #[error("the key file has too many recipients; at most 64 are accepted")]
    TooManyRecipients,
    /// A directory, a FIFO, a device or a socket.
    #[error("this is not a regular file")]
    NotAFile,
    /// A test key, and test keys are not allowed.
    #[error("this is a test key (`use: test`), and test keys are not allowed here")]
    TestKey,
    /// A production key that is published or shows a pattern, or that is derived from such a root key.
    #[error("this production key is published or shows a pattern, or its root key does: anybody can guess it")]
    WeakKey,
    /// A key in plaintext that the group or others can read.
    #[error("others can read the key file, which is not encrypted; only its owner may read it (chmod 600)")]
    OthersCanRead,
    /// A production key without encryption.
    #[error("a production key is never kept in plaintext; plaintext is only for test keys (`use: test`)")]
    PlaintextProduction,
    /// The file exists already.
    #[error("the file exists already; a key file is never replaced")]
    Exists,
    /// An error of the operating system.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl KeyFileError {
    /// The kind of the error, as one word.
    pub fn kind(&self) -> ErrorKind {
        self.details().0
    }

    /// The line of the text inside the file.
    pub fn place(&self) -> Option<Place> {
        self.details().1
    }

    /// The work factor, or the error of the operating system.
    pub fn found(&self) -> Option<Found> {
        self.details().2
    }

    /// Without a wildcard, so that a new variant has to say all three.
    fn details(&self) -> (ErrorKind, Option<Place>, Option<Found>) {
        match self {
            Self::Plaintext(error) => (error.kind(), error.place(), error.found()),
            Self::NotAKeyFile => (ErrorKind::NotAKeyFile, None, None),
            Self::Damaged => (ErrorKind::Damaged, None, None),
            Self::TooLarge => (ErrorKind::TooLarge, None, None),
            Self::PassphraseNeeded => (ErrorKind::PassphraseNeeded, None, None),
            Self::WrongPassphrase => (ErrorKind::WrongPassphrase, None, None),
            Self::IdentityNeeded => (ErrorKind::IdentityNeeded, None, None),
            Self::WrongIdentity => (ErrorKind::WrongIdentity, None, None),
            Self::ExcessiveWork { found } => (ErrorKind::ExcessiveWork, None, Some(Found::Work(*found))),
            Self::InsufficientWork { found } => (ErrorKind::InsufficientWork, None, Some(Found::Work(*found))),
            Self::TooManyRecipients => (ErrorKind::TooManyRecipients, None, None),
            Self::NotAFile => (ErrorKind::NotAFile, None, None),
            Self::TestKey => (ErrorKind::TestKey, None, None),
            Self::WeakKey => (ErrorKind::WeakKey, None, None),
            Self::OthersCanRead => (ErrorKind::OthersCanRead, None, None),
            Self::PlaintextProduction => (ErrorKind::PlaintextProduction, None, None),
            Self::Exists => (ErrorKind::Exists, None, None),
            Self::Io(error) => (ErrorKind::Io, None, Some(Found::SystemError(error.raw_os_error()))),
        }
    }
}
