//! Which version of a level holds its instructions.
//!
//! `multiversion` compiles a function once for each target, and once more as the default version. A build can turn the
//! same extensions on for all code (`RUSTFLAGS='-C target-cpu=native'`). Then its `match_target` would choose the
//! instructions in the default version too, where the compiler refuses them: a function may call them only if its own
//! attribute names the extensions, whatever the build turns on. And its dispatcher would call only the default version.
//!
//! So a level uses this module in the place of `multiversion`'s own: here `match_target` looks at the version alone.
//! And the first target of each level is one that no processor has, so that the dispatcher asks.

/// The place in which the expansion of `multiversion::target::match_target` looks.
pub(super) mod target {
    /// Chooses the first arm in the version for a target, and the last one in the default version and in that for a
    /// processor with both the SHA extensions and `tbm`, of which AMD ended the second before it began the first.
    macro_rules! match_target_impl {
        ("" $target:literal => $with:expr, _ => $without:expr) => {
            $without
        };
        ("sha,tbm" $target:literal => $with:expr, _ => $without:expr) => {
            $without
        };
        ($features:literal $target:literal => $with:expr, _ => $without:expr) => {
            $with
        };
    }
    pub(crate) use match_target_impl;
}
