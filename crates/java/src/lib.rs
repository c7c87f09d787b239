//! The native half of fugo's Java binding: what `fugo.Native` declares, in safe Rust.
//!
//! - A Java object that has something native holds a number, never an address; `handles` knows which numbers are alive.
//!   A closed one is refused as `IllegalStateException`, whichever thread closed it and when.
//! - Bytes go in and out by copies of Java arrays; copies that held a secret are wiped.
//! - `thrown` is the one place where errors become Java exceptions. A panic stops at the boundary and becomes an
//!   `InternalError` that says nothing of what was at hand.
#![forbid(unsafe_code)]
// `jni_mangle` takes nothing but `pub`, for functions that only Java reaches.
#![expect(unreachable_pub)]
// Java's integers are signed: what turns into one is bits, or counts what fits a Java array.
#![expect(clippy::cast_possible_wrap)]

mod arrays;
mod flat;
mod handles;
#[cfg(feature = "key-files")]
mod key_files;
mod keys;
mod lineage;
mod numbers;
mod scopes;
mod symbol_keys;
mod text;
mod thrown;
