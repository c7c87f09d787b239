//! Opens the source that an address names.

use secrecy::SecretString;

use super::{
    address::{Holder, KeyAddress},
    error::SourceError,
    scope_source::ScopeSource,
    token_uri::TokenUri,
};
use crate::{
    key_file::{Key, KeyFile},
    unlock::Unlock,
};

/// Asks for the PIN of a token whose URI has no `pin-source`; `None` if nobody can be asked.
pub type AskPin<'a> = &'a mut dyn FnMut(&TokenUri) -> Option<SecretString>;

impl ScopeSource {
    /// The key of a scope from the place that the address names. A test key is refused unless `unlock` allows it, and
    /// another key than the one that the address expects is refused.
    pub fn open(address: &KeyAddress, unlock: &Unlock, ask_pin: AskPin<'_>) -> Result<Self, SourceError> {
        let KeyAddress { expected, holder } = address;
        let wanted = || expected.as_ref().ok_or(SourceError::ScopeMissing);
        match holder {
            Holder::File(path) => Self::from_file(KeyFile::load(path, unlock)?),
            Holder::Program(program) => Self::from_root(program, wanted()?, unlock.test_keys()),
            #[cfg(feature = "pkcs11")]
            Holder::Token(uri) => super::token::scope_source(uri, expected.as_ref(), unlock.test_keys(), ask_pin),
            #[cfg(not(feature = "pkcs11"))]
            Holder::Token(_) => {
                let _ = ask_pin;
                Err(SourceError::NoTokens)
            }
        }
    }

    /// The key of an opened key file. Refuses a root key.
    pub fn from_file(file: KeyFile) -> Result<Self, SourceError> {
        let usage = file.usage();
        match file.into_key() {
            Key::Scope(key) => Ok(Self::Bytes(Box::new(key), usage)),
            Key::Root(_) => Err(SourceError::IsRoot),
        }
    }
}
