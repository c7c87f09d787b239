//! Where keys are, and what each place gives: the bytes of a scope's key, or its symbols alone.
//!
//! | source | gives |
//! |---|---|
//! | a key file | bytes |
//! | a program | bytes of a scope's key, by one MAC with the root key |
//! | a token, a root key with SIGN | bytes of a scope's key, by one MAC ("signed out") |
//! | a token, a scope's key | symbols, by one MAC each; no bytes |

mod address;
mod error;
mod open;
mod opened_key;
mod program;
mod rate;
mod scope_source;
mod symbol_source;
/// Keys in PKCS#11 tokens.
#[cfg(feature = "pkcs11")]
pub mod token;
mod token_uri;
mod trusted;

pub use address::{AddressError, Expected, Holder, KeyAddress};
pub use error::{ProgramError, SourceError, TokenError};
pub use open::AskPin;
pub use opened_key::OpenedKey;
pub use program::Program;
pub use scope_source::{KeptKey, ScopeSource};
pub use symbol_source::SymbolSource;
pub use token_uri::{PinSource, TokenUri};
