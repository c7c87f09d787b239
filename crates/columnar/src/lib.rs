//! fugo for Arrow arrays: from columns of numbers to columns of symbols. It is based on [`fugo`].
//!
//! `symbols(key, column)[i] = key(number(column[i]))`, 16 bytes; null if the input is null or faulty. The bytes are
//! equal to those of [`fugo::AnySymbolKey::symbol`]. A faulty row is reported, and the rows after it are read as usual.
//!
//! ```
//! use arrow_array::{Array, StringArray};
//! use fugo::{AnySymbolKey, RootKey, Scope};
//! use fugo_columnar::{Reading, symbol_field, symbols};
//!
//! let scope: Scope = "agency/nta/1".parse()?;
//! let key = AnySymbolKey::new(&RootKey::random()?.scope_key(&scope))?;
//! let column = StringArray::from(vec![Some("123456789018"), None, Some("12345678901")]);
//!
//! let symbols = symbols(&key, &column, Reading::Strict, None)?;
//! assert_eq!(symbols.array.len(), 3);
//! assert_eq!(symbols.array.null_count(), 2);
//! assert_eq!((symbols.faults[0].row, symbols.faults[0].reason.kind().as_str()), (2, "length"));
//! let field = symbol_field("nta", key.scope(), key.tag(), true);
//! assert_eq!(field.metadata()["fugo.scope"], "nta");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Rules
//!
//! 1. Rows keep their order, so row `i` of the output belongs to row `i` of the input. Such an order links scopes.
//!    Before the caller gives an output to anyone who has the symbols of another scope, the caller must sort it as
//!    `docs/spec.md`, section 5, says.
//! 2. This crate wipes its own copies of numbers. It does not wipe the column, which belongs to the caller.
//! 3. Errors and `Debug` never show a value. They show rows, byte offsets, lengths and types.
#![forbid(unsafe_code)]

/// Symbols as Binary arrays, for readers without types of fixed size.
mod binary;
/// Columns of text, in every layout.
mod cells;
/// From insurers' symbols to eligibility symbols, for issuers.
mod eligibility;
/// The faults of rows, and the errors of columns.
mod fault;
/// Fields of symbols, and their metadata.
mod field;
/// The rows without a symbol, and their positions in the output.
mod gaps;
/// Searches kept columns for numbers, for symbols, and for values computed from them.
pub mod kept;
/// From a column to numbers.
mod numbers;
/// From a column to symbols.
mod symbols;
/// From symbols to their text form.
mod text;
/// From symbols of one scope to those of another.
mod translation;

pub use binary::binary;
pub use eligibility::{
    DeriveFromInsurers, eligibility_for_chunks, eligibility_for_chunks_by, eligibility_from_insurers, read_symbols,
};
pub use fault::{ColumnError, Fault, FaultReason, type_name};
pub use field::{
    EPOCH_KEY, MetadataError, PURPOSE_KEY, SCOPE_KEY, SYMBOL_WIDTH, SymbolMetadata, TAG_KEY, TEST_USE, USE_KEY,
    binary_field, is_symbol_field, of_test_key, symbol_field, text_field,
};
pub use fugo::normalize::Reading;
pub use numbers::{Counts, Numbers, numbers};
pub use symbols::{
    DeriveForKeys, Symbols, SymbolsForKeys, symbols, symbols_for_chunks, symbols_for_chunks_by, symbols_for_keys,
};
pub use text::text;
pub use translation::{Added, Translation};
