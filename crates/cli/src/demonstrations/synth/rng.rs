//! Deterministic random numbers: SplitMix64 over a key and an index. They are for made-up rows, never for keys.

use crate::mix::mix;

/// A uniform word scaled to 0 to `bound` − 1; the bias is below `bound` / 2^64.
pub(super) fn scale(word: u64, bound: u64) -> u64 {
    ((u128::from(word) * u128::from(bound)) >> 64) as u64
}

/// The random numbers of one index under one key.
pub(super) struct Draws {
    state: u64,
}

impl Draws {
    pub(super) fn new(key: u64, index: u64) -> Self {
        Self { state: mix(key ^ mix(index)) }
    }

    pub(super) fn word(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    /// 0 to `bound` − 1.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        scale(self.word(), bound as u64) as usize
    }

    pub(super) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_splitmix64() {
        // The published first outputs for the state 1234567.
        let mut draws = Draws { state: 1_234_567 };
        assert_eq!([draws.word(), draws.word()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }

    #[test]
    fn draws_stay_below_their_bound() {
        let mut draws = Draws::new(1, 2);
        let mut seen = [false; 12];
        (0..1000).for_each(|_| seen[draws.below(12)] = true);
        assert_eq!(seen, [true; 12]);
        assert_eq!(scale(u64::MAX, 12), 11);
    }
}
