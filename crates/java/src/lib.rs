//! The native part of the Java binding: the functions that `fugo.Native` declares, in safe Rust.
//!
//! - A Java object with native memory holds a number, never an address. `handles` knows which numbers are valid. A call
//!   with a closed one throws `IllegalStateException`, even if another thread closed it.
//! - Java arrays are copied in and out. Copies that held a secret are wiped.
//! - `thrown` is the only place where errors become Java exceptions. A panic stops at the boundary and becomes an
//!   `InternalError`, whose message holds no values.
#![forbid(unsafe_code)]
// `jni_mangle` accepts only `pub` functions, even though only Java calls them.
#![expect(unreachable_pub)]
// Java's integers are signed. The values that are cast are bit patterns, or counts that fit a Java array.
#![expect(clippy::cast_possible_wrap)]

mod arrays;
mod flat;
mod handles;
mod held;
#[cfg(feature = "key-files")]
mod key_files;
mod keys;
mod lineage;
mod numbers;
mod scopes;
mod symbol_keys;
mod text;
mod thrown;
