//! `--order input --unique`: rows are first written as they are read. When all people with several rows are known,
//! their rows are dropped.

use std::fs::File;

use arrow_array::BooleanArray;
use arrow_select::filter::filter_record_batch;

use super::{
    memory::OWN_TABLE,
    render::Piece,
    sinks::Sink,
    sort::{Outcome, Sorted},
};
use crate::{
    failure::Result,
    roster::{
        blocks::{BLOCK, Block, BlockReader, MAX_SYMBOL_RECORD},
        csv,
        format::TableFormat,
        tables::TableFile,
        text::unexpected,
    },
};

/// The records that have no row in the outputs. Each takes one bit in each of two sets, so 125 million rows take 2 ×
/// 16 MB.
#[derive(Default)]
pub(crate) struct Records {
    /// Rejected, so never written.
    rejected: Bits,
    /// Written, and must be dropped.
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

    /// Writes an output again without the dropped rows. Returns how many rows remain.
    pub(crate) fn rewrite(&self, sink: Sink, delimiter: u8) -> Result<(Sink, u64)> {
        let (written, mut sink) = sink.restart()?;
        let mut staying = Staying { records: self, record: 0, rows: 0 };
        match sink.table_format() {
            None => staying.copy_lines(written, delimiter, &mut sink)?,
            Some(format) => staying.copy_columns(written, format, &mut sink)?,
        }
        Ok((sink, staying.rows))
    }
}

/// Goes through the rows of an output, and tells which of them remain.
struct Staying<'a> {
    records: &'a Records,
    /// The record of the current row.
    record: u64,
    /// How many rows remain so far.
    rows: u64,
}

impl Staying<'_> {
    /// Goes to the next row, and returns whether it remains.
    fn next_stays(&mut self) -> bool {
        self.record += 1;
        while self.records.rejected.is_set(self.record) {
            self.record += 1;
        }
        let stays = !self.records.dropped.is_set(self.record);
        self.rows += u64::from(stays);
        stays
    }

    fn copy_lines(&mut self, written: File, delimiter: u8, sink: &mut Sink) -> Result<()> {
        let mut blocks = BlockReader::new(written, delimiter, BLOCK, MAX_SYMBOL_RECORD);
        // The new file already has the header.
        blocks.own_header()?;
        let (mut block, mut fields, mut kept) = (Block::default(), Vec::new(), Vec::new());
        while blocks.next(&mut block)? {
            kept.clear();
            let mut at = 0;
            while let Some(row) = csv::split(&block.bytes, at, delimiter, false, &mut fields) {
                if self.next_stays() {
                    kept.extend_from_slice(&block.bytes[row.start..row.next]);
                }
                at = row.next;
            }
            sink.write(Piece::Lines(&kept))?;
        }
        Ok(())
    }

    fn copy_columns(&mut self, written: File, format: TableFormat, sink: &mut Sink) -> Result<()> {
        let table = TableFile::open(written, format, OWN_TABLE)?;
        let kept: Vec<usize> = (1..table.schema().fields().len()).collect();
        let (mut tables, mut block) = (table.read(0, &kept, &[], 2 * BLOCK)?, Block::default());
        while tables.next(&mut block)? {
            let Some(batch) = &block.batch else { continue };
            let stay: BooleanArray = (0..batch.num_rows()).map(|_| Some(self.next_stays())).collect();
            let batch = filter_record_batch(batch, &stay).map_err(unexpected)?;
            sink.write(Piece::Columns(&batch))?;
        }
        Ok(())
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
