//! What calls leave on the stack: a compiler may spill a word of a key, of a state or of a number there, and nothing
//! overwrites it when the call returns. So calls that use a key overwrite the stack below them.

use zeroize::zeroize_stack;

/// Overwrites 32 KiB of this thread's stack below the caller's frame. The deepest call of the library needs about half
/// of it. Keys call this when they are made and when they are dropped.
pub(crate) fn wipe() {
    zeroize_stack::<32_768>();
}

/// Overwrites what the kernel left there for many symbols: the frame of the largest level, 11 KiB, and 9 KiB of messages
/// and digests of eight keys. `memory/frames` adds them up in a program.
pub(crate) fn wipe_after_many() {
    zeroize_stack::<24_576>();
}

/// Overwrites what the kernel left there for a single symbol: two calls of `sha2`, with less than 1 KiB of frames.
pub(crate) fn wipe_after_one() {
    zeroize_stack::<2_048>();
}
