//! Recognises keys that can be guessed: published keys, and bytes that a random generator does not give.

use fugo::{KEY_LEN, RootKey, Scope, ScopeKey};

/// Root keys that are published. The first two are those of fugo's specification and vectors.
const PUBLISHED: [[u8; KEY_LEN]; 3] = [
    counting(0, 1),
    [
        0xaa, 0xc2, 0x36, 0x55, 0x5e, 0x1e, 0x3f, 0x25, 0xff, 0x25, 0x95, 0x59, 0x52, 0xdd, 0x79, 0x82, 0xed, 0x26,
        0x45, 0xa6, 0xfb, 0x55, 0x2c, 0xa5, 0xbc, 0xaf, 0x6d, 0xa1, 0xb5, 0x20, 0x1d, 0xf5,
    ],
    // SHA-256 of the empty message.
    [
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae,
        0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
    ],
];

/// A key with fewer different bytes than this shows a pattern. Of random keys, one in 10^24 has fewer.
const MIN_DIFFERENT: usize = 12;
/// A key with this many equal bytes in a row shows a pattern. Of random keys, one in 10^15 has them.
const LONGEST_RUN: usize = 8;

const fn counting(start: u8, step: u8) -> [u8; KEY_LEN] {
    let mut bytes = [0; KEY_LEN];
    let mut value = start;
    let mut i = 0;
    while i < KEY_LEN {
        bytes[i] = value;
        value = value.wrapping_add(step);
        i += 1;
    }
    bytes
}

/// Whether a key's bytes are published or show a pattern.
pub(crate) fn is_guessable(key: &[u8; KEY_LEN]) -> bool {
    PUBLISHED.contains(key) || has_pattern(key)
}

/// Whether a scope key is derived from a root key that anybody would try first.
pub(crate) fn is_of_guessable_root(key: &ScopeKey) -> bool {
    let is_its_root = |root: &[u8; KEY_LEN]| derives(root, key.scope(), key);
    PUBLISHED.iter().any(is_its_root)
        || (0..=u8::MAX).any(|byte| is_its_root(&[byte; KEY_LEN]))
        || [counting(1, 1), counting(31, 255), counting(32, 255), counting(255, 255)].iter().any(is_its_root)
}

fn derives(root: &[u8; KEY_LEN], scope: &Scope, key: &ScopeKey) -> bool {
    RootKey::from_bytes(root).scope_key(scope) == *key
}

fn has_pattern(key: &[u8; KEY_LEN]) -> bool {
    let mut seen = [false; 256];
    key.iter().for_each(|byte| seen[usize::from(*byte)] = true);
    let different = seen.iter().filter(|seen| **seen).count();
    let repeats = (1..=KEY_LEN / 2).any(|period| key[period..] == key[..KEY_LEN - period]);
    let is_mirrored = key.iter().eq(key.iter().rev());
    let is_text = key.iter().all(|byte| matches!(byte, b' '..=b'~'));
    different < MIN_DIFFERENT
        || repeats
        || is_mirrored
        || is_text
        || key.chunk_by(|a, b| a == b).any(|run| run.len() >= LONGEST_RUN)
        || [1, 2, 4, 8].into_iter().any(|width| counts(key, width))
}

/// Whether the key is a sequence of integers with a constant difference, in either byte order.
fn counts(key: &[u8; KEY_LEN], width: usize) -> bool {
    let mask = u64::MAX >> (64 - 8 * width);
    let has_one_step = |value: fn(u64, &u8) -> u64, reversed: bool| {
        let number = |i: usize| {
            let bytes = key[i * width..][..width].iter();
            if reversed { bytes.rev().fold(0, value) } else { bytes.fold(0, value) }
        };
        let step = |i: usize| number(i + 1).wrapping_sub(number(i)) & mask;
        (1..KEY_LEN / width - 1).all(|i| step(i) == step(0))
    };
    let shift: fn(u64, &u8) -> u64 = |number, byte| number << 8 | u64::from(*byte);
    has_one_step(shift, false) || has_one_step(shift, true)
}

#[cfg(test)]
mod tests {
    use std::array;

    use super::*;

    /// Bytes that look random and are the same in every run.
    fn random(seed: u64) -> [u8; KEY_LEN] {
        let mut state = seed;
        let mut bytes = [0; KEY_LEN];
        for chunk in bytes.chunks_exact_mut(8) {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut mixed = state;
            mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
            chunk.copy_from_slice(&(mixed ^ mixed >> 31).to_be_bytes());
        }
        bytes
    }

    #[test]
    fn random_keys_are_not_guessable() {
        assert!((0..20_000).all(|seed| !is_guessable(&random(seed))));
    }

    #[test]
    fn published_keys_and_patterns_are_guessable() {
        let half = random(1);
        let mut halves = half;
        halves.copy_within(..16, 16);
        let mut zeros_at_the_end = half;
        zeros_at_the_end[24..].fill(0);
        let mut mirrored = half;
        (0..16).for_each(|i| mirrored[31 - i] = mirrored[i]);
        let mut words = [0; KEY_LEN];
        words.chunks_exact_mut(2).zip(1u16..).for_each(|(word, i)| word.copy_from_slice(&(i * 259).to_le_bytes()));
        let mut long_words = [0; KEY_LEN];
        long_words.chunks_exact_mut(8).zip(0u64..).for_each(|(word, i)| {
            word.copy_from_slice(&(0x0123_4567_89ab_cdef + i * 0x1111_2222_3333_4455).to_be_bytes());
        });
        let text = *b"correct horse battery staple 123";
        for key in [[0; 32], [0xff; 32], [0xa7; 32], counting(0, 1), counting(0xff, 255), counting(3, 7), text] {
            assert!(is_guessable(&key), "{key:02x?}");
        }
        for key in [halves, zeros_at_the_end, mirrored, words, long_words, PUBLISHED[1], PUBLISHED[2]] {
            assert!(is_guessable(&key), "{key:02x?}");
        }
    }

    #[test]
    fn a_pattern_has_fewer_than_twelve_different_bytes_or_one_difference_at_full_width() {
        let of_values =
            |count| array::from_fn(|i| (if i < count { i } else { (i * i + i / 5) % count }) as u8 * 19 + 3);
        assert_eq!((is_guessable(&of_values(11)), is_guessable(&of_values(12))), (true, false));
        assert!(is_guessable(&counting(200, 7)), "single bytes that pass 255");
        let mut near = random(3);
        near.chunks_exact_mut(8).zip(0u16..).for_each(|(word, i)| word[6..].copy_from_slice(&(i * 5).to_be_bytes()));
        assert!(!is_guessable(&near), "only the last two bytes of each eight count");
    }

    #[test]
    fn a_scope_key_of_a_published_root_is_known_by_its_scope() {
        let scope: Scope = "agency/nta/1".parse().expect("a scope");
        for root in [counting(0, 1), [0; 32], [0x5a; 32], counting(255, 255)] {
            assert!(is_of_guessable_root(&RootKey::from_bytes(&root).scope_key(&scope)));
        }
        assert!(!is_of_guessable_root(&RootKey::from_bytes(&random(9)).scope_key(&scope)));
    }
}
