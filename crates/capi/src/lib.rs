#![doc = include_str!("../README.md")]
#![deny(unsafe_op_in_unsafe_fn)]
#![deny(clippy::undocumented_unsafe_blocks)]

mod boundary;
/// Derives symbols from numbers, and eligibility symbols from insurers' symbols: one or a batch.
pub mod derive;
/// Details of a failure.
pub mod failure;
/// Calls as C makes them, for fuzz targets only.
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod held;
/// Prepared keys.
pub mod key;
/// Key files.
#[cfg(feature = "key-files")]
pub mod key_file;
/// Root keys and scope keys.
pub mod ladder;
/// Re-issued numbers.
pub mod lineage;
/// Numbers, strict and lenient.
pub mod number;
/// A call that panics, for tests/panics.c only.
#[cfg(feature = "panic-on-purpose")]
pub mod panic_on_purpose;
pub mod pointers;
mod rows;
/// Scopes as text, and their labels.
pub mod scope;
mod spans;
/// The status that every call returns.
pub mod status;
/// The text form of symbols.
pub mod text;
/// Translations between scopes.
pub mod translation;
/// The version of the library.
pub mod version;
