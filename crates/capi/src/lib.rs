#![doc = include_str!("../README.md")]
#![deny(unsafe_op_in_unsafe_fn)]
#![deny(clippy::undocumented_unsafe_blocks)]

mod boundary;
/// Many rows or one: number to symbol, insurers' symbol to eligibility symbol.
pub mod derive;
/// Details of a failure.
pub mod failure;
/// Keys ready to derive.
pub mod key;
/// Key files.
#[cfg(feature = "key-files")]
pub mod key_file;
/// The rungs of the key ladder.
pub mod ladder;
/// Re-issued numbers.
pub mod lineage;
/// Numbers, strict and lenient.
pub mod number;
/// A call that panics: for tests/panics.c alone.
#[cfg(feature = "panic-on-purpose")]
pub mod panic_on_purpose;
pub mod pointers;
/// Scopes as text, and their labels.
pub mod scope;
mod spans;
/// What every call returns.
pub mod status;
/// The text form of symbols.
pub mod text;
/// Which version this is.
pub mod version;
