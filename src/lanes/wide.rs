//! One message in each 32-bit lane of wide registers: the part that AVX2 and AVX-512 share.

/// The levels with lanes, over operations on whole registers.
///
/// It expands within a function that has the instructions, after these items: `Word`, a register of `LANES` words;
/// `WORTH`, the fewest messages for which a register is faster than the next level; `all(word)`, which fills a
/// register; `lanes([word; LANES])` and `words(register)`; `add`; `xor` of three; `rotated::<RIGHT, 32 - RIGHT>` and
/// `shifted::<RIGHT>`; and `choice` and `majority` (FIPS 180-4 §4.1.2). It begins after the messages that are
/// `done`, and returns the number that are done then.
macro_rules! derive_in_lanes {
    ($keys:expr, $messages:expr, $out:expr, $done:expr, $len:expr) => {{
        /// The sums of schedule and constants. They do not depend on the key.
        type Schedule = [Word; 64];

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

        /// The message schedule (FIPS 180-4 §6.2.2 step 1), in place over the first sixteen words, plus the constants.
        #[inherit_target]
        #[inline]
        fn expand(w: &mut Schedule) {
            for t in 16..64 {
                w[t] = add(add(w[t - 16], small_0(w[t - 15])), add(w[t - 7], small_1(w[t - 2])));
            }
            for (word, k) in w.iter_mut().zip(&K) {
                *word = add(*word, all(*k));
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
                    let one = add(add($h, schedule[$at]), add(big_1($e), choice($e, $f, $g)));
                    $d = add($d, one);
                    $h = add(one, add(big_0($a), majority($a, $b, $c)));
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
                *word = add(*word, new);
            }
            state
        }

        let mut inside = [all(0); 64];
        let mut outside = [all(0); 64];
        let mut done = $done;
        for messages in $messages[done..].chunks(LANES) {
            if messages.len() < WORTH {
                break;
            }
            inside[..16].fill(all(0));
            for (at, word) in inside[..4].iter_mut().enumerate() {
                let mut of_messages = [0; LANES];
                of_messages.iter_mut().zip(messages).for_each(|(word, message)| *word = message[at]);
                *word = lanes(of_messages);
            }
            if $len == MAX_LEN {
                inside[4] = all(0x8000_0000);
            }
            inside[15] = all((64 + $len as u32) * 8);
            expand(&mut inside);
            for (key, out) in $keys.iter().zip(&mut *$out) {
                outside[..16].fill(all(0));
                outside[..8].copy_from_slice(&rounds(&key.inner, &inside));
                // The first bit of the padding after the digest, then the length in bits, 64 + 32 bytes.
                outside[8] = all(0x8000_0000);
                outside[15] = all(96 * 8);
                expand(&mut outside);
                let digest = rounds(&key.outer, &outside);
                let out = &mut out[done..done + messages.len()];
                for (at, word) in digest[..4].iter().enumerate() {
                    out.iter_mut().zip(words(*word)).for_each(|(out, word)| out[at] = word);
                }
            }
            done += messages.len();
        }
        inside.zeroize();
        outside.zeroize();
        done
    }};
}

pub(super) use derive_in_lanes;
