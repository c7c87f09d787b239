//! Measures that keep the memory of the process out of files and off the screen.

use std::cell::Cell;

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use zeroize::zeroize_stack;

use crate::notice;

thread_local! {
    static FOREIGN: Cell<bool> = const { Cell::new(false) };
}

/// Runs a parser on data of unknown origin. Returns `None` if it panicked: then the data is damaged, and the parser
/// must not be used again.
pub(crate) fn of_foreign_bytes<T>(read: impl FnOnce() -> T) -> Option<T> {
    FOREIGN.set(true);
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read));
    FOREIGN.set(false);
    outcome.ok()
}

/// Prints where a panic happened, and never its message, which may hold data.
fn panic_with_place_only(info: &std::panic::PanicHookInfo<'_>) {
    if FOREIGN.get() {
        return;
    }
    let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    notice::say(format_args!(
        "this program has a bug at {place}; please report it with the command, and without any data"
    ));
}

/// Overwrites the stack below this frame. Calls that have returned left keys and numbers there. They must not have
/// been inlined into the caller.
pub(crate) fn wipe_stack() {
    zeroize_stack::<STACK>();
}

/// More than the calls that handle keys and symbols use of the stack.
const STACK: usize = 1 << 17;

/// Disables core dumps, and keeps other processes of the same user from attaching. A kernel that refuses leaves the
/// tool usable, so a failure is not reported.
pub(crate) fn apply() {
    std::panic::set_hook(Box::new(panic_with_place_only));
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}
