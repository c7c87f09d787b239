//! Stops panics. A panic that left an `extern "C"` function would end the process.
//!
//! Rust's hook would print the panic's message on standard error, which belongs to the embedding program, and the
//! message can quote a value. So while a call of this library runs, panics of its thread print nothing. Every other
//! panic of the process goes to the hook that was set before. Of the message, only the position in the source is kept.

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe, PanicHookInfo},
    sync::{Once, OnceLock},
};

use zeroize::zeroize_stack;

use crate::{
    failure::{Failure, FugoError},
    pointers::Out,
    spans::Span,
    status::FugoStatus,
};

thread_local! {
    static IS_INSIDE: Cell<bool> = const { Cell::new(false) };
    /// Line and column of the last panic inside.
    static PLACE: Cell<(u32, u32)> = const { Cell::new((0, 0)) };
}

/// Runs a call, stops panics, and writes the caller's error. The call gets the addresses of the error: it is an output
/// and must not overlap any other argument. Overwrites what the call left on the stack.
pub(crate) fn boundary(error: Out<FugoError>, call: impl FnOnce(Span) -> Result<(), Failure>) -> FugoStatus {
    let status = told(error, call);
    zeroize_stack::<16_384>();
    status
}

/// The same for a single number or symbol, whose frames are smaller: they have 3 KiB.
pub(crate) fn boundary_of_one(error: Out<FugoError>, call: impl FnOnce(Span) -> Result<(), Failure>) -> FugoStatus {
    let status = told(error, call);
    zeroize_stack::<4_096>();
    status
}

/// A function of its own, so that the caller can overwrite its frame.
#[inline(never)]
fn told(error: Out<FugoError>, call: impl FnOnce(Span) -> Result<(), Failure>) -> FugoStatus {
    let place = error.span(1, size_of::<FugoError>(), 0).map_err(Failure::untold);
    let outcome = stop(|| call(place?));
    let told = Failure::error(outcome);
    if outcome.err().is_none_or(Failure::is_told) {
        error.tell(told);
    }
    told.status
}

/// Runs a call and turns a panic into a failure. Outputs that the call did not keep are zeroed while it unwinds.
pub(crate) fn stop(call: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let _ = BEFORE.set(panic::take_hook());
        panic::set_hook(Box::new(quiet_inside));
    });
    IS_INSIDE.set(true);
    // A panic leaves nothing half done: calls do not change the values of handles, except that a translation gets
    // answers, one whole symbol at a time; and outputs are zeroed.
    let outcome = panic::catch_unwind(AssertUnwindSafe(call));
    IS_INSIDE.set(false);
    outcome.unwrap_or_else(|_| {
        let (line, column) = PLACE.get();
        Err(Failure::from(FugoStatus::Panic).at(line as usize).found(column.into()))
    })
}

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send>;

/// The hook that was set before. It is kept here so that our hook captures nothing: leak checkers would report the
/// memory of a capture.
static BEFORE: OnceLock<Hook> = OnceLock::new();

/// Records the position of a panic inside a call. Passes every other panic to the hook that was set before.
fn quiet_inside(info: &PanicHookInfo<'_>) {
    if IS_INSIDE.get() {
        PLACE.set(info.location().map_or((0, 0), |place| (place.line(), place.column())));
    } else if let Some(before) = BEFORE.get() {
        before(info);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    static SEEN: AtomicUsize = AtomicUsize::new(0);

    #[test]
    fn a_panic_inside_becomes_a_status_and_only_one_outside_reaches_the_hook_before() {
        panic::set_hook(Box::new(|_| {
            SEEN.fetch_add(1, Ordering::SeqCst);
        }));
        // The first call in this process: no other test here makes one.
        let (outcome, line) = (stop(|| panic!("123456789018")), line!());
        let seen_inside = SEEN.load(Ordering::SeqCst);
        let outside = panic::catch_unwind(|| panic!("of the embedding program"));
        let _ = panic::take_hook();
        assert_eq!(outcome, Err(Failure::from(FugoStatus::Panic).at(line as usize).found(40)));
        assert!(outside.is_err());
        assert_eq!((seen_inside, SEEN.load(Ordering::SeqCst)), (0, 1));
        assert_eq!(stop(|| Ok(())), Ok(()));
    }
}
