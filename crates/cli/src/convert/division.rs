//! How rows are divided into partitions by bits of their symbols.

use fugo::SYMBOL_LEN;

const SYMBOL_BITS: u32 = 8 * SYMBOL_LEN as u32;

/// The bits of the symbol after the first `skipped` ones decide the partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Division {
    skipped: u32,
    bits: u32,
}

impl Division {
    /// The bits of a partition that is divided again.
    const AGAIN: u32 = 8;

    /// Divides by the first bits of the symbol.
    pub(crate) const fn first(bits: u32) -> Self {
        Self { skipped: 0, bits }
    }

    /// Divides the rows of one partition again.
    pub(crate) fn next(self) -> Self {
        Self { skipped: self.used(), bits: Self::AGAIN.min(SYMBOL_BITS - self.used()) }
    }

    /// The number of bits that are equal in all symbols of a partition.
    pub(crate) const fn used(self) -> u32 {
        self.skipped + self.bits
    }

    /// The number of partitions.
    pub(crate) const fn parts(self) -> usize {
        1 << self.bits
    }

    /// The partition of a symbol.
    #[inline]
    pub(crate) fn part(self, symbol: &[u8; SYMBOL_LEN]) -> usize {
        let rest = u128::from_be_bytes(*symbol) << self.skipped;
        // No bits are left when all symbols of a partition are equal.
        rest.checked_shr(SYMBOL_BITS - self.bits).unwrap_or(0) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_is_in_the_partition_that_its_bits_name() {
        let symbol = 0x1234_5678_9abc_def0_1122_3344_5566_7788_u128.to_be_bytes();
        assert_eq!(Division::first(8).part(&symbol), 0x12);
        assert_eq!(Division::first(12).part(&symbol), 0x123);
        assert_eq!(Division::first(12).next().part(&symbol), 0x45);
        let mut division = Division::first(12);
        while division.used() < SYMBOL_BITS {
            division = division.next();
        }
        assert_eq!((division.part(&symbol), division.parts()), (0x8, 16));
    }
}
