//! `ScopeSource`: what an address gave for one scope, the bytes of its key or a holder of the key.

use std::{fmt, sync::Arc};

use fugo::{
    KeyTag, Scope, ScopeKey,
    mac::{self, Mac},
};

use super::{address::Expected, error::SourceError};
use crate::key_file::{KeyFile, TestKeys, Use};

/// The key of a scope that its holder does not show. It computes symbols.
pub trait KeptKey: Send + Sync {
    /// The scope of the key.
    fn scope(&self) -> &Scope;

    /// The tag of the key, which its holder computed.
    fn tag(&self) -> KeyTag;

    /// The use of the key.
    fn usage(&self) -> Use;

    /// Computes MACs until it is dropped. Waits for another thread, if the holder serves no further one.
    fn session(&self) -> Result<Box<dyn Mac<Error = SourceError> + '_>, SourceError>;
}

/// What a source gives for one scope.
///
/// Each variant is small: one that is smaller than another would carry what its stack held before, which may be a piece
/// of a key.
#[derive(Clone)]
pub enum ScopeSource {
    /// The bytes of the key, and its use.
    Bytes(Box<ScopeKey>, Use),
    /// A holder of the key, who does not show it.
    Kept(Arc<dyn KeptKey>),
}

impl ScopeSource {
    /// The key of the expected scope, from the holder of the root key. The answer is confirmed by the tag.
    pub fn from_root<M: Mac<Error = SourceError> + ?Sized>(
        root: &M,
        expected: &Expected,
        test_keys: TestKeys,
    ) -> Result<Self, SourceError> {
        let Expected { scope, usage, .. } = expected;
        let file = KeyFile::scope(mac::scope_key(root, scope)?, *usage);
        file.check(test_keys)?;
        match file.into_key() {
            crate::Key::Scope(key) => Self::Bytes(Box::new(key), *usage).confirmed(Some(expected)),
            crate::Key::Root(_) => unreachable!("made from a scope key"),
        }
    }

    /// Refuses another key than the expected one.
    pub fn confirmed(self, expected: Option<&Expected>) -> Result<Self, SourceError> {
        let Some(Expected { scope, tag, .. }) = expected else { return Ok(self) };
        if self.scope() != scope {
            return Err(SourceError::WrongScope { expected: *scope, found: *self.scope() });
        }
        if self.tag() != *tag {
            return Err(SourceError::WrongTag { expected: *tag, found: self.tag() });
        }
        Ok(self)
    }

    /// The scope of the key.
    pub fn scope(&self) -> &Scope {
        match self {
            Self::Bytes(key, _) => key.scope(),
            Self::Kept(kept) => kept.scope(),
        }
    }

    /// The tag of the key.
    pub fn tag(&self) -> KeyTag {
        match self {
            Self::Bytes(key, _) => key.tag(),
            Self::Kept(kept) => kept.tag(),
        }
    }

    /// The use of the key.
    pub fn usage(&self) -> Use {
        match self {
            Self::Bytes(_, usage) => *usage,
            Self::Kept(kept) => kept.usage(),
        }
    }

    /// The bytes of the key. `needs` says what the caller needs them for.
    pub fn into_bytes(self, needs: &'static str) -> Result<ScopeKey, SourceError> {
        match self {
            Self::Bytes(key, _) => Ok(*key),
            Self::Kept(_) => Err(SourceError::NoBytes { needs }),
        }
    }

    /// The bytes of the key, as [`Self::into_bytes`].
    pub fn bytes(&self, needs: &'static str) -> Result<&ScopeKey, SourceError> {
        match self {
            Self::Bytes(key, _) => Ok(key),
            Self::Kept(_) => Err(SourceError::NoBytes { needs }),
        }
    }
}

/// A key that a caller gives as bytes. Nothing says its use, so it has the one with stricter rules.
impl From<ScopeKey> for ScopeSource {
    fn from(key: ScopeKey) -> Self {
        Self::Bytes(Box::new(key), Use::Production)
    }
}

impl fmt::Debug for ScopeSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bytes(..) => "Bytes(..)",
            Self::Kept(_) => "Kept(..)",
        })
    }
}
