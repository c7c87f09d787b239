//! What the commands of `fugo key` share that work on a token.

use std::path::Path;

use clap::ValueEnum;
use fugo_keystore::{
    TestKeys,
    source::{
        Holder, SourceError, TokenUri,
        token::{Mode, Token},
    },
};

use crate::{
    failure::{Failure, Result},
    keys,
};

/// What a root key in a token is for.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum ModeArg {
    /// It signs: the key of a scope leaves the token as one MAC.
    SignedOut,
    /// It derives: the key of a scope stays in the token.
    DerivedIn,
}

impl From<ModeArg> for Mode {
    fn from(mode: ModeArg) -> Self {
        match mode {
            ModeArg::SignedOut => Self::SignedOut,
            ModeArg::DerivedIn => Self::DerivedIn,
        }
    }
}

/// The URI in an option. Another address is refused.
pub(super) fn uri(text: &Path, option: &str) -> Result<TokenUri> {
    let address = keys::address(text)?;
    match (address.holder, address.expected) {
        (Holder::Token(uri), None) => Ok(uri),
        _ => Err(Failure::new(
            format_args!("{option} needs the pkcs11: URI of a token, without a scope and a tag before it"),
            "docs/custody.md has examples",
        )),
    }
}

/// Logs in.
pub(super) fn open(uri: &TokenUri) -> Result<Token> {
    Token::open(uri, &mut keys::ask_pin).map_err(|error| refused(uri, &error))
}

/// A token that does not do it.
pub(super) fn refused(uri: &TokenUri, error: &SourceError) -> Failure {
    keys::not_given(&uri.to_string(), error)
}

/// Test keys are made and read without an option, as in files. They are refused where symbols are derived.
pub(super) const ALL_KEYS: TestKeys = TestKeys::Allow;
