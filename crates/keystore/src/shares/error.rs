//! The reasons why a key is not split, or why shares do not join.

use fugo::{ErrorKind, Found, Place};

use crate::error::KeyFileError;

/// The reason why a key is not split, or why shares do not join. Positions are those among the shares given, from 0.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShareError {
    /// Only root keys are split.
    #[error("only a root key is split into shares")]
    NotARootKey,
    /// The threshold or the number of shares is not allowed.
    #[error("the threshold must be 2 or more, and at most the number of shares; a key has at most 32 shares")]
    Threshold,
    /// Not enough shares.
    #[error("{found} shares are too few{}", how_many(*.needed))]
    TooFew {
        /// The number of shares given.
        found: usize,
        /// The threshold.
        needed: Option<u8>,
    },
    /// A share that was altered, or that its check value does not fit.
    #[error("the share is spoilt: it does not fit its check value")]
    Spoilt {
        /// Its position.
        position: usize,
    },
    /// A share of another set than the first one.
    #[error("the share is of another set than the first one; shares of different sets do not join, even of one key")]
    OtherSet {
        /// Its position.
        position: usize,
    },
    /// A share that was given before.
    #[error("the share was given twice")]
    Twice {
        /// Its position.
        position: usize,
        /// The position at which it was given first.
        earlier: usize,
    },
    /// The shares have different lists of check values, and no list is that of more than half of them.
    #[error("the shares have different check values, and none of the lists is that of more than half of the shares")]
    Disagree,
    /// All shares fit their check values, and give a key with another tag.
    #[error("the shares join to a key with another tag than theirs: the set was not made from that key")]
    OtherKey,
    /// The joined key is refused.
    #[error(transparent)]
    Key(#[from] KeyFileError),
}

fn how_many(threshold: Option<u8>) -> String {
    threshold.map(|needed| format!("; {needed} different shares of the set are needed")).unwrap_or_default()
}

impl ShareError {
    /// The kind of the error, as one word.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotARootKey => ErrorKind::WrongKind,
            Self::Threshold => ErrorKind::Threshold,
            Self::TooFew { .. } => ErrorKind::TooFewShares,
            Self::Spoilt { .. } => ErrorKind::SpoiltShare,
            Self::OtherSet { .. } => ErrorKind::OtherSet,
            Self::Twice { .. } => ErrorKind::ShareTwice,
            Self::Disagree => ErrorKind::SharesDisagree,
            Self::OtherKey => ErrorKind::TagMismatch,
            Self::Key(error) => error.kind(),
        }
    }

    /// The position of the share among those given, from 0.
    pub fn position(&self) -> Option<usize> {
        match self {
            Self::Spoilt { position } | Self::OtherSet { position } | Self::Twice { position, .. } => Some(*position),
            Self::NotARootKey
            | Self::Threshold
            | Self::TooFew { .. }
            | Self::Disagree
            | Self::OtherKey
            | Self::Key(_) => None,
        }
    }

    /// The line of a key file.
    pub fn place(&self) -> Option<Place> {
        if let Self::Key(error) = self { error.place() } else { None }
    }

    /// What was found in a key file, where it is not secret.
    pub fn found(&self) -> Option<Found> {
        if let Self::Key(error) = self { error.found() } else { None }
    }
}
