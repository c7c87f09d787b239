//! A key file: one key of either rung, what it may be used for, and its tag.

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

/// The key of a file.
pub enum Key {
    /// The root of a ladder: every scope's key derives from it.
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

/// What a key may be used for. A key derived from a test key is a test key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Use {
    /// Real numbers.
    Production,
    /// Published or invented numbers only.
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

    /// The use of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Production, Self::Test].into_iter().find(|usage| usage.name() == name)
    }
}

impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Whether test keys are taken where real numbers could be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TestKeys {
    /// A test key is an error.
    #[default]
    Refuse,
    /// Test keys are taken too: for published and invented numbers.
    Allow,
}

/// What a key file says. The key is wiped on drop; `Debug` prints the type only.
pub struct KeyFile {
    key: Key,
    usage: Use,
}

impl KeyFile {
    /// The file of a root key.
    pub fn root(key: RootKey, usage: Use) -> Self {
        Self { key: Key::Root(key), usage }
    }

    /// The file of a scope's key.
    pub fn scope(key: ScopeKey, usage: Use) -> Self {
        Self { key: Key::Scope(key), usage }
    }

    /// Reads the file at `path` and opens it with what `unlock` holds. A test key is refused unless `unlock` allows it.
    pub fn load(path: &Path, unlock: &Unlock) -> Result<Self, KeyFileError> {
        SealedKeyFile::read(path)?.unlock(unlock)
    }

    /// Reads the plaintext of a key file: what is inside the encryption.
    ///
    /// The tag is recomputed; an unknown line, a missing line, another order and a value with a second
    /// spelling are refused.
    pub fn parse_plaintext(text: &[u8]) -> Result<Self, PlaintextError> {
        plaintext::parse(text)
    }

    /// Opens a key file whose bytes are at hand, as a store of secrets gives them.
    pub fn open(bytes: &[u8], unlock: &Unlock) -> Result<Self, KeyFileError> {
        SealedKeyFile::from_bytes(bytes)?.unlock(unlock)
    }

    /// Refuses a test key unless test keys are allowed, and a production key that anybody can guess. Whatever opens a
    /// file does this; it is for those who read a plaintext by [`Self::parse_plaintext`] and work with its key.
    pub fn check(&self, test_keys: TestKeys) -> Result<(), KeyFileError> {
        match self.usage {
            Use::Test if test_keys == TestKeys::Refuse => Err(KeyFileError::TestKey),
            Use::Production if self.is_weak() => Err(KeyFileError::WeakKey),
            Use::Test | Use::Production => Ok(()),
        }
    }

    /// Whether the key is published, shows a pattern, or derives from a root that does.
    fn is_weak(&self) -> bool {
        match &self.key {
            Key::Root(key) => weak::is_guessable(key.expose_bytes()),
            Key::Scope(key) => weak::is_guessable(key.expose_bytes()) || weak::is_of_guessable_root(key),
        }
    }

    /// Writes a new file, readable by its owner only: without a name until it is whole and on the device, and then the
    /// folder is synced. A file that exists is never replaced.
    pub fn create(&self, path: &Path, seal: &Seal) -> Result<(), KeyFileError> {
        // Before the slow passphrase step; giving the file its name below is what guarantees it.
        if path.symlink_metadata().is_ok() {
            return Err(KeyFileError::Exists);
        }
        create_owner_only(path, &self.to_bytes(seal)?)
    }

    /// The bytes of a key file, for a store of secrets. Refuses what [`Self::create`] refuses: a production key without
    /// encryption, and one that anybody can guess.
    pub fn to_bytes(&self, seal: &Seal) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
        if seal.is_plaintext() && self.usage == Use::Production {
            return Err(KeyFileError::PlaintextProduction);
        }
        self.check(TestKeys::Allow)?;
        Ok(seal.seal(&plaintext::write(self))?)
    }

    /// The key of a scope, for the same use; `None` if this is not a root key.
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

    /// The key, without the rest.
    pub fn into_key(self) -> Key {
        self.key
    }

    /// What the key may be used for.
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

/// Why a key file is not loaded or not made. Holds line numbers and what was allowed, never a value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The text inside is no key file.
    #[error(transparent)]
    Plaintext(#[from] PlaintextError),
    /// Neither an age file nor a key file in plaintext.
    #[error("this is no key file: it starts neither as an age file nor with `fugo-key 1`")]
    NotAKeyFile,
    /// An age file that was cut or altered, or made by a version that is not known.
    #[error("the age file is damaged, or of a version later than 1")]
    Damaged,
    /// More bytes than a key file can have.
    #[error("the file is too large: a key file has at most 65536 bytes")]
    TooLarge,
    /// A passphrase opens the file, and none was given.
    #[error("the key file is locked with a passphrase, and none was given")]
    PassphraseNeeded,
    /// None of the passphrases given opens the file.
    #[error("the passphrase does not open the key file")]
    WrongPassphrase,
    /// An identity opens the file, and none was given.
    #[error("the key file is locked to recipients, and no identity was given")]
    IdentityNeeded,
    /// None of the identities given is a recipient of the file.
    #[error("none of the identities given opens the key file")]
    WrongIdentity,
    /// The file asks for more work per passphrase than is accepted.
    #[error("the key file asks for scrypt work of 2^{found}; at most 2^20 is accepted")]
    ExcessiveWork {
        /// The binary logarithm of the work asked for.
        found: u8,
    },
    /// The passphrase of a production key can be tried with little work.
    #[error("the key file takes scrypt work of 2^{found} only; a production key takes at least 2^17")]
    InsufficientWork {
        /// The binary logarithm of the work that it takes.
        found: u8,
    },
    /// More recipients than are tried.
    #[error("the key file has too many recipients: at most 64 are tried")]
    TooManyRecipients,
    /// A directory, a FIFO, a device or a socket.
    #[error("this is not a regular file")]
    NotAFile,
    /// A test key, and test keys were not asked for.
    #[error("this is a test key (`use: test`), and test keys were not asked for")]
    TestKey,
    /// A production key that is published or shows a pattern, or that derives from such a root.
    #[error("this production key is published or shows a pattern, or derives from such a root: anybody can guess it")]
    WeakKey,
    /// A key in plaintext that group or others can read.
    #[error("others can read the key file, which is not encrypted; only its owner may (chmod 600)")]
    OthersCanRead,
    /// A production key without encryption.
    #[error("a production key is never kept in plaintext; plaintext key files say `use: test`")]
    PlaintextProduction,
    /// The file is there already.
    #[error("the file exists; a key file is never replaced")]
    Exists,
    /// The system's error.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl KeyFileError {
    /// What is wrong, as one word.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Plaintext(error) => error.kind(),
            Self::NotAKeyFile => ErrorKind::NotAKeyFile,
            Self::Damaged => ErrorKind::Damaged,
            Self::TooLarge => ErrorKind::TooLarge,
            Self::PassphraseNeeded => ErrorKind::PassphraseNeeded,
            Self::WrongPassphrase => ErrorKind::WrongPassphrase,
            Self::IdentityNeeded => ErrorKind::IdentityNeeded,
            Self::WrongIdentity => ErrorKind::WrongIdentity,
            Self::ExcessiveWork { .. } => ErrorKind::ExcessiveWork,
            Self::InsufficientWork { .. } => ErrorKind::InsufficientWork,
            Self::TooManyRecipients => ErrorKind::TooManyRecipients,
            Self::NotAFile => ErrorKind::NotAFile,
            Self::TestKey => ErrorKind::TestKey,
            Self::WeakKey => ErrorKind::WeakKey,
            Self::OthersCanRead => ErrorKind::OthersCanRead,
            Self::PlaintextProduction => ErrorKind::PlaintextProduction,
            Self::Exists => ErrorKind::Exists,
            Self::Io(_) => ErrorKind::Io,
        }
    }

    /// The line of the text inside the file.
    pub fn place(&self) -> Option<Place> {
        match self {
            Self::Plaintext(error) => error.place(),
            Self::NotAKeyFile
            | Self::Damaged
            | Self::TooLarge
            | Self::PassphraseNeeded
            | Self::WrongPassphrase
            | Self::IdentityNeeded
            | Self::WrongIdentity
            | Self::ExcessiveWork { .. }
            | Self::InsufficientWork { .. }
            | Self::TooManyRecipients
            | Self::NotAFile
            | Self::TestKey
            | Self::WeakKey
            | Self::OthersCanRead
            | Self::PlaintextProduction
            | Self::Exists
            | Self::Io(_) => None,
        }
    }

    /// The work of a passphrase, or the system's error.
    pub fn found(&self) -> Option<Found> {
        match self {
            Self::Plaintext(error) => error.found(),
            Self::ExcessiveWork { found } | Self::InsufficientWork { found } => Some(Found::Work(*found)),
            Self::Io(error) => Some(Found::SystemError(error.raw_os_error())),
            Self::NotAKeyFile
            | Self::Damaged
            | Self::TooLarge
            | Self::PassphraseNeeded
            | Self::WrongPassphrase
            | Self::IdentityNeeded
            | Self::WrongIdentity
            | Self::TooManyRecipients
            | Self::NotAFile
            | Self::TestKey
            | Self::WeakKey
            | Self::OthersCanRead
            | Self::PlaintextProduction
            | Self::Exists => None,
        }
    }
}
