//! The kernel under [`crate::batch`]: two compressions a symbol from prepared states, many at a time.

mod sha_ni;

use sha2::block_api::compress256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{key::KEY_LEN, symbol::SYMBOL_LEN};

/// Messages handled together. Blocks are written first and compressed later: a block that is loaded right
/// after narrow stores waits for them, and independent compressions overlap.
const STAGE: usize = 64;
const BLOCK: usize = 64;
/// Words that are kept of a digest.
const KEPT: usize = SYMBOL_LEN / 4;

/// A block of SHA-256 as words.
type Block = [u32; BLOCK / 4];

/// How blocks are compressed. Every level that the machine has gives the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    /// [`sha_ni`]; where the processor lacks the instructions this is the same as `Plain`.
    ShaNi,
    /// The block function of `sha2`, which has its own ways on other processors.
    Plain,
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
            let mut block = zeroize::Zeroizing::new([pad; BLOCK]);
            for (byte, key) in block.iter_mut().zip(key) {
                *byte ^= key;
            }
            let mut state = INITIAL;
            compress256(&mut state, core::slice::from_ref(&*block));
            state
        };
        Self { inner: state(0x36), outer: state(0x5c) }
    }

    /// `out(i, HMAC-SHA-256(key, message(i))[0..16])` for each i below `count`; messages are `LEN` bytes, at most 55.
    pub(crate) fn derive<const LEN: usize>(
        &self,
        count: usize,
        message: impl Fn(usize) -> [u8; LEN],
        out: impl FnMut(usize, [u8; SYMBOL_LEN]),
    ) {
        self.derive_at(Level::ShaNi, count, message, out);
    }

    fn derive_at<const LEN: usize>(
        &self,
        level: Level,
        count: usize,
        message: impl Fn(usize) -> [u8; LEN],
        mut out: impl FnMut(usize, [u8; SYMBOL_LEN]),
    ) {
        let mut blocks = [padded_block::<LEN>(); STAGE];
        let mut digests = [[0; KEPT]; STAGE];
        for start in (0..count).step_by(STAGE) {
            let staged = STAGE.min(count - start);
            for (i, block) in blocks[..staged].iter_mut().enumerate() {
                write_message(&message(start + i), block);
            }
            let (blocks, digests) = (&blocks[..staged], &mut digests[..staged]);
            if level == Level::Plain || !sha_ni::symbols(&self.inner, &self.outer, blocks, digests) {
                self.plain(blocks, digests);
            }
            for (i, digest) in digests.iter().enumerate() {
                let mut symbol = [0; SYMBOL_LEN];
                write_bytes(digest, &mut symbol);
                out(start + i, symbol);
            }
        }
        // The blocks held numbers.
        let used = STAGE.min(count);
        blocks[..used].iter_mut().for_each(|block| block[..LEN.div_ceil(4)].zeroize());
        digests[..used].as_flattened_mut().zeroize();
    }

    fn plain(&self, blocks: &[Block], out: &mut [[u32; KEPT]]) {
        let mut bytes = [[0; BLOCK]; STAGE];
        let mut states = [[0; 8]; STAGE];
        let used = blocks.len();
        let (bytes, states) = (&mut bytes[..used], &mut states[..used]);
        for (block, bytes) in blocks.iter().zip(&mut *bytes) {
            write_bytes(block, bytes);
        }
        for (state, block) in states.iter_mut().zip(&*bytes) {
            *state = self.inner;
            compress256(state, core::slice::from_ref(block));
        }
        for (state, block) in states.iter().zip(&mut *bytes) {
            let mut outer = padded_block::<32>();
            outer[..8].copy_from_slice(state);
            write_bytes(&outer, block);
        }
        for ((state, block), out) in states.iter_mut().zip(&*bytes).zip(out) {
            *state = self.outer;
            compress256(state, core::slice::from_ref(block));
            out.copy_from_slice(&state[..KEPT]);
        }
        bytes.as_flattened_mut().zeroize();
        states.as_flattened_mut().zeroize();
    }
}

/// SHA-256's initial hash value (FIPS 180-4 §5.3.3).
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// A block with zeros for its message and SHA-256's padding behind it (FIPS 180-4 §5.1.1); the length counts
/// the key block before it.
const fn padded_block<const LEN: usize>() -> Block {
    assert!(LEN <= 55, "one block holds 55 bytes and the padding");
    let mut block = [0; BLOCK / 4];
    block[LEN / 4] = 0x8000_0000 >> (8 * (LEN % 4));
    block[BLOCK / 4 - 1] = ((BLOCK + LEN) * 8) as u32;
    block
}

/// Writes a message over the one before it, the padding's first byte behind it where a word holds both.
fn write_message<const LEN: usize>(message: &[u8; LEN], block: &mut Block) {
    let mut words = message.chunks_exact(4);
    for (bytes, word) in words.by_ref().zip(block.iter_mut()) {
        *word = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    let rest = words.remainder();
    if !rest.is_empty() {
        let mut bytes = [0; 4];
        bytes[..rest.len()].copy_from_slice(rest);
        bytes[rest.len()] = 0x80;
        block[LEN / 4] = u32::from_be_bytes(bytes);
    }
}

fn write_bytes(words: &[u32], bytes: &mut [u8]) {
    for (word, bytes) in words.iter().zip(bytes.chunks_exact_mut(4)) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
}

impl Drop for PreparedKey {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

impl ZeroizeOnDrop for PreparedKey {}

#[cfg(test)]
mod tests {
    use alloc::{vec, vec::Vec};

    use ring::hmac;
    use serde_json::Value;

    use super::*;

    /// [`PreparedKey::derive`] for a message whose length is known at run time only.
    fn derive_one(key: &[u8; KEY_LEN], message: &[u8]) -> [u8; SYMBOL_LEN] {
        macro_rules! by_length {
            ($($len:literal)*) => {
                match message.len() {
                    $($len => {
                        let message: [u8; $len] = message.try_into().expect("this length");
                        let [mut fast, mut plain] = [Vec::new(), Vec::new()];
                        let prepared = PreparedKey::new(key);
                        prepared.derive_at(Level::ShaNi, 1, |_| message, |i, bytes| fast.push((i, bytes)));
                        prepared.derive_at(Level::Plain, 1, |_| message, |i, bytes| plain.push((i, bytes)));
                        assert_eq!(fast, plain);
                        assert_eq!(fast.len(), 1);
                        assert_eq!(fast[0].0, 0);
                        fast[0].1
                    })*
                    _ => panic!("more than one block holds"),
                }
            };
        }
        by_length!(
            0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37
            38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55
        )
    }

    #[test]
    fn the_kernel_gives_every_published_answer_that_fits_one_block() {
        let rfc: Value = serde_json::from_str(include_str!("../vectors/published/rfc4231.json")).expect("JSON");
        let wycheproof = include_str!("../vectors/published/wycheproof_hmac_sha256.json");
        let wycheproof: Value = serde_json::from_str(wycheproof).expect("JSON");
        let rfc = rfc["cases"].as_array().expect("cases").iter().map(|case| (case, "data", "mac"));
        let groups = wycheproof["testGroups"].as_array().expect("groups").iter();
        let tests = groups.flat_map(|group| group["tests"].as_array().expect("tests"));
        let (mut right, mut wrong) = (0, 0);
        for (case, message, mac) in rfc.chain(tests.map(|case| (case, "msg", "tag"))) {
            let bytes = |field: &str| hex::decode(case[field].as_str().expect("hex")).expect("hex");
            let (key, message, mac) = (bytes("key"), bytes(message), bytes(mac));
            let mut padded = [0; KEY_LEN];
            if key.len() > KEY_LEN || message.len() > 55 {
                continue;
            }
            padded[..key.len()].copy_from_slice(&key);
            let matches = derive_one(&padded, &message)[..] == mac[..SYMBOL_LEN];
            // Some invalid tags of 32 bytes differ only behind the sixteen that are kept.
            if mac.len() == SYMBOL_LEN || case["result"] != "invalid" {
                assert_eq!(matches, case["result"] != "invalid", "{}", case["comment"]);
                *(if matches { &mut right } else { &mut wrong }) += 1;
            }
        }
        assert!(right > 40 && wrong > 20, "{right} right and {wrong} wrong answers were judged");
    }

    #[test]
    fn the_kernel_agrees_with_ring_for_every_message_length_of_one_block() {
        let key: [u8; KEY_LEN] = core::array::from_fn(|i| i as u8);
        let ring = hmac::Key::new(hmac::HMAC_SHA256, &key);
        for len in 0..=55 {
            let message: Vec<u8> = (0..len).map(|i| 0xa0 ^ i).collect();
            assert_eq!(derive_one(&key, &message)[..], hmac::sign(&ring, &message).as_ref()[..SYMBOL_LEN]);
        }
    }

    #[test]
    fn every_message_is_answered_once_in_order_whatever_the_count() {
        let key = [7; KEY_LEN];
        let ring = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let prepared = PreparedKey::new(&key);
        let message = |i: usize| (i as u64).to_be_bytes();
        let counts = || (0..=3 * STAGE + 1).chain([1000]);
        for (count, level) in counts().flat_map(|count| [(count, Level::ShaNi), (count, Level::Plain)]) {
            let mut answers = vec![];
            prepared.derive_at(level, count, message, |i, bytes| answers.push((i, bytes)));
            assert_eq!(answers.len(), count);
            for (at, (i, bytes)) in answers.into_iter().enumerate() {
                assert_eq!(i, at);
                assert_eq!(bytes[..], hmac::sign(&ring, &message(i)).as_ref()[..SYMBOL_LEN]);
            }
        }
    }

    #[cfg(all(target_arch = "x86_64", feature = "std"))]
    #[test]
    fn a_processor_with_the_sha_extensions_uses_them() {
        let used = sha_ni::symbols(&[0; 8], &[0; 8], &[[0; 16]], &mut [[0; KEPT]]);
        let all = [std::is_x86_feature_detected!("sha"), std::is_x86_feature_detected!("sse4.1")];
        assert_eq!(used, all == [true, true]);
    }

    proptest::proptest! {
        #[test]
        fn both_levels_agree_with_ring_on_any_keys_and_messages(
            key: [u8; KEY_LEN],
            messages in proptest::collection::vec(proptest::prelude::any::<[u8; 16]>(), 0..200),
        ) {
            let ring = hmac::Key::new(hmac::HMAC_SHA256, &key);
            for level in [Level::ShaNi, Level::Plain] {
                let mut at = 0;
                PreparedKey::new(&key).derive_at(level, messages.len(), |i| messages[i], |i, bytes| {
                    assert_eq!(i, at);
                    assert_eq!(bytes[..], hmac::sign(&ring, &messages[i]).as_ref()[..SYMBOL_LEN]);
                    at += 1;
                });
                assert_eq!(at, messages.len());
            }
        }
    }
}
