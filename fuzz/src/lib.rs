//! The checks of the fuzz targets, as plain functions. libFuzzer calls them, and `tests/replay.rs` calls them with the
//! committed corpora on a stable compiler. Each panics at the first fault.
#![forbid(unsafe_code)]

pub mod archive;
pub mod c_calls;
pub mod cp932;
mod files;
pub mod grant;
pub mod kernel;
pub mod key_file;
pub mod ledger;
pub mod lineage;
pub mod manifest;
pub mod note;
pub mod number;
mod plain;
pub mod planted;
pub mod policy;
mod random;
pub mod recipients;
pub mod record;
pub mod registry;
pub mod report;
pub mod rows;
pub mod scope;
pub mod share;
pub mod table;
pub mod text;

/// A target of this crate.
pub struct Target {
    /// The name of the target, and of its folder in `corpus`.
    pub name: &'static str,
    /// The check.
    pub check: fn(&[u8]),
    /// How many mutations of each file `tests/replay.rs` runs.
    pub mutations: usize,
}

/// Every target.
pub const TARGETS: [Target; 21] = [
    Target { name: "number", check: number::check, mutations: 2_000 },
    Target { name: "text", check: text::check, mutations: 2_000 },
    Target { name: "rows", check: rows::check, mutations: 2_000 },
    Target { name: "scope", check: scope::check, mutations: 2_000 },
    Target { name: "kernel", check: kernel::check, mutations: 100 },
    Target { name: "key_file", check: key_file::check, mutations: 500 },
    Target { name: "share", check: share::check, mutations: 500 },
    Target { name: "registry", check: registry::check, mutations: 500 },
    Target { name: "note", check: note::check, mutations: 500 },
    Target { name: "grant", check: grant::check, mutations: 500 },
    Target { name: "policy", check: policy::check, mutations: 500 },
    Target { name: "manifest", check: manifest::check, mutations: 200 },
    Target { name: "record", check: record::check, mutations: 50 },
    Target { name: "c_calls", check: c_calls::check, mutations: 300 },
    Target { name: "table", check: table::check, mutations: 100 },
    Target { name: "cp932", check: cp932::check, mutations: 2000 },
    Target { name: "lineage", check: lineage::check, mutations: 500 },
    Target { name: "recipients", check: recipients::check, mutations: 500 },
    Target { name: "report", check: report::check, mutations: 300 },
    Target { name: "ledger", check: ledger::check, mutations: 200 },
    Target { name: "archive", check: archive::check, mutations: 100 },
];
