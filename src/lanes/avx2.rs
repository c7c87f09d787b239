//! Eight messages in parallel, one in each 32-bit lane of AVX2, for processors without the SHA extensions.
//!
//! `multiversion` dispatches as in `sha_ni`.

// The letters are those of the standard.
#![allow(clippy::many_single_char_names, clippy::wildcard_imports)]

use multiversion::{inherit_target, multiversion, target::match_target};

use super::{Digests, MAX_LEN, PreparedKey, Words};

/// Whether the processor has the instructions.
#[multiversion(targets("x86_64+avx+avx2"))]
pub(super) fn is_available() -> bool {
    match_target! {
        "x86_64+avx+avx2" => true,
        _ => false,
    }
}

/// `out[k][i] :=` the first four words of HMAC-SHA-256 under `keys[k]` of the i-th message, which is `LEN` bytes; a
/// message is given as the first four words of its padded block. Returns the number of messages from the first that are
/// done: 0 if the processor lacks the instructions, and one less than all if a single message would be left for the
/// last group.
#[multiversion(targets("x86_64+avx+avx2"))]
pub(super) fn symbols<const LEN: usize>(keys: &[&PreparedKey], messages: &[Words], out: &mut [Digests]) -> usize {
    match_target! {
        "x86_64+avx+avx2" => {
            use core::arch::x86_64::*;

            use zeroize::Zeroize;

            use super::constants::K;

            const LANES: usize = 8;
            /// The fewest messages for which a group is faster than one message alone.
            const WORTH: usize = 2;

            /// One word of each message.
            type Word = __m256i;
            /// The sums of schedule and constants. They do not depend on the key.
            type Schedule = [Word; 64];

            #[inherit_target]
            #[inline]
            fn all(word: u32) -> Word {
                _mm256_set1_epi32(word.cast_signed())
            }

            #[inherit_target]
            #[inline]
            fn rotated<const RIGHT: i32, const LEFT: i32>(word: Word) -> Word {
                _mm256_or_si256(_mm256_srli_epi32::<RIGHT>(word), _mm256_slli_epi32::<LEFT>(word))
            }

            #[inherit_target]
            #[inline]
            fn xor(a: Word, b: Word, c: Word) -> Word {
                _mm256_xor_si256(_mm256_xor_si256(a, b), c)
            }

            /// The message schedule (FIPS 180-4 §6.2.2 step 1), in place over the first sixteen words, plus the
            /// constants.
            #[inherit_target]
            #[inline]
            fn expand(w: &mut Schedule) {
                for t in 16..64 {
                    let (early, late) = (w[t - 15], w[t - 2]);
                    let small_0 = xor(rotated::<7, 25>(early), rotated::<18, 14>(early), _mm256_srli_epi32::<3>(early));
                    let small_1 = xor(rotated::<17, 15>(late), rotated::<19, 13>(late), _mm256_srli_epi32::<10>(late));
                    let sum = _mm256_add_epi32(_mm256_add_epi32(w[t - 16], small_0), _mm256_add_epi32(w[t - 7], small_1));
                    w[t] = sum;
                }
                for (word, k) in w.iter_mut().zip(&K) {
                    *word = _mm256_add_epi32(*word, all(*k));
                }
            }

            /// The rounds and the last addition (FIPS 180-4 §6.2.2 steps 2 to 4).
            #[inherit_target]
            #[inline]
            fn rounds(from: &[u32; 8], schedule: &Schedule) -> [Word; 8] {
                let mut state = [all(0); 8];
                for (word, from) in state.iter_mut().zip(from) {
                    *word = all(*from);
                }
                let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = state;
                macro_rules! round {
                    ($at:expr, $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident) => {
                        let big_1 = xor(rotated::<6, 26>($e), rotated::<11, 21>($e), rotated::<25, 7>($e));
                        let choice = _mm256_xor_si256($g, _mm256_and_si256($e, _mm256_xor_si256($f, $g)));
                        let one = _mm256_add_epi32(_mm256_add_epi32($h, schedule[$at]), _mm256_add_epi32(big_1, choice));
                        let big_0 = xor(rotated::<2, 30>($a), rotated::<13, 19>($a), rotated::<22, 10>($a));
                        let majority = _mm256_xor_si256(
                            $b,
                            _mm256_and_si256(_mm256_xor_si256($a, $b), _mm256_xor_si256($b, $c)),
                        );
                        $d = _mm256_add_epi32($d, one);
                        $h = _mm256_add_epi32(one, _mm256_add_epi32(big_0, majority));
                    };
                }
                for at in (0..64).step_by(8) {
                    round!(at, a b c d e f g h);
                    round!(at + 1, h a b c d e f g);
                    round!(at + 2, g h a b c d e f);
                    round!(at + 3, f g h a b c d e);
                    round!(at + 4, e f g h a b c d);
                    round!(at + 5, d e f g h a b c);
                    round!(at + 6, c d e f g h a b);
                    round!(at + 7, b c d e f g h a);
                }
                for (word, new) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
                    *word = _mm256_add_epi32(*word, new);
                }
                state
            }

            #[inherit_target]
            #[inline]
            fn lanes(words: [u32; LANES]) -> Word {
                let [a, b, c, d, e, f, g, h] = words.map(u32::cast_signed);
                _mm256_set_epi32(h, g, f, e, d, c, b, a)
            }

            let mut inside = [all(0); 64];
            let mut outside = [all(0); 64];
            let mut done = 0;
            for messages in messages.chunks(LANES) {
                if messages.len() < WORTH {
                    break;
                }
                inside[..16].fill(all(0));
                for (at, word) in inside[..4].iter_mut().enumerate() {
                    let mut words = [0; LANES];
                    words.iter_mut().zip(messages).for_each(|(word, message)| *word = message[at]);
                    *word = lanes(words);
                }
                if LEN == MAX_LEN {
                    inside[4] = all(0x8000_0000);
                }
                inside[15] = all((64 + LEN as u32) * 8);
                expand(&mut inside);
                for (key, out) in keys.iter().zip(&mut *out) {
                    outside[..16].fill(all(0));
                    outside[..8].copy_from_slice(&rounds(&key.inner, &inside));
                    // The first bit of the padding after the digest, then the length in bits, 64 + 32 bytes.
                    outside[8] = all(0x8000_0000);
                    outside[15] = all(96 * 8);
                    expand(&mut outside);
                    let digest = rounds(&key.outer, &outside);
                    for (at, word) in digest[..4].iter().enumerate() {
                        let halves = [_mm256_castsi256_si128(*word), _mm256_extracti128_si256::<1>(*word)];
                        let mut words = [0; LANES];
                        for (words, half) in words.chunks_exact_mut(4).zip(halves) {
                            words[0] = _mm_extract_epi32::<0>(half).cast_unsigned();
                            words[1] = _mm_extract_epi32::<1>(half).cast_unsigned();
                            words[2] = _mm_extract_epi32::<2>(half).cast_unsigned();
                            words[3] = _mm_extract_epi32::<3>(half).cast_unsigned();
                        }
                        let out = &mut out[done..done + messages.len()];
                        out.iter_mut().zip(words).for_each(|(out, word)| out[at] = word);
                    }
                }
                done += messages.len();
            }
            inside.zeroize();
            outside.zeroize();
            done
        },
        _ => {
            let _ = (keys, messages, out);
            0
        }
    }
}
