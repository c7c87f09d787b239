//! Which level of the kernel is first.
//!
//! The SHA extensions are faster than AVX-512 on some processors and slower on others, so a processor that has both is
//! timed: once in a process, when a batch is large enough to pay for it. The choice shows in no output: AVX-512 is
//! chosen only if it gave the same digests as the SHA extensions.

use super::Level;
#[cfg(feature = "std")]
use crate::key::KEY_LEN;

/// The order where the SHA extensions are faster, and before anything is known.
pub(super) const SHA_FIRST: [Level; 4] = [Level::ShaNi, Level::Avx512, Level::Avx2, Level::Plain];
/// The order where AVX-512 is faster. It leaves a few messages of a batch to the SHA extensions.
pub(super) const LANES_FIRST: [Level; 4] = [Level::Avx512, Level::ShaNi, Level::Avx2, Level::Plain];

/// The levels in the order in which they handle a batch of so many symbols.
///
/// A build can name the first level: `RUSTFLAGS='--cfg fugo_level="sha-ni"'`, or `avx512`, `avx2` or `portable`.
pub(super) fn levels(symbols: usize) -> &'static [Level] {
    if cfg!(fugo_level = "portable") {
        &SHA_FIRST[3..]
    } else if cfg!(fugo_level = "avx2") {
        &SHA_FIRST[2..]
    } else if cfg!(fugo_level = "sha-ni") {
        &SHA_FIRST
    } else if cfg!(fugo_level = "avx512") {
        &LANES_FIRST
    } else {
        measured(symbols)
    }
}

#[cfg(not(feature = "std"))]
fn measured(_: usize) -> &'static [Level] {
    &SHA_FIRST
}

#[cfg(feature = "std")]
pub(super) use trial::measured;

#[cfg(feature = "std")]
mod trial {
    use std::{
        array,
        hint::black_box,
        sync::OnceLock,
        time::{Duration, Instant},
    };

    use super::super::{Digests, PreparedKey, STAGE, padded};
    use super::{KEY_LEN, LANES_FIRST, Level, SHA_FIRST};

    /// The fewest symbols of a batch before which the levels are timed. The trial takes about as long as these.
    const FEWEST: usize = 512;
    /// How often each level is timed. The least time counts, because an interruption only adds time.
    const ROUNDS: usize = 4;

    static FASTEST: OnceLock<&[Level]> = OnceLock::new();

    pub(in super::super) fn measured(symbols: usize) -> &'static [Level] {
        match FASTEST.get() {
            Some(levels) => levels,
            None if symbols >= FEWEST => FASTEST.get_or_init(fastest),
            None => &SHA_FIRST,
        }
    }

    fn fastest() -> &'static [Level] {
        let both = Level::Avx512.is_available() && Level::ShaNi.is_available();
        // Neither the key nor the messages are secrets.
        let key = PreparedKey::new(&[0x5a; KEY_LEN]);
        let derive = |level: Level, round: usize| {
            let messages: [_; STAGE] =
                array::from_fn(|i| padded::<12>(&array::from_fn(|at| (37 * i + 101 * at + round) as u8)));
            let mut out = [[[0; 4]; STAGE]];
            let started = Instant::now();
            level.symbols::<12>(black_box(&[&key]), black_box(&messages), &mut out, 0);
            let time = started.elapsed();
            (time, out[0])
        };
        if both && is_better([Level::Avx512, Level::ShaNi], derive) { &LANES_FIRST } else { &SHA_FIRST }
    }

    /// Whether the first level is faster than the second and gives the same digests. They derive in turn.
    fn is_better(levels: [Level; 2], mut derive: impl FnMut(Level, usize) -> (Duration, Digests)) -> bool {
        let mut least = [Duration::MAX; 2];
        for round in 0..ROUNDS {
            let results = levels.map(|level| derive(level, round));
            if results[0].1 != results[1].1 {
                return false;
            }
            for ((time, _), least) in results.into_iter().zip(&mut least) {
                *least = time.min(*least);
            }
        }
        least[0] < least[1]
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        const SAME: Digests = [[7; 4]; STAGE];

        /// The decision on these times, in nanoseconds, and on these digests of AVX-512 in each round.
        fn is_chosen(avx512: [u64; ROUNDS], sha_ni: [u64; ROUNDS], digests: &[Digests; ROUNDS]) -> bool {
            is_better([Level::Avx512, Level::ShaNi], |level, round| match level {
                Level::Avx512 => (Duration::from_nanos(avx512[round]), digests[round]),
                _ => (Duration::from_nanos(sha_ni[round]), SAME),
            })
        }

        #[test]
        fn the_level_with_the_least_time_is_faster_whatever_interrupts_it() {
            let faster = |avx512, sha_ni| is_chosen(avx512, sha_ni, &[SAME; ROUNDS]);
            assert!(faster([90, 40, 45, 900], [80, 80, 80, 80]));
            assert!(!faster([90, 90, 90, 90], [900, 800, 700, 80]));
            assert!(!faster([80, 80, 80, 80], [80, 80, 80, 80]));
        }

        #[test]
        fn a_faster_level_with_one_wrong_bit_in_one_digest_of_the_trial_is_not_chosen() {
            let chosen = |digests: &_| is_chosen([40; ROUNDS], [80; ROUNDS], digests);
            assert!(chosen(&[SAME; ROUNDS]));
            for round in 0..ROUNDS {
                for message in 0..STAGE {
                    let mut digests = [SAME; ROUNDS];
                    digests[round][message][3] ^= 1;
                    assert!(!chosen(&digests));
                }
            }
        }

        #[test]
        fn a_small_batch_does_not_wait_for_a_trial() {
            assert!(measured(1) == SHA_FIRST || FASTEST.get().is_some());
            let levels = measured(FEWEST);
            assert_eq!((FASTEST.get(), measured(1)), (Some(&levels), levels));
        }
    }
}
