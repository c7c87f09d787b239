//! Arrow arrays ↔ [`fugo`]: columns of numbers in, columns of symbols out.
//!
//! `symbols(key, column)[i] = key(number(column[i]))`, 16 bytes; null where the input is null or at fault. The
//! bytes are those of the scalar functions, and a row at fault is reported and never ends the column.
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
//! assert_eq!((symbols.faults[0].row, symbols.faults[0].reason.kind()), (2, "length"));
//! let field = symbol_field("nta", key.scope(), key.tag(), true);
//! assert_eq!(field.metadata()["fugo.scope"], "nta");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it keeps to
//!
//! 1. Rows keep their places: an output column lies beside the column it came from. Before such columns are handed
//!    to anyone who holds another scope's, they have to be put in the order of `docs/spec.md`, section 5; that is the
//!    caller's work.
//! 2. Copies of numbers that are made here are wiped. The column belongs to the caller and is not.
//! 3. No error and no `Debug` holds a value: rows, byte offsets, lengths and types only.
#![forbid(unsafe_code)]

/// Symbols → values with offsets, for readers that know no fixed size.
mod binary;
/// Text, whatever the layout of its column.
mod cells;
/// The issuer's path: insurers' symbols → eligibility symbols.
mod eligibility;
/// What can be wrong with a row, and with a column.
mod fault;
/// Fields of symbols, told apart by their metadata.
mod field;
/// Rows that give nothing: where they are in the output.
mod gaps;
/// What is let through beside symbols: searched for numbers, symbols, and what is made of them.
pub mod kept;
/// A column → numbers.
mod numbers;
/// A column → symbols.
mod symbols;
/// Symbols → their text form.
mod text;

pub use binary::binary;
pub use eligibility::{eligibility_for_chunks, eligibility_from_insurers, insurers_symbols};
pub use fault::{ColumnError, Fault, FaultReason};
pub use field::{
    EPOCH_KEY, MetadataError, PURPOSE_KEY, SCOPE_KEY, SYMBOL_WIDTH, SymbolMetadata, TAG_KEY, TEST_USE, USE_KEY,
    binary_field, is_symbol_field, of_test_key, symbol_field, text_field,
};
pub use fugo::normalize::Reading;
pub use numbers::{Counts, Numbers, numbers};
pub use symbols::{Symbols, SymbolsForKeys, symbols, symbols_for_chunks, symbols_for_keys};
pub use text::text;
