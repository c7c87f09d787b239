//! Reads small files with secrets: up to a fixed length, into wiped buffers, and only if their owner alone can read
//! them.

use std::{
    fs::{File, Metadata, OpenOptions},
    io::{self, Read},
    path::Path,
};

use age::x25519::Identity;
use fugo::{ErrorKind, Found, Place};
use secrecy::SecretString;
use zeroize::Zeroizing;

/// The most bytes that are read.
pub(crate) const MAX_LEN: usize = 64 * 1024;
/// The most identities. Each identity is tried with each recipient of a key file.
pub(crate) const MAX_IDENTITIES: usize = 64;

/// Reads to the end into a buffer that does not reallocate; `None` if there are more than [`MAX_LEN`] bytes.
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

/// Reads to the first line end or the end, and not a byte more; `None` if there are more than [`MAX_LEN`] bytes before it.
#[cfg(feature = "pkcs11")]
pub(crate) fn read_to_line_end(mut from: impl Read) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let mut bytes = Zeroizing::new(vec![0; MAX_LEN + 1]);
    let mut len = 0;
    while len < bytes.len() {
        match from.read(&mut bytes[len..=len]) {
            Ok(read) if read == 0 || bytes[len] == b'\n' => {
                bytes.truncate(len);
                return Ok(Some(bytes));
            }
            Ok(_) => len += 1,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Opens a file for reading; `None` if it is not a regular file. A FIFO is not waited for.
pub fn open_regular(path: &Path) -> io::Result<Option<File>> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags.bits().cast_signed());
    }
    let file = options.open(path)?;
    let is_file = file.metadata()?.is_file();
    Ok(is_file.then_some(file))
}

/// Whether anybody except the owner and root can read the file.
///
/// There is one exception: a file of root with mode 0440, whose group is a group of this process. Orchestrators hand
/// secrets to processes in this way. Only root can change such a file, and the group belongs to the process.
#[cfg(unix)]
pub(crate) fn others_can_read(file: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    let is_handed_over = file.uid() == 0 && file.mode() & 0o7777 == 0o440 && is_in_group(file.gid());
    file.mode() & 0o077 != 0 && !is_handed_over
}

#[cfg(unix)]
fn is_in_group(group: u32) -> bool {
    use rustix::process::{getegid, getgroups};
    getegid().as_raw() == group || getgroups().is_ok_and(|groups| groups.iter().any(|other| other.as_raw() == group))
}

/// Other systems do not have these permissions.
#[cfg(not(unix))]
pub(crate) fn others_can_read(_file: &Metadata) -> bool {
    false
}

/// The first line, without its line end, of a file that only its owner can read.
pub fn read_passphrase(path: &Path) -> Result<SecretString, SecretFileError> {
    first_line(&read_owner_only(path)?)
}

/// The first line of a secret, without its line end.
pub(crate) fn first_line(bytes: &[u8]) -> Result<SecretString, SecretFileError> {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = str::from_utf8(line.strip_suffix(b"\r").unwrap_or(line)).map_err(|_| SecretFileError::NotText)?;
    if line.is_empty() {
        return Err(SecretFileError::Empty);
    }
    if line.chars().any(|c| c.is_control() || c == '\u{FEFF}') {
        return Err(SecretFileError::ControlCharacter);
    }
    Ok(SecretString::from(line))
}

/// The identities in a file that only its owner can read.
pub(crate) fn read_identities(path: &Path) -> Result<Vec<Identity>, SecretFileError> {
    parse_identities(&read_owner_only(path)?)
}

/// Identities, one per line. Comments and empty lines are skipped.
pub(crate) fn parse_identities(text: &[u8]) -> Result<Vec<Identity>, SecretFileError> {
    let text = str::from_utf8(text).map_err(|_| SecretFileError::NotText)?;
    let is_identity = |line: &str| !line.is_empty() && !line.starts_with('#');
    let lines = text.lines().zip(1..).filter(|(text, _)| is_identity(text));
    if lines.clone().nth(MAX_IDENTITIES).is_some() {
        return Err(SecretFileError::TooManyIdentities);
    }
    let identities: Vec<Identity> = lines
        .map(|(text, line)| text.parse().map_err(|_| SecretFileError::Identity { line }))
        .collect::<Result<_, _>>()?;
    if identities.is_empty() { Err(SecretFileError::Empty) } else { Ok(identities) }
}

fn read_owner_only(path: &Path) -> Result<Zeroizing<Vec<u8>>, SecretFileError> {
    let file = open_regular(path)?.ok_or(SecretFileError::NotAFile)?;
    if others_can_read(&file.metadata()?) {
        return Err(SecretFileError::OthersCanRead);
    }
    let bytes = read_bounded(file)?.ok_or(SecretFileError::TooLarge)?;
    if bytes.starts_with(b"age-encryption.org/") || bytes.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----") {
        return Err(SecretFileError::Encrypted);
    }
    Ok(bytes)
}

/// The reason why a passphrase file or an identity file is refused. It holds line numbers, never content.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretFileError {
    /// The group or others have rights to the file.
    #[error("others can read the file, which holds a secret; only its owner may read it (chmod 600)")]
    OthersCanRead,
    /// More bytes than such a file may have.
    #[error("the file is too large; at most 65536 bytes are allowed")]
    TooLarge,
    /// An age file: the secret in it is encrypted.
    #[error("the file is itself encrypted with age")]
    Encrypted,
    /// Not UTF-8.
    #[error("the file is not UTF-8 text")]
    NotText,
    /// The first line is empty, or there are no identities.
    #[error("the file is empty; its first line must be a passphrase, or each identity must be on its own line")]
    Empty,
    /// A line is not an X25519 identity.
    #[error("line {line} is not an X25519 identity; an identity starts with AGE-SECRET-KEY-1 and is not encrypted")]
    Identity {
        /// The number of the line, from 1.
        line: usize,
    },
    /// More identities than are accepted.
    #[error("the file holds too many identities; at most 64 are accepted")]
    TooManyIdentities,
    /// The passphrase has a character that cannot be typed on a terminal.
    #[error("the passphrase holds a control character or a byte order mark; save the file as UTF-8 without a mark")]
    ControlCharacter,
    /// A directory, a FIFO, a device or a socket.
    #[error("this is not a regular file")]
    NotAFile,
    /// An error of the operating system.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl SecretFileError {
    /// The kind of the error, as one word.
    pub fn kind(&self) -> ErrorKind {
        self.details().0
    }

    /// The line of an identity file.
    pub fn place(&self) -> Option<Place> {
        self.details().1
    }

    /// The error of the operating system.
    pub fn found(&self) -> Option<Found> {
        self.details().2
    }

    /// Without a wildcard, so that a new variant has to say all three.
    fn details(&self) -> (ErrorKind, Option<Place>, Option<Found>) {
        match self {
            Self::OthersCanRead => (ErrorKind::OthersCanRead, None, None),
            Self::TooLarge => (ErrorKind::TooLarge, None, None),
            Self::Encrypted | Self::NotText => (ErrorKind::NotText, None, None),
            Self::Empty => (ErrorKind::Empty, None, None),
            Self::Identity { line } => (ErrorKind::Identity, Some(Place::Line(*line)), None),
            Self::TooManyIdentities => (ErrorKind::TooManyIdentities, None, None),
            Self::ControlCharacter => (ErrorKind::ControlCharacter, None, None),
            Self::NotAFile => (ErrorKind::NotAFile, None, None),
            Self::Io(error) => (ErrorKind::Io, None, Some(Found::SystemError(error.raw_os_error()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives what is left of the bytes, one at a time, after a signal each time.
    struct Interrupted<'a>(&'a [u8], bool);

    impl Read for Interrupted<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let read = self.0.read(&mut buffer[..1]);
            if self.0.is_empty() && read.as_ref().is_ok_and(|read| *read == 0) {
                Err(io::ErrorKind::Other.into())
            } else {
                read
            }
        }
    }

    #[test]
    fn a_signal_does_not_end_reading_and_an_error_does() {
        let chained = |bytes: &'static [u8]| Interrupted(bytes, false);
        let all = read_bounded(chained(b"ab").take(2)).expect("read").expect("short");
        assert_eq!(all[..], b"ab"[..]);
        assert!(read_bounded(chained(b"ab")).is_err(), "what comes after the bytes is an error");
        #[cfg(feature = "pkcs11")]
        {
            let line = read_to_line_end(chained(b"ab\ncd")).expect("read").expect("short");
            assert_eq!(line[..], b"ab"[..]);
            assert!(read_to_line_end(chained(b"ab")).is_err());
        }
    }

    #[test]
    fn as_many_bytes_as_are_allowed_are_read_and_one_more_is_refused() {
        let (most, more) = (vec![b'a'; MAX_LEN], vec![b'a'; MAX_LEN + 1]);
        assert_eq!(read_bounded(&most[..]).expect("read").expect("allowed").len(), MAX_LEN);
        assert!(read_bounded(&more[..]).expect("read").is_none());
        #[cfg(feature = "pkcs11")]
        {
            assert_eq!(read_to_line_end(&most[..]).expect("read").expect("allowed").len(), MAX_LEN);
            assert!(read_to_line_end(&more[..]).expect("read").is_none());
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_process_is_in_its_own_groups_and_in_no_other() {
        use rustix::process::{getegid, getgroups};
        let mine: Vec<u32> = getgroups().expect("groups").iter().map(|group| group.as_raw()).collect();
        assert!(is_in_group(getegid().as_raw()) && mine.iter().all(|group| is_in_group(*group)));
        let other =
            (1..u32::MAX).find(|group| *group != getegid().as_raw() && !mine.contains(group)).expect("a number");
        assert!(!is_in_group(other));
    }
}
