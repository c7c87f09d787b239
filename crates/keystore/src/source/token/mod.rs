//! Keys in PKCS#11 tokens.
//!
//! A key of this project says in its id (`CKA_ID`) what it is: `fugo 1 root production 5e1c0a37`, or
//! `fugo 1 scope test agency/nta/1 09b2d4f6`, with a random end. The label is the operator's.

mod attributes;
mod failed;
mod identity;
mod kept;
mod make;
mod pin;
mod probe;
mod session;

pub use attributes::{Attributes, Enforced};
pub use identity::{Identity, Kind};
pub use make::Mode;
pub use probe::{Attack, Outcome, Probed};
pub use session::{Token, TokenKey};

use std::sync::Arc;

use fugo::mac;

use super::{address::Expected, error::SourceError, open::AskPin, scope_source::ScopeSource, token_uri::TokenUri};
use crate::{
    error::KeyFileError,
    key_file::{TestKeys, Use},
};

/// The key of a scope: bytes if the URI names a root key that signs, otherwise a key that the token keeps.
pub(super) fn scope_source(
    uri: &TokenUri,
    expected: Option<&Expected>,
    test_keys: TestKeys,
    ask_pin: AskPin<'_>,
) -> Result<ScopeSource, SourceError> {
    let token = Token::open(uri, ask_pin)?;
    let key = token.key(uri)?;
    let Identity { kind, usage } = key.identity();
    let Kind::Scope(scope) = kind else {
        let expected = expected.ok_or(SourceError::ScopeMissing)?;
        refuse_other_use(expected, usage)?;
        return ScopeSource::from_root(&key, expected, test_keys);
    };
    if usage == Use::Test && test_keys == TestKeys::Refuse {
        return Err(KeyFileError::TestKey.into());
    }
    expected.map_or(Ok(()), |expected| refuse_other_use(expected, usage))?;
    let (tag, handle) = (mac::tag(&key)?, key.handle);
    let kept = kept::Kept::new(token, uri, handle, scope, tag, usage);
    ScopeSource::Kept(Arc::new(kept)).confirmed(expected)
}

impl TokenKey<'_> {
    /// Refuses another key than the expected one. A root key must give the expected scope's key.
    pub fn confirm(&self, expected: &Expected) -> Result<(), SourceError> {
        let Identity { kind, usage } = self.identity();
        refuse_other_use(expected, usage)?;
        let Kind::Scope(found) = kind else {
            return ScopeSource::from_root(self, expected, TestKeys::Allow).map(drop);
        };
        if found != expected.scope {
            return Err(SourceError::WrongScope { expected: expected.scope, found });
        }
        let found = mac::tag(self)?;
        if found == expected.tag { Ok(()) } else { Err(SourceError::WrongTag { expected: expected.tag, found }) }
    }
}

fn refuse_other_use(expected: &Expected, found: Use) -> Result<(), SourceError> {
    let expected = expected.usage;
    if expected == found { Ok(()) } else { Err(SourceError::WrongUse { expected, found }) }
}
