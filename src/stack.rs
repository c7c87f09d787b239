//! What calls leave on the stack: a compiler may spill a word of a key or of a state there, and nothing overwrites it
//! when the call returns.

use zeroize::Zeroize;

/// The words that [`wipe`] overwrites: 32 KiB. The deepest call of the library needs about half of it.
const WORDS: usize = 4_096;

/// Overwrites what calls of the caller left on this thread's stack, up to 32 KiB below the caller's frame. Keys call this
/// when they are dropped. Stacks of other threads keep what they hold.
#[inline(never)]
#[expect(clippy::large_stack_arrays, reason = "the stack is what is overwritten")]
pub(crate) fn wipe() {
    let mut below = [0_u64; WORDS];
    below.zeroize();
}
