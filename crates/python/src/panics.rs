//! Turns a panic into an exception without a value.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};

use crate::errors::Failure;

/// Runs code that reads values from Python. A panic, which is a bug of this library, becomes `fugo.InternalError`.
pub(crate) fn guarded<T>(run: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Err(Failure::internal()))
}

/// Prints where a panic happened, but not its message, which may quote a value. This library has its own copy of the
/// panic hook, so other extension modules are not affected.
pub(crate) fn silence() {
    set_hook(Box::new(|panic| {
        if let Some(place) = panic.location() {
            eprintln!("fugo: internal error at {}:{}", place.file(), place.line());
        }
    }));
}
