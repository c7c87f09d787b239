//! The native part of the Python package `fugo`: classes that wrap [`fugo`], [`fugo_columnar`] and [`fugo_keystore`].
//! The Python interface and its types are in `python/fugo/_fugo.pyi`.
//!
//! 1. Every error becomes an exception in one file (`errors.rs`), with its kind and its numbers, and without a value.
//! 2. Other Python threads run while a column is derived or a key file is opened.
//! 3. Keys, numbers and prepared keys are wiped when Python drops their object. Python's own copies are not wiped.
#![forbid(unsafe_code)]
// Python calls methods on objects, even if a method does not use the object.
#![allow(clippy::unused_self)]

/// Reads a column from Python as Arrow arrays.
mod column_in;
/// Exports a column of symbols to Python.
mod column_out;
/// Turns every error into an exception.
mod errors;
/// The exceptions of the package.
mod exceptions;
/// Refused rows.
mod faults;
/// Text and bytes from Python. Copies are wiped.
mod given;
/// The search of kept columns.
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
/// Turns a panic into an exception without a value.
mod panics;
/// Scopes.
mod scope;
/// Symbols and their text form.
mod symbol;
/// Prepared keys: one symbol, or a column of them.
mod symbol_key;
/// Translations between scopes.
mod translation;

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
        translation::Translation,
    };
    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::panics::silence();
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        crate::exceptions::add_to(module)
    }
}
