//! What each fuzz target checks, as plain functions: libFuzzer calls them, and `tests/replay.rs` calls them with the
//! committed corpora on a stable compiler. Each panics on the first thing that is wrong.
#![forbid(unsafe_code)]

pub mod number;
mod plain;
pub mod rows;
pub mod text;

/// A target of this crate.
pub struct Target {
    /// The name, which is that of the folder below `corpus` too.
    pub name: &'static str,
    /// The check.
    pub check: fn(&[u8]),
}

/// Every target.
pub const TARGETS: [Target; 3] = [
    Target { name: "number", check: number::check },
    Target { name: "text", check: text::check },
    Target { name: "rows", check: rows::check },
];
