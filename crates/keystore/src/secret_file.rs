//! Small files that hold a secret: read whole, bounded, wiped, and their owner's only.

use std::{
    fs::{File, Metadata},
    io::{self, Read},
    path::Path,
};

use age::x25519::Identity;
use secrecy::SecretString;
use zeroize::Zeroizing;

/// More than any file here needs.
pub(crate) const MAX_LEN: usize = 64 * 1024;

/// Reads to the end into one buffer that does not move; `None` if there is more than [`MAX_LEN`].
pub(crate) fn read_bounded(mut from: impl Read) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let mut bytes = Zeroizing::new(vec![0; MAX_LEN + 1]);
    let mut len = 0;
    while len < bytes.len() {
        match from.read(&mut bytes[len..]) {
            Ok(0) => {
                bytes.truncate(len);
                return Ok(Some(bytes));
            }
            Ok(read) => len += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Whether group or others have any right to the file.
#[cfg(unix)]
pub(crate) fn others_can_read(file: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    file.mode() & 0o077 != 0
}

/// Other systems have no such bits to check.
#[cfg(not(unix))]
pub(crate) fn others_can_read(_file: &Metadata) -> bool {
    false
}

/// The first line of a file that only its owner can read, without its line end.
pub fn read_passphrase(path: &Path) -> Result<SecretString, SecretFileError> {
    let bytes = read_owner_only(path)?;
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = str::from_utf8(line.strip_suffix(b"\r").unwrap_or(line)).map_err(|_| SecretFileError::NotText)?;
    if line.is_empty() {
        return Err(SecretFileError::Empty);
    }
    Ok(SecretString::from(line))
}

/// The identities of a file that only its owner can read: one a line, beside comments and empty lines.
pub(crate) fn read_identities(path: &Path) -> Result<Vec<Identity>, SecretFileError> {
    let bytes = read_owner_only(path)?;
    let text = str::from_utf8(&bytes).map_err(|_| SecretFileError::NotText)?;
    let is_identity = |line: &str| !line.is_empty() && !line.starts_with('#');
    let identities: Vec<Identity> = text
        .lines()
        .zip(1..)
        .filter(|(text, _)| is_identity(text))
        .map(|(text, line)| text.parse().map_err(|_| SecretFileError::Identity { line }))
        .collect::<Result<_, _>>()?;
    if identities.is_empty() { Err(SecretFileError::Empty) } else { Ok(identities) }
}

fn read_owner_only(path: &Path) -> Result<Zeroizing<Vec<u8>>, SecretFileError> {
    let file = File::open(path)?;
    if others_can_read(&file.metadata()?) {
        return Err(SecretFileError::OthersCanRead);
    }
    read_bounded(file)?.ok_or(SecretFileError::TooLarge)
}

/// Why a passphrase or an identity file is not taken. Holds line numbers, never content.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretFileError {
    /// Group or others have a right to the file.
    #[error("others can read the file, which holds a secret; only its owner may (chmod 600)")]
    OthersCanRead,
    /// More bytes than such a file needs.
    #[error("the file is too large: at most 65536 bytes are read")]
    TooLarge,
    /// Not UTF-8.
    #[error("the file is not UTF-8 text")]
    NotText,
    /// An empty first line, or no identity.
    #[error("the file is empty: a passphrase stands on its first line, identities on lines of their own")]
    Empty,
    /// A line that is no X25519 identity.
    #[error("line {line} is no X25519 identity; one starts with AGE-SECRET-KEY-1 and is not itself encrypted")]
    Identity {
        /// The number of the line, from 1.
        line: usize,
    },
    /// The system's error.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl SecretFileError {
    /// One word of a closed vocabulary, the same in every binding.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::OthersCanRead => "others-can-read",
            Self::TooLarge => "too-large",
            Self::NotText => "not-text",
            Self::Empty => "empty",
            Self::Identity { .. } => "identity",
            Self::Io(_) => "io",
        }
    }
}
