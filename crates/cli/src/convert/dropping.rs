//! `--order input --unique`: rows are written as they come and those of people with several rows are dropped after, once
//! all are known.

use std::io::Read;

use super::{
    blocks::{Block, BlockReader},
    csv,
    outputs::Output,
    sort::{Outcome, Sorted},
};
use crate::failure::Result;

/// Which records have no row in the outputs: one bit each, so 125 million rows take 16 MB twice.
#[derive(Default)]
pub(crate) struct Records {
    /// Rejected: never written.
    rejected: Bits,
    /// Written, and to be dropped.
    dropped: Bits,
}

#[derive(Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn set(&mut self, at: u64) {
        let word = (at / 64) as usize;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (at % 64);
    }

    fn is_set(&self, at: u64) -> bool {
        self.0.get((at / 64) as usize).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }
}

impl Records {
    pub(crate) fn reject(&mut self, record: u64) {
        self.rejected.set(record);
    }

    pub(crate) fn drop_duplicates(&mut self, sorted: &Sorted) {
        for duplicate in &sorted.duplicates {
            if duplicate.outcome != Outcome::Converted {
                self.dropped.set(duplicate.position.record);
            }
        }
    }

    /// Writes an output again without the rows to be dropped. Returns how many rows stay.
    pub(crate) fn rewrite(&self, output: &mut Output, delimiter: u8) -> Result<u64> {
        let written: Box<dyn Read + Send> = Box::new(output.restart()?);
        let mut blocks: BlockReader<Box<dyn Read + Send>> = BlockReader::new(written, delimiter);
        if let Some(header) = blocks.header()? {
            output.write(&header)?;
        }
        let (mut block, mut fields, mut kept) = (Block::default(), Vec::new(), Vec::new());
        let (mut record, mut rows) = (0, 0);
        while blocks.next(&mut block)? {
            kept.clear();
            let mut at = 0;
            while let Some(row) = csv::split(&block.bytes, at, delimiter, false, &mut fields) {
                record += 1;
                while self.rejected.is_set(record) {
                    record += 1;
                }
                if !self.dropped.is_set(record) {
                    kept.extend_from_slice(&block.bytes[row.start..row.next]);
                    rows += 1;
                }
                at = row.next;
            }
            output.write(&kept)?;
        }
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::Bits;

    #[test]
    fn a_bit_is_set_where_it_was_set() {
        let mut bits = Bits::default();
        [0, 63, 64, 1000].into_iter().for_each(|at| bits.set(at));
        let set: Vec<u64> = (0..2000).filter(|at| bits.is_set(*at)).collect();
        assert_eq!(set, [0, 63, 64, 1000]);
    }
}
