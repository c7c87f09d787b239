//! Where panics stop. A panic that left an `extern "C"` function would end the process.
//!
//! Rust's hook would print the panic's message on standard error, which belongs to the embedding program, and a
//! message can quote a text that was being looked at. So while a call of this library runs, this thread's panics print
//! nothing; every other panic of the process goes to the hook that was there before. What remains of the message is
//! the place in the source.

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe, PanicHookInfo},
    sync::{Once, OnceLock},
};

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

/// Runs a call, stops panics, and tells the caller how it went. The call is given the addresses of the error, an output
/// that has to be apart from all that the call takes.
pub(crate) fn boundary(error: Out<FugoError>, call: impl FnOnce(Span) -> Result<(), Failure>) -> FugoStatus {
    let place = error.span(1, size_of::<FugoError>(), 0).map_err(Failure::untold);
    let outcome = stop(|| call(place?));
    let told = Failure::error(outcome);
    if outcome.err().is_none_or(Failure::is_told) {
        error.tell(told);
    }
    told.status
}

/// Runs a call and makes a panic a failure. Outputs that the call did not keep are zeroed while it unwinds.
pub(crate) fn stop(call: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let _ = BEFORE.set(panic::take_hook());
        panic::set_hook(Box::new(quiet_inside));
    });
    IS_INSIDE.set(true);
    // Nothing outlives a call's panic half done: calls do not change what handles hold, and outputs are zeroed.
    let outcome = panic::catch_unwind(AssertUnwindSafe(call));
    IS_INSIDE.set(false);
    outcome.unwrap_or_else(|_| {
        let (line, column) = PLACE.get();
        Err(Failure::from(FugoStatus::Panic).at(line as usize).found(column.into()))
    })
}

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send>;

/// The hook that was there before, kept here so that ours needs no memory of its own, which would be seen as leaked.
static BEFORE: OnceLock<Hook> = OnceLock::new();

/// Notes the place of a panic inside a call, and leaves every other to the hook before.
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
