//! Eight messages in parallel, one in each 32-bit lane of AVX2, for processors without the SHA extensions.
//!
//! `multiversion` dispatches as in `sha_ni`.

// The letters are those of the standard.
#![allow(clippy::many_single_char_names, clippy::wildcard_imports)]

use ::multiversion::{inherit_target, multiversion, target::match_target};

use super::versions as multiversion;
use super::{Digests, PreparedKey, Words};

/// `out[k][i] :=` the first four words of HMAC-SHA-256 under `keys[k]` of the i-th message, which is `LEN` bytes; a
/// message is given as the first four words of its padded block. The first `done` messages are done already. Returns
/// the number that are done then: as many as before if the processor lacks the instructions. A single message that would
/// be left for the last group is not done.
#[multiversion(targets("x86_64+sha+tbm", "x86_64+avx+avx2"))]
pub(super) fn symbols<const LEN: usize>(
    keys: &[&PreparedKey],
    messages: &[Words],
    out: &mut [Digests],
    done: usize,
) -> usize {
    match_target! {
        "x86_64+avx+avx2" => {
            use core::arch::x86_64::*;

            use zeroize::Zeroize;

            use super::{constants::K, wide::{derive_in_lanes, padding, sixteen_times}};

            const LANES: usize = 8;
            const WORTH: usize = 2;

            /// One word of each message.
            type Word = __m256i;

            #[inherit_target]
            #[inline]
            fn all(word: u32) -> Word {
                _mm256_set1_epi32(word.cast_signed())
            }

            #[inherit_target]
            #[inline]
            fn from_words(words: &[Words; 2]) -> Word {
                let [[a, b, c, d], [e, f, g, h]] = words.map(|words| words.map(u32::cast_signed));
                _mm256_set_epi32(h, g, f, e, d, c, b, a)
            }

            #[inherit_target]
            #[inline]
            fn to_words(word: Word) -> [Words; 2] {
                let mut words = [[0; 4]; 2];
                let halves = [_mm256_castsi256_si128(word), _mm256_extracti128_si256::<1>(word)];
                for (words, half) in words.iter_mut().zip(halves) {
                    words[0] = _mm_extract_epi32::<0>(half).cast_unsigned();
                    words[1] = _mm_extract_epi32::<1>(half).cast_unsigned();
                    words[2] = _mm_extract_epi32::<2>(half).cast_unsigned();
                    words[3] = _mm_extract_epi32::<3>(half).cast_unsigned();
                }
                words
            }

            #[inherit_target]
            #[inline]
            fn transposed([a, b, c, d]: [Word; 4]) -> [Word; 4] {
                let (ab, cd) = (_mm256_unpacklo_epi32(a, b), _mm256_unpacklo_epi32(c, d));
                let (ab_high, cd_high) = (_mm256_unpackhi_epi32(a, b), _mm256_unpackhi_epi32(c, d));
                [
                    _mm256_unpacklo_epi64(ab, cd),
                    _mm256_unpackhi_epi64(ab, cd),
                    _mm256_unpacklo_epi64(ab_high, cd_high),
                    _mm256_unpackhi_epi64(ab_high, cd_high),
                ]
            }

            #[inherit_target]
            #[inline]
            fn add(a: Word, b: Word) -> Word {
                _mm256_add_epi32(a, b)
            }

            #[inherit_target]
            #[inline]
            fn xor(a: Word, b: Word, c: Word) -> Word {
                _mm256_xor_si256(_mm256_xor_si256(a, b), c)
            }

            #[inherit_target]
            #[inline]
            fn rotated<const RIGHT: i32, const LEFT: i32>(word: Word) -> Word {
                _mm256_or_si256(_mm256_srli_epi32::<RIGHT>(word), _mm256_slli_epi32::<LEFT>(word))
            }

            #[inherit_target]
            #[inline]
            fn shifted<const RIGHT: i32>(word: Word) -> Word {
                _mm256_srli_epi32::<RIGHT>(word)
            }

            #[inherit_target]
            #[inline]
            fn choice(e: Word, f: Word, g: Word) -> Word {
                _mm256_xor_si256(g, _mm256_and_si256(e, _mm256_xor_si256(f, g)))
            }

            #[inherit_target]
            #[inline]
            fn majority(a: Word, b: Word, c: Word) -> Word {
                _mm256_xor_si256(b, _mm256_and_si256(_mm256_xor_si256(a, b), _mm256_xor_si256(b, c)))
            }

            derive_in_lanes!(keys, messages, out, done, LEN)
        },
        _ => {
            let _ = (keys, messages, out);
            done
        }
    }
}
