//! Sixteen messages in parallel, one in each 32-bit lane of AVX-512, which rotates a register and computes any function
//! of three bits in one instruction each.
//!
//! `multiversion` dispatches as in `sha_ni`, and only to processors with the later extensions of AVX-512 (Ice Lake, Zen 4
//! and newer): on older ones wide registers slow the whole processor down.

// The letters are those of the standard.
#![allow(clippy::many_single_char_names, clippy::wildcard_imports)]

use ::multiversion::{inherit_target, multiversion, target::match_target};

use super::versions as multiversion;
use super::{Digests, PreparedKey, Words};

/// `out[k][i] :=` the first four words of HMAC-SHA-256 under `keys[k]` of the i-th message, which is `LEN` bytes; a
/// message is given as the first four words of its padded block. The first `done` messages are done already. Returns
/// the number that are done then: as many as before if the processor lacks the instructions. Fewer than eight messages
/// that would be left for the last group are not done.
#[multiversion(targets("x86_64+sha+tbm", "x86_64+avx512f"))]
pub(super) fn symbols<const LEN: usize>(
    keys: &[&PreparedKey],
    messages: &[Words],
    out: &mut [Digests],
    done: usize,
) -> usize {
    match_target! {
        "x86_64+avx512f" => {
            use core::arch::x86_64::*;

            use zeroize::Zeroize;

            use super::{constants::K, wide::{derive_in_lanes, padding, sixteen_times}};

            const LANES: usize = 16;
            const WORTH: usize = 8;

            /// One word of each message.
            type Word = __m512i;

            /// The tables of functions of three bits, indexed by 4a + 2b + c.
            const XOR: i32 = 0b1001_0110;
            const CHOICE: i32 = 0b1100_1010;
            const MAJORITY: i32 = 0b1110_1000;

            #[inherit_target]
            #[inline]
            fn all(word: u32) -> Word {
                _mm512_set1_epi32(word.cast_signed())
            }

            #[inherit_target]
            #[inline]
            fn from_words(words: &[Words; 4]) -> Word {
                let [[a, b, c, d], [e, f, g, h], [i, j, k, l], [m, n, o, p]] =
                    words.map(|words| words.map(u32::cast_signed));
                _mm512_set_epi32(p, o, n, m, l, k, j, i, h, g, f, e, d, c, b, a)
            }

            #[inherit_target]
            #[inline]
            fn to_words(word: Word) -> [Words; 4] {
                let mut words = [[0; 4]; 4];
                let quarters = [
                    _mm512_extracti32x4_epi32::<0>(word),
                    _mm512_extracti32x4_epi32::<1>(word),
                    _mm512_extracti32x4_epi32::<2>(word),
                    _mm512_extracti32x4_epi32::<3>(word),
                ];
                for (words, quarter) in words.iter_mut().zip(quarters) {
                    words[0] = _mm_extract_epi32::<0>(quarter).cast_unsigned();
                    words[1] = _mm_extract_epi32::<1>(quarter).cast_unsigned();
                    words[2] = _mm_extract_epi32::<2>(quarter).cast_unsigned();
                    words[3] = _mm_extract_epi32::<3>(quarter).cast_unsigned();
                }
                words
            }

            #[inherit_target]
            #[inline]
            fn transposed([a, b, c, d]: [Word; 4]) -> [Word; 4] {
                let (ab, cd) = (_mm512_unpacklo_epi32(a, b), _mm512_unpacklo_epi32(c, d));
                let (ab_high, cd_high) = (_mm512_unpackhi_epi32(a, b), _mm512_unpackhi_epi32(c, d));
                [
                    _mm512_unpacklo_epi64(ab, cd),
                    _mm512_unpackhi_epi64(ab, cd),
                    _mm512_unpacklo_epi64(ab_high, cd_high),
                    _mm512_unpackhi_epi64(ab_high, cd_high),
                ]
            }

            #[inherit_target]
            #[inline]
            fn add(a: Word, b: Word) -> Word {
                _mm512_add_epi32(a, b)
            }

            #[inherit_target]
            #[inline]
            fn xor(a: Word, b: Word, c: Word) -> Word {
                _mm512_ternarylogic_epi32::<XOR>(a, b, c)
            }

            #[inherit_target]
            #[inline]
            fn rotated<const RIGHT: i32, const LEFT: i32>(word: Word) -> Word {
                _mm512_ror_epi32::<RIGHT>(word)
            }

            #[inherit_target]
            #[inline]
            fn shifted<const RIGHT: u32>(word: Word) -> Word {
                _mm512_srli_epi32::<RIGHT>(word)
            }

            #[inherit_target]
            #[inline]
            fn choice(e: Word, f: Word, g: Word) -> Word {
                _mm512_ternarylogic_epi32::<CHOICE>(e, f, g)
            }

            #[inherit_target]
            #[inline]
            fn majority(a: Word, b: Word, c: Word) -> Word {
                _mm512_ternarylogic_epi32::<MAJORITY>(a, b, c)
            }

            derive_in_lanes!(keys, messages, out, done, LEN)
        },
        _ => {
            let _ = (keys, messages, out);
            done
        }
    }
}
