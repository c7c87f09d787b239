//! `OpenedKey`: what an address gave, a root key or the key of a scope, with its bytes or without.

use std::{fmt, path::Path, sync::Arc};

use fugo::{KeyTag, Scope};

use super::{
    address::{Holder, KeyAddress},
    error::SourceError,
    open::AskPin,
    scope_source::{KeptKey, ScopeSource},
};
use crate::{
    error::KeyFileError,
    key_file::{Key, KeyFile, Use},
    unlock::Unlock,
};

/// What an address gave: the content of a key file, or the key of a scope that its holder does not show.
///
/// Each variant is small, as in [`ScopeSource`]. `Debug` prints only the type.
pub enum OpenedKey {
    /// A key with its bytes. A program, or a root key in a token, gives one too.
    File(Box<KeyFile>),
    /// A holder of the key of a scope.
    Kept(Arc<dyn KeptKey>),
}

impl OpenedKey {
    /// The key from the place that the address names, as [`ScopeSource::open`]. A file may also hold a root key.
    pub fn at(address: &KeyAddress, unlock: &Unlock, ask_pin: AskPin<'_>) -> Result<Self, SourceError> {
        if let Holder::File(path) = &address.holder {
            return Ok(Self::load(path, unlock)?);
        }
        Ok(match ScopeSource::open(address, unlock, ask_pin)? {
            ScopeSource::Bytes(key, usage) => KeyFile::scope(*key, usage).into(),
            ScopeSource::Kept(kept) => Self::Kept(kept),
        })
    }

    /// [`KeyFile::load`].
    pub fn load(path: &Path, unlock: &Unlock) -> Result<Self, KeyFileError> {
        Ok(KeyFile::load(path, unlock)?.into())
    }

    /// The content of the key file. `needs` says what the caller needs the bytes for.
    pub fn file(&self, needs: &'static str) -> Result<&KeyFile, SourceError> {
        match self {
            Self::File(file) => Ok(file),
            Self::Kept(_) => Err(SourceError::NoBytes { needs }),
        }
    }

    /// The key of a scope; an error for a root key.
    pub fn scope_source(&self) -> Result<ScopeSource, SourceError> {
        match self {
            Self::Kept(kept) => Ok(ScopeSource::Kept(Arc::clone(kept))),
            Self::File(file) => match file.key() {
                Key::Scope(key) => Ok(ScopeSource::Bytes(Box::new(key.clone()), file.usage())),
                Key::Root(_) => Err(SourceError::IsRoot),
            },
        }
    }

    /// The scope of the key; `None` for a root key.
    pub fn scope(&self) -> Option<&Scope> {
        match self {
            Self::Kept(kept) => Some(kept.scope()),
            Self::File(file) => match file.key() {
                Key::Scope(key) => Some(key.scope()),
                Key::Root(_) => None,
            },
        }
    }

    /// The tag of the key.
    pub fn tag(&self) -> KeyTag {
        match self {
            Self::File(file) => file.tag(),
            Self::Kept(kept) => kept.tag(),
        }
    }

    /// The use of the key.
    pub fn usage(&self) -> Use {
        match self {
            Self::File(file) => file.usage(),
            Self::Kept(kept) => kept.usage(),
        }
    }
}

impl From<KeyFile> for OpenedKey {
    fn from(file: KeyFile) -> Self {
        Self::File(Box::new(file))
    }
}

impl fmt::Debug for OpenedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpenedKey(..)")
    }
}
