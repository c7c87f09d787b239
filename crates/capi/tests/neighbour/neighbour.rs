//! Another static Rust library in the same program, with its own standard library: built by
//! `crates/capi/check` with `rustc --crate-type staticlib`, linked with neighbour.c and libfugo.a.

/// Panics with a message, which goes to standard error as in any Rust library, catches the panic and returns 1.
#[unsafe(no_mangle)]
pub extern "C" fn neighbour_panics() -> i32 {
    std::panic::catch_unwind(|| panic!("the neighbour's own panic")).is_err().into()
}
