//! Divides `--memory` among the tasks of a run.
//!
//! | share | used for | when |
//! |---|---|---|
//! | a fifth | blocks of input between the threads, with the rows made of them ([`Memory::block`]) | reading |
//! | up to two fifths | rows on their way into symbol order, before they spill ([`Memory::parts`]) | reading |
//! | up to a half | partitions that are sorted, one for each thread ([`Memory::partition`]) | sorting |
//! | up to an eighth | row groups of Parquet that are encoded ([`Memory::encoders`]) | writing |
//! | a quarter, and as much again | the lineage file and its pairs ([`Memory::lineage`]) | until all is read |
//!
//! The unpacked size of a table's pages is checked where they are read: `roster/parquet_table.rs`,
//! `arrow_messages.rs`.

use crate::{
    partition::PARTS,
    roster::{Input, blocks::BLOCK},
};

/// About how many bytes a row of a table takes in addition to its kept cells when it is packed.
const TABLE_ROW: u64 = 128;

/// How many bytes a row group takes while it is encoded: its rows and its encoded pages.
const GROUP: usize = 1 << 25;

/// The limit for reading a table that the run itself has written. Its pages and batches take less.
pub(super) const OWN_TABLE: usize = 1 << 30;

/// The memory of a run in bytes, and the number of threads that share it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    pub(super) total: usize,
    pub(super) threads: usize,
}

/// The rows that are in memory during sorting.
#[derive(Clone, Copy, Debug)]
pub(super) struct Partition {
    /// The maximum size in bytes of a partition that a thread sorts at once.
    pub(super) limit: usize,
}

impl Memory {
    /// The maximum number of blocks between the reader and the collector.
    pub(super) fn blocks_in_flight(self) -> usize {
        2 * self.threads + 2
    }

    /// The size of a block in bytes. Each block is in memory as it was read, and once more for every output.
    pub(super) fn block(self, outputs: usize) -> usize {
        let each = self.total / 5 / self.blocks_in_flight() / (2 + 3 * outputs);
        each.clamp(1 << 13, BLOCK)
    }

    /// The maximum size in bytes of the lineage file.
    pub(super) fn lineage(self) -> usize {
        self.total / 4
    }

    /// The number of row groups that each Parquet output encodes at a time, if this many outputs are written at once.
    pub(super) fn encoders(self, outputs_at_once: usize) -> usize {
        let all = self.total / 8 / GROUP;
        (all / outputs_at_once).clamp(1, self.threads)
    }

    /// The limits of sorting, if each partition is in memory this many times. The text of a column in one batch stays
    /// below 2 GiB, and so do the offsets of rows.
    pub(super) fn partition(self, copies: usize) -> Partition {
        Partition { limit: (self.total / 2 / self.threads / copies).min(1 << 30) }
    }

    /// The bytes of rows that each thread may hold for each of these outputs while the input is read. If the size of
    /// the input is known, the memory that sorting will need is subtracted, because the allocator keeps freed pages:
    /// so memory does not grow with the number of rows. `size` is the size of the input, see
    /// [`crate::roster::Opened::size`].
    pub(super) fn parts(self, input: &Input, size: Option<u64>, copies: usize, outputs: usize) -> usize {
        let size = size.unwrap_or(0);
        let bytes = match input {
            Input::Csv(_) => size.saturating_mul(3) / 2,
            Input::Table(_) => size.saturating_mul(TABLE_ROW),
        };
        let part = usize::try_from(bytes / PARTS as u64).unwrap_or(usize::MAX);
        let sorting = part.min(self.partition(copies).limit).saturating_mul(copies * self.threads);
        let all = (self.total / 5 * 2).saturating_sub(sorting).max(self.total / 8);
        all / self.threads / outputs.max(1)
    }
}

impl Partition {
    /// How many bytes of a larger partition are read at a time.
    pub(super) fn piece(self) -> usize {
        self.limit / 4
    }

    /// How many bytes of a larger partition are held while it is partitioned again.
    pub(super) fn divided(self) -> usize {
        self.limit / 2
    }
}
