//! Key files: a root key or a scope key, its use, and its tag.

use std::fmt;

use fugo::{KeyTag, RootKey, Scope, ScopeKey};

use crate::{error::KeyFileError, weak};

/// The key in a key file.
pub enum Key {
    /// A root key, from which all scope keys are derived.
    Root(RootKey),
    /// The key of one scope.
    Scope(ScopeKey),
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Root(_) => "Root(..)",
            Self::Scope(_) => "Scope(..)",
        })
    }
}

/// The use of a key. A key derived from a test key is a test key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Use {
    /// For real numbers.
    Production,
    /// Only for published or invented numbers.
    Test,
}

impl Use {
    /// The word in key files, `production` or `test`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Test => "test",
        }
    }

    /// The use with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Production, Self::Test].into_iter().find(|usage| usage.name() == name)
    }
}

impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Whether test keys are accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TestKeys {
    /// Test keys are refused.
    #[default]
    Refuse,
    /// Test keys are accepted too, for published and invented numbers.
    Allow,
}

/// The content of a key file. The key is wiped on drop. `Debug` prints only the type.
pub struct KeyFile {
    key: Key,
    usage: Use,
}

impl KeyFile {
    /// The content for a root key.
    pub fn root(key: RootKey, usage: Use) -> Self {
        Self { key: Key::Root(key), usage }
    }

    /// The content for a scope key.
    pub fn scope(key: ScopeKey, usage: Use) -> Self {
        Self { key: Key::Scope(key), usage }
    }

    /// Refuses a production key that can be guessed, and a test key unless test keys are allowed. All functions that
    /// open a file call this. Call it after [`Self::parse_plaintext`], before the key is used.
    pub fn check(&self, test_keys: TestKeys) -> Result<(), KeyFileError> {
        match self.usage {
            Use::Test if test_keys == TestKeys::Refuse => Err(KeyFileError::TestKey),
            Use::Production if self.is_weak() => Err(KeyFileError::WeakKey),
            Use::Test | Use::Production => Ok(()),
        }
    }

    /// Whether the key is published or shows a pattern, or is derived from such a root key.
    fn is_weak(&self) -> bool {
        match &self.key {
            Key::Root(key) => weak::is_guessable(key.expose_bytes()),
            Key::Scope(key) => weak::is_guessable(key.expose_bytes()) || weak::is_of_guessable_root(key),
        }
    }

    /// The scope key of this root key, with the same use; `None` if this is not a root key.
    pub fn derive(&self, scope: &Scope) -> Option<Self> {
        match &self.key {
            Key::Root(root) => Some(Self::scope(root.scope_key(scope), self.usage)),
            Key::Scope(_) => None,
        }
    }

    /// The key.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// The key alone.
    pub fn into_key(self) -> Key {
        self.key
    }

    /// The use of the key.
    pub fn usage(&self) -> Use {
        self.usage
    }

    /// The key's tag.
    pub fn tag(&self) -> KeyTag {
        match &self.key {
            Key::Root(key) => key.tag(),
            Key::Scope(key) => key.tag(),
        }
    }
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyFile(..)")
    }
}
