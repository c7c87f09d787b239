//! One message in each 32-bit lane of wide registers: the part that AVX2 and AVX-512 share.

/// A block after the last `len` bytes of a message, as words (FIPS 180-4 §5.1.1). If the first bit of the padding is not
/// the first of its word, the word that it shares with the message has it.
pub(super) const fn padding(len: usize) -> [u32; 16] {
    let mut words = [0; 16];
    if len.is_multiple_of(4) {
        words[len / 4] = 0x8000_0000;
    }
    // The length in bits includes the key block before.
    words[15] = (64 + len as u32) * 8;
    words
}

/// `$do!($with, 0)` to `$do!($with, 15)`. A loop would hide from the compiler which words are constant.
macro_rules! sixteen_times {
    ($do:ident, $with:expr) => {
        $do!($with, 0);
        $do!($with, 1);
        $do!($with, 2);
        $do!($with, 3);
        $do!($with, 4);
        $do!($with, 5);
        $do!($with, 6);
        $do!($with, 7);
        $do!($with, 8);
        $do!($with, 9);
        $do!($with, 10);
        $do!($with, 11);
        $do!($with, 12);
        $do!($with, 13);
        $do!($with, 14);
        $do!($with, 15);
    };
}

pub(super) use sixteen_times;

/// The levels with lanes, over operations on whole registers.
///
/// It expands within a function that has the instructions, after these items: `Word`, a register of `LANES` words;
/// `WORTH`, the fewest messages for which a register is faster than the next level; `all(word)`, which fills a
/// register; `from_words([Words; LANES / 4])` and `to_words(register)`; `transposed` of four registers, in which the
/// i-th word of the j-th register and the j-th word of the i-th change places, in each group of sixteen bytes;
/// `add`; `xor` of three; `rotated::<RIGHT, 32 - RIGHT>` and `shifted::<RIGHT>`; and `choice` and `majority`
/// (FIPS 180-4 §4.1.2). It begins after the messages that are `done`, and returns the number that are done then.
macro_rules! derive_in_lanes {
    ($keys:expr, $messages:expr, $out:expr, $done:expr, $len:ident) => {{
        /// The sums of schedule and constants. They do not depend on the key.
        type Schedule = [[Word; 16]; 4];
        /// The words a to h.
        type State = [Word; 8];

        /// Σ0, Σ1, σ0 and σ1 (FIPS 180-4 §4.1.2).
        #[inherit_target]
        #[inline]
        fn big_0(a: Word) -> Word {
            xor(rotated::<2, 30>(a), rotated::<13, 19>(a), rotated::<22, 10>(a))
        }

        #[inherit_target]
        #[inline]
        fn big_1(e: Word) -> Word {
            xor(rotated::<6, 26>(e), rotated::<11, 21>(e), rotated::<25, 7>(e))
        }

        #[inherit_target]
        #[inline]
        fn small_0(w: Word) -> Word {
            xor(rotated::<7, 25>(w), rotated::<18, 14>(w), shifted::<3>(w))
        }

        #[inherit_target]
        #[inline]
        fn small_1(w: Word) -> Word {
            xor(rotated::<17, 15>(w), rotated::<19, 13>(w), shifted::<10>(w))
        }

        /// The message schedule (FIPS 180-4 §6.2.2 step 1), plus the constants, of a block that starts with the last
        /// `LEN` bytes of a message. The other words of the block are padding.
        ///
        /// The first sixteen words that follow the block are written out, so the compiler sees which of their parts
        /// depend on the padding alone, computes these itself, and leaves out zeros.
        #[inherit_target]
        #[inline]
        fn expand<const LEN: usize>(message: &[Word], schedule: &mut Schedule) {
            let mut w = [all(0); 16];
            for (word, padding) in w.iter_mut().zip(const { padding(LEN) }) {
                *word = all(padding);
            }
            w[..LEN.div_ceil(4)].copy_from_slice(&message[..LEN.div_ceil(4)]);
            for at in 0..16 {
                schedule[0][at] = add(w[at], all(K[at]));
            }
            macro_rules! word {
                ($part:expr, $at:expr) => {
                    // It replaces the word sixteen places before.
                    w[$at] = add(
                        add(w[$at], small_0(w[($at + 1) % 16])),
                        add(w[($at + 9) % 16], small_1(w[($at + 14) % 16])),
                    );
                    schedule[$part][$at] = add(w[$at], all(K[16 * $part + $at]));
                };
            }
            sixteen_times!(word, 1);
            for part in [2, 3] {
                sixteen_times!(word, part);
            }
        }

        /// One round (FIPS 180-4 §6.2.2 step 3).
        #[inherit_target]
        #[inline]
        fn round([a, b, c, d, e, f, g, h]: State, word: Word) -> State {
            let one = add(add(h, word), add(big_1(e), choice(e, f, g)));
            let two = add(big_0(a), majority(a, b, c));
            [add(one, two), a, b, c, add(d, one), e, f, g]
        }

        /// The first round. Before it, the state is the same in all lanes, so only the word is added in each lane.
        #[inherit_target]
        #[inline]
        fn first_round(from: &[u32; 8], word: Word) -> State {
            let [a, b, c, d, e, f, g, h] = *from;
            let big_0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
            let big_1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
            let one = h.wrapping_add(big_1).wrapping_add(g ^ e & (f ^ g));
            let two = big_0.wrapping_add(a & b ^ a & c ^ b & c);
            let new_a = add(all(one.wrapping_add(two)), word);
            let new_e = add(all(d.wrapping_add(one)), word);
            [new_a, all(a), all(b), all(c), new_e, all(e), all(f), all(g)]
        }

        /// All rounds of a block. The state before the block is still to be added (step 4).
        #[inherit_target]
        #[inline]
        fn rounds(from: &[u32; 8], schedule: &Schedule) -> State {
            let [first, more @ ..] = schedule;
            let mut state = first_round(from, first[0]);
            macro_rules! round_after_first {
                ($words:expr, $at:expr) => {
                    if $at > 0 {
                        state = round(state, $words[$at]);
                    }
                };
            }
            sixteen_times!(round_after_first, first);
            macro_rules! round {
                ($words:expr, $at:expr) => {
                    state = round(state, $words[$at]);
                };
            }
            for words in more {
                sixteen_times!(round, words);
            }
            state
        }

        /// One word of each message in each register. The lanes are not in the order of the messages, but `store` goes
        /// the same way back.
        #[inherit_target]
        #[inline]
        fn loaded(messages: &[Words; LANES]) -> [Word; 4] {
            let mut of_messages = [all(0); 4];
            for (to, messages) in of_messages.iter_mut().zip(messages.as_chunks::<{ LANES / 4 }>().0) {
                *to = from_words(messages);
            }
            transposed(of_messages)
        }

        #[inherit_target]
        #[inline]
        fn store(words: [Word; 4], symbols: &mut [Words; LANES]) {
            for (symbols, of_symbols) in symbols.as_chunks_mut::<{ LANES / 4 }>().0.iter_mut().zip(transposed(words)) {
                *symbols = to_words(of_symbols);
            }
        }

        let mut inside = [[all(0); 16]; 4];
        let mut outside = [[all(0); 16]; 4];
        // The last group's messages, then its symbols, if they do not fill the lanes.
        let mut last = [[0; 4]; LANES];
        let mut done = $done;
        for messages in $messages[done..].chunks(LANES) {
            if messages.len() < WORTH {
                break;
            }
            let message = match messages.first_chunk() {
                Some(messages) => loaded(messages),
                None => {
                    last[..messages.len()].copy_from_slice(messages);
                    loaded(&last)
                }
            };
            expand::<$len>(&message, &mut inside);
            for (key, out) in $keys.iter().zip(&mut *$out) {
                let mut digest = rounds(&key.inner, &inside);
                for (word, from) in digest.iter_mut().zip(&key.inner) {
                    *word = add(*word, all(*from));
                }
                expand::<32>(&digest, &mut outside);
                // A symbol has the first half of the digest's words. The others are not computed to the end.
                let [mut a, mut b, mut c, mut d, ..] = rounds(&key.outer, &outside);
                for (word, from) in [&mut a, &mut b, &mut c, &mut d].into_iter().zip(&key.outer) {
                    *word = add(*word, all(*from));
                }
                let out = &mut out[done..done + messages.len()];
                match out.first_chunk_mut() {
                    Some(out) => store([a, b, c, d], out),
                    None => {
                        store([a, b, c, d], &mut last);
                        out.copy_from_slice(&last[..messages.len()]);
                    }
                }
            }
            done += messages.len();
        }
        if done % LANES != $done % LANES {
            last.zeroize();
        }
        inside.zeroize();
        outside.zeroize();
        done
    }};
}

pub(super) use derive_in_lanes;
