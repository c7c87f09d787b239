#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod any_symbol_key;
/// Symbols of a slice of numbers, under one key or several keys in one pass.
pub mod batch;
mod deriver;
mod error_kind;
/// Numbers within longer text.
pub mod find;
/// Flat buffers of numbers and symbols, for other languages.
pub mod flat;
mod key;
mod lanes;
mod lineage;
/// Keys that this process does not hold.
pub mod mac;
mod message;
mod my_number;
/// Lenient normalisation: from the text of real files to twelve digits.
pub mod normalize;
mod scope;
mod stack;
mod symbol;
/// The text form of symbols.
pub mod text;
mod translator;

pub use any_symbol_key::AnySymbolKey;
pub use deriver::Deriver;
pub use error_kind::{ErrorKind, Found, Place};
#[cfg(feature = "std")]
pub use key::RandomError;
pub use key::{KEY_LEN, KeyTag, KeyTagError, RootKey, ScopeKey};
pub use lineage::{Lineage, LineageError};
pub use my_number::{BodyError, MyNumber, MyNumberError};
pub use scope::{Epoch, Label, Purpose, Scope, ScopeError, ScopeId};
pub use symbol::{
    Agency, AgencySymbol, Eligibility, EligibilityKey, EligibilitySymbol, Insurers, InsurersSymbol, Network,
    NetworkSymbol, NumberPurpose, Portal, PortalSymbol, PurposeError, PurposeType, Registry, RegistrySymbol, Research,
    ResearchSymbol, SYMBOL_LEN, Symbol, SymbolKey,
};
pub use translator::{Pair, Translator};
