//! The checks of the fuzz targets, as plain functions. libFuzzer calls them, and `tests/replay.rs` calls them with the
//! committed corpora on a stable compiler. Each panics at the first fault.
#![forbid(unsafe_code)]

pub mod number;
mod plain;
pub mod rows;
pub mod text;

/// A target of this crate.
pub struct Target {
    /// The name of the target, and of its folder in `corpus`.
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
