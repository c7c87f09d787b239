//! The native half of the Python package `fugo`: thin classes around [`fugo`], [`fugo_columnar`] and
//! [`fugo_keystore`]. What is offered to Python, and how it is typed, stands in `python/fugo/_fugo.pyi`.
//!
//! 1. Every error becomes an exception in one place (`errors.rs`), with its kind and its numbers, and without a value.
//! 2. Other Python threads run while a column is derived or a key file is opened.
//! 3. Keys, numbers and prepared states are wiped when Python drops their object; what Python itself copied is not.
#![forbid(unsafe_code)]
// Python calls methods on objects, whether they look at them or not.
#![allow(clippy::unused_self)]

/// A column from Python → Arrow arrays.
mod column_in;
/// A column of symbols → Python.
mod column_out;
/// Every error → an exception.
mod errors;
/// The exceptions of the package.
mod exceptions;
/// Rows at fault.
mod faults;
/// Text and bytes from Python, wiped where they are copied.
mod given;
/// Kept columns beside symbols.
mod kept;
/// Root keys and scope keys.
mod key;
/// Key files.
mod key_file;
/// How this library derives on this processor.
mod level;
/// Re-issued numbers.
mod lineage;
/// Numbers: strict, lenient, check digits.
mod number;
/// A panic → an exception without a value.
mod panics;
/// Scopes.
mod scope;
/// Symbols and their text.
mod symbol;
/// Prepared keys: one symbol, or a column of them.
mod symbol_key;

#[pyo3::pymodule]
mod _fugo {
    #[pymodule_export]
    use crate::{
        column_out::{Counts, SymbolColumn},
        faults::{Fault, FaultsTable},
        kept::_search_kept,
        key::{RootKey, ScopeKey},
        key_file::KeyFile,
        level::level,
        lineage::Lineage,
        number::{MyNumber, Normalized, check_digit, normalize},
        scope::Scope,
        symbol::{Symbol, decode_text},
        symbol_key::{SymbolKey, symbols_for_keys},
    };
    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::panics::silence();
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        crate::exceptions::add_to(module)
    }
}
