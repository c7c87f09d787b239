//! A panic → an exception without a value.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};

use crate::errors::Failure;

/// Runs what looks at values from outside. A panic, which is a fault of this library, becomes `fugo.InternalError`.
pub(crate) fn guarded<T>(run: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Err(Failure::internal()))
}

/// A panic's message may quote a text, so it is not printed; where it happened is. The hook is this library's own:
/// other extension modules have theirs.
pub(crate) fn silence() {
    set_hook(Box::new(|panic| {
        if let Some(place) = panic.location() {
            eprintln!("fugo: internal error at {}:{}", place.file(), place.line());
        }
    }));
}
