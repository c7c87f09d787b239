//! The reasons why a registry is refused, or why a scope is not recorded.

use std::{io, path::PathBuf};

use fugo::{ErrorKind, Found, KeyTag, Place, Scope};

use super::{DateOrderError, Day};

/// The reason why a scope is not recorded. Scopes and tags are not secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// Two scopes have the same tag by chance, so their symbols could not be told apart in text form.
    #[error("the tag {tag} of the key of {scope} is one that {recorded} has already; choose another epoch or scope id")]
    TagClash {
        /// The new scope.
        scope: Scope,
        /// The scope that has the tag already.
        recorded: Scope,
        /// The tag of both.
        tag: KeyTag,
    },
    /// The scope is recorded with another tag, so the registry belongs to another root key, or the key has none.
    #[error(
        "{scope} is recorded with the tag {recorded}, but this key has the tag {found}: the registry belongs to another \
         root key, or the key was made without one"
    )]
    OtherRoot {
        /// The scope.
        scope: Scope,
        /// Its tag in the registry.
        recorded: KeyTag,
        /// The tag of the key.
        found: KeyTag,
    },
    /// A line is not valid.
    #[error(
        "line {line} of the registry is not valid; the registry has the header \
         `purpose,scope,epoch,tag,valid-from,accept-until,destroyed`, then lines such as \
         agency,nta,1,7c2cb2a1,2027-04-01,2032-03-31, and a date may be empty"
    )]
    Line {
        /// The number of the line, from 1.
        line: usize,
    },
    /// A line has the scope or the tag of an earlier line, as in copies of a registry that were merged. Which of the two
    /// is right cannot be known: one of them may say that the key was destroyed.
    #[error(
        "line {line} of the registry has the {what} of line {earlier}; each scope and each tag has one line: remove one \
         of the two, and keep the day of a destruction"
    )]
    Repeated {
        /// The number of the line, from 1.
        line: usize,
        /// The number of the earlier line.
        earlier: usize,
        /// `scope` or `tag`.
        what: &'static str,
    },
    /// More bytes than a registry may have.
    #[error("the registry is too large; at most 16777216 bytes are allowed")]
    TooLarge,
    /// The scope is not in the registry with this tag.
    #[error(
        "{scope} with the tag {tag} is not recorded: the registry is not that of the key, or the key file was altered"
    )]
    NotRecorded {
        /// The scope in the key file.
        scope: Scope,
        /// The key's tag.
        tag: KeyTag,
    },
    /// Dates that cannot be.
    #[error(transparent)]
    DateOrder(#[from] DateOrderError),
    /// Other dates are recorded already.
    #[error("{scope} is recorded with other dates already")]
    OtherDates {
        /// The scope.
        scope: Scope,
    },
    /// The key of the scope was destroyed, and is not made again.
    #[error("the key of {scope} was destroyed on {on}; a destroyed key is not made again")]
    Destroyed {
        /// The scope.
        scope: Scope,
        /// The day.
        on: Day,
    },
    /// The day of today is before a day on which something was recorded.
    #[error(
        "today is {today} by the clock, and the registry has that the key of {scope} was destroyed on {destroyed}: the \
         clock is wrong, or it was wrong then"
    )]
    Clock {
        /// What the clock says.
        today: Day,
        /// A scope whose key was destroyed after that.
        scope: Scope,
        /// The day of its destruction.
        destroyed: Day,
    },
    /// The scope is not in the registry.
    #[error("{scope} is not in the registry of scopes")]
    ScopeNotRecorded {
        /// The scope.
        scope: Scope,
    },
    /// A directory, a FIFO, a device or a socket.
    #[error("the registry is not a regular file")]
    NotAFile,
    /// The file that is locked during a change.
    #[error("the lock file {}: {error}", path.display())]
    Lock {
        /// Its path.
        path: PathBuf,
        /// The reason.
        error: io::Error,
    },
    /// Another process holds the lock.
    #[error("another process has held the lock file {} for 10 seconds", path.display())]
    Busy {
        /// Its path.
        path: PathBuf,
    },
    /// The registry has the change, and the device may not have it.
    #[error("the registry has the change, but the device may not have it: {0}")]
    NotFlushed(io::Error),
    /// A link to a file that does not exist.
    #[error("the registry is a link to a file that does not exist")]
    DanglingLink,
    /// A file with several names (hard links). If it were replaced, the other names would keep the old file.
    #[error("the registry has other names too (hard links), which would keep the old content")]
    OtherNames,
    /// An error of the operating system.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl RegistryError {
    /// The kind of the error, as one word.
    pub fn kind(&self) -> ErrorKind {
        self.details().0
    }

    /// The number of the line.
    pub fn place(&self) -> Option<Place> {
        self.details().1
    }

    /// The key's tag, or the error of the operating system.
    pub fn found(&self) -> Option<Found> {
        self.details().2
    }

    /// Without a wildcard, so that a new variant has to say all three.
    fn details(&self) -> (ErrorKind, Option<Place>, Option<Found>) {
        match self {
            Self::TagClash { .. } => (ErrorKind::TagClash, None, None),
            Self::OtherRoot { recorded, found, .. } => {
                (ErrorKind::OtherRoot, None, Some(Found::Tag { expected: *recorded, found: *found }))
            }
            Self::Line { line } | Self::Repeated { line, .. } => (ErrorKind::Line, Some(Place::Line(*line)), None),
            Self::TooLarge => (ErrorKind::TooLarge, None, None),
            Self::NotRecorded { .. } | Self::ScopeNotRecorded { .. } => (ErrorKind::NotRecorded, None, None),
            Self::DateOrder(_) | Self::Clock { .. } => (ErrorKind::DateOrder, None, None),
            Self::OtherDates { .. } => (ErrorKind::OtherDates, None, None),
            Self::Destroyed { .. } => (ErrorKind::Destroyed, None, None),
            Self::NotAFile => (ErrorKind::NotAFile, None, None),
            Self::DanglingLink => (ErrorKind::DanglingLink, None, None),
            Self::OtherNames => (ErrorKind::OtherNames, None, None),
            Self::Busy { .. } => (ErrorKind::Io, None, None),
            Self::Io(error) | Self::Lock { error, .. } | Self::NotFlushed(error) => {
                (ErrorKind::Io, None, Some(Found::SystemError(error.raw_os_error())))
            }
        }
    }
}
