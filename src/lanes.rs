//! The kernel: derives many symbols at a time. A symbol costs two compressions of SHA-256 from the states of a prepared
//! key.

mod avx2;
mod avx512;
mod choice;
mod constants;
mod sha_ni;
#[cfg(test)]
mod tests;
mod versions;
mod wide;

use constants::INITIAL;
use sha2::block_api::compress256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{key::KEY_LEN, message::Fixed};

/// Messages handled together. All of them are written before the first is read: a wide load just after narrow stores to
/// the same bytes has to wait (a store-forwarding stall).
const STAGE: usize = 64;
const BLOCK: usize = 64;
/// The bytes of a MAC that are kept: a symbol.
pub(crate) const MAC_LEN: usize = 16;
/// The longest message, an insurers' symbol.
const MAX_LEN: usize = MAC_LEN;

/// The first four words of a message block, whose other words are constant padding; or the first four words of a
/// digest.
type Words = [u32; 4];
// A symbol is four words of a digest. As a message, it fills the four words exactly.
const _: () = assert!(size_of::<Words>() == MAC_LEN);
/// The digests of one key.
type Digests = [Words; STAGE];

/// An implementation of the kernel. All levels give the same output. A level that the processor does not support
/// handles no messages, and the next level handles them. [`choice`] says which is first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// [`avx512`].
    Avx512,
    /// [`sha_ni`].
    ShaNi,
    /// [`avx2`].
    Avx2,
    /// The block function of `sha2`, which uses the instructions of other processors.
    Plain,
}

impl Level {
    /// Whether the processor has the instructions: whether the level handles messages, here under no key.
    pub(crate) fn is_available(self) -> bool {
        self.symbols::<12>(&[], &[[0; 4]; STAGE], &mut [], 0) > 0
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Avx512 => "avx512",
            Self::ShaNi => "sha-ni",
            Self::Avx2 => "avx2",
            Self::Plain => "portable",
        }
    }

    /// Handles messages after the first `done`, and returns the number that are done then.
    fn symbols<const LEN: usize>(
        self,
        keys: &[&PreparedKey],
        messages: &[Words],
        out: &mut [Digests],
        done: usize,
    ) -> usize {
        match self {
            Self::Avx512 => avx512::symbols::<LEN>(keys, messages, out, done),
            Self::ShaNi => sha_ni::symbols::<LEN>(keys, messages, out, done),
            Self::Avx2 => avx2::symbols::<LEN>(keys, messages, out, done),
            Self::Plain => plain::<LEN>(keys, messages, out, done),
        }
    }
}

/// The name of the level that handles large batches on this processor.
pub(crate) fn level() -> &'static str {
    let mut levels = choice::levels(usize::MAX).iter();
    let first = levels.find(|level| level.is_available());
    first.unwrap_or_else(|| unreachable!("every list ends with a level that needs no instructions")).name()
}

/// HMAC-SHA-256's two states after the key block: inner (key ⊕ ipad) and outer (key ⊕ opad). Wiped on drop.
#[derive(Clone)]
pub(crate) struct PreparedKey {
    inner: [u32; 8],
    outer: [u32; 8],
}

impl PreparedKey {
    pub(crate) fn new(key: &[u8; KEY_LEN]) -> Self {
        let state = |pad: u8| {
            let mut block = Zeroizing::new([pad; BLOCK]);
            for (byte, key) in block.iter_mut().zip(key) {
                *byte ^= key;
            }
            let mut state = INITIAL;
            compress256(&mut state, core::slice::from_ref(&*block));
            state
        };
        let key = Self { inner: state(0x36), outer: state(0x5c) };
        crate::stack::wipe();
        key
    }

    /// A place that holds no key: its states are zero.
    pub(crate) fn unused() -> Self {
        Self { inner: [0; 8], outer: [0; 8] }
    }

    /// [`derive`] under one key: `out(i, HMAC-SHA-256(key, message(i))[0..16])`.
    pub(crate) fn derive<const LEN: usize>(
        &self,
        count: usize,
        message: impl Fn(usize) -> Fixed<LEN>,
        mut out: impl FnMut(usize, [u8; MAC_LEN]),
    ) {
        derive::<1, LEN>(choice::levels(count), &[self], count, message, |_, i, symbol| out(i, symbol));
    }
}

/// Numbers handled together: few enough that they and their symbols stay in the first-level cache while every key and
/// stage reads them.
pub(crate) const CHUNK: usize = 1024;

/// Keys handled together. They share the work that does not depend on the key.
pub(crate) const KEYS: usize = 8;

/// `out(k, i, HMAC-SHA-256(keys[k], message(i))[0..16])` for each k and each i below `count`. There are at most eight
/// keys, and messages are `LEN` bytes, at most 16.
pub(crate) fn derive_for_keys<const LEN: usize>(
    keys: &[&PreparedKey],
    count: usize,
    message: impl Fn(usize) -> Fixed<LEN>,
    out: impl FnMut(usize, usize, [u8; MAC_LEN]),
) {
    derive::<KEYS, LEN>(choice::levels(count * keys.len()), keys, count, message, out);
}

/// [`derive_for_keys`] for at most `MOST` keys, with these levels. Overwrites what it left on the stack.
pub(crate) fn derive<const MOST: usize, const LEN: usize>(
    levels: &[Level],
    keys: &[&PreparedKey],
    count: usize,
    message: impl Fn(usize) -> Fixed<LEN>,
    out: impl FnMut(usize, usize, [u8; MAC_LEN]),
) {
    if let (1, [key]) = (count, keys) {
        derive_one(key, message, out);
        crate::stack::wipe_after_one();
    } else {
        derive_many::<MOST, LEN>(levels, keys, count, message, out);
        crate::stack::wipe_after_many();
    }
}

/// A single symbol has nothing to share, so `sha2` is as fast as a level, and leaves less on the stack. A function of its
/// own, as the next one, so that the caller can overwrite its frame.
#[inline(never)]
fn derive_one<const LEN: usize>(
    key: &PreparedKey,
    message: impl Fn(usize) -> Fixed<LEN>,
    mut out: impl FnMut(usize, usize, [u8; MAC_LEN]),
) {
    let mut block = end_of_block(LEN);
    block[..LEN].copy_from_slice(message(0).bytes());
    let mut state = key.inner;
    compress256(&mut state, core::slice::from_ref(&block));
    block = end_of_block(32);
    write_bytes(&state, &mut block);
    state = key.outer;
    compress256(&mut state, core::slice::from_ref(&block));
    let mut symbol = [0; MAC_LEN];
    write_bytes(&state[..4], &mut symbol);
    block.zeroize();
    state.zeroize();
    out(0, 0, symbol);
}

#[inline(never)]
fn derive_many<const MOST: usize, const LEN: usize>(
    levels: &[Level],
    keys: &[&PreparedKey],
    count: usize,
    message: impl Fn(usize) -> Fixed<LEN>,
    mut out: impl FnMut(usize, usize, [u8; MAC_LEN]),
) {
    let mut messages = [[0; 4]; STAGE];
    let mut digests = [[[0; 4]; STAGE]; MOST];
    let digests = &mut digests[..keys.len()];
    for start in (0..count).step_by(STAGE) {
        let staged = STAGE.min(count - start);
        let messages = &mut messages[..staged];
        for (i, words) in messages.iter_mut().enumerate() {
            *words = padded(message(start + i).bytes());
        }
        let mut done = 0;
        for level in levels {
            if done == staged {
                break;
            }
            done = level.symbols::<LEN>(keys, messages, digests, done);
        }
        for (k, digests) in digests.iter().enumerate() {
            for (i, digest) in digests[..staged].iter().enumerate() {
                let mut symbol = [0; MAC_LEN];
                write_bytes(digest, &mut symbol);
                out(k, start + i, symbol);
            }
        }
    }
    // They held numbers and insurers' symbols.
    let used = STAGE.min(count);
    messages[..used].as_flattened_mut().zeroize();
    digests.iter_mut().for_each(|digests| digests[..used].as_flattened_mut().zeroize());
}

/// Handles all messages from `done` on with the block function of `sha2`, and returns the number of messages. A function
/// of its own, because its frame of 6 KiB would be a part of the caller's, which every level is called from.
#[inline(never)]
fn plain<const LEN: usize>(keys: &[&PreparedKey], messages: &[Words], out: &mut [Digests], done: usize) -> usize {
    let mut blocks = [[0; BLOCK]; STAGE];
    let mut states = [[0; 8]; STAGE];
    let left = messages.len() - done;
    let (blocks, states) = (&mut blocks[..left], &mut states[..left]);
    for (key, out) in keys.iter().zip(out) {
        for (block, words) in blocks.iter_mut().zip(&messages[done..]) {
            *block = end_of_block(LEN);
            write_bytes(words, block);
        }
        for (state, block) in states.iter_mut().zip(&*blocks) {
            *state = key.inner;
            compress256(state, core::slice::from_ref(block));
        }
        for (block, state) in blocks.iter_mut().zip(&*states) {
            *block = end_of_block(32);
            write_bytes(state, block);
        }
        for ((state, block), out) in states.iter_mut().zip(&*blocks).zip(&mut out[done..]) {
            *state = key.outer;
            compress256(state, core::slice::from_ref(block));
            out.copy_from_slice(&state[..4]);
        }
    }
    blocks.as_flattened_mut().zeroize();
    states.as_flattened_mut().zeroize();
    messages.len()
}

/// A block with SHA-256's padding after `len` bytes (FIPS 180-4 §5.1.1). The padded length includes the key block
/// before.
const fn end_of_block(len: usize) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    block[len] = 0x80;
    [block[BLOCK - 2], block[BLOCK - 1]] = (((BLOCK + len) * 8) as u16).to_be_bytes();
    block
}

fn write_bytes(words: &[u32], bytes: &mut [u8]) {
    for (word, bytes) in words.iter().zip(bytes.chunks_exact_mut(4)) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
}

/// The first sixteen bytes of a padded message: the message, then the first bit of the padding if there is space.
fn padded<const LEN: usize>(message: &[u8; LEN]) -> Words {
    const { assert!(LEN <= MAX_LEN) };
    let mut bytes = [0; MAX_LEN];
    bytes[..LEN].copy_from_slice(message);
    if LEN < MAX_LEN {
        bytes[LEN] = 0x80;
    }
    let word = |i: usize| u32::from_be_bytes([bytes[i], bytes[i + 1], bytes[i + 2], bytes[i + 3]]);
    [word(0), word(4), word(8), word(12)]
}

impl Drop for PreparedKey {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
        crate::stack::wipe();
    }
}

impl ZeroizeOnDrop for PreparedKey {}
