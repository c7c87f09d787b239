//! A seeded bijection of 0 to size − 1, in constant memory.
//!
//! A Feistel network on pairs of digits to the base ⌈√size⌉, whose domain is the next square. Values of `size` or
//! more are encrypted again until one is below `size`. It shuffles, and is not a secure cipher.

use super::rng::{Draws, scale};
use crate::mix::mix;

const ROUNDS: usize = 8;

pub(super) struct Permutation {
    size: u64,
    base: u64,
    keys: [u64; ROUNDS],
}

impl Permutation {
    /// `size` is at least 1 and at most 2^40.
    pub(super) fn new(size: u64, seed: u64) -> Self {
        let root = size.isqrt();
        let base = root + u64::from(root * root < size);
        let mut draws = Draws::new(seed, size);
        Self { size, base, keys: std::array::from_fn(|_| draws.word()) }
    }

    /// The value at `index`.
    pub(super) fn at(&self, index: u64) -> u64 {
        self.walk(index, |index| {
            let (mut left, mut right) = (index / self.base, index % self.base);
            for key in self.keys {
                let sum = left + self.round(right, key);
                (left, right) = (right, if sum < self.base { sum } else { sum - self.base });
            }
            left * self.base + right
        })
    }

    /// The index of `value`.
    pub(super) fn index_of(&self, value: u64) -> u64 {
        self.walk(value, |value| {
            let (mut left, mut right) = (value / self.base, value % self.base);
            for key in self.keys.into_iter().rev() {
                let sum = right + self.base - self.round(left, key);
                (left, right) = (if sum < self.base { sum } else { sum - self.base }, left);
            }
            left * self.base + right
        })
    }

    fn round(&self, half: u64, key: u64) -> u64 {
        scale(mix(half ^ key), self.base)
    }

    fn walk(&self, start: u64, step: impl Fn(u64) -> u64) -> u64 {
        assert!(start < self.size, "within the domain");
        let mut at = step(start);
        while at >= self.size {
            at = step(at);
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_stands_at_one_index() {
        for size in [1, 2, 3, 10, 99, 100, 101, 99_999, 100_000] {
            for seed in 0..4 {
                let permutation = Permutation::new(size, seed);
                let mut seen = vec![false; size as usize];
                for index in 0..size {
                    let value = permutation.at(index);
                    assert!(!std::mem::replace(&mut seen[value as usize], true), "size {size}, seed {seed}");
                    assert_eq!(permutation.index_of(value), index);
                }
            }
        }
    }

    #[test]
    fn the_inverse_holds_on_the_whole_domain() {
        let size = 99_999_999_999;
        let permutation = Permutation::new(size, 7);
        for index in (0..size).step_by(999_983_333).chain([size - 1]) {
            assert_eq!(permutation.index_of(permutation.at(index)), index);
        }
    }

    #[test]
    fn seeds_give_different_orders() {
        let first = |seed| Permutation::new(100_000, seed).at(0);
        assert_ne!(first(1), first(2));
        let fixed = (0..100_000).filter(|index| Permutation::new(100_000, 1).at(*index) == *index).count();
        assert!(fixed < 10, "{fixed}");
    }
}
