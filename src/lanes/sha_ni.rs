//! Four SHA-256 streams interleaved on the x86 SHA extensions, because a single stream mostly waits for its own
//! results.
//!
//! `multiversion` compiles [`symbols`] a second time with the extensions enabled, and calls that version only if the
//! processor has them. Source of the instruction sequence: Intel, SHA Extensions (2013).

// The letters are those of the standard.
#![allow(clippy::many_single_char_names, clippy::wildcard_imports)]

use ::multiversion::{inherit_target, multiversion, target::match_target};

use super::versions as multiversion;
use super::{Digests, MAX_LEN, PreparedKey, Words};

/// `out[k][i] :=` the first four words of HMAC-SHA-256 under `keys[k]` of the i-th message, which is `LEN` bytes; a
/// message is given as the first four words of its padded block. The first `done` messages are done already. Returns
/// the number that are done then: all, or as many as before if the processor lacks the instructions.
#[multiversion(targets("x86_64+sha+tbm", "x86_64+sha+sse2+ssse3+sse4.1"))]
pub(super) fn symbols<const LEN: usize>(
    keys: &[&PreparedKey],
    messages: &[Words],
    out: &mut [Digests],
    done: usize,
) -> usize {
    match_target! {
        "x86_64+sha+sse2+ssse3+sse4.1" => {
            use core::arch::x86_64::*;

            use zeroize::Zeroize;

            use super::constants::K;

            /// (ABEF, CDGH), the order that the instructions use. The first letter is in the highest lane.
            type State = (__m128i, __m128i);
            /// Sixteen words, the first in the lowest lane.
            type Block = [__m128i; 4];
            /// The sums of schedule and constants for the rounds of one block. They do not depend on the key.
            type Schedule = [__m128i; 16];

            const DIGEST_LEN: usize = 32;
            const STREAMS: usize = 4;
            /// Blocks expanded together. The steps of one block wait for each other, but not for other blocks.
            const EXPANDED: usize = 16;

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

            #[inherit_target]
            #[inline]
            fn add(a: State, b: State) -> State {
                (_mm_add_epi32(a.0, b.0), _mm_add_epi32(a.1, b.1))
            }

            /// Four rounds (FIPS 180-4 §6.2.2 step 3), given the sums of four words of the schedule and their
            /// constants.
            #[inherit_target]
            #[inline]
            fn four_rounds(state: &mut State, added: __m128i) {
                state.1 = _mm_sha256rnds2_epu32(state.1, state.0, added);
                state.0 = _mm_sha256rnds2_epu32(state.0, state.1, _mm_shuffle_epi32::<0x0E>(added));
            }

            /// Returns the sums of words and constants for a group of four rounds, and computes the next four words of
            /// the schedule (step 1) of the block that [`block`] makes.
            #[inherit_target]
            #[inline]
            fn words<const GROUP: usize, const LEN: usize>(w: &mut Block) -> __m128i {
                let (before, now, next) = ((GROUP + 3) % 4, GROUP % 4, (GROUP + 1) % 4);
                let added = _mm_add_epi32(w[now], vector(&K[4 * GROUP..4 * GROUP + 4]));
                if GROUP >= 3 && GROUP <= 14 {
                    let sum = _mm_add_epi32(w[next], _mm_alignr_epi8::<4>(w[now], w[before]));
                    w[next] = _mm_sha256msg2_epu32(sum, w[now]);
                }
                // In group 3, and after a short message in group 2, the words for σ0 are zero: it would change nothing.
                if GROUP >= 1 && GROUP <= 12 && GROUP != 3 && !(GROUP == 2 && LEN < MAX_LEN) {
                    w[before] = _mm_sha256msg1_epu32(w[before], w[now]);
                }
                added
            }

            macro_rules! each_group {
                ($do:ident) => {
                    $do!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
                };
            }

            /// All rounds of one block in each stream.
            #[inherit_target]
            #[inline]
            fn compress<const N: usize, const LEN: usize>(from: State, messages: &[[__m128i; 2]; N]) -> [State; N] {
                let mut states = [from; N];
                let mut blocks = [[_mm_setzero_si128(); 4]; N];
                for (to, message) in blocks.iter_mut().zip(messages) {
                    *to = block::<LEN>(message);
                }
                macro_rules! groups {
                    ($($group:literal)*) => {$(
                        for (state, block) in states.iter_mut().zip(&mut blocks) {
                            four_rounds(state, words::<$group, LEN>(block));
                        }
                    )*};
                }
                each_group!(groups);
                states
            }

            #[inherit_target]
            #[inline]
            fn expand<const LEN: usize>(message: &[__m128i; 2], schedule: &mut Schedule) {
                let mut block = block::<LEN>(message);
                macro_rules! groups {
                    ($($group:literal)*) => {$(schedule[$group] = words::<$group, LEN>(&mut block);)*};
                }
                each_group!(groups);
            }

            /// As `compress`, for blocks that are already expanded.
            #[inherit_target]
            #[inline]
            fn rounds<const N: usize>(from: State, schedules: &[Schedule; N]) -> [State; N] {
                let mut states = [from; N];
                macro_rules! groups {
                    ($($group:literal)*) => {$(
                        for i in 0..N {
                            four_rounds(&mut states[i], schedules[i][$group]);
                        }
                    )*};
                }
                each_group!(groups);
                states
            }

            /// From the states after the inner blocks to the first words of the outer digests.
            #[inherit_target]
            #[inline]
            fn outside<const N: usize>(inner: State, outer: State, inside: [State; N], out: &mut [Words; N]) {
                let mut digests = [[inner.0; 2]; N];
                for (digest, state) in digests.iter_mut().zip(inside) {
                    let (abef, cdgh) = add(state, inner);
                    let (feba, dchg) = (_mm_shuffle_epi32::<0x1B>(abef), _mm_shuffle_epi32::<0xB1>(cdgh));
                    *digest = [_mm_blend_epi16::<0xF0>(feba, dchg), _mm_alignr_epi8::<8>(dchg, feba)];
                }
                for (out, state) in out.iter_mut().zip(compress::<N, DIGEST_LEN>(outer, &digests)) {
                    let (abef, cdgh) = add(state, outer);
                    *out = [
                        _mm_extract_epi32::<3>(abef).cast_unsigned(),
                        _mm_extract_epi32::<2>(abef).cast_unsigned(),
                        _mm_extract_epi32::<3>(cdgh).cast_unsigned(),
                        _mm_extract_epi32::<2>(cdgh).cast_unsigned(),
                    ];
                }
            }

            /// The block that starts with the last `LEN` bytes of a message, and padding (FIPS 180-4 §5.1.1).
            #[inherit_target]
            #[inline]
            fn block<const LEN: usize>([first, second]: &[__m128i; 2]) -> Block {
                let zero = _mm_setzero_si128();
                let bit = _mm_set_epi32(0, 0, 0, i32::MIN);
                let end = _mm_set_epi32(((64 + LEN as u32) * 8).cast_signed(), 0, 0, 0);
                match LEN {
                    DIGEST_LEN => [*first, *second, bit, end],
                    MAX_LEN => [*first, bit, zero, end],
                    // The first bit of the padding is in the message's words.
                    _ => [*first, zero, zero, end],
                }
            }

            /// Under one key, the schedule is computed together with the rounds.
            #[inherit_target]
            #[inline]
            fn alone<const N: usize, const LEN: usize>(key: &PreparedKey, messages: &[Words; N], out: &mut [Words; N]) {
                let (inner, outer) = (state(&key.inner), state(&key.outer));
                let mut words = [[inner.0; 2]; N];
                for (to, message) in words.iter_mut().zip(messages) {
                    to[0] = vector(message);
                }
                outside(inner, outer, compress::<N, LEN>(inner, &words), out);
            }

            #[inherit_target]
            #[inline]
            fn shared<const N: usize>(key: &PreparedKey, schedules: &[Schedule; N], out: &mut [Words; N]) {
                let (inner, outer) = (state(&key.inner), state(&key.outer));
                outside(inner, outer, rounds(inner, schedules), out);
            }

            let all = messages.len();
            let messages = &messages[done..];
            if let ([key], [out]) = (keys, &mut *out) {
                let (fours, rest) = messages.as_chunks::<STREAMS>();
                let (fours_out, rest_out) = out[done..all].as_chunks_mut::<STREAMS>();
                for (messages, out) in fours.iter().zip(fours_out) {
                    alone::<STREAMS, LEN>(key, messages, out);
                }
                for (message, out) in rest.as_chunks::<1>().0.iter().zip(rest_out.as_chunks_mut::<1>().0) {
                    alone::<1, LEN>(key, message, out);
                }
                return all;
            }
            let mut schedules = [[_mm_setzero_si128(); 16]; EXPANDED];
            for (turn, messages) in messages.chunks(EXPANDED).enumerate() {
                let schedules = &mut schedules[..messages.len()];
                for (schedule, message) in schedules.iter_mut().zip(messages) {
                    expand::<LEN>(&[vector(message), _mm_setzero_si128()], schedule);
                }
                let (fours, rest) = schedules.as_chunks::<STREAMS>();
                for (key, out) in keys.iter().zip(&mut *out) {
                    let (fours_out, rest_out) = out[done + turn * EXPANDED..][..messages.len()].as_chunks_mut::<STREAMS>();
                    for (schedules, out) in fours.iter().zip(fours_out) {
                        shared(key, schedules, out);
                    }
                    for (schedule, out) in rest.as_chunks::<1>().0.iter().zip(rest_out.as_chunks_mut::<1>().0) {
                        shared(key, schedule, out);
                    }
                }
            }
            schedules[..EXPANDED.min(messages.len())].iter_mut().for_each(Zeroize::zeroize);
            all
        },
        _ => {
            let _ = (keys, messages, out);
            done
        }
    }
}
