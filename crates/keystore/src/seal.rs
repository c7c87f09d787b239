//! From a key to a file: encryption, and a new file that is whole or absent.

use std::{
    fmt,
    fs::File,
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
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::key_file::KeyFileError;

/// `N = 2^18`: 256 MiB and about a second on one core, for each passphrase tried. Fixed, not measured, so that a
/// file made on a busy machine is no weaker.
const WORK: u8 = 18;

/// How a new key file is locked.
pub struct Seal(Kind);

enum Kind {
    Passphrase(SecretString),
    Recipients(Vec<Recipient>),
    Plaintext,
}

impl Seal {
    /// With a passphrase, which is not empty.
    pub fn passphrase(passphrase: SecretString) -> Result<Self, SealError> {
        if passphrase.expose_secret().is_empty() {
            return Err(SealError::EmptyPassphrase);
        }
        Ok(Self(Kind::Passphrase(passphrase)))
    }

    /// To recipients, at least one; the identity of any one of them opens the file.
    pub fn recipients(recipients: Vec<Recipient>) -> Result<Self, SealError> {
        if recipients.is_empty() {
            return Err(SealError::NoRecipient);
        }
        Ok(Self(Kind::Recipients(recipients)))
    }

    /// Not at all: for test keys only.
    pub fn plaintext() -> Self {
        Self(Kind::Plaintext)
    }

    /// Whether the file is not encrypted.
    pub fn is_plaintext(&self) -> bool {
        matches!(self.0, Kind::Plaintext)
    }

    /// The bytes of the file: armored, so that a key file is text.
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

/// Writes a new file of mode 0600, under a temporary name until it is whole and on the device.
pub(crate) fn create_owner_only(path: &Path, bytes: &[u8]) -> Result<(), KeyFileError> {
    let folder = folder(path);
    let mut file = tempfile::Builder::new().prefix(".fugo-key-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|refused| match refused.error.kind() {
        io::ErrorKind::AlreadyExists => KeyFileError::Exists,
        _ => KeyFileError::Io(refused.error),
    })?;
    Ok(sync_folder(folder)?)
}

/// The folder that a path is in.
pub(crate) fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// After this a rename in the folder outlives a loss of power.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// A public key that key files can be locked to: `age1…`.
#[derive(Clone)]
pub struct Recipient(x25519::Recipient);

impl FromStr for Recipient {
    type Err = RecipientError;
    fn from_str(text: &str) -> Result<Self, RecipientError> {
        text.parse().map(Self).map_err(|_| RecipientError)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({})", self.0)
    }
}

/// A text that is no recipient. Does not repeat it: an identity may have been given by mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a recipient is an X25519 public key of age: `age1` and 58 more characters in lower case")]
pub struct RecipientError;

/// Why a key file cannot be locked so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// A passphrase of no characters.
    #[error("an empty passphrase locks nothing")]
    EmptyPassphrase,
    /// No recipient: nobody could open the file.
    #[error("a key file needs at least one recipient")]
    NoRecipient,
}

impl SealError {
    /// One word of a closed vocabulary, the same in every binding.
    pub fn kind(self) -> &'static str {
        match self {
            Self::EmptyPassphrase => "empty-passphrase",
            Self::NoRecipient => "no-recipient",
        }
    }
}
