//! What a process can do so that its memory does not end up in a file.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// No core dump, and no other process of the same user may attach. Best effort: a kernel that refuses leaves
/// the tool as usable as before, so nothing is reported.
pub(crate) fn apply() {
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}
