//! Another Rust library in the same program, as a static one, with a standard library of its own: built by
//! `crates/capi/check` with `rustc --crate-type staticlib`, linked by neighbour.c beside libfugo.a.

/// Panics with a message, which goes to standard error as in any Rust library, and is caught: 1.
#[unsafe(no_mangle)]
pub extern "C" fn neighbour_panics() -> i32 {
    std::panic::catch_unwind(|| panic!("the neighbour's own panic")).is_err().into()
}
