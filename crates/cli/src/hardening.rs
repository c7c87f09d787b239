//! What a process can do so that its memory does not end up in a file or on a screen.

use std::{cell::Cell, hint::black_box};

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use zeroize::Zeroize;

use crate::notice;

thread_local! {
    static FOREIGN: Cell<bool> = const { Cell::new(false) };
}

/// Runs a reader of foreign bytes. None if it panicked: then the bytes are at fault, and the reader is not to be used again.
pub(crate) fn of_foreign_bytes<T>(read: impl FnOnce() -> T) -> Option<T> {
    FOREIGN.set(true);
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read));
    FOREIGN.set(false);
    outcome.ok()
}

/// A panic says where, and never what: its message may hold what the program was working on.
fn panic_with_place_only(info: &std::panic::PanicHookInfo<'_>) {
    if FOREIGN.get() {
        return;
    }
    let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    notice::say(format_args!("a fault of this program at {place}; please report it, with the command and no data"));
}

/// Overwrites what calls that have returned left on this thread's stack: keys and numbers that were moved about. The calls
/// must not have been inlined into the caller.
#[inline(never)]
#[expect(clippy::large_stack_arrays, reason = "the stack is what is overwritten")]
pub(crate) fn wipe_stack() {
    let mut room = [0_u8; STACK];
    room.zeroize();
    black_box(&room);
}

/// More than calls from keys to symbols use of the stack.
const STACK: usize = 1 << 17;

/// No core dump, and no other process of the same user may attach. Best effort: a kernel that refuses leaves
/// the tool as usable as before, so nothing is reported.
pub(crate) fn apply() {
    std::panic::set_hook(Box::new(panic_with_place_only));
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}
