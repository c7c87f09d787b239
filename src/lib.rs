#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

/// One key, or several in one pass, over a slice.
pub mod batch;
/// Numbers within other text.
pub mod find;
/// Flat buffers of numbers and symbols: the door of other languages.
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

pub use batch::NumberKey;
#[cfg(feature = "std")]
pub use key::RandomError;
pub use key::{KEY_LEN, KeyTag, KeyTagError, RootKey, ScopeKey};
pub use lineage::{Lineage, LineageError};
pub use my_number::{BodyError, MyNumber, MyNumberError};
pub use scope::{Epoch, Label, Purpose, Scope, ScopeError, ScopeId};
pub use symbol::{
    Agency, AgencySymbol, Eligibility, EligibilityKey, EligibilitySymbol, FromNumber, Insurers, InsurersSymbol,
    Network, NetworkSymbol, Portal, PortalSymbol, PurposeError, PurposeType, Registry, RegistrySymbol, Research,
    ResearchSymbol, SYMBOL_LEN, Symbol, SymbolKey,
};
