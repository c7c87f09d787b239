//! Opens key files.

use std::{fmt, io, iter, path::Path};

use age::{DecryptError, Decryptor, armor::ArmoredReader, scrypt, x25519};
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::{
    age_header::{AgeHeader, MAX_RECIPIENTS},
    error::{KeyFileError, PlaintextError},
    key_file::{KeyFile, TestKeys, Use},
    secret_file::{
        MAX_IDENTITIES, SecretFileError, open_regular, others_can_read, parse_identities, read_bounded, read_identities,
    },
};

/// `N = 2^20`: 1 GiB of memory and a few seconds. A file that needs more is refused.
const MAX_WORK: u8 = 20;
/// `N = 2^17`: the least work for the passphrase of a production key, half of the work of a new file.
const MIN_WORK: u8 = 17;

/// Passphrases and identities, each of which is tried. The default has none, and refuses test keys.
#[derive(Default)]
pub struct Unlock {
    passphrases: Vec<SecretString>,
    identities: Vec<x25519::Identity>,
    test_keys: TestKeys,
}

impl Unlock {
    /// Adds a passphrase. Each try takes about a second.
    #[must_use]
    pub fn with_passphrase(mut self, passphrase: SecretString) -> Self {
        self.passphrases.push(passphrase);
        self
    }

    /// Adds the X25519 identities of an age identity file, which only its owner may read. At most 64 identities are
    /// accepted.
    pub fn with_identity_file(self, path: &Path) -> Result<Self, SecretFileError> {
        self.with(read_identities(path)?)
    }

    /// Adds the X25519 identities of an age identity file that is already in memory, for example from a secret store.
    pub fn with_identities(self, text: &[u8]) -> Result<Self, SecretFileError> {
        self.with(parse_identities(text)?)
    }

    /// Whether test keys are accepted.
    pub(crate) fn test_keys(&self) -> TestKeys {
        self.test_keys
    }

    fn with(mut self, mut identities: Vec<x25519::Identity>) -> Result<Self, SecretFileError> {
        if self.identities.len() + identities.len() > MAX_IDENTITIES {
            return Err(SecretFileError::TooManyIdentities);
        }
        self.identities.append(&mut identities);
        Ok(self)
    }

    /// Allows test keys. They are for published and invented numbers: symbols of test keys look like any other symbols.
    #[must_use]
    pub fn with_test_keys(self) -> Self {
        Self { test_keys: TestKeys::Allow, ..self }
    }
}

impl fmt::Debug for Unlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unlock(..)")
    }
}

impl KeyFile {
    /// Reads the file at `path` and opens it with `unlock`. A test key is refused unless `unlock` allows it.
    pub fn load(path: &Path, unlock: &Unlock) -> Result<Self, KeyFileError> {
        SealedKeyFile::read(path)?.unlock(unlock)
    }

    /// Opens a key file that is already in memory, for example from a secret store.
    pub fn open(bytes: &[u8], unlock: &Unlock) -> Result<Self, KeyFileError> {
        SealedKeyFile::from_bytes(bytes)?.unlock(unlock)
    }
}

/// The lock of a key file, which says what is needed to open it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lock {
    /// Not locked: a test key in plaintext.
    Plaintext,
    /// Locked with a passphrase.
    Passphrase,
    /// Locked to recipients: an identity of one of them is needed.
    Identity,
}

/// A key file that was read but not opened. Its lock says what to ask the user for.
pub struct SealedKeyFile {
    bytes: Zeroizing<Vec<u8>>,
    lock: Lock,
    scrypt_work: Option<u8>,
}

impl SealedKeyFile {
    /// Reads a key file. Refuses a plaintext file that others can read.
    pub fn read(path: &Path) -> Result<Self, KeyFileError> {
        let file = open_regular(path)?.ok_or(KeyFileError::NotAFile)?;
        let others_can_read = others_can_read(&file.metadata()?);
        let bytes = read_bounded(file)?.ok_or(KeyFileError::TooLarge)?;
        let file = Self::new(bytes)?;
        if file.lock == Lock::Plaintext && others_can_read {
            return Err(KeyFileError::OthersCanRead);
        }
        Ok(file)
    }

    /// A key file that is already in memory, for example from a secret store. The bytes are copied; wipe your own.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyFileError> {
        Self::new(read_bounded(bytes)?.ok_or(KeyFileError::TooLarge)?)
    }

    fn new(bytes: Zeroizing<Vec<u8>>) -> Result<Self, KeyFileError> {
        let lock = lock(&bytes)?;
        let header = if lock == Lock::Plaintext { AgeHeader::default() } else { AgeHeader::read(&bytes) };
        if header.recipients > MAX_RECIPIENTS {
            return Err(KeyFileError::TooManyRecipients);
        }
        Ok(Self { bytes, lock, scrypt_work: header.scrypt_work })
    }

    /// The lock of the file.
    pub fn lock(&self) -> Lock {
        self.lock
    }

    /// Opens the file. After a failure, it can be tried again with another passphrase. Refuses a test key unless
    /// `unlock` allows it, a production key that can be guessed, and a production key whose passphrase needs too little
    /// work.
    pub fn unlock(&self, unlock: &Unlock) -> Result<KeyFile, KeyFileError> {
        self.unlock_as(unlock)
    }

    /// Opens the file as one that holds a key of this kind.
    pub(crate) fn unlock_as<T: Content>(&self, unlock: &Unlock) -> Result<T, KeyFileError> {
        let file: T = self.opened(unlock)?;
        file.check(unlock.test_keys)?;
        match self.scrypt_work {
            Some(found) if found < MIN_WORK && file.usage() == Use::Production => {
                Err(KeyFileError::InsufficientWork { found })
            }
            _ => Ok(file),
        }
    }

    fn opened<T: Content>(&self, unlock: &Unlock) -> Result<T, KeyFileError> {
        match self.lock {
            Lock::Plaintext => {
                let file = T::parse(&self.bytes)?;
                if file.usage() == Use::Production { Err(KeyFileError::PlaintextProduction) } else { Ok(file) }
            }
            Lock::Passphrase => {
                let mut outcome = Err(KeyFileError::PassphraseNeeded);
                for passphrase in &unlock.passphrases {
                    let mut identity = scrypt::Identity::new(passphrase.clone());
                    identity.set_max_work_factor(MAX_WORK);
                    outcome = self.decrypt(iter::once(&identity as _), KeyFileError::WrongPassphrase);
                    if !matches!(outcome, Err(KeyFileError::WrongPassphrase)) {
                        break;
                    }
                }
                outcome
            }
            Lock::Identity if unlock.identities.is_empty() => Err(KeyFileError::IdentityNeeded),
            Lock::Identity => {
                self.decrypt(unlock.identities.iter().map(|identity| identity as _), KeyFileError::WrongIdentity)
            }
        }
    }

    fn decrypt<'a, T: Content>(
        &self,
        identities: impl Iterator<Item = &'a dyn age::Identity>,
        wrong: KeyFileError,
    ) -> Result<T, KeyFileError> {
        let plaintext = decryptor(&self.bytes)?.decrypt(identities).map_err(|error| match error {
            DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed | DecryptError::NoMatchingKeys => wrong,
            error => not_opened(&error),
        })?;
        let text = read_bounded(plaintext).map_err(|_| KeyFileError::Damaged)?.ok_or(KeyFileError::TooLarge)?;
        Ok(T::parse(&text)?)
    }
}

/// What a key file can hold.
pub(crate) trait Content: Sized {
    /// Reads the text inside the encryption.
    fn parse(text: &[u8]) -> Result<Self, PlaintextError>;
    /// The use of the key.
    fn usage(&self) -> Use;
    /// Refuses a production key that can be guessed, and a test key unless test keys are allowed.
    fn check(&self, test_keys: TestKeys) -> Result<(), KeyFileError>;
}

impl Content for KeyFile {
    fn parse(text: &[u8]) -> Result<Self, PlaintextError> {
        Self::parse_plaintext(text)
    }

    fn usage(&self) -> Use {
        self.usage()
    }

    fn check(&self, test_keys: TestKeys) -> Result<(), KeyFileError> {
        self.check(test_keys)
    }
}

impl fmt::Debug for SealedKeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedKeyFile(..)")
    }
}

fn lock(bytes: &[u8]) -> Result<Lock, KeyFileError> {
    let kinds: [&[u8]; 4] = [b"fugo-key", b"fugo-signing-key", b"fugo-ledger-key", b"fugo-share"];
    if kinds.iter().any(|kind| bytes.starts_with(kind)) {
        return Ok(Lock::Plaintext);
    }
    if !bytes.starts_with(b"age-encryption.org/") && !bytes.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----") {
        return Err(KeyFileError::NotAKeyFile);
    }
    Ok(if decryptor(bytes)?.is_scrypt() { Lock::Passphrase } else { Lock::Identity })
}

fn decryptor(bytes: &[u8]) -> Result<Decryptor<impl io::BufRead + use<'_>>, KeyFileError> {
    Decryptor::new_buffered(ArmoredReader::new(bytes)).map_err(|error| not_opened(&error))
}

fn not_opened(error: &DecryptError) -> KeyFileError {
    match error {
        DecryptError::ExcessiveWork { required, .. } => KeyFileError::ExcessiveWork { found: *required },
        _ => KeyFileError::Damaged,
    }
}
