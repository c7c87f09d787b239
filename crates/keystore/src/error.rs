//! The reasons why a key file is not opened or not written.

use std::io;

use fugo::{ErrorKind, Found, Place};

/// The reason why a text is not the plaintext of a key file. Lines are counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlaintextError {
    /// A line with an unknown name, or a line after the last.
    #[error("line {line} is not valid in this kind of key file; `{expected}` was expected")]
    UnknownLine {
        /// The number of the line.
        line: usize,
        /// The expected line.
        expected: &'static str,
    },
    /// The file holds a key of another kind.
    #[error("this is {found}; a file that starts with `{expected}` was expected")]
    OtherKind {
        /// The kind of the key in the file.
        found: &'static str,
        /// The name of the first line of the kind that was expected.
        expected: &'static str,
    },
    /// A line is missing or in the wrong position.
    #[error("line {line} must be `{expected}`; this line is missing, or the order is wrong")]
    MissingLine {
        /// The number of the line.
        line: usize,
        /// The name of the missing line.
        expected: &'static str,
    },
    /// The value is not valid, or the line does not end with LF.
    #[error("line {line}: the value of `{name}` must be {allowed}, followed by a line feed")]
    BadValue {
        /// The number of the line.
        line: usize,
        /// The name of the line.
        name: &'static str,
        /// The values allowed.
        allowed: &'static str,
    },
    /// The tag in the file is not the tag of the key: one of them was altered.
    #[error("line {line}: the tag is not that of the key; the file was altered or has a typing error")]
    TagMismatch {
        /// The number of the tag's line.
        line: usize,
    },
}

impl PlaintextError {
    /// The kind of the error, as one word.
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::UnknownLine { .. } | Self::OtherKind { .. } => ErrorKind::UnknownLine,
            Self::MissingLine { .. } => ErrorKind::MissingLine,
            Self::BadValue { .. } => ErrorKind::BadValue,
            Self::TagMismatch { .. } => ErrorKind::TagMismatch,
        }
    }

    /// The number of the line.
    pub fn place(self) -> Option<Place> {
        match self {
            Self::OtherKind { .. } => Some(Place::Line(1)),
            Self::UnknownLine { line, .. }
            | Self::MissingLine { line, .. }
            | Self::BadValue { line, .. }
            | Self::TagMismatch { line } => Some(Place::Line(line)),
        }
    }

    /// Always `None`, because a key file holds a secret.
    pub fn found(self) -> Option<Found> {
        None
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
