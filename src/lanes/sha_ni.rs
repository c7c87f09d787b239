//! Two SHA-256 streams interleaved on the x86 SHA extensions, where one would wait for itself half the time.
//!
//! In safe code: `multiversion` compiles [`symbols`] a second time with the extensions enabled and calls that one only
//! where the processor has them. Source of the instruction sequence: Intel, SHA Extensions (2013).

// The letters are the standard's, and the instructions are a vocabulary of their own.
#![allow(clippy::many_single_char_names, clippy::wildcard_imports)]

use multiversion::{inherit_target, multiversion, target::match_target};

use super::Block;

/// `out[i] :=` the first four words of HMAC-SHA-256 from its two states and the inner block. Returns false, and has done
/// nothing, where the processor lacks the instructions.
#[multiversion(targets("x86_64+sha+sse2+ssse3+sse4.1"))]
pub(super) fn symbols(inner: &[u32; 8], outer: &[u32; 8], blocks: &[Block], out: &mut [[u32; 4]]) -> bool {
    match_target! {
        "x86_64+sha+sse2+ssse3+sse4.1" => {
            use core::arch::x86_64::*;

            /// (ABEF, CDGH), the order of the instructions, the first letter in the highest lane.
            type State = (__m128i, __m128i);

            #[inherit_target]
            #[inline]
            fn vector(words: &[u32]) -> __m128i {
                let word = |i: usize| words[i].cast_signed();
                _mm_set_epi32(word(3), word(2), word(1), word(0))
            }

            #[inherit_target]
            #[inline]
            fn state(words: &[u32; 8]) -> State {
                let [a, b, c, d, e, f, g, h] = words.map(u32::cast_signed);
                (_mm_set_epi32(a, b, e, f), _mm_set_epi32(c, d, g, h))
            }

            /// A state as words, the first in the lowest lane: as the message of the next block.
            #[inherit_target]
            #[inline]
            fn words(state: State) -> (__m128i, __m128i) {
                let feba = _mm_shuffle_epi32::<0x1B>(state.0);
                let dchg = _mm_shuffle_epi32::<0xB1>(state.1);
                (_mm_blend_epi16::<0xF0>(feba, dchg), _mm_alignr_epi8::<8>(dchg, feba))
            }

            /// SHA-256's compression (FIPS 180-4 §6.2.2) of one block in each stream, from one state.
            #[inherit_target]
            #[inline]
            fn compress<const STREAMS: usize>(from: State, mut message: [[__m128i; 4]; STREAMS]) -> [State; STREAMS] {
                let mut states = [from; STREAMS];
                macro_rules! four_rounds {
                    ($($group:literal)*) => {$({
                        const GROUP: usize = $group;
                        const NOW: usize = GROUP % 4;
                        const NEXT: usize = (GROUP + 1) % 4;
                        const BEFORE: usize = (GROUP + 3) % 4;
                        let constants = vector(&K[4 * GROUP..4 * GROUP + 4]);
                        for (state, w) in states.iter_mut().zip(&mut message) {
                            let added = _mm_add_epi32(w[NOW], constants);
                            state.1 = _mm_sha256rnds2_epu32(state.1, state.0, added);
                            if GROUP >= 3 && GROUP <= 14 {
                                let sum = _mm_add_epi32(w[NEXT], _mm_alignr_epi8::<4>(w[NOW], w[BEFORE]));
                                w[NEXT] = _mm_sha256msg2_epu32(sum, w[NOW]);
                            }
                            state.0 = _mm_sha256rnds2_epu32(state.0, state.1, _mm_shuffle_epi32::<0x0E>(added));
                            if GROUP >= 1 && GROUP <= 12 {
                                w[BEFORE] = _mm_sha256msg1_epu32(w[BEFORE], w[NOW]);
                            }
                        }
                    })*};
                }
                four_rounds!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
                for state in &mut states {
                    *state = (_mm_add_epi32(state.0, from.0), _mm_add_epi32(state.1, from.1));
                }
                states
            }

            #[inherit_target]
            #[inline]
            fn both_blocks<const STREAMS: usize>(inner: State, outer: State, blocks: &[Block], out: &mut [[u32; 4]]) {
                let zero = _mm_setzero_si128();
                let mut message = [[zero; 4]; STREAMS];
                for (message, block) in message.iter_mut().zip(blocks) {
                    for (vector_of, words) in message.iter_mut().zip(block.chunks_exact(4)) {
                        *vector_of = vector(words);
                    }
                }
                let digests = compress(inner, message);
                // The outer block: eight words of digest, the padding's first bit, 64 + 32 bytes as bits.
                let padding = _mm_set_epi32(0, 0, 0, i32::MIN);
                let length = _mm_set_epi32(96 * 8, 0, 0, 0);
                for (message, digest) in message.iter_mut().zip(digests) {
                    let (low, high) = words(digest);
                    *message = [low, high, padding, length];
                }
                for (out, state) in out.iter_mut().zip(compress(outer, message)) {
                    let (low, _) = words(state);
                    *out = [
                        _mm_extract_epi32::<0>(low).cast_unsigned(),
                        _mm_extract_epi32::<1>(low).cast_unsigned(),
                        _mm_extract_epi32::<2>(low).cast_unsigned(),
                        _mm_extract_epi32::<3>(low).cast_unsigned(),
                    ];
                }
            }

            let (inner, outer) = (state(inner), state(outer));
            let paired = blocks.len() / 2 * 2;
            for (blocks, out) in blocks.chunks_exact(2).zip(out.chunks_exact_mut(2)) {
                both_blocks::<2>(inner, outer, blocks, out);
            }
            if paired < blocks.len() {
                both_blocks::<1>(inner, outer, &blocks[paired..], &mut out[paired..]);
            }
            true
        },
        _ => {
            let _ = (inner, outer, blocks, out);
            false
        }
    }
}

/// SHA-256's constants (FIPS 180-4 §4.2.2).
#[cfg(target_arch = "x86_64")]
static K: [u32; 64] = [
    0x428a_2f98,
    0x7137_4491,
    0xb5c0_fbcf,
    0xe9b5_dba5,
    0x3956_c25b,
    0x59f1_11f1,
    0x923f_82a4,
    0xab1c_5ed5,
    0xd807_aa98,
    0x1283_5b01,
    0x2431_85be,
    0x550c_7dc3,
    0x72be_5d74,
    0x80de_b1fe,
    0x9bdc_06a7,
    0xc19b_f174,
    0xe49b_69c1,
    0xefbe_4786,
    0x0fc1_9dc6,
    0x240c_a1cc,
    0x2de9_2c6f,
    0x4a74_84aa,
    0x5cb0_a9dc,
    0x76f9_88da,
    0x983e_5152,
    0xa831_c66d,
    0xb003_27c8,
    0xbf59_7fc7,
    0xc6e0_0bf3,
    0xd5a7_9147,
    0x06ca_6351,
    0x1429_2967,
    0x27b7_0a85,
    0x2e1b_2138,
    0x4d2c_6dfc,
    0x5338_0d13,
    0x650a_7354,
    0x766a_0abb,
    0x81c2_c92e,
    0x9272_2c85,
    0xa2bf_e8a1,
    0xa81a_664b,
    0xc24b_8b70,
    0xc76c_51a3,
    0xd192_e819,
    0xd699_0624,
    0xf40e_3585,
    0x106a_a070,
    0x19a4_c116,
    0x1e37_6c08,
    0x2748_774c,
    0x34b0_bcb5,
    0x391c_0cb3,
    0x4ed8_aa4a,
    0x5b9c_ca4f,
    0x682e_6ff3,
    0x748f_82ee,
    0x78a5_636f,
    0x84c8_7814,
    0x8cc7_0208,
    0x90be_fffa,
    0xa450_6ceb,
    0xbef9_a3f7,
    0xc671_78f2,
];
