//! Locks and writes new key files.

use std::{
    fmt,
    io::{self, Write},
    iter,
    path::Path,
    str::FromStr,
};

use age::{
    Encryptor,
    armor::{ArmoredWriter, Format},
    scrypt, x25519,
};
use fugo::{ErrorKind, Found, Place};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::{
    age_header::MAX_RECIPIENTS,
    error::KeyFileError,
    key_file::{KeyFile, TestKeys, Use},
    new_file::create_owner_only,
    plaintext,
};

/// `N = 2^18`: 256 MiB and about a second on one core for each passphrase that is tried. It is fixed and not measured,
/// so that a file is not weaker because its machine was busy.
pub(crate) const WORK: u8 = 18;

/// The fewest characters of a new passphrase.
const MIN_CHARS: usize = 12;
/// The fewest different characters of a new passphrase.
const MIN_DIFFERENT: usize = 5;

/// The way to lock a new key file.
pub struct Seal(Kind);

enum Kind {
    Passphrase(SecretString),
    Recipients(Vec<Recipient>),
    Plaintext,
}

impl Seal {
    /// With a passphrase of at least 12 characters, of which at least 5 are different.
    pub fn passphrase(passphrase: SecretString) -> Result<Self, SealError> {
        let text = passphrase.expose_secret();
        if text.is_empty() {
            return Err(SealError::EmptyPassphrase);
        }
        // Counts the first occurrence of each character.
        let different = text.char_indices().filter(|(at, c)| !text[..*at].contains(*c)).count();
        if text.chars().count() < MIN_CHARS || different < MIN_DIFFERENT {
            return Err(SealError::ShortPassphrase);
        }
        Ok(Self(Kind::Passphrase(passphrase)))
    }

    /// To 1 to 64 recipients. The identity of any recipient opens the file.
    pub fn recipients(recipients: Vec<Recipient>) -> Result<Self, SealError> {
        if recipients.is_empty() {
            return Err(SealError::NoRecipient);
        }
        if recipients.len() > MAX_RECIPIENTS {
            return Err(SealError::TooManyRecipients);
        }
        Ok(Self(Kind::Recipients(recipients)))
    }

    /// Without encryption, for test keys only.
    pub fn plaintext() -> Self {
        Self(Kind::Plaintext)
    }

    /// Whether the file is not encrypted.
    pub fn is_plaintext(&self) -> bool {
        matches!(self.0, Kind::Plaintext)
    }

    /// The bytes of the file, armored, so that a key file is text.
    pub(crate) fn seal(&self, plaintext: &str) -> io::Result<Zeroizing<Vec<u8>>> {
        match &self.0 {
            Kind::Passphrase(passphrase) => {
                let mut recipient = scrypt::Recipient::new(passphrase.clone());
                recipient.set_work_factor(WORK);
                encrypt(iter::once(&recipient as _), plaintext)
            }
            Kind::Recipients(recipients) => encrypt(recipients.iter().map(|recipient| &recipient.0 as _), plaintext),
            Kind::Plaintext => Ok(Zeroizing::new(plaintext.as_bytes().to_vec())),
        }
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(..)")
    }
}

impl KeyFile {
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
        if seal.is_plaintext() && self.usage() == Use::Production {
            return Err(KeyFileError::PlaintextProduction);
        }
        self.check(TestKeys::Allow)?;
        Ok(seal.seal(&plaintext::write(self))?)
    }
}

/// Writes a new file of another kind that only its owner can read. An existing file is never replaced.
#[cfg(any(feature = "delivery", feature = "shares"))]
pub(crate) fn create(
    file: &impl crate::unlock::Content,
    path: &Path,
    seal: &Seal,
    text: &str,
) -> Result<(), KeyFileError> {
    if path.symlink_metadata().is_ok() {
        return Err(KeyFileError::Exists);
    }
    if seal.is_plaintext() && file.usage() == Use::Production {
        return Err(KeyFileError::PlaintextProduction);
    }
    file.check(TestKeys::Allow)?;
    create_owner_only(path, &seal.seal(text)?)
}

fn encrypt<'a>(
    recipients: impl Iterator<Item = &'a dyn age::Recipient>,
    plaintext: &str,
) -> io::Result<Zeroizing<Vec<u8>>> {
    let encryptor = Encryptor::with_recipients(recipients).map_err(io::Error::other)?;
    let armored = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor)?;
    let mut writer = encryptor.wrap_output(armored)?;
    writer.write_all(plaintext.as_bytes())?;
    writer.finish()?.finish().map(Zeroizing::new)
}

/// A public key of age (`age1…`), to which key files can be locked.
#[derive(Clone)]
pub struct Recipient(x25519::Recipient);

impl FromStr for Recipient {
    type Err = RecipientError;
    fn from_str(text: &str) -> Result<Self, RecipientError> {
        text.parse().map(Self).map_err(|_| RecipientError)
    }
}

/// In lower case, whatever it was read from.
impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({})", self.0)
    }
}

/// The text is not a recipient. The error does not repeat it, because an identity may have been given by mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a recipient must be an X25519 public key of age: `age1` and 58 more characters")]
pub struct RecipientError;

impl RecipientError {
    /// The kind of the error, as one word.
    pub fn kind(self) -> ErrorKind {
        ErrorKind::Recipient
    }

    /// Always `None`.
    pub fn place(self) -> Option<Place> {
        None
    }

    /// Always `None`: the text may be an identity.
    pub fn found(self) -> Option<Found> {
        None
    }
}

/// The reason why a key file cannot be locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// An empty passphrase.
    #[error("the passphrase is empty; a passphrase has at least 12 characters")]
    EmptyPassphrase,
    /// A passphrase that is easy to guess.
    #[error(
        "the passphrase is too short or repeats itself; it needs at least 12 characters, and at least 5 different ones"
    )]
    ShortPassphrase,
    /// No recipients, so nobody could open the file.
    #[error("a key file needs at least one recipient")]
    NoRecipient,
    /// More recipients than a key file may have.
    #[error("too many recipients: a key file has at most 64")]
    TooManyRecipients,
}

impl SealError {
    /// The kind of the error, as one word.
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::EmptyPassphrase => ErrorKind::EmptyPassphrase,
            Self::ShortPassphrase => ErrorKind::ShortPassphrase,
            Self::NoRecipient => ErrorKind::NoRecipient,
            Self::TooManyRecipients => ErrorKind::TooManyRecipients,
        }
    }

    /// Always `None`.
    pub fn place(self) -> Option<Place> {
        None
    }

    /// Always `None`: a passphrase is a secret.
    pub fn found(self) -> Option<Found> {
        None
    }
}
