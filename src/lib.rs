#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod any_symbol_key;
/// One key, or several in one pass, over a slice.
pub mod batch;
mod error_kind;
/// Numbers within other text.
pub mod find;
/// Flat buffers of numbers and symbols, as other languages hold them.
pub mod flat;
mod key;
mod lanes;
mod lineage;
mod my_number;
/// What real files contain, made strict.
pub mod normalize;
mod scope;
mod symbol;
/// The text form.
pub mod text;

pub use any_symbol_key::AnySymbolKey;
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
